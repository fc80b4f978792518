import { ForetideError } from '../../core/errors.ts'

/**
 * What is summed over the cells of a forecast that have a truth; every metric is a function of these sums alone, so sums of
 * windows, blocks and segments can be added and scored later.
 */
export const Sum = {
  /** Cells scored. */
  count: 0,
  truth: 1,
  absTruth: 2,
  squaredTruth: 3,
  /** Forecast − truth. */
  error: 4,
  absError: 5,
  squaredError: 6,
  /** |error| / |truth| of the cells whose truth is not 0, and their number. */
  ape: 7,
  apeCount: 8,
  /** 2·|error| / (|truth| + |forecast|) of the cells where that is defined, and their number. */
  smape: 9,
  smapeCount: 10,
  /** |error| / scale and error² / squared scale of the cells whose series has a scale above 0, and their number. */
  scaledError: 11,
  scaledSquared: 12,
  scaledCount: 13,
  /** Cells with quantiles, their |truth|, and those of them with a scale. */
  quantileCount: 14,
  quantileAbsTruth: 15,
  quantileScaledCount: 16,
  /** CRPS of the sample paths, and the number of cells that have them. */
  crpsSample: 17,
  sampleCount: 18,
  /** Series (in each window) with a scored cell; kept in the row of those in stock, whatever their stock was. */
  series: 19,
} as const
const FIXED = 20
/** Sums kept for each quantile level: pinball loss, pinball loss / scale, cells with truth ≤ quantile. */
const PER_LEVEL = 3
/** Sums kept for each interval: cells inside, width, Winkler score. */
const PER_INTERVAL = 3

/** Which quantile levels and intervals are scored, and where their sums stand in a row. */
export interface Layout {
  /** All levels asked of the models, ascending. */
  readonly levels: readonly number[]
  /** Indices of the levels over which WQL and SQL are averaged. */
  readonly averaged: readonly number[]
  /** Central intervals in %, such as 80, with the indices of their two levels. */
  readonly intervals: readonly { readonly percent: number; readonly low: number; readonly high: number }[]
  /** Numbers a row. */
  readonly width: number
}

/** What {@link layoutOf} lays out. */
export interface LayoutOptions {
  readonly levels: readonly number[]
  readonly averaged: readonly number[]
  readonly intervals: readonly number[]
}

/** Lays out the sums of a row; levels that averages and intervals need are added to those given. */
export function layoutOf({ levels, averaged, intervals }: LayoutOptions): Layout {
  const ends = intervals.flatMap((percent) => [lowOf(percent), highOf(percent)])
  const all: number[] = []
  for (const level of [...levels, ...averaged, ...ends].sort((a, b) => a - b)) {
    if (!(level > 0 && level < 1)) throw new ForetideError('forecast.level', { level }, { fault: 'usage' })
    if (all.length === 0 || level - (all.at(-1) as number) > 1e-9) all.push(level)
  }
  const index = (level: number) => all.findIndex((l) => Math.abs(l - level) <= 1e-9)
  return {
    levels: all,
    averaged: averaged.map(index),
    intervals: intervals.map((percent) => ({ percent, low: index(lowOf(percent)), high: index(highOf(percent)) })),
    width: FIXED + PER_LEVEL * all.length + PER_INTERVAL * intervals.length,
  }
}

const round = (level: number) => Math.round(level * 1e9) / 1e9
const lowOf = (percent: number) => round((100 - percent) / 200)
const highOf = (percent: number) => round((100 + percent) / 200)

/** Where the sums of level `l` begin in a row. */
export const levelAt = (l: number) => FIXED + PER_LEVEL * l
/** Where the sums of interval `k` begin in a row. */
export const intervalAt = (layout: Layout, k: number) => FIXED + PER_LEVEL * layout.levels.length + PER_INTERVAL * k
