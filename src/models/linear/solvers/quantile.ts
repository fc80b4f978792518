import { interiorPoint, type PinballRows } from './interior-point.ts'
import { pinballLoss, type QuantileProblem, residuals } from './pinball.ts'
import { smoothedNewton } from './smoothed-pinball.ts'

/** The coefficients of one level and how far from the optimum they can be. */
export interface QuantileSolution {
  readonly beta: Float64Array
  /** Loss of the coefficients, penalty included. */
  readonly loss: number
  /** Bound on the loss above the minimum. */
  readonly gap: number
}

/** Rows up to which the whole problem goes to the interior point method at once. */
const SMALL = 2000
/** Gap, as a share of the loss, that counts as solved. */
const TOLERANCE = 1e-8

/**
 * Linear quantile regression (Koenker and Bassett, 1978) to its exact optimum, with a bound that proves it.
 *
 * Smoothed Newton steps come near; then the rows far from the fit, whose residuals have a known sign, are summed into two, and
 * an interior point method solves the rest (Portnoy and Koenker, 1997). The sum is never dearer than its rows, so its minimum
 * bounds the whole problem's from below; where the bound is not met, rows whose sign changed come back.
 *
 * @example
 * solveQuantile({ x: { rows: 3, columns: 1, values: Float32Array.of(1, 1, 1) }, y: Float64Array.of(1, 5, 9), free: 0 }, 0.5).beta
 */
export function solveQuantile(problem: QuantileProblem, level: number, start?: Float64Array): QuantileSolution {
  const { x, y } = problem
  const { rows, columns } = x
  let beta: Float64Array = start ? start.slice() : new Float64Array(columns)
  const residual = new Float64Array(rows)
  let scale = 0
  for (let i = 0; i < rows; i++)
    scale += (problem.weight ? (problem.weight[i] as number) : 1) * Math.abs(y[i] as number)
  const floor = 1e-13 * scale + Number.MIN_VALUE

  if (rows > SMALL) {
    shiftIntercept(problem, level, beta, residual)
    for (const share of [0.4, 0.1, 0.03]) {
      residuals(problem, beta, residual)
      const width = nearest(residual, Math.max(5 * columns, Math.ceil(share * rows)))
      if (width > 0) smoothedNewton(problem, level, width, beta, share > 0.2 ? 12 : 6)
    }
  }
  let kept = rows <= SMALL ? rows : Math.max(SMALL / 2, 12 * columns, Math.ceil(0.04 * rows))
  let extra = new Uint8Array(rows)
  for (;;) {
    residuals(problem, beta, residual)
    const loss = pinballLoss(problem, level, beta, residual)
    const width = kept >= rows ? Number.POSITIVE_INFINITY : nearest(residual, kept)
    const { part, sides } = reduced(problem, level, residual, width, extra)
    const solved = interiorPoint(part, 0.1 * TOLERANCE * loss + floor)
    residuals(problem, solved.beta, residual)
    const now = pinballLoss(problem, level, solved.beta, residual)
    const gap = Math.max(0, now - partLoss(part, solved.beta)) + solved.gap
    beta = solved.beta
    if (gap <= TOLERANCE * now + 2 * floor || kept >= rows) return { beta, loss: now, gap }
    const misplaced = new Uint8Array(rows)
    let count = 0
    for (let i = 0; i < rows; i++)
      if ((sides[i] as number) * (residual[i] as number) < 0) {
        misplaced[i] = 1
        count++
      }
    extra = misplaced
    if (count > 0.1 * kept || count === 0) kept = Math.min(rows, 2 * kept)
    else kept = Math.min(rows, Math.ceil(1.2 * kept))
  }
}

/** Moves the intercept so that the share of rows below the fit is the level. */
function shiftIntercept(problem: QuantileProblem, level: number, beta: Float64Array, residual: Float64Array): void {
  const { free, weight } = problem
  if (free < 0) return
  residuals(problem, beta, residual)
  const order = residual.map((_, i) => i).sort((i, j) => (residual[i] as number) - (residual[j] as number))
  let total = 0
  for (let i = 0; i < order.length; i++) total += weight ? (weight[i] as number) : 1
  let below = 0
  for (const i of order) {
    below += weight ? (weight[i] as number) : 1
    if (below < level * total) continue
    beta[free] = (beta[free] as number) + (residual[i] as number)
    return
  }
}

/** The size that `count` residuals do not exceed. */
function nearest(residual: Float64Array, count: number): number {
  const sizes = residual.map(Math.abs).sort()
  return sizes[Math.min(sizes.length, count) - 1] as number
}

/** The rows near the fit (or asked for), the others summed by sign, and a row a penalised coefficient. */
function reduced(
  { x, y, weight, l1 = 0, free }: QuantileProblem,
  level: number,
  residual: Float64Array,
  width: number,
  extra: Uint8Array,
): { part: PinballRows; sides: Int8Array } {
  const { rows, columns: p } = x
  const sides = new Int8Array(rows)
  let near = 0
  for (let i = 0; i < rows; i++) {
    const r = residual[i] as number
    if (Math.abs(r) <= width || extra[i]) near++
    else sides[i] = r < 0 ? -1 : 1
  }
  const summed = near < rows ? 2 : 0
  const count = near + summed + (l1 > 0 ? p : 0)
  const values = new Float64Array(count * p)
  const target = new Float64Array(count)
  const levels = new Float64Array(count).fill(level)
  let to = 0
  for (let i = 0; i < rows; i++) {
    const side = sides[i] as number
    const row = side === 0 ? to++ : near + (side < 0 ? 0 : 1)
    const w = weight ? (weight[i] as number) : 1
    target[row] = (target[row] as number) + w * (y[i] as number)
    for (let j = 0; j < p; j++)
      values[row * p + j] = (values[row * p + j] as number) + w * (x.values[i * p + j] as number)
  }
  if (l1 > 0)
    for (let j = 0; j < p; j++) {
      const row = near + summed + j
      levels[row] = 0.5
      values[row * p + j] = j === free ? 0 : 2 * l1
    }
  return { part: { rows: count, columns: p, x: values, y: target, level: levels }, sides }
}

function partLoss({ rows, columns, x, y, level }: PinballRows, beta: Float64Array): number {
  let sum = 0
  for (let i = 0; i < rows; i++) {
    let r = y[i] as number
    for (let j = 0; j < columns; j++) r -= (x[i * columns + j] as number) * (beta[j] as number)
    sum += r < 0 ? ((level[i] as number) - 1) * r : (level[i] as number) * r
  }
  return sum
}
