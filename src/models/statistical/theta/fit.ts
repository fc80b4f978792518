import type { Lines } from './lines.ts'

/** A fitted Theta model of a series without season. */
export interface ThetaFit {
  /** Smoothing constant. */
  readonly alpha: number
  /** Level before the first value. */
  readonly level: number
  /** 1 − 1/θ: how much of the line the forecast follows; 0.5 is the standard model's θ = 2. */
  readonly weight: number
  /** Sum of squared one-step errors from the fourth value on. */
  readonly squares: number
}

/** Errors before this place start the recursion up and are not counted, as in the reference implementations. */
export const WARM_UP = 3
const LEAST_ALPHA = 0.1
const GREATEST_ALPHA = 0.99
const GRID = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99] as const
const PRECISION = 5e-4
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * Finds smoothing constant, first level and θ that minimise the one-step squared errors.
 *
 * Given the smoothing constant, predictions are linear in the level and in 1 − 1/θ, so that a line search over one
 * number, least squares inside, finds what others look for with a simplex over three. `weight` fixes 1 − 1/θ.
 * θ ≥ 1 and 0.1 ≤ α ≤ 0.99 as in Fiorucci et al. (2016).
 */
export function fitTheta(y: Float64Array, lines: Lines, weight?: number): ThetaFit {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < GRID.length; k++) {
    const squares = profile(y, lines, GRID[k] as number, weight)
    if (squares < least) {
      least = squares
      best = k
    }
  }
  let low = GRID[Math.max(0, best - 1)] as number
  let high = GRID[Math.min(GRID.length - 1, best + 1)] as number
  let left = high - GOLDEN * (high - low)
  let right = low + GOLDEN * (high - low)
  let atLeft = profile(y, lines, left, weight)
  let atRight = profile(y, lines, right, weight)
  while (high - low > PRECISION) {
    if (atLeft <= atRight) {
      high = right
      right = left
      atRight = atLeft
      left = high - GOLDEN * (high - low)
      atLeft = profile(y, lines, left, weight)
    } else {
      low = left
      left = right
      atLeft = atRight
      right = low + GOLDEN * (high - low)
      atRight = profile(y, lines, right, weight)
    }
  }
  const middle = (low + high) / 2
  const grid = GRID[best] as number
  const alpha = Math.min(GREATEST_ALPHA, Math.max(LEAST_ALPHA, Math.min(atLeft, atRight) <= least ? middle : grid))
  const squares = profile(y, lines, alpha, weight)
  return { alpha, level: solution[0] as number, weight: solution[1] as number, squares }
}

/** Level and weight that {@link profile} last found; module memory, so that nothing is allocated in the search. */
const solution = new Float64Array(2)

/** The least sum of squares for a smoothing constant; leaves the level and the weight in `solution`. */
function profile(y: Float64Array, lines: Lines, alpha: number, weight: number | undefined): number {
  const { intercept, slope } = lines
  const n = y.length
  const keep = 1 - alpha
  let smooth = alpha * (y[0] as number)
  let g = keep
  let rr = 0
  let rg = 0
  let rd = 0
  let gg = 0
  let gd = 0
  let dd = 0
  for (let t = 1; t < n; t++) {
    const v = y[t] as number
    const d = (intercept[t] as number) * g + ((slope[t] as number) * (1 - g * keep)) / alpha
    if (t >= WARM_UP) {
      const r = v - smooth
      rr += r * r
      rg += r * g
      rd += r * d
      gg += g * g
      gd += g * d
      dd += d * d
    }
    smooth = alpha * v + keep * smooth
    g = g > 1e-150 ? g * keep : 0
  }
  let w = weight ?? 0.5
  if (weight === undefined) {
    const determinant = gg * dd - gd * gd
    if (determinant > 1e-10 * gg * dd) w = Math.min(1, Math.max(0, (rd * gg - rg * gd) / determinant))
  }
  const level = gg > 0 ? (rg - w * gd) / gg : (y[0] as number)
  solution[0] = level
  solution[1] = w
  const squares = rr - 2 * level * rg - 2 * w * rd + level * level * gg + 2 * level * w * gd + w * w * dd
  return Math.max(0, squares)
}
