import { CannotForecast } from '../../../core/errors.ts'
import type { LocalMethod } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { type SeasonalOptions, seasonOf } from './naive.ts'
import { type Spread, totals, writePoints } from './spread-of-points.ts'

const NEEDS: Needs = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true }

/** What can be chosen of a method that looks at a window of the latest periods. */
export interface WindowOptions extends Spread {
  /** Periods looked back; two cycles of the calendar unless given, at least 8. */
  readonly window?: number
}

/** Periods looked back where nothing is chosen: two cycles, within 8 … 56. */
export const usualWindow = (season: number) => Math.min(56, Math.max(8, 2 * season))

/** The mean of all observed values; normal with their variance (Hyndman and Athanasopoulos, 2021, 5.5). */
export const historicMean = (options: Spread = {}): LocalMethod<Spread> => ({
  name: 'historic-mean',
  needs: NEEDS,
  options,
  fit: () => new Float64Array(0),
  forecast: ({ values }, _, answer) => writeMean(values, answer, options),
})

/** The mean of the observed values among the latest periods; normal with their variance. */
export const windowAverage = (options: WindowOptions = {}): LocalMethod<WindowOptions> => ({
  name: 'window-average',
  needs: NEEDS,
  options,
  fit: () => new Float64Array(0),
  forecast: ({ values, season }, _, answer) =>
    writeMean(latest(values, options.window ?? usualWindow(season)), answer, options),
})

/** The mean of the same phase over the latest cycles (4 unless `window`, in cycles, says otherwise); refuses calendars without a cycle. */
export const seasonalWindowAverage = (
  options: SeasonalOptions & WindowOptions = {},
): LocalMethod<SeasonalOptions & WindowOptions> => ({
  name: 'seasonal-window-average',
  needs: NEEDS,
  options,
  fit(series) {
    seasonOf(series, options)
    return new Float64Array(0)
  },
  forecast(series, _, answer) {
    const { values } = series
    const m = seasonOf(series, options)
    const cycles = options.window ?? 4
    const point = new Float64Array(answer.horizon)
    const spread = new Float64Array(answer.horizon)
    const whole = totals(latest(values, cycles * m))
    if (whole.count === 0) throw new CannotForecast('noValues')
    const phase = new Float64Array(cycles)
    for (let h = 0; h < point.length; h++) {
      for (let c = 0; c < cycles; c++) phase[c] = values[values.length - (c + 1) * m + (h % m)] ?? Number.NaN
      const { count, sum, squares } = totals(phase)
      const mean = count > 0 ? sum / count : whole.sum / whole.count
      point[h] = mean
      spread[h] = count > 1 ? ((squares - sum * mean) / (count - 1)) * (1 + 1 / count) : 0
    }
    // One cycle alone says nothing of the spread around a phase: all phases say it together.
    const pooled = spread.reduce((a, b) => a + b, 0) / spread.length
    writePoints(answer, point, spread.fill(Math.max(0, pooled)), options)
  },
})

/** What can be chosen of the mean with a weekday profile. */
export interface ProfileOptions extends WindowOptions {
  /** How far the profile is trusted: 0 a plain mean, 1 each weekday's own; 0.3 unless given. */
  readonly trust?: number
}

/** The mean of the latest periods times a profile of the cycle's phases that is shrunk towards 1; refuses calendars without a cycle. */
export const profileAverage = (options: ProfileOptions = {}): LocalMethod<ProfileOptions> => ({
  name: 'profile-average',
  needs: NEEDS,
  options,
  fit(series) {
    seasonOf(series, {})
    return new Float64Array(0)
  },
  forecast(series, _, answer) {
    const m = seasonOf(series, {})
    const { trust = 0.3, window = usualWindow(m) } = options
    const recent = latest(series.values, window)
    const { count, sum, squares } = totals(recent)
    if (count === 0) throw new CannotForecast('noValues')
    const mean = sum / count
    const point = new Float64Array(answer.horizon)
    for (let h = 0; h < point.length; h++) {
      let own = 0
      let seen = 0
      for (let t = recent.length - m + (h % m); t >= 0; t -= m) {
        const y = recent[t] as number
        if (Number.isNaN(y)) continue
        own += y
        seen++
      }
      point[h] = seen > 0 ? mean + trust * (own / seen - mean) : mean
    }
    const variance = Math.max(0, count > 1 ? (squares - sum * mean) / (count - 1) : 0)
    writePoints(
      answer,
      point,
      point.map(() => variance),
      options,
    )
  },
})

/** The last `count` places of a series, fewer where it is shorter. */
export function latest(values: Float64Array, count: number): Float64Array {
  return values.subarray(Math.max(0, values.length - count))
}

function writeMean(values: Float64Array, answer: Parameters<typeof writePoints>[0], spread: Spread): void {
  const { count, sum, squares } = totals(values)
  if (count === 0) throw new CannotForecast('noValues')
  const mean = sum / count
  const variance = count > 1 ? Math.max(0, (squares - sum * mean) / (count - 1)) * (1 + 1 / count) : 0
  const point = new Float64Array(answer.horizon).fill(mean)
  writePoints(
    answer,
    point,
    point.map(() => variance),
    spread,
  )
}
