import { CannotForecast } from '../../../core/errors.ts'
import type { LocalMethod, Series } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { differenceVariance, type Spread, writePoints } from './spread-of-points.ts'

const NEEDS: Needs = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true }

/** What can be chosen of the seasonal naive method. */
export interface SeasonalOptions extends Spread {
  /** Length of the cycle in place of the calendar's. */
  readonly season?: number
}

/** The last observed value for every step; variance h·σ² of a random walk (Hyndman and Athanasopoulos, 2021, 5.5). */
export const naive = (options: Spread = {}): LocalMethod<Spread> => ({
  name: 'naive',
  needs: NEEDS,
  options,
  fit: ({ values }) => new Float64Array([differenceVariance(values, 1)]),
  forecast({ values }, [variance = 0], answer) {
    const point = new Float64Array(answer.horizon).fill(lastObserved(values, values.length - 1, 1))
    writePoints(
      answer,
      point,
      point.map((_, h) => variance * (h + 1)),
      options,
      1,
    )
  },
})

/**
 * The last observed value of the same phase of the cycle; variance grows by σ² each cycle (Hyndman and Athanasopoulos, 2021, 5.5).
 *
 * A phase that was never observed takes the last observed value of any phase. Refuses calendars without a cycle.
 */
export const seasonalNaive = (options: SeasonalOptions = {}): LocalMethod<SeasonalOptions> => ({
  name: 'seasonal-naive',
  needs: NEEDS,
  options,
  fit: (series) => new Float64Array([differenceVariance(series.values, seasonOf(series, options))]),
  forecast(series, [variance = 0], answer) {
    const { values } = series
    const m = seasonOf(series, options)
    const point = new Float64Array(answer.horizon)
    for (let h = 0; h < point.length; h++) {
      const same = lastObserved(values, values.length - m + (h % m), m)
      point[h] = Number.isNaN(same) ? lastObserved(values, values.length - 1, 1) : same
    }
    writePoints(
      answer,
      point,
      point.map((_, h) => variance * (Math.floor(h / m) + 1)),
      options,
      m,
    )
  },
})

/** The straight line through the first and the last observed value, a random walk with drift (Hyndman and Athanasopoulos, 2021, 5.2). */
export const drift = (options: Spread = {}): LocalMethod<Spread> => ({
  name: 'drift',
  needs: { ...NEEDS, minHistory: 2 },
  options,
  fit({ values }) {
    const slope = slopeOf(values)
    return new Float64Array([slope, differenceVariance(values, 1, slope)])
  },
  forecast({ values }, [slope = 0, variance = 0], answer) {
    const last = lastObserved(values, values.length - 1, 1)
    const point = new Float64Array(answer.horizon)
    const spread = new Float64Array(answer.horizon)
    const steps = Math.max(1, values.length - 1)
    for (let h = 0; h < point.length; h++) {
      point[h] = last + slope * (h + 1)
      spread[h] = variance * (h + 1) * (1 + (h + 1) / steps)
    }
    writePoints(answer, point, spread, options, 1)
  },
})

/** Zero, always: the forecast that a table of intermittent demand must be able to beat. */
export const zero = (): LocalMethod => ({
  name: 'zero',
  needs: NEEDS,
  options: {},
  fit: () => new Float64Array(0),
  forecast(_, __, answer) {
    answer.mean.fill(0)
    answer.quantiles.fill(0)
    answer.sample.fill(0)
  },
})

/** The cycle that a method is to use; refuses where there is none. */
export function seasonOf(series: Series, options: { readonly season?: number }): number {
  const m = Math.round(options.season ?? series.season)
  if (m < 2) throw new CannotForecast('noSeason')
  return m
}

/** The nearest observed value at or before place `t`, going back in strides; NaN where there is none. */
function lastObserved(values: Float64Array, t: number, stride: number): number {
  for (let k = t; k >= 0; k -= stride) {
    const y = values[k] as number
    if (!Number.isNaN(y)) return y
  }
  return Number.NaN
}

function slopeOf(values: Float64Array): number {
  let last = values.length - 1
  while (last > 0 && Number.isNaN(values[last])) last--
  return last > 0 ? ((values[last] as number) - (values[0] as number)) / last : 0
}
