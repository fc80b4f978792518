import { at } from '../../../core/panel.ts'
import { scatterAt } from '../history/scatter.ts'
import type { Sums } from '../history/sums.ts'
import { logChance } from './counts.ts'

/** Levels beside the expected one are believed on a grid of their logarithm. */
const STEP = 0.125
const REACH = 6
export const GRID = Float64Array.from({ length: Math.round((2 * REACH) / STEP) + 1 }, (_, g) => -REACH + g * STEP)

/** A piece of a prior: where it stands on the logarithm, and how much it counts. */
export interface Piece {
  readonly at: number
  readonly weight: number
}

/** Logarithms of the density of pieces, each widened to a normal of a variance, on the grid. */
export function priorOf(pieces: readonly Piece[], variance: number): Float64Array {
  const density = new Float64Array(GRID.length)
  for (const piece of pieces)
    for (let g = 0; g < GRID.length; g++)
      density[g] = at(density, g) + piece.weight * Math.exp(-((at(GRID, g) - piece.at) ** 2) / (2 * variance))
  const total = density.reduce((a, b) => a + b, 0)
  return density.map((d) => Math.log(Math.max(d / total, 1e-12)))
}

/**
 * The logarithm of the chance of what was sold, for each level of the grid beside the expected one; the level wanders, so that however much was seen it is never known better than by `drift`.
 */
export function likelihoodOf(
  { sold, base, cells }: Sums,
  expected: number,
  scatter: readonly number[],
  drift: number,
): Float64Array {
  if (!(base > 0)) return new Float64Array(GRID.length)
  return GRID.map((log) => {
    const mean = base * expected * Math.exp(log)
    return logChance(sold, mean, scatterAt(scatter, mean / cells) / cells + drift)
  })
}

/** Widens beliefs, given as logarithms, by a normal of a variance. */
export function widened(logs: Float64Array, variance: number): Float64Array {
  if (!(variance > 0)) return logs
  const half = Math.min(GRID.length - 1, Math.ceil((3.5 * Math.sqrt(variance)) / STEP))
  const kernel = Float64Array.from({ length: 2 * half + 1 }, (_, k) =>
    Math.exp(-(((k - half) * STEP) ** 2) / (2 * variance)),
  )
  const most = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const plain = logs.map((log) => Math.exp(log - most))
  return logs.map((_, g) => {
    let [sum, total] = [0, 0]
    for (let k = -half; k <= half; k++) {
      if (g + k < 0 || g + k >= plain.length) continue
      sum += at(kernel, k + half) * at(plain, g + k)
      total += at(kernel, k + half)
    }
    return Math.log(Math.max(sum / total, 1e-300)) + most
  })
}

/** Adds logarithms of beliefs. */
export function together(beliefs: readonly Float64Array[]): Float64Array {
  return GRID.map((_, g) => beliefs.reduce((sum, belief) => sum + at(belief, g), 0))
}

/** Chances on the grid, of logarithms that need not add up to any. */
export function chancesOf(logs: Float64Array): Float64Array {
  const most = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const chances = logs.map((log) => Math.exp(log - most))
  const total = chances.reduce((a, b) => a + b, 0)
  return chances.map((c) => c / total)
}

/** Logarithms of levels, equally likely each, that stand for chances on the grid. */
export function supportOf(chances: Float64Array, count: number): Float64Array {
  const points = new Float64Array(count)
  let [g, reached] = [0, 0]
  for (let k = 0; k < count; k++) {
    const level = (k + 0.5) / count
    while (g < GRID.length - 1 && reached + at(chances, g) < level) reached += at(chances, g++)
    const share = at(chances, g) > 0 ? Math.min(1, (level - reached) / at(chances, g)) : 0.5
    points[k] = at(GRID, g) + (share - 0.5) * STEP
  }
  return points
}
