import { CannotForecast } from '../../../core/errors.ts'
import type { Answer, LocalMethod, Series } from '../../local.ts'
import { autoArima } from '../arima/auto-arima.ts'
import { autoEts } from '../ets/methods.ts'
import { type Decomposition, decompose } from './decompose.ts'

/** What forecasts the series once its seasons are taken out; none of them looks for a season of its own. */
const TRENDS = {
  ets: () => autoEts({ form: 'ZZN', season: 1 }),
  arima: () => autoArima({ season: 1 }),
} satisfies Record<string, () => LocalMethod>

/** What can be chosen of MSTL; everything has a default. */
export interface MstlOptions {
  /** Lengths of the seasonal cycles in periods; those of the series' calendar by default, rounded. */
  readonly seasons?: readonly number[]
  /** Who forecasts trend and remainder: `ets` by default. */
  readonly trend?: keyof typeof TRENDS
  /** Whether outliers are given less weight in the decomposition, at about ten times the cost. */
  readonly robust?: boolean
}

/**
 * Forecasts by decomposition: each season repeats its last cycle, trend and remainder are forecast by automatic exponential
 * smoothing (Bandara, Hyndman and Bergmeir, 2021). Quantiles and paths are those of the trend's and remainder's model.
 *
 * Uses the cycles that the series holds more than twice; refuses one that holds none so often. Gaps are interpolated before.
 *
 * @example
 * mstl({ seasons: [7, 365.25] })
 */
export function mstl(options: MstlOptions = {}): LocalMethod<MstlOptions> {
  const trend = TRENDS[options.trend ?? 'ets']()
  const shape = options.robust ? { robust: true } : {}
  return {
    name: 'mstl',
    needs: { minHistory: 5, knownAhead: 'ignored', crossSeries: false, missing: false },
    options,
    fit(series) {
      const periods = periodsOf(series, options)
      const rest = adjusted(series, decompose(series.values, periods, shape))
      return Float64Array.of(periods.length, ...periods, ...trend.fit(rest, trend.options))
    },
    forecast(series, parameters, answer) {
      const count = parameters[0] as number
      const periods = [...parameters.subarray(1, 1 + count)]
      const parts = decompose(series.values, periods, shape)
      trend.forecast(adjusted(series, parts), parameters.subarray(1 + count), answer, trend.options)
      addSeasons(parts, answer)
    },
  }
}

function periodsOf(series: Series, options: MstlOptions): number[] {
  const wanted = (options.seasons ?? series.seasons).map(Math.round).filter((period) => period > 1)
  const [shortest] = wanted.sort((a, b) => a - b)
  if (shortest === undefined) throw new CannotForecast('noSeason')
  const has = series.values.length
  const usable = [...new Set(wanted)].filter((period) => 2 * period < has)
  if (usable.length === 0) throw new CannotForecast('tooShort', { has, needs: 2 * shortest + 1 })
  return usable
}

/** The series without its seasons, which may fall below zero and between whole numbers. */
function adjusted(series: Series, { seasonal }: Decomposition): Series {
  const values = series.values.slice()
  for (const part of seasonal)
    for (let t = 0; t < values.length; t++) values[t] = (values[t] as number) - (part[t] as number)
  return { ...series, values, season: 1, seasons: [1], nonNegative: false, integer: false }
}

/** Adds the last cycle of every season to mean, quantiles and paths. */
function addSeasons({ periods, seasonal }: Decomposition, answer: Answer): void {
  const { horizon, mean, quantiles, sample } = answer
  const levels = answer.levels.length
  for (let h = 0; h < horizon; h++) {
    let sum = 0
    periods.forEach((period, i) => {
      const part = seasonal[i] as Float64Array
      sum += part[part.length - period + (h % period)] as number
    })
    mean[h] = (mean[h] as number) + sum
    for (let l = h * levels; l < (h + 1) * levels; l++) quantiles[l] = (quantiles[l] as number) + sum
    for (let s = h; s < sample.length; s += horizon) sample[s] = (sample[s] as number) + sum
  }
}
