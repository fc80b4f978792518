import { at } from '../../core/panel.ts'
import { quantileOf, relativePointOf } from '../../models/global/grid.ts'
import { LEVELS, MIDDLE, SCORES } from './levels.ts'
import type { Aim } from './metric.ts'

/** Points that a member's answer offers where absolute errors count: its mean, its median, and that of least relative errors or a higher quantile. */
export const POINTS = 3

/** Where on the axis of a standard normal the third point lies where errors are not relative. */
const HIGHER = 0.1

/** Writes the points of `count` rows of a grid (ascending quantiles at {@link LEVELS}) beside their means: `into[p][row]`. */
export function pointsOf(
  aim: Aim,
  mean: ArrayLike<number>,
  grid: ArrayLike<number>,
  count: number,
  into: readonly Float32Array[],
): void {
  const n = LEVELS.length
  const own = new Float64Array(n)
  const [means, medians, third] = into as [Float32Array, Float32Array, Float32Array]
  for (let k = 0; k < count; k++) {
    for (let l = 0; l < n; l++) own[l] = at(grid, k * n + l)
    means[k] = at(mean, k)
    medians[k] = at(own, MIDDLE)
    third[k] = aim === 'mape' ? relativePointOf(own, 0, SCORES) : quantileOf(own, 0, SCORES, HIGHER)
  }
}
