import { CannotForecast } from '../../../core/errors.ts'
import type { Answer, LocalMethod } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { latest, usualWindow } from './averages.ts'

const NEEDS: Needs = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true }

/** What can be chosen of the empirical distribution. */
export interface EmpiricalOptions {
  /** Periods looked back; four cycles of the calendar unless given, within 8 … 112. */
  readonly window?: number
  /** What stands as the point: the mean of the values, or their median. */
  readonly point?: 'mean' | 'median'
}

/**
 * The distribution of the latest observed values, for every step alike: quantiles interpolated between order statistics
 * (Hyndman and Fan, 1996, type 7), paths drawn with replacement.
 *
 * Knows neither trend nor season, and yet is hard to beat where most periods are zero.
 */
export const empirical = (options: EmpiricalOptions = {}): LocalMethod<EmpiricalOptions> => ({
  name: 'empirical',
  needs: NEEDS,
  options,
  fit: () => new Float64Array(0),
  forecast({ values, season }, _, answer) {
    const sorted = latest(values, options.window ?? 2 * usualWindow(season))
      .filter((y) => !Number.isNaN(y))
      .sort()
    if (sorted.length === 0) throw new CannotForecast('noValues')
    writeEmpirical(sorted, options.point ?? 'mean', answer)
  },
})

/** The median of the latest observed values, and their quantiles around it. */
export const windowMedian = (options: EmpiricalOptions = {}): LocalMethod<EmpiricalOptions> => ({
  ...empirical({ ...options, point: 'median' }),
  name: 'window-median',
})

/** The quantile of ascending values at a level between 0 and 1, interpolated. */
function sortedQuantile(sorted: Float64Array, level: number): number {
  const place = level * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below] as number
  return low + (place - below) * ((sorted[Math.min(sorted.length - 1, below + 1)] as number) - low)
}

function writeEmpirical(sorted: Float64Array, point: 'mean' | 'median', answer: Answer): void {
  const { horizon, levels, mean, quantiles, sample, random } = answer
  mean.fill(point === 'mean' ? sorted.reduce((a, b) => a + b, 0) / sorted.length : sortedQuantile(sorted, 0.5))
  const row = levels.map((level) => sortedQuantile(sorted, level))
  for (let h = 0; h < horizon; h++) quantiles.set(row, h * levels.length)
  for (let k = 0; k < sample.length; k++) sample[k] = sorted[random.integer(sorted.length)] as number
}
