import { cholesky, choleskySolve } from '../algebra/cholesky.ts'
import { addGram, mirror, TILE, tileOf } from '../algebra/gram.ts'
import { type QuantileProblem, residuals } from './pinball.ts'

/**
 * Newton steps on a pinball loss whose kink is rounded off within ± `width` (Fernandes, Guerre and Horta, 2021; He et al., 2023).
 *
 * Only rows within the width have curvature, so that steps become cheaper as it shrinks. `beta` is moved in place; the penalty
 * on |β| is rounded off in the same way.
 */
export function smoothedNewton(
  problem: QuantileProblem,
  level: number,
  width: number,
  beta: Float64Array,
  steps: number,
): void {
  const { x, weight, l1 = 0, free } = problem
  const p = x.columns
  const residual = residuals(problem, beta, new Float64Array(x.rows))
  const trial = new Float64Array(x.rows)
  const gradient = new Float64Array(p)
  let loss = smoothedLoss(problem, level, width, beta, residual)
  for (let step = 0; step < steps; step++) {
    gradient.fill(0)
    const hessian = new Float64Array(p * p)
    const tile = tileOf(p)
    for (let i = 0; i < x.rows; i++) {
      const r = residual[i] as number
      const w = weight ? (weight[i] as number) : 1
      const slope = w * (level - 0.5 + 0.5 * Math.max(-1, Math.min(1, r / width)))
      const from = i * p
      for (let j = 0; j < p; j++) gradient[j] = (gradient[j] as number) + slope * (x.values[from + j] as number)
      if (r >= width || r <= -width) continue
      const root = Math.sqrt(w / (2 * width))
      for (let j = 0; j < p; j++) tile.values[j * TILE + tile.rows] = root * (x.values[from + j] as number)
      if (++tile.rows === TILE) {
        addGram(tile, hessian)
        tile.rows = 0
      }
    }
    addGram(tile, hessian)
    mirror(hessian, p)
    let trace = 0
    for (let j = 0; j < p; j++) trace += hessian[j * p + j] as number
    for (let j = 0; j < p; j++) {
      const b = beta[j] as number
      if (l1 > 0 && j !== free) {
        gradient[j] = (gradient[j] as number) - l1 * Math.max(-1, Math.min(1, b / width))
        if (Math.abs(b) < width) hessian[j * p + j] = (hessian[j * p + j] as number) + l1 / width
      }
      hessian[j * p + j] = (hessian[j * p + j] as number) + 1e-9 * (trace / p) + 1e-300
    }
    const direction = choleskySolve(cholesky(hessian, p), p, Float64Array.from(gradient))
    let slope = 0
    for (let j = 0; j < p; j++) slope += (direction[j] as number) * (gradient[j] as number)
    if (!(slope > 1e-10 * Math.abs(loss))) return
    let length = 1
    let done = false
    for (; length > 1e-4 && !done; length /= 2) {
      const tried = beta.map((b, j) => b + length * (direction[j] as number))
      residuals(problem, tried, trial)
      const now = smoothedLoss(problem, level, width, tried, trial)
      if (now > loss - 1e-4 * length * slope) continue
      beta.set(tried)
      residual.set(trial)
      loss = now
      done = true
    }
    if (!done) return
  }
}

function smoothedLoss(
  { weight, l1 = 0, free }: QuantileProblem,
  level: number,
  width: number,
  beta: Float64Array,
  residual: Float64Array,
): number {
  let sum = 0
  for (let i = 0; i < residual.length; i++) {
    const r = residual[i] as number
    const size = Math.abs(r)
    const rounded = size < width ? (r * r) / (4 * width) + width / 4 : size / 2
    sum += (weight ? (weight[i] as number) : 1) * (rounded + (level - 0.5) * r)
  }
  if (l1 > 0)
    for (let j = 0; j < beta.length; j++) {
      const size = Math.abs(beta[j] as number)
      if (j !== free) sum += l1 * (size < width ? (size * size) / (2 * width) + width / 2 : size)
    }
  return sum
}
