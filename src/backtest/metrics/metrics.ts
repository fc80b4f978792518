import { at } from '../../core/panel.ts'
import { levelShares } from './crps.ts'
import { intervalAt, type Layout, levelAt, Sum } from './statistics.ts'

/** A metric: how it comes out of the sums of a row, and which way is better. */
interface Metric {
  readonly of: (row: Float64Array, layout: Layout) => number
  /** `zero` is best near 0 from either side. */
  readonly better: 'lower' | 'higher' | 'zero'
}

type Statistic = keyof typeof Sum
const ratio = (above: Statistic, below: Statistic) => (row: Float64Array) => at(row, Sum[above]) / at(row, Sum[below])
const root =
  (of: Metric['of']): Metric['of'] =>
  (row, layout) =>
    Math.sqrt(of(row, layout))

/** 2 × the pinball sums (`part` 0) or scaled ones (`part` 1), averaged over the levels of WQL. */
function quantileLoss(row: Float64Array, layout: Layout, part: 0 | 1): number {
  let sum = 0
  for (const l of layout.averaged) sum += 2 * at(row, levelAt(l) + part)
  return sum / layout.averaged.length
}

function explained(row: Float64Array): number {
  const total = at(row, Sum.squaredTruth) - at(row, Sum.truth) ** 2 / at(row, Sum.count)
  return total > 1e-12 * at(row, Sum.squaredTruth) ? 1 - at(row, Sum.squaredError) / total : Number.NaN
}

function crps(row: Float64Array, layout: Layout): number {
  const shares = levelShares(layout.levels)
  let sum = 0
  for (let l = 0; l < shares.length; l++) sum += 2 * at(shares, l) * at(row, levelAt(l))
  return sum / at(row, Sum.quantileCount)
}

/**
 * Every metric of one number. All are pooled over cells as in fev, ratios being of sums and never means of ratios of series;
 * what utilsforecast gives for a series is the same number over that series' cells, except where said.
 */
export const METRICS = {
  /** Σ|error| / Σ|truth|, a fraction. */
  wape: { of: ratio('absError', 'absTruth'), better: 'lower' },
  mae: { of: ratio('absError', 'count'), better: 'lower' },
  mse: { of: ratio('squaredError', 'count'), better: 'lower' },
  rmse: { of: root(ratio('squaredError', 'count')), better: 'lower' },
  /** Mean of |error| / |truth|, a fraction; cells whose truth is 0 are left out. */
  mape: { of: ratio('ape', 'apeCount'), better: 'lower' },
  /** Mean of 2·|error| / (|truth| + |forecast|), 0 … 2; cells where both are 0 are left out (utilsforecast: half of it, counting them as 0). */
  smape: { of: ratio('smape', 'smapeCount'), better: 'lower' },
  /** Mean of |error| / in-sample |y(t) − y(t − season)| over cells; series whose scale is 0 or undefined are left out. */
  mase: { of: ratio('scaledError', 'scaledCount'), better: 'lower' },
  /** Root of the mean of error² / in-sample mean (y(t) − y(t − season))² over cells (utilsforecast: the root of each series, then their mean). */
  rmsse: { of: root(ratio('scaledSquared', 'scaledCount')), better: 'lower' },
  /** 1 − Σ error² / Σ (truth − its mean)², over all cells together. */
  r2: { of: explained, better: 'higher' },
  /** Σ(forecast − truth) / Σ truth; above 0 is too much. */
  bias: { of: ratio('error', 'truth'), better: 'zero' },
  /** Mean of forecast − truth, in units. */
  meanError: { of: ratio('error', 'count'), better: 'zero' },
  /** 2·Σ pinball / Σ|truth|, averaged over the levels. */
  wql: { of: (row, layout) => quantileLoss(row, layout, 0) / at(row, Sum.quantileAbsTruth), better: 'lower' },
  /** Mean of 2·pinball over cells and levels, in units. */
  mql: { of: (row, layout) => quantileLoss(row, layout, 0) / at(row, Sum.quantileCount), better: 'lower' },
  /** Mean of 2·pinball / scale over cells and levels, scaled like {@link METRICS.mase}. */
  sql: { of: (row, layout) => quantileLoss(row, layout, 1) / at(row, Sum.quantileScaledCount), better: 'lower' },
  /** Continuous ranked probability score from the quantiles, in units: their pinball losses integrated over all levels. */
  crps: { of: crps, better: 'lower' },
  /** The same from sample paths; undefined where none were asked for. */
  crpsSample: { of: ratio('crpsSample', 'sampleCount'), better: 'lower' },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS

/** The scores of a group of cells, plain data; null where a metric is undefined. Percent keys are intervals such as `80`. */
export type Scores = { readonly [M in MetricName]: number | null } & {
  /** Cells scored. */
  readonly n: number
  /** Series that those cells belong to, counted in each window anew. */
  readonly series: number
  /** Share of truths inside of the interval. */
  readonly coverage: Readonly<Record<string, number | null>>
  /** Mean width of the interval, in units. */
  readonly width: Readonly<Record<string, number | null>>
  /** Interval score: width + 2/α × the distance by which it was missed (Winkler, 1972). */
  readonly winkler: Readonly<Record<string, number | null>>
}

/** What became of each quantile level. */
export interface LevelScores {
  readonly level: number
  /** Mean pinball loss in units, without the factor 2. */
  readonly pinball: number | null
  /** Share of truths that lie at or below the quantile: what the level promises. */
  readonly below: number | null
}

const known = (value: number) => (Number.isFinite(value) ? value : null)

/** The metrics of a row of sums. */
export function scoresOf(row: Float64Array, layout: Layout): Scores {
  const scores = {} as Record<MetricName, number | null>
  for (const name of Object.keys(METRICS) as MetricName[]) scores[name] = known(METRICS[name].of(row, layout))
  const count = at(row, Sum.quantileCount)
  const interval = (part: number) =>
    Object.fromEntries(
      layout.intervals.map(({ percent }, k) => [percent, known(at(row, intervalAt(layout, k) + part) / count)]),
    )
  return {
    n: at(row, Sum.count),
    series: at(row, Sum.series),
    ...scores,
    coverage: interval(0),
    width: interval(1),
    winkler: interval(2),
  }
}

/** The scores of each quantile level of a row of sums. */
export function levelScoresOf(row: Float64Array, layout: Layout): LevelScores[] {
  const count = at(row, Sum.quantileCount)
  return layout.levels.map((level, l) => ({
    level,
    pinball: known(at(row, levelAt(l)) / count),
    below: known(at(row, levelAt(l) + 2) / count),
  }))
}
