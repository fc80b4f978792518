import { Stationary } from './autocovariance.ts'
import { type Arma, setFree } from './polynomial.ts'
import { project } from './regression.ts'
import { Taps, whiten } from './taps.ts'

/** Innovations whose variance exceeds the noise by less than this share are taken to have reached their steady state. */
const STEADY = 1e-10

/** Something whose residuals, as a function of free parameters, are made small: their squares' sum is what a fit minimises. */
export interface Residuals {
  /** Observations that count. */
  readonly count: number
  /** Residuals written, which are more where missing values are estimated along. */
  readonly length: number
  /** Coefficients of the regressors at the last evaluation, by generalised least squares. */
  readonly beta: Float64Array
  /**
   * Writes scaled residuals at these free parameters and returns their sum of squares S, so that −2·log-likelihood is
   * count·(log(S / count) + 1 + log 2π).
   */
  evaluate(arma: Arma, free: Float64Array, out: Float64Array): number
  /** As {@link evaluate}, at coefficients already in place. */
  at(arma: Arma, out: Float64Array): number
  /** The sum of squares of the standardised innovations themselves, from the scaled residuals last written. */
  plain(scaled: Float64Array): number
}

/**
 * Exact Gaussian likelihood of a differenced, gapless series with ARMA errors.
 *
 * Innovations by the Chandrasekhar form of the Kalman filter (Morf, Sidhu and Kailath, 1974; Pearlman, 1980; Mélard, 1984,
 * AS 197): O(n·r) and not O(n·r²), with a switch to the plain recursion once the gain is steady. Regressors are filtered
 * along and projected out, so their coefficients need no search. `columns` holds the series, then its regressors, `n` each.
 *
 * Of these the first `holes` are indicators of missing values, differenced like the series, which holds anything in their
 * place: an integral over what may have been there, exact too, and far quicker than a filter that takes gaps as long as
 * there are few (Gómez, Maravall and Peña, 1999).
 */
export class ExactLikelihood implements Residuals {
  readonly count: number
  readonly length: number
  readonly beta: Float64Array
  readonly #holes: number
  readonly #weights: Float64Array
  readonly #m: number
  readonly #columns: Float64Array
  readonly #k: number
  readonly #stationary = new Stationary()
  readonly #filtered: Float64Array
  readonly #cross: Float64Array
  readonly #ar = new Taps()
  readonly #ma = new Taps()
  #scale = 1
  #state = new Float64Array(0)
  #gain = new Float64Array(0)
  #change = new Float64Array(0)
  #phi = new Float64Array(0)

  constructor(columns: Float64Array, n: number, m: number, holes = 0) {
    this.count = n - holes
    this.length = n
    this.#holes = holes
    this.#m = m
    this.#columns = columns
    this.#k = columns.length / n
    this.#weights = new Float64Array(this.#k - 1)
    this.beta = this.#weights.subarray(holes)
    this.#filtered = new Float64Array(columns.length)
    this.#cross = new Float64Array(this.#k * this.#k)
  }

