import { at } from '../../core/panel.ts'
import { cholesky, choleskySolve } from '../../models/linear/algebra/cholesky.ts'
import type { Covariance } from './covariance.ts'
import { addProduct, crossProduct } from './dense.ts'
import { type MaskedSolver, maskedSolverOf } from './masked.ts'
import { type Solver, solverOf } from './solver.ts'
import { addFromAbove, missesOf, type Summing } from './summing.ts'

/** The projection onto coherent values that a covariance of errors asks for, prepared. */
export interface Projection {
  readonly summing: Summing
  readonly covariance: Covariance
  readonly solver: Solver
  /** Bottoms (bottoms × columns) of base forecasts (nodes × columns). */
  bottoms(base: Float64Array, columns: number): Float64Array
  readonly low: LowRank | undefined
  /** The system with some bottoms held at 0, prepared when first asked for. */
  masked(): MaskedSolver
}

/** What Woodbury's formula needs of the factors F of a covariance. */
export interface LowRank {
  /** By how much the uppers of F exceed the sums of its bottoms, uppers × count. */
  readonly misses: Float64Array
  /** The solver applied to it. */
  readonly solved: Float64Array
  /** The Cholesky factor of 1 + misses′ solved, count × count. */
  readonly factor: Float64Array
}

/**
 * Prepares the generalised least squares projection S (S′W⁻¹S)⁻¹ S′W⁻¹ (Wickramasuriya, Athanasopoulos and Hyndman, 2019).
 *
 * It is applied in the form ŷ − W C′ (C W C′)⁻¹ C ŷ, where C ŷ is by how much each upper node misses its sum: a system of the upper nodes
 * alone, sparse for the diagonal part of W, and corrected for the factors of W by the formula of Woodbury.
 */
export function projectionOf(summing: Summing, covariance: Covariance, iterate = false): Projection {
  const { uppers } = summing
  const { variances, factors } = covariance
  const solver = solverOf(summing, variances, iterate)
  const scale = variances.subarray(uppers)
  const low = factors && lowRankOf(summing, solver, factors)
  const bottoms = (base: Float64Array, columns: number) => {
    const adjusted = base.slice(uppers * columns)
    const multipliers = solver.solve(missesOf(summing, base, columns), columns)
    if (factors && low) {
      const { count } = factors
      const latent = crossProduct(low.misses, multipliers, [uppers, count, columns])
      solveAll(low.factor, count, latent, columns)
      addProduct(multipliers, low.solved, latent, [uppers, count, columns], -1)
      const own = factors.values.subarray(uppers * count)
      addProduct(adjusted, own, latent, [summing.bottoms, count, columns], -1)
    }
    addFromAbove(summing, multipliers, scale, adjusted, columns)
    return adjusted
  }
  let prepared: MaskedSolver | undefined
  const masked = () => {
    prepared ??= maskedSolverOf(summing, variances)
    return prepared
  }
  return { summing, covariance, solver, bottoms, low, masked }
}

function lowRankOf(summing: Summing, solver: Solver, { count, values }: NonNullable<Covariance['factors']>): LowRank {
  const misses = missesOf(summing, values, count)
  const solved = solver.solve(misses, count)
  const inner = crossProduct(misses, solved, [summing.uppers, count, count])
  for (let t = 0; t < count; t++) inner[t * count + t] = at(inner, t * count + t) + 1
  return { misses, solved, factor: cholesky(inner, count) }
}

/** Solves for each column of b (size × columns), in place. */
function solveAll(factor: Float64Array, size: number, b: Float64Array, columns: number): void {
  const column = new Float64Array(size)
  for (let c = 0; c < columns; c++) {
    for (let t = 0; t < size; t++) column[t] = at(b, t * columns + c)
    choleskySolve(factor, size, column)
    for (let t = 0; t < size; t++) b[t * columns + c] = at(column, t)
  }
}
