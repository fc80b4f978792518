import { at } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'
import { meanOf, quantileOf } from './grid.ts'

/** How far the paths of a step are moved to have the mean that was forecast, as a factor. */
const MOST_FACTOR = 2

/** Standard normal numbers that go together like an AR(1) process along each of so many paths: `into[p · horizon + h]`. */
export function drawScores(horizon: number, rho: number, random: Random, into: Float64Array): void {
  const fresh = Math.sqrt(1 - rho * rho)
  for (let k = 0; k < into.length; k++)
    into[k] = k % horizon === 0 ? random.normal() : rho * at(into, k - 1) + fresh * random.normal()
}

/**
 * Sample paths through the distributions of the steps of one series, whose normal scores go together like an AR(1) process.
 *
 * `grid[h · levels + l]` and `mean[h]` in; `paths[p · horizon + h]` out. Each step's paths are moved to its mean, by a factor where
 * values cannot be negative.
 */
export function drawPaths(
  grid: Float64Array,
  mean: Float64Array,
  scores: Float64Array,
  rho: number,
  nonNegative: boolean,
  random: Random,
  paths: Float64Array,
): void {
  if (mean.length === 0) return
  drawScores(mean.length, rho, random, paths)
  pathsThrough(grid, mean, scores, nonNegative, paths)
}

/** Makes sample paths, in place, of the normal scores that they are to have at each step; see {@link drawPaths}. */
export function pathsThrough(
  grid: Float64Array,
  mean: Float64Array,
  scores: Float64Array,
  nonNegative: boolean,
  paths: Float64Array,
): void {
  const horizon = mean.length
  const count = paths.length / horizon
  for (let k = 0; k < paths.length; k++)
    paths[k] = quantileOf(grid, (k % horizon) * scores.length, scores, at(paths, k))
  for (let h = 0; h < horizon; h++) {
    const implied = meanOf(grid, h * scores.length, scores)
    const wanted = at(mean, h)
    const factor = implied > 0 ? Math.min(MOST_FACTOR, wanted / implied) : 1
    for (let p = 0; p < count; p++) {
      const k = p * horizon + h
      paths[k] = nonNegative ? Math.max(0, at(paths, k) * factor) : at(paths, k) + wanted - implied
    }
  }
}
