import { at } from '../../core/panel.ts'
import { normalQuantile } from '../statistical/normal.ts'

/** How far beyond the outermost levels a distribution is drawn out, in standard normal units. */
const REACH = 0.6

/** Where quantile levels stand on the axis of a standard normal, on which quantiles are joined by straight lines. */
export const scoresOf = (levels: readonly number[]): Float64Array => Float64Array.from(levels, normalQuantile)

/**
 * The quantile at a standard normal score, of the distribution whose quantiles at `scores` are `grid[from …]`, ascending.
 *
 * Beyond the ends the outermost line goes on for a little, and then stays.
 */
export function quantileOf(grid: Float64Array, from: number, scores: Float64Array, score: number): number {
  const n = scores.length
  if (n === 1) return at(grid, from)
  let l = 1
  while (l < n - 1 && at(scores, l) < score) l++
  const low = at(scores, l - 1)
  const high = at(scores, l)
  const z = Math.min(at(scores, n - 1) + REACH, Math.max(at(scores, 0) - REACH, score))
  const left = at(grid, from + l - 1)
  return left + ((z - low) / (high - low)) * (at(grid, from + l) - left)
}

/** The standard normal score that a value has in such a distribution: the middle one where it has several. */
export function scoreOf(grid: Float64Array, from: number, scores: Float64Array, value: number): number {
  const n = scores.length
  let below = 0
  while (below < n && at(grid, from + below) < value) below++
  let upTo = below
  while (upTo < n && at(grid, from + upTo) <= value) upTo++
  if (upTo > below) return (at(scores, below) + at(scores, upTo - 1)) / 2
  if (below === 0) return at(scores, 0) - REACH / 2
  if (below === n) return at(scores, n - 1) + REACH / 2
  const left = at(grid, from + below - 1)
  const share = (value - left) / (at(grid, from + below) - left)
  return at(scores, below - 1) + share * (at(scores, below) - at(scores, below - 1))
}

/** Middles of so many equally likely parts of a standard normal: where a mean is taken. */
const MIDDLES = Float64Array.from({ length: 40 }, (_, k) => normalQuantile((k + 0.5) / 40))

/** The mean of such a distribution. */
export function meanOf(grid: Float64Array, from: number, scores: Float64Array): number {
  let sum = 0
  for (let k = 0; k < MIDDLES.length; k++) sum += quantileOf(grid, from, scores, at(MIDDLES, k))
  return sum / MIDDLES.length
}

/** Middles of so many equally likely parts, where a median with weights is looked for. */
const FINE = Float64Array.from({ length: 200 }, (_, k) => normalQuantile((k + 0.5) / 200))

/**
 * The point of such a distribution from which relative errors, |y − point| / y, are least: its median with the weights 1 / y (Gneiting, 2011).
 *
 * Values of 0 and below are not asked about relative errors, and count for nothing; 0 where there are no others.
 */
export function relativePointOf(grid: Float64Array, from: number, scores: Float64Array): number {
  const values = FINE.map((score) => quantileOf(grid, from, scores, score))
  const weights = values.map((y) => (y > 0 ? 1 / y : 0))
  const half = weights.reduce((a, b) => a + b, 0) / 2
  let sum = 0
  for (let k = 0; k < values.length; k++) {
    sum += at(weights, k)
    if (sum >= half && at(weights, k) > 0) return at(values, k)
  }
  return 0
}

/** Puts the quantiles of a row into ascending order; most are already. */
export function ascend(grid: Float64Array, from: number, levels: number): void {
  for (let l = 1; l < levels; l++)
    if (at(grid, from + l) < at(grid, from + l - 1)) {
      grid.subarray(from, from + levels).sort()
      return
    }
}
