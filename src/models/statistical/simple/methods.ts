import { historicMean, profileAverage, seasonalWindowAverage, windowAverage } from './averages.ts'
import { empirical, windowMedian } from './empirical.ts'
import { drift, naive, seasonalNaive, zero } from './naive.ts'

/** The simple methods, by name. */
export const SIMPLE = {
  naive,
  'seasonal-naive': seasonalNaive,
  drift,
  zero,
  'historic-mean': historicMean,
  'window-average': windowAverage,
  'seasonal-window-average': seasonalWindowAverage,
  'profile-average': profileAverage,
  'window-median': windowMedian,
  empirical,
} as const
