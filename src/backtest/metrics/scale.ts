import { at, Mask, type Panel } from '../../core/panel.ts'

/** The in-sample errors of the seasonal naive forecast, one a series; NaN where no pair of values lies a season apart. */
export interface Scales {
  /** Mean of |y(t) − y(t − season)|. */
  readonly absolute: Float64Array
  /** Mean of (y(t) − y(t − season))². */
  readonly squared: Float64Array
}

/**
 * What MASE, RMSSE and the scaled quantile loss divide by: errors of the seasonal naive on the past alone.
 *
 * Missing values and closed periods leave their pairs out. A scale of 0 or NaN means that the series is left out of scaled metrics,
 * as in fev; utilsforecast instead answers inf for it. Hyndman and Koehler (2006).
 */
export function seasonalScales(past: Panel, season: number): Scales {
  const n = past.ids.length
  const absolute = new Float64Array(n).fill(Number.NaN)
  const squared = new Float64Array(n).fill(Number.NaN)
  const { target, mask, offsets } = past
  for (let i = 0; i < n; i++) {
    let sum = 0
    let squares = 0
    let count = 0
    for (let k = at(offsets, i) + season; k < at(offsets, i + 1); k++) {
      if (((at(mask, k) | at(mask, k - season)) & Mask.closed) !== 0) continue
      const difference = at(target, k) - at(target, k - season)
      if (Number.isNaN(difference)) continue
      sum += Math.abs(difference)
      squares += difference * difference
      count++
    }
    if (count === 0) continue
    absolute[i] = sum / count
    squared[i] = squares / count
  }
  return { absolute, squared }
}
