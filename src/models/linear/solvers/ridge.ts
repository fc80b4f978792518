import { cholesky, choleskySolve } from '../algebra/cholesky.ts'
import { symmetricEigen } from '../algebra/symmetric-eigen.ts'
import type { NormalEquations } from './normal-equations.ts'

/**
 * Coefficients that minimise mean squared error + `penalty` · Σ β² (Hoerl and Kennard, 1970), by Cholesky.
 *
 * scikit-learn's `Ridge(alpha)` over n rows is `penalty = alpha / n`. With no penalty, columns that others explain get 0.
 *
 * @example
 * ridgeSolve({ size: 1, gram: Float64Array.of(3), cross: Float64Array.of(8), power: 9 }, 1) // → [2]
 */
export function ridgeSolve({ size, gram, cross }: NormalEquations, penalty: number): Float64Array {
  const a = Float64Array.from(gram)
  for (let i = 0; i < size; i++) a[i * size + i] = (a[i * size + i] as number) + penalty
  return choleskySolve(cholesky(a, size), size, Float64Array.from(cross))
}

/** Ridge solutions for several penalties. */
export interface RidgePath {
  readonly penalties: Float64Array
  /** Coefficients for each penalty. */
  readonly coefficients: readonly Float64Array[]
  /** Effective degrees of freedom for each penalty: the trace of the hat matrix, intercept not counted. */
  readonly freedom: Float64Array
}

/** Ridge solutions for a whole path of penalties above 0, by one eigendecomposition. */
export function ridgePath({ size, gram, cross }: NormalEquations, penalties: Float64Array): RidgePath {
  const { values, vectors } = symmetricEigen(gram, size)
  const turned = new Float64Array(size)
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++)
      turned[k] = (turned[k] as number) + (vectors[i * size + k] as number) * (cross[i] as number)
  const freedom = new Float64Array(penalties.length)
  const coefficients = Array.from(penalties, (penalty, p) => {
    const shrunk = new Float64Array(size)
    for (let k = 0; k < size; k++) {
      const value = Math.max(0, values[k] as number)
      shrunk[k] = (turned[k] as number) / (value + penalty)
      freedom[p] = (freedom[p] as number) + value / (value + penalty)
    }
    const beta = new Float64Array(size)
    for (let i = 0; i < size; i++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += (vectors[i * size + k] as number) * (shrunk[k] as number)
      beta[i] = sum
    }
    return beta
  })
  return { penalties, coefficients, freedom }
}

/** Generalised cross-validation: squared error over (1 − (freedom + 1) / n)², n being rows (Golub, Heath and Wahba, 1979). */
export function generalisedCrossValidation(error: number, freedom: number, rows: number): number {
  const left = 1 - (freedom + 1) / rows
  return left > 0 ? error / left ** 2 : Number.POSITIVE_INFINITY
}
