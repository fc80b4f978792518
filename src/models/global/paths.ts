import { at } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'
import { meanOf, quantileOf } from './grid.ts'

/** How far the paths of a step are moved to have the mean that was forecast, as a factor. */
const MOST_FACTOR = 2

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
  const horizon = mean.length
  const count = horizon > 0 ? paths.length / horizon : 0
  const fresh = Math.sqrt(1 - rho * rho)
  for (let p = 0; p < count; p++) {
    let z = random.normal()
    for (let h = 0; h < horizon; h++) {
      if (h > 0) z = rho * z + fresh * random.normal()
      paths[p * horizon + h] = quantileOf(grid, h * scores.length, scores, z)
    }
  }
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
