import { Stationary, stateCovariance } from './autocovariance.ts'
import { ArimaFilter } from './gapped.ts'
import { firstGain } from './likelihood.ts'
import { difference, differenceCoefficients, type Order } from './order.ts'
import { type Arma, impulse } from './polynomial.ts'

/** What an ARIMA process is expected to do next, in units of its noise. */
export interface Outlook {
  /** One a step. */
  readonly mean: Float64Array
  /** Weights of past noise in each step's error, ψ₀ = 1. */
  readonly psi: Float64Array
  /** Covariance of the steps' errors that the imperfectly known present adds, H × H; empty where it is negligible. */
  readonly present: Float64Array
}

/** Below this share of the noise's variance the present counts as known. */
const NEGLIGIBLE = 1e-9

/** The variance of each step's error, noise having variance 1. */
export function errorVariance({ psi, present }: Outlook): Float64Array {
  const out = new Float64Array(psi.length)
  let sum = 0
  for (let h = 0; h < psi.length; h++) {
    sum += (psi[h] as number) ** 2
    out[h] = sum + (present.length > 0 ? (present[h * psi.length + h] as number) : 0)
  }
  return out
}

/**
 * Forecasts `steps` periods of a series without regressors: means from the filtered state, errors from ψ weights, and what
 * little the first observations leave open; missing values (NaN) make the present less certain.
 */
export function outlook(order: Order, arma: Arma, values: Float64Array, steps: number): Outlook {
  const delta = differenceCoefficients(order)
  const response = impulse(arma.phi, steps)
  for (let k = 0; k < steps; k++) {
    let sum = response[k] as number
    for (let j = 1; j <= Math.min(k, delta.length); j++) sum += (delta[j - 1] as number) * (response[k - j] as number)
    response[k] = sum
  }
  const psi = response.slice()
  for (let k = 0; k < steps; k++)
    for (let j = 1; j <= Math.min(k, arma.theta.length); j++)
      psi[k] = (psi[k] as number) + (arma.theta[j - 1] as number) * (response[k - j] as number)
  const now = values.some(Number.isNaN)
    ? gappedPresent(arma, delta, values, steps)
    : wholePresent(order, arma, delta, values, response)
  let most = 0
  for (let h = 0; h < steps; h++) most = Math.max(most, now.present[h * steps + h] as number)
  return { mean: now.mean, psi, present: most > NEGLIGIBLE ? now.present : new Float64Array(0) }
}

function gappedPresent(arma: Arma, delta: Float64Array, values: Float64Array, steps: number) {
  const filter = new ArimaFilter(arma, delta)
  const first = values.findIndex((v) => !Number.isNaN(v))
  const origin = delta.length > 0 ? (values[first] as number) : 0
  for (let t = 0; t < values.length; t++) {
    const f = filter.look()
    const missing = Number.isNaN(values[t] as number)
    filter.turn(0, missing ? 0 : ((values[t] as number) - origin - filter.expect()) / f)
    filter.spread(missing ? 0 : f)
  }
  const { size, covariance } = filter
  const rows: Float64Array[] = []
  const mean = new Float64Array(steps)
  for (let h = 0; h < steps; h++) {
    mean[h] = origin + filter.expect()
    filter.turn(0, 0)
    const before = rows[h - 1]
    rows.push(before ? filter.earlier(before) : filter.weights())
  }
  const present = new Float64Array(steps * steps)
  rows.forEach((a, h) => {
    const moved = new Float64Array(size)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        moved[j] = (moved[j] as number) + (a[i] as number) * (covariance[i * size + j] as number)
    rows.forEach((b, g) => {
      let sum = 0
      for (let j = 0; j < size; j++) sum += (moved[j] as number) * (b[j] as number)
      present[h * steps + g] = sum
    })
  })
  return { mean, present }
}

