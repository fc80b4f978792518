import type { Form } from './form.ts'

/**
 * Where each number of a parameter vector stands: smoothing constants, then the states before the first value.
 *
 * `betaShare` and `gammaShare` run over (0, 1): β = α · betaShare and γ = (1 − α) · gammaShare, so that a box holds the usual
 * region 0 < β < α, 0 < γ < 1 − α. Seasonal states follow from `season` on, the one of the first value first.
 */
export const At = { alpha: 0, betaShare: 1, gammaShare: 2, phi: 3, level: 4, growth: 5, season: 6 } as const

/** The series and the memory that the recursions write into, made once a series. */
export interface Track {
  /** Values, NaN where missing. */
  readonly y: Float64Array
  /** How many values are not missing. */
  readonly observed: number
  /** Length of the seasonal cycle. */
  readonly m: number
  /** One-step means and errors of the last run; the error of a missing value is 0. */
  readonly mu: Float64Array
  readonly e: Float64Array
  /** Level, growth and seasonal ring after the last value; `ring[t mod m]` is the seasonal state of period t. */
  readonly state: Float64Array
  readonly ring: Float64Array
}

export function trackOf(y: Float64Array, m: number): Track {
  let observed = 0
  for (let t = 0; t < y.length; t++) if (!Number.isNaN(y[t] as number)) observed++
  const n = y.length
  return {
    y,
    observed,
    m,
    mu: new Float64Array(n),
    e: new Float64Array(n),
    state: new Float64Array(2),
    ring: new Float64Array(m),
  }
}

/**
 * Runs the innovations recursion of a form over the series and returns the quantity whose logarithm, times the number of
 * observed values, is −2 log likelihood up to a constant: Σe² for additive errors, Σ(e/μ)² · (∏μ)^(2/n) for multiplicative ones.
 *
 * A missing value leaves the states to move as predicted. Infinity where a multiplicative part meets a state that is not
 * positive. Equations: Hyndman et al. (2008), tables 2.2 and 2.3.
 */
export function runFilter(track: Track, form: Form, x: Float64Array): number {
  const { y, m, mu, e, ring, observed } = track
  const { error, trend, season } = form
  const n = y.length
  const alpha = x[At.alpha] as number
  const beta = alpha * (x[At.betaShare] as number)
  const gamma = (1 - alpha) * (x[At.gammaShare] as number)
  const phi = form.damped ? (x[At.phi] as number) : 1
  let l = x[At.level] as number
  let b = x[At.growth] as number
  if (season !== 0) for (let j = 0; j < m; j++) ring[j] = x[At.season + j] as number
  let sum = 0
  let logs = 0
  let product = 1
  let j = 0
  for (let t = 0; t < n; t++) {
    let grown = 0
    let q = l
    if (trend === 1) {
      grown = phi * b
      q = l + grown
    } else if (trend === 2) {
      if (!(b > 0 && l > 0)) return Number.POSITIVE_INFINITY
      grown = phi === 1 ? b : b ** phi
      q = l * grown
    }
    const s = season === 0 ? 0 : (ring[j] as number)
    let mean = q
    if (season === 1) mean = q + s
    else if (season === 2) {
      if (!(s > 0 && q > 0)) return Number.POSITIVE_INFINITY
      mean = q * s
    }
    const value = y[t] as number
    let miss = 0
    if (!Number.isNaN(value)) {
      miss = value - mean
      if (error === 0) sum += miss * miss
      else {
        if (!(mean > 0)) return Number.POSITIVE_INFINITY
        const relative = miss / mean
        sum += relative * relative
        product *= mean
        if ((t & 7) === 7) {
          logs += Math.log(product)
          product = 1
        }
      }
    }
    mu[t] = mean
    e[t] = miss
    const shock = season === 2 ? miss / s : miss
    if (trend === 1) b = grown + beta * shock
    else if (trend === 2) b = grown + (beta * shock) / l
    l = q + alpha * shock
    if (season !== 0) {
      ring[j] = s + (season === 1 ? gamma * miss : (gamma * miss) / q)
      j = j + 1 === m ? 0 : j + 1
    }
  }
  track.state[0] = l
  track.state[1] = b
  if (error === 1) sum *= Math.exp((2 * (logs + Math.log(product))) / observed)
  return !Number.isNaN(sum) ? sum : Number.POSITIVE_INFINITY
}
