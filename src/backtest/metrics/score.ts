import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { at, Mask } from '../../core/panel.ts'
import { crpsOfSample } from './crps.ts'
import type { Scales } from './scale.ts'
import { intervalAt, type Layout, levelAt, Sum } from './statistics.ts'
import type { Tally } from './tally.ts'

/** Which number of a forecast is scored as its point. */
export type Point = 'mean' | 'median'

/** A way to divide series into groups: a label for each group, and for each series the index of its label (−1 for none). */
export interface Grouping {
  readonly family: string
  readonly labels: readonly string[]
  readonly groupOf: Int32Array
}

/** What happened after a cutoff, and what errors are measured by; series-major, `gap + horizon` cells a series. */
export interface Truth {
  readonly ids: readonly string[]
  /** Steps of a series in the arrays. */
  readonly steps: number
  /** How many of the first steps are not scored. */
  readonly gap: number
  readonly values: Float64Array
  readonly mask: Uint8Array
  readonly scales: Scales
  readonly groupings: readonly Grouping[]
}

/** How a forecast is scored. */
export interface ScoreOptions {
  readonly layout: Layout
  readonly point: Point
}

/** Cells that hold no observed demand are no truth: closed periods, and values that cleaning filled in. */
const UNSCORED = Mask.closed | Mask.imputed

/**
 * Sums up a forecast against the truth, in one pass in order of series and steps.
 *
 * Truth that is missing, closed or imputed is skipped, as are series that nobody answered. The families `all` and `step` are
 * always in the tally (step 1 is the first period after the cutoff). Refuses forecasts of other series or too few steps or levels.
 */
export function scoreForecast(forecast: Forecast, truth: Truth, { layout, point }: ScoreOptions): Tally {
  const n = truth.ids.length
  if (forecast.ids.length !== n || forecast.horizon < truth.steps || forecast.ids.some((id, i) => id !== truth.ids[i]))
    throw new ForetideError('backtest.shape', { model: forecast.provenance.model })
  const { width } = layout
  const { steps, gap, values, mask, scales, groupings } = truth
  const reader = quantileReader(forecast, layout)
  const middle = point === 'median' ? reader.indexOf(0.5) : -1
  const all = new Float64Array(2 * width)
  const bySteps = new Float64Array(steps * 2 * width)
  const bySeries = new Float64Array(2 * width)
  const byGroup = groupings.map((g) => new Float64Array(g.labels.length * 2 * width))
  const cell = new Float64Array(width)
  const quantiles = new Float64Array(layout.levels.length)
  const sample = new Float64Array(forecast.paths?.count ?? 0)
  for (let i = 0; i < n; i++) {
    if (forecast.answeredBy[i] === undefined) continue
    bySeries.fill(0)
    let scored = 0
    for (let h = gap; h < steps; h++) {
      const k = i * steps + h
      const y = at(values, k)
      if (Number.isNaN(y) || (at(mask, k) & UNSCORED) !== 0) continue
      const has = reader.read(i, h, quantiles)
      const f = middle < 0 ? at(forecast.mean, i * forecast.horizon + h) : at(quantiles, middle)
      if (!Number.isFinite(f))
        throw new ForetideError('backtest.notFinite', { model: forecast.provenance.model, series: truth.ids[i] })
      pointStatistics(cell, y, f, at(scales.absolute, i), at(scales.squared, i))
      quantileStatistics(cell, y, has ? quantiles : undefined, at(scales.absolute, i), layout)
      sampleStatistics(cell, y, readSample(forecast, i, h, sample))
      const part = (at(mask, k) & Mask.censored) !== 0 ? width : 0
      add(bySeries, part, cell)
      add(bySteps, h * 2 * width + part, cell)
      scored++
    }
    if (scored === 0) continue
    bySeries[Sum.series] = 1
    add(all, 0, bySeries)
    for (let g = 0; g < groupings.length; g++) {
      const group = at((groupings[g] as Grouping).groupOf, i)
      if (group >= 0) add(byGroup[g] as Float64Array, group * 2 * width, bySeries)
    }
  }
  const tally: Tally = new Map([['all', new Map([['all', all]])]])
  const stepLabels = Array.from({ length: steps }, (_, h) => String(h + 1))
  tally.set('step', groupsOf(stepLabels, bySteps, 2 * width))
  groupings.forEach((g, k) => {
    tally.set(g.family, groupsOf(g.labels, byGroup[k] as Float64Array, 2 * width))
  })
  return tally
}

function groupsOf(labels: readonly string[], sums: Float64Array, width: number): Map<string, Float64Array> {
  const groups = new Map<string, Float64Array>()
  labels.forEach((label, k) => {
    const part = sums.slice(k * width, (k + 1) * width)
    if (at(part, 0) > 0 || at(part, width / 2) > 0) groups.set(label, part)
  })
  return groups
}