  evaluate(arma: Arma, free: Float64Array, out: Float64Array): number {
    setFree(arma, free, this.#m)
    return this.at(arma, out)
  }

  at({ phi, theta }: Arma, out: Float64Array): number {
    const n = this.length
    const k = this.#k
    let logs = this.#filter(phi, theta)
    const sum = project(this.#filtered, n, k, this.#cross, this.#weights, out)
    for (let i = 0; i < this.#holes; i++) {
      const pivot = this.#cross[i * k + i] as number
      if (pivot > 0) logs += 2 * Math.log(pivot)
    }
    this.#scale = Math.exp(logs / this.count)
    const root = Math.sqrt(this.#scale)
    for (let t = 0; t < n; t++) out[t] = (out[t] as number) * root
    return sum * this.#scale
  }

  plain(scaled: Float64Array): number {
    let sum = 0
    for (let t = 0; t < this.length; t++) sum += (scaled[t] as number) ** 2
    return sum / this.#scale
  }

  /** Writes standardised innovations of every column and returns the sum of the logarithms of their variances. */
  #filter(phi: Float64Array, theta: Float64Array): number {
    const n = this.length
    const k = this.#k
    const columns = this.#columns
    const filtered = this.#filtered
    const r = Math.max(phi.length, theta.length)
    if (r === 0) {
      filtered.set(columns)
      return 0
    }
    this.#begin(phi, theta, r)
    const gain = this.#gain
    const change = this.#change
    const full = this.#phi
    const state = this.#state
    let f = this.#stationary.gamma[0] as number
    let m = -1 / f
    let product = 1
    let logs = 0
    const last = r - 1
    for (let t = 0; t < n; t++) {
      if (f - 1 < STEADY && t >= r) {
        this.#steady(phi, theta, t)
        break
      }
      product *= f
      if (product > 1e200) {
        logs += Math.log(product)
        product = 1
      }
      const inverse = 1 / f
      const root = Math.sqrt(inverse)
      for (let s = 0; s < k; s++) {
        const base = s * r
        const level = state[base] as number
        const v = (columns[s * n + t] as number) - level
        filtered[s * n + t] = v * root
        const c = v * inverse
        for (let i = 0; i < last; i++)
          state[base + i] = (state[base + i + 1] as number) + (full[i] as number) * level + (gain[i] as number) * c
        state[base + last] = (full[last] as number) * level + (gain[last] as number) * c
      }
      const lead = change[0] as number
      if (lead === 0) {
        for (let i = 0; i < last; i++) change[i] = change[i + 1] as number
        change[last] = 0
        continue
      }
      const next = f + m * lead * lead
      const up = m * lead
      const ratio = lead / next
      for (let i = 0; i < last; i++) {
        const moved = (change[i + 1] as number) + (full[i] as number) * lead
        const g = (gain[i] as number) + moved * up
        gain[i] = g
        change[i] = moved - g * ratio
      }
      const moved = (full[last] as number) * lead
      const g = (gain[last] as number) + moved * up
      gain[last] = g
      change[last] = moved - g * ratio
      m += (up * up) / f
      f = next
    }
    return logs + Math.log(product)
  }

  #begin(phi: Float64Array, theta: Float64Array, r: number): void {
    if (this.#gain.length < r) {
      this.#gain = new Float64Array(r)
      this.#change = new Float64Array(r)
      this.#phi = new Float64Array(r)
      this.#state = new Float64Array(r * this.#k)
    }
    this.#state.fill(0)
    this.#stationary.compute(phi, theta)
    firstGain(phi, theta, this.#stationary, this.#gain)
    for (let i = 0; i < r; i++) {
      this.#change[i] = this.#gain[i] as number
      this.#phi[i] = i < phi.length ? (phi[i] as number) : 0
    }
  }

  #steady(phi: Float64Array, theta: Float64Array, t: number): void {
    this.#ar.set(phi)
    this.#ma.set(theta)
    const n = this.length
    for (let s = 0; s < this.#k; s++)
      whiten(this.#ar, this.#ma, this.#columns, s * n + t, this.#filtered, s * n + t, s * n, n - t)
  }
}

/** Covariance of the second state with the first observation, the gain that the recursions begin with. */
export function firstGain(phi: Float64Array, theta: Float64Array, known: Stationary, out: Float64Array): void {
  const p = phi.length
  const q = theta.length
  const r = Math.max(p, q)
  const { gamma, psi } = known
  for (let i = 0; i < r; i++) {
    let sum = 0
    for (let j = i + 1; j <= p; j++) sum += (phi[j - 1] as number) * (gamma[j - i - 1] as number)
    for (let j = i + 1; j <= q; j++) sum += (theta[j - 1] as number) * (psi[j - i - 1] as number)
    out[i] = sum
  }
}
