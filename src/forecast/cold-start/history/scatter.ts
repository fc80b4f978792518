import { at } from '../../../core/panel.ts'

const LOWEST = -4
const BINS = 14
/** Cells that a bin leans on the one below it with. */
const LEAN = 200
const HIGHEST = 30

/**
 * How far demand scatters about a mean beyond counts: ι of variance = mean + ι · mean², by doubling of the mean from 1/16 on. A bin with few cells leans on its neighbour; single bulk orders are cut off.
 */
export function scatterOf(y: Float64Array, mean: Float64Array): number[] {
  const beyond = new Float64Array(BINS)
  const square = new Float64Array(BINS)
  const cells = new Float64Array(BINS)
  for (let c = 0; c < y.length; c++) {
    const m = at(mean, c)
    if (!(m > 0)) continue
    const b = binOf(m)
    const away = Math.min(at(y, c), 8 * m + 12) - m
    beyond[b] = at(beyond, b) + away * away - m
    square[b] = at(square, b) + m * m
    cells[b] = at(cells, b) + 1
  }
  const whole = clamp(sum(beyond) / Math.max(1e-9, sum(square)))
  const made: number[] = []
  for (let b = 0; b < BINS; b++) {
    const before = made[b - 1] ?? whole
    const n = at(cells, b)
    const own = n > 0 ? clamp(at(beyond, b) / at(square, b)) : before
    made.push((n * own + LEAN * before) / (n + LEAN))
  }
  return made
}

/** Fitted means moved to the level that each series has in each stretch of so many cells: what a level wanders over the years is no scatter of days. */
export function levelled(y: Float64Array, mean: Float64Array, series: Int32Array, stretch: number): Float64Array {
  const moved = new Float64Array(mean.length)
  for (let from = 0; from < mean.length; ) {
    let to = from
    let [sold, fitted] = [0, 0]
    while (to < mean.length && to - from < stretch && at(series, to) === at(series, from)) {
      sold += at(y, to)
      fitted += at(mean, to++)
    }
    // One unit of the old level keeps stretches without a sale from vanishing.
    const ratio = (sold + 1) / (fitted + 1)
    for (let c = from; c < to; c++) moved[c] = at(mean, c) * ratio
    from = to
  }
  return moved
}

/** ι at a mean, on straight lines between the middles of the bins. */
export function scatterAt(scatter: readonly number[], mean: number): number {
  const place = Math.max(0, Math.min(BINS - 1, Math.log2(Math.max(mean, 1e-6)) - LOWEST - 0.5))
  const low = Math.floor(place)
  const high = Math.min(BINS - 1, low + 1)
  return at(scatter, low) + (place - low) * (at(scatter, high) - at(scatter, low))
}

const binOf = (mean: number) => Math.max(0, Math.min(BINS - 1, Math.floor(Math.log2(mean)) - LOWEST))
const clamp = (iota: number) => Math.max(0.01, Math.min(HIGHEST, iota))
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0)
