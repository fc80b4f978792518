import { type NormalEquations, penaltyPath } from './normal-equations.ts'

/** How an elastic net is solved. */
export interface ElasticNetOptions {
  /** Share of the penalty that is on |β|; the rest is on β² / 2. 1 is the lasso. */
  readonly l1Ratio?: number
  /** Duality gap, as a share of the target's mean square, at which to stop. 1e-9 unless given. */
  readonly tolerance?: number
  /** Passes over the coefficients at the most, for each penalty. 10,000 unless given. */
  readonly steps?: number
}

/** Elastic net solutions, one a penalty. */
export interface ElasticNetPath {
  readonly penalties: Float64Array
  readonly coefficients: readonly Float64Array[]
  /** Duality gap of each solution, as a share of the target's mean square. */
  readonly gaps: Float64Array
  /** Passes over coefficients that each penalty took. */
  readonly steps: Int32Array
}

/**
 * Minimises mean squared error / 2 + penalty · (l1Ratio · Σ|β| + (1 − l1Ratio) / 2 · Σβ²) for penalties in descending order.
 *
 * Coordinate descent on the covariance with warm starts and strong rules (Friedman, Hastie and Tibshirani, 2010; Tibshirani et
 * al., 2012), until the duality gap is small, as in scikit-learn, whose `alpha` is `penalty`.
 *
 * @example
 * elasticNetPath(equations, penaltyPath(largestPenalty(equations, 1), 100, 1e-3)).coefficients
 */
export function elasticNetPath(
  equations: NormalEquations,
  penalties: Float64Array,
  { l1Ratio = 1, tolerance = 1e-9, steps = 10_000 }: ElasticNetOptions = {},
): ElasticNetPath {
  const { size, cross } = equations
  const beta = new Float64Array(size)
  const gradient = Float64Array.from(cross)
  const gaps = new Float64Array(penalties.length)
  const taken = new Int32Array(penalties.length)
  const coefficients: Float64Array[] = []
  let before = penalties.length > 0 ? (penalties[0] as number) : 0
  penalties.forEach((penalty, k) => {
    const l1 = penalty * l1Ratio
    const l2 = penalty * (1 - l1Ratio)
    // A coefficient that is 0 and whose gradient is this small will almost surely stay 0.
    const strong = l1Ratio * (2 * penalty - before)
    const state: State = { equations, beta, gradient, working: workingSet(equations, beta, gradient, strong), l1, l2 }
    for (;;) {
      const { gap, passes } = descend(state, tolerance, steps - (taken[k] as number))
      taken[k] = (taken[k] as number) + passes
      gaps[k] = gap
      const forgotten = violations(state)
      if (forgotten.length === 0 || (taken[k] as number) >= steps) break
      state.working = Int32Array.from([...state.working, ...forgotten]).sort()
    }
    coefficients.push(Float64Array.from(beta))
    before = penalty
  })
  return { penalties, coefficients, gaps, steps: taken }
}

/** The smallest penalty at which all coefficients are 0. */
export function largestPenalty({ cross }: NormalEquations, l1Ratio: number): number {
  let most = 0
  for (const c of cross) most = Math.max(most, Math.abs(c))
  return most / Math.max(l1Ratio, 1e-3)
}

/** The geometric path of an elastic net from the penalty that leaves nothing. */
export const elasticNetPenalties = (equations: NormalEquations, l1Ratio: number, count: number, ratio: number) =>
  penaltyPath(largestPenalty(equations, l1Ratio), count, ratio)

interface State {
  readonly equations: NormalEquations
  readonly beta: Float64Array
  /** Cross − Gram · β, kept up to date for all columns. */
  readonly gradient: Float64Array
  working: Int32Array
  readonly l1: number
  readonly l2: number
}

