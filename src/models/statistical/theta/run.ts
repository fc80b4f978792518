import type { Lines } from './lines.ts'

/** What a Theta model knows after its last value, enough to go on from. */
export interface ThetaState {
  readonly alpha: number
  readonly weight: number
  /** How many values have been seen. */
  readonly n: number
  readonly dynamic: boolean
  readonly level: number
  readonly intercept: number
  readonly slope: number
  readonly mean: number
}

/** Runs fitted figures through a series; writes the one-step errors into `errors` if given (the first one as 0). */
export function runTheta(
  y: Float64Array,
  lines: Lines,
  { alpha, level, weight }: { readonly alpha: number; readonly level: number; readonly weight: number },
  errors?: Float64Array,
): ThetaState {
  const n = y.length
  const keep = 1 - alpha
  let l = alpha * (y[0] as number) + keep * level
  let g = keep
  for (let t = 1; t < n; t++) {
    const d = (lines.intercept[t] as number) * g + ((lines.slope[t] as number) * (1 - g * keep)) / alpha
    if (errors) errors[t] = (y[t] as number) - l - weight * d
    l = alpha * (y[t] as number) + keep * l
    g = g > 1e-150 ? g * keep : 0
  }
  return {
    alpha,
    weight,
    n,
    dynamic: lines.dynamic,
    level: l,
    intercept: lines.intercept[n] as number,
    slope: lines.slope[n] as number,
    mean: lines.mean,
  }
}

/**
 * Goes on from a state for `into.length` periods, each the prediction plus its shock, and the dynamic line following.
 *
 * Without shocks these are the means. The recursion is linear, so that `response` of a zero state to one shock gives variances.
 */
export function goOn(state: ThetaState, into: Float64Array, shocks: Float64Array | undefined): void {
  const { alpha, weight, n, dynamic } = state
  const keep = 1 - alpha
  let { level, intercept: a, slope: b, mean } = state
  let g = keep ** n
  for (let j = 0; j < into.length; j++) {
    const t = n + j
    const value =
      level + weight * (a * g + (b * (1 - g * keep)) / alpha) + (shocks === undefined ? 0 : (shocks[j] as number))
    into[j] = value
    level = alpha * value + keep * level
    if (dynamic) {
      b = ((t - 1) * b + (6 * (value - mean)) / (t + 1)) / (t + 2)
      mean = (t * mean + value) / (t + 1)
      a = mean - (b * (t + 2)) / 2
    }
    g *= keep
  }
}

/** How much the variance of one error becomes at each step ahead, from the response to a shock at every earlier step. */
export function varianceOf(state: ThetaState, horizon: number): Float64Array {
  const grown = new Float64Array(horizon)
  if (!state.dynamic) {
    for (let h = 0; h < horizon; h++) grown[h] = 1 + h * state.alpha * state.alpha
    return grown
  }
  const zero = { ...state, level: 0, intercept: 0, slope: 0, mean: 0 }
  const shocks = new Float64Array(horizon)
  const path = new Float64Array(horizon)
  for (let k = 0; k < horizon; k++) {
    shocks[k] = 1
    goOn(zero, path, shocks)
    shocks[k] = 0
    for (let h = k; h < horizon; h++) grown[h] = (grown[h] as number) + (path[h] as number) ** 2
  }
  return grown
}
