import { at, type Panel } from '../../core/panel.ts'

/** Periods that two series must both have observed before their correlation means anything. */
const LEAST_OVERLAP = 8
/** At most so many series are compared with one that has holes, spread evenly over the panel. */
const CANDIDATES = 512

interface Neighbour {
  readonly series: number
  readonly r: number
  /** y ≈ intercept + slope · x, least squares over the common periods. */
  readonly slope: number
  readonly intercept: number
}

/**
 * Estimates for the holes of series `i` from the k series of the panel that move most like it.
 *
 * Each neighbour votes with its regression on the common periods, weighted by its squared correlation (as in nearest-neighbour
 * imputation, Troyanskaya et al., 2001). Returns a copy of the series; holes at which no neighbour was observed stay NaN.
 */
export function fillFromNeighbours(panel: Panel, i: number, k: number): Float64Array {
  const values = panel.target.subarray(at(panel.offsets, i), at(panel.offsets, i + 1))
  const into = Float64Array.from(values)
  if (!values.some(Number.isNaN)) return into
  const near = nearest(panel, i, k)
  for (let t = 0; t < values.length; t++) {
    if (!Number.isNaN(values[t])) continue
    let sum = 0
    let weight = 0
    for (const { series, r, slope, intercept } of near) {
      const x = valueAt(panel, series, at(panel.start, i) + t)
      if (Number.isNaN(x)) continue
      sum += r * r * (intercept + slope * x)
      weight += r * r
    }
    if (weight > 0) into[t] = sum / weight
  }
  return into
}

function nearest(panel: Panel, i: number, k: number): Neighbour[] {
  const n = panel.ids.length
  const step = Math.max(1, n / CANDIDATES)
  const found: Neighbour[] = []
  for (let c = 0; c < n; c += step) {
    const series = Math.floor(c)
    const neighbour = series === i ? undefined : regression(panel, i, series)
    if (neighbour && neighbour.r > 0) found.push(neighbour)
  }
  return found.sort((a, b) => b.r - a.r || a.series - b.series).slice(0, k)
}

function regression(panel: Panel, i: number, series: number): Neighbour | undefined {
  const shift = at(panel.start, i) - at(panel.start, series)
  const a = at(panel.offsets, i)
  const b = at(panel.offsets, series)
  const from = Math.max(0, -shift)
  const to = Math.min(at(panel.offsets, i + 1) - a, at(panel.offsets, series + 1) - b - shift)
  let n = 0
  let mx = 0
  let my = 0
  let sxx = 0
  let syy = 0
  let sxy = 0
  for (let t = from; t < to; t++) {
    const y = at(panel.target, a + t)
    const x = at(panel.target, b + t + shift)
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    n++
    const dx = x - mx
    const dy = y - my
    mx += dx / n
    my += dy / n
    sxx += dx * (x - mx)
    syy += dy * (y - my)
    sxy += dx * (y - my)
  }
  if (n < LEAST_OVERLAP || sxx <= 0 || syy <= 0) return undefined
  const slope = sxy / sxx
  return { series, r: sxy / Math.sqrt(sxx * syy), slope, intercept: my - slope * mx }
}

function valueAt(panel: Panel, i: number, period: number): number {
  const cell = at(panel.offsets, i) + period - at(panel.start, i)
  return period >= at(panel.start, i) && cell < at(panel.offsets, i + 1) ? at(panel.target, cell) : Number.NaN
}
