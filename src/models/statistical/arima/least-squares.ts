import type { Residuals } from './likelihood.ts'
import type { Arma } from './polynomial.ts'
import { solve } from './regression.ts'

/** Beyond this a partial autocorrelation differs from ±1 by less than 10⁻⁵. */
const EDGE = 6.5
const STEP = 1e-6

/** Room for the fits of one series, made once and used for every order. */
export interface Room {
  /** Residuals now, at the trial, and the Jacobian by columns. */
  readonly now: Float64Array
  readonly trial: Float64Array
  readonly jacobian: Float64Array
  readonly normal: Float64Array
  readonly work: Float64Array
  readonly step: Float64Array
  readonly moved: Float64Array
}

/** Room for up to `parameters` free numbers and `count` residuals. */
export function roomFor(parameters: number, count: number): Room {
  const square = parameters * (parameters + 1)
  return {
    now: new Float64Array(count),
    trial: new Float64Array(count),
    jacobian: new Float64Array(count * parameters),
    normal: new Float64Array(square),
    work: new Float64Array(square),
    step: new Float64Array(parameters),
    moved: new Float64Array(parameters),
  }
}

/** When a search may end: `gain` is the improvement of the log-likelihood below which it is not worth another step. */
export interface Patience {
  readonly gain: number
  readonly iterations: number
  /** The sum that the fit is worth nothing above: a search that is not heading for it ends early. */
  readonly needed?: number
}

/** How many times a step's promise is believed before a fit is given up as hopeless. */
const TRUST = 10

/**
 * Minimises a sum of squares by the method of Levenberg and Marquardt, starting from and writing to `free`; returns the sum.
 *
 * The residuals are scaled such that their squares' sum carries the whole likelihood, so each step is a Gauss–Newton step of
 * the exact likelihood and few are needed. Derivatives are forward differences.
 */
export function minimise(residuals: Residuals, arma: Arma, free: Float64Array, room: Room, patience: Patience): number {
  const { now, trial, normal, work, step, moved } = room
  const k = free.length
  const n = residuals.length
  let sum = residuals.evaluate(arma, free, now)
  if (k === 0 || !(sum > 0)) return sum
  let damping = 1e-3
  const needed = patience.needed ?? Number.POSITIVE_INFINITY
  const stride = k + 1
  for (let iteration = 0; iteration < patience.iterations; iteration++) {
    linearise(residuals, arma, free, room)
    freeze(normal, free)
    let gained = 0
    for (let attempt = 0; attempt < 12; attempt++) {
      for (let i = 0; i < k * stride; i++) work[i] = normal[i] as number
      for (let i = 0; i < k; i++) {
        const diagonal = normal[i * stride + i] as number
        work[i * stride + i] = diagonal * (1 + damping) + 1e-300
      }
      solve(work, k, stride, step)
      if (iteration > 0 && attempt === 0 && sum - TRUST * promise(step, normal, k) > needed) return sum
      for (let i = 0; i < k; i++) {
        const by = Math.max(-0.75, Math.min(0.75, step[i] as number))
        moved[i] = Math.max(-EDGE, Math.min(EDGE, (free[i] as number) - by))
      }
      const next = residuals.evaluate(arma, moved, trial)
      if (next < sum) {
        gained = 0.5 * residuals.count * Math.log(sum / next)
        sum = next
        for (let i = 0; i < k; i++) free[i] = moved[i] as number
        for (let t = 0; t < n; t++) now[t] = trial[t] as number
        damping = Math.max(1e-9, damping * 0.1)
        break
      }
      damping = damping < 1e-2 ? 1e-2 : damping * 8
      if (damping > 1e7) break
    }
    if (!(gained > patience.gain)) break
  }
  return residuals.evaluate(arma, free, now)
}

/** Takes out of the equations what is at its edge and wants beyond, so that the rest moves as if it were fixed. */
function freeze(normal: Float64Array, free: Float64Array): void {
  const k = free.length
  const stride = k + 1
  for (let i = 0; i < k; i++) {
    const at = free[i] as number
    if (Math.abs(at) < EDGE || at * (normal[i * stride + k] as number) > 0) continue
    for (let j = 0; j < i; j++) normal[i * stride + j] = 0
    for (let j = i + 1; j < k; j++) normal[j * stride + i] = 0
    normal[i * stride + i] = 1
    normal[i * stride + k] = 0
  }
}

/** By how much a step would lower the sum if residuals were linear. */
function promise(step: Float64Array, normal: Float64Array, k: number): number {
  let sum = 0
  for (let i = 0; i < k; i++) sum += (step[i] as number) * (normal[i * (k + 1) + k] as number)
  return sum
}

/** Fills `normal` with JᵀJ (lower triangle) and Jᵀe (last column). */
function linearise(residuals: Residuals, arma: Arma, free: Float64Array, room: Room): void {
  const { now, trial, jacobian, normal, moved } = room
  const k = free.length
  const n = residuals.length
  const stride = k + 1
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) moved[j] = free[j] as number
    const h = (free[i] as number) > 0 ? -STEP : STEP
    moved[i] = (free[i] as number) + h
    residuals.evaluate(arma, moved, trial)
    const base = i * n
    let right = 0
    for (let t = 0; t < n; t++) {
      const slope = ((trial[t] as number) - (now[t] as number)) / h
      jacobian[base + t] = slope
      right += slope * (now[t] as number)
    }
    normal[i * stride + k] = right
    for (let j = 0; j <= i; j++) {
      let sum = 0
      const other = j * n
      for (let t = 0; t < n; t++) sum += (jacobian[base + t] as number) * (jacobian[other + t] as number)
      normal[i * stride + j] = sum
    }
  }
}
