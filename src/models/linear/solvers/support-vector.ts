import { Random } from '../../../core/random.ts'
import type { Matrix } from './matrix.ts'

/** An epsilon-insensitive regression in memory: minimise Σβ² / 2 + c · Σ weight · max(0, |y − xβ| − epsilon). */
export interface SupportVectorProblem {
  readonly x: Matrix
  readonly y: Float64Array
  /** 1 unless given. */
  readonly weight?: Float64Array
  readonly epsilon: number
  readonly c: number
}

/** How the dual is descended. */
export interface SupportVectorOptions {
  /** Duality gap, as a share of the loss, at which to stop. 1e-4 unless given. */
  readonly tolerance?: number
  /** Passes over the rows at the most. 1,000 unless given. */
  readonly steps?: number
  /** Order of the rows. */
  readonly random?: Random
}

/** What was found. */
export interface SupportVectorSolution {
  readonly beta: Float64Array
  /** Loss above that of the dual, as a share of the loss. */
  readonly gap: number
  readonly steps: number
}

/** Passes after which the gap is looked at. */
const LOOK = 5

/**
 * Linear support vector regression by coordinate descent on the dual, a coefficient a row (Ho and Lin, 2012: LIBLINEAR's solver
 * 13), with shrinking: rows that stay at a bound are left out until the end. The intercept, if any, is a column, penalised.
 *
 * @example
 * solveSupportVector({ x: { rows: 2, columns: 1, values: Float32Array.of(1, 2) }, y: Float64Array.of(1, 2), epsilon: 0, c: 10 }).beta
 */
export function solveSupportVector(
  problem: SupportVectorProblem,
  { tolerance = 1e-4, steps = 1000, random = new Random(0) }: SupportVectorOptions = {},
): SupportVectorSolution {
  const { x, y, weight, epsilon, c } = problem
  const { rows, columns: p, values } = x
  const beta = new Float64Array(p)
  const dual = new Float64Array(rows)
  const squares = new Float64Array(rows)
  const order = new Int32Array(rows)
  let active = 0
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let j = 0; j < p; j++) sum += (values[i * p + j] as number) ** 2
    squares[i] = sum
    if (sum > 0 && (weight ? (weight[i] as number) : 1) > 0) order[active++] = i
  }
  const all = active
  let worstBefore = Number.POSITIVE_INFINITY
  // The largest violation at which rows that were left out come back for another look.
  let settled = 0
  let gap = Number.POSITIVE_INFINITY
  let step = 0
  while (step < steps) {
    step++
    for (let k = 0; k < active; k++) {
      const other = k + random.integer(active - k)
      const held = order[k] as number
      order[k] = order[other] as number
      order[other] = held
    }
    let worst = 0
    for (let k = 0; k < active; k++) {
      const i = order[k] as number
      const from = i * p
      const most = c * (weight ? (weight[i] as number) : 1)
      let slope = -(y[i] as number)
      for (let j = 0; j < p; j++) slope += (values[from + j] as number) * (beta[j] as number)
      const up = slope + epsilon
      const down = slope - epsilon
      const a = dual[i] as number
      let violation = 0
      let shrink = false
      if (a === 0) {
        if (up < 0) violation = -up
        else if (down > 0) violation = down
        else shrink = up > worstBefore && down < -worstBefore
      } else if (a >= most) {
        if (up > 0) violation = up
        else shrink = up < -worstBefore
      } else if (a <= -most) {
        if (down < 0) violation = -down
        else shrink = down > worstBefore
      } else violation = Math.abs(a > 0 ? up : down)
      if (shrink) {
        order[k] = order[--active] as number
        order[active] = i
        k--
        continue
      }
      if (violation > worst) worst = violation
      const h = squares[i] as number
      // The minimum along this coordinate of a function with a kink at 0.
      let now = a
      if (up < h * a) now = a - up / h
      else if (down > h * a) now = a - down / h
      else now = 0
      now = Math.min(most, Math.max(-most, now))
      const move = now - a
      if (move === 0) continue
      dual[i] = now
      for (let j = 0; j < p; j++) beta[j] = (beta[j] as number) + move * (values[from + j] as number)
    }
    worstBefore = worst > 0 ? worst : Number.POSITIVE_INFINITY
    if (step % LOOK !== 0 && worst > 0 && step < steps) continue
    gap = relativeGap(problem, beta, dual)
    if (gap <= tolerance) break
    if (step <= LOOK) settled = worst
    if (worst <= settled && active < all) {
      active = all
      settled /= 4
      worstBefore = Number.POSITIVE_INFINITY
    }
  }
  return { beta, gap, steps: step }
}

function relativeGap(
  { x, y, weight, epsilon, c }: SupportVectorProblem,
  beta: Float64Array,
  dual: Float64Array,
): number {
  const { rows, columns: p, values } = x
  let norm = 0
  for (let j = 0; j < p; j++) norm += (beta[j] as number) ** 2
  let losses = 0
  let linear = 0
  for (let i = 0; i < rows; i++) {
    let r = y[i] as number
    for (let j = 0; j < p; j++) r -= (values[i * p + j] as number) * (beta[j] as number)
    const over = Math.abs(r) - epsilon
    if (over > 0) losses += c * (weight ? (weight[i] as number) : 1) * over
    const a = dual[i] as number
    linear += epsilon * Math.abs(a) - (y[i] as number) * a
  }
  const primal = norm / 2 + losses
  return primal > 0 ? Math.max(0, primal + norm / 2 + linear) / primal : 0
}
