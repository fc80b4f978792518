import type { Period } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { DEFAULT_LEVELS } from '../core/forecast.ts'
import type { Model } from '../models/model.ts'
import type { Keep } from './keep.ts'
import type { Point } from './metrics/score.ts'
import type { HierarchyOptions } from './metrics/wrmsse.ts'

/** The levels over which the weighted quantile loss is averaged unless others are given: those of the published protocols. */
const DECILES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
/** The central intervals, in %, whose coverage is reported unless others are given. */
const INTERVALS: readonly number[] = [50, 80, 90, 95]

/** How the past is forecast again. */
export interface BacktestOptions {
  /** Periods scored after each cutoff and gap. */
  readonly horizon: number
  /** How many cutoffs, the last one as late as the data allows; 1 unless given. */
  readonly windows?: number
  /** Periods from one cutoff to the next; the horizon unless given, so that no period is scored twice. */
  readonly step?: number
  /** Periods after the cutoff that are forecast but not scored; 0 unless given. */
  readonly gap?: number
  /** The last observed period of each window, instead of `windows` and `step`. */
  readonly cutoffs?: readonly Period[]
  /** Fit anew every so many windows, 1 unless given; with `never` the first fit forecasts all windows. */
  readonly refit?: number | 'never'
  /** Let models see at most so many periods (a sliding window); all of the past unless given. */
  readonly history?: number
  /** Refuse windows with fewer periods of past; as many as gap and horizon unless given. */
  readonly minHistory?: number
  /** Who answers, in turn, the series that a model refuses. */
  readonly fallback?: readonly Model[]
  /** Levels asked of the models; {@link DEFAULT_LEVELS} unless given. */
  readonly levels?: readonly number[]
  /** Levels of the weighted quantile loss; {@link DECILES} unless given. */
  readonly averaged?: readonly number[]
  /** Intervals scored, in %; {@link INTERVALS} unless given. */
  readonly intervals?: readonly number[]
  /** Sample paths asked for, scored by CRPS; 0 unless given. */
  readonly paths?: number
  /** Which number is scored as the point forecast; the mean unless given. */
  readonly point?: Point
  /** Season of the scale of MASE, RMSSE and SQL; that of the calendar unless given. */
  readonly season?: number
  /** Static columns or parts of the identity to segment by, beside the built-in segments. */
  readonly by?: readonly string[]
  /** Weighted RMSSE over a hierarchy, where wanted. */
  readonly hierarchy?: HierarchyOptions
  /** Where finished windows are kept, so that an interrupted backtest goes on. */
  readonly keep?: Keep
}

/** The same with every default filled in. */
export type Settings = Required<Omit<BacktestOptions, 'cutoffs' | 'history' | 'hierarchy' | 'keep'>> &
  Pick<BacktestOptions, 'cutoffs' | 'history' | 'hierarchy' | 'keep'>

/** Fills in defaults; refuses numbers that make no backtest. */
export function settingsOf(options: BacktestOptions, season: number): Settings {
  const { horizon, windows = 1, step = horizon, gap = 0, refit = 1, history, minHistory = gap + horizon } = options
  whole('horizon', horizon, 1)
  whole('windows', windows, 1)
  whole('step', step, 1)
  whole('gap', gap, 0)
  whole('minHistory', minHistory, 1)
  if (refit !== 'never') whole('refit', refit, 1)
  if (history !== undefined) whole('history', history, 1)
  whole('season', options.season ?? season, 1)
  for (const percent of options.intervals ?? INTERVALS)
    if (!(percent > 0 && percent < 100))
      throw refusal('intervals', percent, 'percentages between 0 and 100', '0 到 100 之间的百分数')
  return {
    fallback: [],
    levels: DEFAULT_LEVELS,
    averaged: DECILES,
    intervals: INTERVALS,
    paths: 0,
    point: 'mean',
    season,
    by: [],
    ...options,
    ...{ horizon, windows, step, gap, refit, minHistory },
  }
}

function whole(option: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw refusal(option, value, `a whole number of at least ${least}`, `不小于 ${least} 的整数`)
}

function refusal(option: string, value: number, expected: string, expectedZh: string): ForetideError {
  return new ForetideError('backtest.option', { option, value, expected, expectedZh }, { fault: 'usage' })
}