function add(into: Float64Array, offset: number, from: Float64Array): void {
  for (let k = 0; k < from.length; k++) into[offset + k] = (into[offset + k] as number) + (from[k] as number)
}

function pointStatistics(cell: Float64Array, y: number, f: number, scale: number, squaredScale: number): void {
  const e = f - y
  const size = Math.abs(e)
  cell[Sum.count] = 1
  cell[Sum.truth] = y
  cell[Sum.absTruth] = Math.abs(y)
  cell[Sum.squaredTruth] = y * y
  cell[Sum.error] = e
  cell[Sum.absError] = size
  cell[Sum.squaredError] = e * e
  cell[Sum.ape] = y === 0 ? 0 : size / Math.abs(y)
  cell[Sum.apeCount] = y === 0 ? 0 : 1
  const both = Math.abs(y) + Math.abs(f)
  cell[Sum.smape] = both === 0 ? 0 : (2 * size) / both
  cell[Sum.smapeCount] = both === 0 ? 0 : 1
  const scaled = scale > 0
  cell[Sum.scaledError] = scaled ? size / scale : 0
  cell[Sum.scaledSquared] = scaled ? (e * e) / squaredScale : 0
  cell[Sum.scaledCount] = scaled ? 1 : 0
}

function quantileStatistics(
  cell: Float64Array,
  y: number,
  quantiles: Float64Array | undefined,
  scale: number,
  layout: Layout,
): void {
  if (!quantiles) {
    cell.fill(0, Sum.quantileCount, Sum.quantileScaledCount + 1)
    cell.fill(0, levelAt(0))
    return
  }
  const scaled = scale > 0
  cell[Sum.quantileCount] = 1
  cell[Sum.quantileAbsTruth] = Math.abs(y)
  cell[Sum.quantileScaledCount] = scaled ? 1 : 0
  const { levels, intervals } = layout
  for (let l = 0; l < levels.length; l++) {
    const q = at(quantiles, l)
    const level = at(levels, l)
    const loss = y >= q ? level * (y - q) : (1 - level) * (q - y)
    const k = levelAt(l)
    cell[k] = loss
    cell[k + 1] = scaled ? loss / scale : 0
    cell[k + 2] = y <= q ? 1 : 0
  }
  for (let j = 0; j < intervals.length; j++) {
    const { percent, low, high } = intervals[j] as Layout['intervals'][number]
    const a = at(quantiles, low)
    const b = at(quantiles, high)
    const miss = y < a ? a - y : y > b ? y - b : 0
    const k = intervalAt(layout, j)
    cell[k] = miss === 0 ? 1 : 0
    cell[k + 1] = b - a
    cell[k + 2] = b - a + (2 / (1 - percent / 100)) * miss
  }
}

function sampleStatistics(cell: Float64Array, y: number, sample: Float64Array | undefined): void {
  cell[Sum.crpsSample] = sample ? crpsOfSample(sample, y) : 0
  cell[Sum.sampleCount] = sample ? 1 : 0
}

function readSample({ paths, horizon }: Forecast, i: number, h: number, into: Float64Array): Float64Array | undefined {
  if (!paths) return undefined
  for (let p = 0; p < paths.count; p++) into[p] = at(paths.values, (i * paths.count + p) * horizon + h)
  return Number.isNaN(at(into, 0)) ? undefined : into
}

/** Reads the quantiles of a cell at the levels of a layout; levels between two of the forecast's are interpolated. */
function quantileReader(forecast: Forecast, layout: Layout) {
  const { levels, quantiles, horizon } = forecast
  const left = new Int32Array(layout.levels.length)
  const share = new Float64Array(layout.levels.length)
  layout.levels.forEach((level, l) => {
    const right = levels.findIndex((x) => x >= level - 1e-9)
    const exact = right >= 0 && Math.abs(at(levels, right) - level) <= 1e-9
    if (right < 0 || (right === 0 && !exact))
      throw new ForetideError('backtest.level', { model: forecast.provenance.model, level })
    left[l] = exact ? right : right - 1
    share[l] = exact ? 0 : (level - at(levels, right - 1)) / (at(levels, right) - at(levels, right - 1))
  })
  return {
    indexOf: (level: number) => {
      const found = layout.levels.findIndex((l) => Math.abs(l - level) <= 1e-9)
      if (found < 0) throw new ForetideError('backtest.level', { model: forecast.provenance.model, level })
      return found
    },
    /** Fills `into`; false where the forecast holds no quantiles. */
    read: (i: number, h: number, into: Float64Array): boolean => {
      const base = (i * horizon + h) * levels.length
      for (let l = 0; l < into.length; l++) {
        const a = at(quantiles, base + at(left, l))
        if (Number.isNaN(a)) return false
        const s = at(share, l)
        into[l] = s === 0 ? a : a + s * (at(quantiles, base + at(left, l) + 1) - a)
      }
      return true
    },
  }
}
