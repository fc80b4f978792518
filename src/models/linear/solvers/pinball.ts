import type { Matrix } from './matrix.ts'

/**
 * A quantile regression in memory: minimise Σ weight · ρ(y − xβ) + `l1` · Σ|β| over all columns but those that are free.
 *
 * The intercept is a column of ones in `x`, and free.
 */
export interface QuantileProblem {
  readonly x: Matrix
  readonly y: Float64Array
  /** 1 unless given. */
  readonly weight?: Float64Array
  /** Penalty on |β|, in the units of the summed loss; 0 unless given. */
  readonly l1?: number
  /** Number of the column that is not penalised, the intercept; −1 if none. */
  readonly free: number
}

/** Σ weight · ρ(residual), ρ(r) = r · (level − [r < 0]), plus the penalty. */
export function pinballLoss(
  problem: QuantileProblem,
  level: number,
  beta: Float64Array,
  residual: Float64Array,
): number {
  const { weight, l1 = 0, free } = problem
  let sum = 0
  for (let i = 0; i < residual.length; i++) {
    const r = residual[i] as number
    sum += (weight ? (weight[i] as number) : 1) * (r < 0 ? (level - 1) * r : level * r)
  }
  if (l1 > 0) for (let j = 0; j < beta.length; j++) if (j !== free) sum += l1 * Math.abs(beta[j] as number)
  return sum
}

/** y − xβ into `out`. */
export function residuals({ x, y }: QuantileProblem, beta: Float64Array, out: Float64Array): Float64Array {
  const { rows, columns, values } = x
  for (let i = 0; i < rows; i++) {
    const from = i * columns
    let left = y[i] as number
    for (let j = 0; j < columns; j++) left -= (values[from + j] as number) * (beta[j] as number)
    out[i] = left
  }
  return out
}