function workingSet({ size, gram }: NormalEquations, beta: Float64Array, gradient: Float64Array, strong: number) {
  const chosen: number[] = []
  for (let j = 0; j < size; j++)
    if ((gram[j * size + j] as number) > 0 && (beta[j] !== 0 || Math.abs(gradient[j] as number) >= strong))
      chosen.push(j)
  return Int32Array.from(chosen)
}

/** Columns outside the working set whose coefficient should not be 0. */
function violations({ equations: { size, gram }, beta, gradient, working, l1 }: State): number[] {
  const inside = new Uint8Array(size)
  for (const j of working) inside[j] = 1
  const found: number[] = []
  for (let j = 0; j < size; j++)
    if (!inside[j] && beta[j] === 0 && (gram[j * size + j] as number) > 0 && Math.abs(gradient[j] as number) > l1)
      found.push(j)
  return found
}

/** Coordinate descent on the working set, on its non-zero coefficients alone between full passes. */
function descend(state: State, tolerance: number, steps: number): { gap: number; passes: number } {
  const { equations, working } = state
  const enough = tolerance * equations.power
  const relative = (gap: number) => (equations.power > 0 ? gap / equations.power : 0)
  let moveBound = Math.sqrt(enough)
  let passes = 0
  let gap = Number.POSITIVE_INFINITY
  while (passes < Math.max(1, steps)) {
    let moved = sweep(state, working)
    passes++
    if (moved <= moveBound) {
      refresh(state)
      gap = dualityGap(state)
      if (gap <= enough || moved === 0 || violations(state).length > 0) break
      moveBound /= 4
    }
    const active = working.filter((j) => state.beta[j] !== 0)
    while (moved > moveBound && passes < steps) {
      moved = sweep(state, active)
      passes++
    }
  }
  if (gap === Number.POSITIVE_INFINITY) gap = dualityGap(state)
  return { gap: relative(gap), passes }
}

/** One pass; returns the largest move of a fitted value, as its root mean square. */
function sweep({ equations: { size, gram }, beta, gradient, l1, l2 }: State, columns: Int32Array): number {
  let most = 0
  for (let k = 0; k < columns.length; k++) {
    const j = columns[k] as number
    const own = gram[j * size + j] as number
    const old = beta[j] as number
    const u = (gradient[j] as number) + own * old
    const size1 = Math.abs(u) - l1
    const now = size1 > 0 ? (u > 0 ? size1 : -size1) / (own + l2) : 0
    const move = now - old
    if (move === 0) continue
    beta[j] = now
    const row = j * size
    for (let i = 0; i < size; i++) gradient[i] = (gradient[i] as number) - move * (gram[row + i] as number)
    most = Math.max(most, Math.abs(move) * Math.sqrt(own))
  }
  return most
}

/** The gradient anew, free of the rounding of many small moves. */
function refresh({ equations: { size, gram, cross }, beta, gradient }: State): void {
  gradient.set(cross)
  for (let j = 0; j < size; j++) {
    const b = beta[j] as number
    if (b === 0) continue
    for (let i = 0; i < size; i++) gradient[i] = (gradient[i] as number) - b * (gram[j * size + i] as number)
  }
}

/** How far the loss can be above its minimum, by the dual point that the residuals scale to. */
function dualityGap({ equations: { size, cross, power }, beta, gradient, l1, l2 }: State): number {
  let explained = 0
  let left = 0
  let absolute = 0
  let squares = 0
  let steepest = 0
  for (let j = 0; j < size; j++) {
    const b = beta[j] as number
    explained += b * (cross[j] as number)
    left += b * (gradient[j] as number)
    absolute += Math.abs(b)
    squares += b * b
    steepest = Math.max(steepest, Math.abs((gradient[j] as number) - l2 * b))
  }
  const residualTarget = power - explained
  const residual = Math.max(0, residualTarget - left)
  const scale = steepest > l1 ? l1 / steepest : 1
  const gap =
    0.5 * residual * (1 + scale * scale) +
    l1 * absolute -
    scale * residualTarget +
    0.5 * l2 * (1 + scale * scale) * squares
  return Math.max(0, gap)
}
