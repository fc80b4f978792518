import type { Answer } from '../../local.ts'
import { writeNormalQuantiles } from '../spread.ts'

/** How the spread around a simple forecast is stated. */
export interface Spread {
  /**
   * `normal`: normal around the point with the residuals' variance; `point`: every quantile is the point itself, as tables of
   * rivals often have it.
   */
  readonly quantiles?: 'normal' | 'point'
}

/**
 * Writes points with normal quantiles of the given variances, and paths: independent steps, or, with `walk`, each step going on from
 * the one `walk` before it, as a random walk does, so that sums over steps spread as they should.
 */
export function writePoints(
  answer: Answer,
  point: Float64Array,
  variance: Float64Array,
  { quantiles = 'normal' }: Spread,
  walk?: number,
): void {
  const { horizon, levels, mean, sample, random } = answer
  mean.set(point)
  const spread = quantiles === 'point' ? variance.map(() => 0) : variance
  writeNormalQuantiles(mean, spread, levels, answer.quantiles)
  for (let k = 0; k < sample.length; k++) {
    const h = k % horizon
    const before = walk === undefined || h < walk ? 0 : (spread[h - walk] as number)
    const from = before > 0 && walk !== undefined ? (sample[k - walk] as number) - (point[h - walk] as number) : 0
    sample[k] = (point[h] as number) + from + Math.sqrt((spread[h] as number) - before) * random.normal()
  }
}

/** Mean square of the differences y(t) − y(t − lag) where both are observed; `drift` is taken off each; 0 without any. */
export function differenceVariance(values: Float64Array, lag: number, drift = 0): number {
  let sum = 0
  let count = 0
  for (let t = lag; t < values.length; t++) {
    const d = (values[t] as number) - (values[t - lag] as number) - drift
    if (Number.isNaN(d)) continue
    sum += d * d
    count++
  }
  return count > 0 ? sum / count : 0
}

/** How many values are observed, and their sum and sum of squares. */
export function totals(values: ArrayLike<number>): { count: number; sum: number; squares: number } {
  let count = 0
  let sum = 0
  let squares = 0
  for (let t = 0; t < values.length; t++) {
    const y = values[t] as number
    if (Number.isNaN(y)) continue
    count++
    sum += y
    squares += y * y
  }
  return { count, sum, squares }
}