function wholePresent(order: Order, arma: Arma, delta: Float64Array, values: Float64Array, response: Float64Array) {
  const steps = response.length
  const { state, covariance, width } = terminal(arma, difference(values, order), steps)
  const r = state.length
  const mean = new Float64Array(steps)
  const n = values.length
  for (let h = 0; h < steps; h++) {
    const lead = r > 0 ? (state[0] as number) : 0
    for (let i = 0; i < r; i++)
      state[i] = (i + 1 < r ? (state[i + 1] as number) : 0) + (i < arma.phi.length ? (arma.phi[i] as number) * lead : 0)
    let level = lead
    for (let j = 1; j <= delta.length; j++)
      level += (delta[j - 1] as number) * ((h - j >= 0 ? mean[h - j] : values[n + h - j]) as number)
    mean[h] = level
  }
  const present = new Float64Array(steps * steps)
  if (covariance.length === 0) return { mean, present }
  const half = new Float64Array(steps * width)
  for (let h = 0; h < steps; h++)
    for (let i = 0; i <= Math.min(h, width - 1); i++)
      for (let j = 0; j < width; j++)
        half[h * width + j] =
          (half[h * width + j] as number) + (response[h - i] as number) * (covariance[i * width + j] as number)
  for (let h = 0; h < steps; h++)
    for (let g = 0; g < steps; g++) {
      let sum = 0
      for (let j = 0; j <= Math.min(g, width - 1); j++)
        sum += (half[h * width + j] as number) * (response[g - j] as number)
      present[h * steps + g] = sum
    }
  return { mean, present }
}

/** State after the last value, and the covariance of its first `steps` entries; empty where the filter became steady. */
function terminal({ phi, theta }: Arma, w: Float64Array, steps: number) {
  const r = Math.max(phi.length, theta.length)
  const width = Math.min(r, steps)
  const state = new Float64Array(r)
  if (r === 0) return { state, covariance: new Float64Array(0), width }
  const known = new Stationary()
  known.compute(phi, theta)
  const gain = new Float64Array(r)
  firstGain(phi, theta, known, gain)
  const change = gain.slice()
  const covariance = new Float64Array(width * width)
  const whole = stateCovariance(phi, theta, known)
  for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) covariance[i * width + j] = whole[i * r + j] as number
  let f = known.gamma[0] as number
  let m = -1 / f
  let steady = false
  for (let t = 0; t < w.length; t++) {
    const level = state[0] as number
    const c = ((w[t] as number) - level) / f
    for (let i = 0; i < r; i++)
      state[i] =
        (i + 1 < r ? (state[i + 1] as number) : 0) +
        (i < phi.length ? (phi[i] as number) * level : 0) +
        (gain[i] as number) * c
    if (steady) continue
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        covariance[i * width + j] =
          (covariance[i * width + j] as number) + m * (change[i] as number) * (change[j] as number)
    const lead = change[0] as number
    const next = f + m * lead * lead
    const up = m * lead
    for (let i = 0; i < r; i++) {
      const moved = (i + 1 < r ? (change[i + 1] as number) : 0) + (i < phi.length ? (phi[i] as number) * lead : 0)
      gain[i] = (gain[i] as number) + moved * up
      change[i] = moved - ((gain[i] as number) * lead) / next
    }
    m += (up * up) / f
    f = next
    steady = f - 1 < 1e-12 && t >= r
  }
  return { state, covariance: steady ? new Float64Array(0) : covariance, width }
}

/**
 * Writes paths that the process may take, row-major paths × steps: means, noise through ψ weights, and a draw of the present.
 */
export function samplePaths(
  { mean, psi, present }: Outlook,
  sigma: number,
  normal: () => number,
  paths: number,
  out: Float64Array,
): void {
  const steps = mean.length
  const root = present.length > 0 ? semiRoot(present, steps) : undefined
  const noise = new Float64Array(steps)
  for (let p = 0; p < paths; p++) {
    const base = p * steps
    for (let h = 0; h < steps; h++) noise[h] = normal()
    for (let h = 0; h < steps; h++) {
      let sum = 0
      for (let k = 0; k <= h; k++) sum += (psi[k] as number) * (noise[h - k] as number)
      out[base + h] = (mean[h] as number) + sigma * sum
    }
    if (!root) continue
    for (let h = 0; h < steps; h++) noise[h] = normal()
    for (let h = 0; h < steps; h++) {
      let sum = 0
      for (let k = 0; k <= h; k++) sum += (root[h * steps + k] as number) * (noise[k] as number)
      out[base + h] = (out[base + h] as number) + sigma * sum
    }
  }
}

/** Lower triangular root of a covariance that may be singular. */
function semiRoot(a: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n)
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j] as number
      for (let l = 0; l < j; l++) sum -= (out[i * n + l] as number) * (out[j * n + l] as number)
      if (i === j) out[i * n + j] = sum > 1e-10 * (a[j * n + j] as number) ? Math.sqrt(sum) : 0
      else out[i * n + j] = (out[j * n + j] as number) > 0 ? sum / (out[j * n + j] as number) : 0
    }
  return out
}
