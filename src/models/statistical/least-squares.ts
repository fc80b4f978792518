/** Where a search may go, and when it ends. */
export interface Box {
  readonly lower: ArrayLike<number>
  readonly upper: ArrayLike<number>
  /** Ends when a step would lower count · log(Σr²) by no more than this. */
  readonly gain?: number
  readonly steps?: number
}

const SLOPE_STEP = 1e-6

/**
 * Minimises the sum of squares of residuals over a few numbers in a box, in place from where `x` stands; returns the least sum.
 *
 * Levenberg and Marquardt's method with forward differences. `residuals` writes into the array that it is given and returns the
 * sum of their squares, infinite where it has none.
 *
 * @example
 * const x = Float64Array.of(0.9)
 * leastSquares((at, r) => { r[0] = at[0] - 0.3; return r[0] ** 2 }, x, 1, { lower: [0], upper: [1] }) // x[0] → 0.3
 */
export function leastSquares(
  residuals: (x: Float64Array, into: Float64Array) => number,
  x: Float64Array,
  count: number,
  { lower, upper, gain = 1e-3, steps = 40 }: Box,
): number {
  const p = x.length
  const now = new Float64Array(count)
  const moved = new Float64Array(count)
  const slopes = Array.from({ length: p }, () => new Float64Array(count))
  const trial = new Float64Array(p)
  const products = new Float64Array(p * p)
  const pull = new Float64Array(p)
  let sum = residuals(x, now)
  let damping = 1e-3
  for (let round = 0; round < steps && Number.isFinite(sum) && sum > 0; round++) {
    const held = new Uint8Array(p)
    for (let k = 0; k < p; k++) {
      const at = x[k] as number
      let by = at + SLOPE_STEP > (upper[k] as number) ? -SLOPE_STEP : SLOPE_STEP
      trial.set(x)
      trial[k] = at + by
      if (!Number.isFinite(residuals(trial, moved))) {
        by = -by
        trial[k] = at + by
        if (!Number.isFinite(residuals(trial, moved))) return sum
      }
      const slope = slopes[k] as Float64Array
      let towards = 0
      for (let t = 0; t < count; t++) {
        slope[t] = ((moved[t] as number) - (now[t] as number)) / by
        towards -= (slope[t] as number) * (now[t] as number)
      }
      pull[k] = towards
      if ((at <= (lower[k] as number) && towards < 0) || (at >= (upper[k] as number) && towards > 0)) held[k] = 1
      for (let j = 0; j <= k; j++) {
        const other = slopes[j] as Float64Array
        let product = 0
        for (let t = 0; t < count; t++) product += (slope[t] as number) * (other[t] as number)
        products[k * p + j] = product
        products[j * p + k] = product
      }
    }
    let better = false
    for (let tries = 0; tries < 10; tries++) {
      const step = solveDamped(products, pull, held, damping)
      let fall = 0
      for (let k = 0; k < p; k++) {
        trial[k] = Math.min(upper[k] as number, Math.max(lower[k] as number, (x[k] as number) + (step[k] as number)))
        fall += (pull[k] as number) * ((trial[k] as number) - (x[k] as number))
      }
      if (!(count * (fall / sum) > gain)) break
      const next = residuals(trial, moved)
      if (next < sum) {
        better = count * Math.log(sum / next) > gain
        x.set(trial)
        now.set(moved)
        sum = next
        damping *= 0.2
        break
      }
      damping *= 6
    }
    if (!better) break
  }
  return sum
}

/** Solves (A + damping · diag A) s = b for those not held, by elimination; the others stay at 0. */
function solveDamped(a: Float64Array, b: Float64Array, held: Uint8Array, damping: number): Float64Array {
  const p = b.length
  const m = Float64Array.from(a)
  const s = Float64Array.from(b)
  for (let k = 0; k < p; k++) {
    m[k * p + k] = (m[k * p + k] as number) * (1 + damping) + 1e-300
    if (held[k] === 0) continue
    for (let j = 0; j < p; j++) {
      m[k * p + j] = 0
      m[j * p + k] = 0
    }
    m[k * p + k] = 1
    s[k] = 0
  }
  for (let k = 0; k < p; k++)
    for (let i = k + 1; i < p; i++) {
      const share = (m[i * p + k] as number) / (m[k * p + k] as number)
      for (let j = k; j < p; j++) m[i * p + j] = (m[i * p + j] as number) - share * (m[k * p + j] as number)
      s[i] = (s[i] as number) - share * (s[k] as number)
    }
  for (let k = p - 1; k >= 0; k--) {
    let rest = s[k] as number
    for (let j = k + 1; j < p; j++) rest -= (m[k * p + j] as number) * (s[j] as number)
    s[k] = rest / (m[k * p + k] as number)
  }
  return s
}
