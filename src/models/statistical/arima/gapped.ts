import { Stationary, stateCovariance } from './autocovariance.ts'
import type { Residuals } from './likelihood.ts'
import { differenceCoefficients, type Order } from './order.ts'
import { type Arma, setFree } from './polynomial.ts'
import { project } from './regression.ts'

/** Variance, in units of the noise's, that stands for knowing nothing of the levels that differencing removes. */
const DIFFUSE = 1e7

/**
 * Kalman filter of an ARIMA process with missing values, in innovations form.
 *
 * The state holds what is known ahead of the stationary part (r entries, as in {@link stateCovariance}) and the last levels
 * that undo the differencing; these begin diffuse (Harvey, 1989, 3.3). A missing value leaves the state to its own motion.
 */
export class ArimaFilter {
  readonly r: number
  readonly size: number
  readonly state: Float64Array
  /** Covariance of the state before the next observation, in units of the noise's variance. */
  covariance: Float64Array
  readonly #phi: Float64Array
  readonly #delta: Float64Array
  /** What one unit of noise adds to the state. */
  readonly #load: Float64Array
  readonly #gain: Float64Array
  #spare: Float64Array

  constructor(arma: Arma, delta: Float64Array, columns = 1) {
    const { phi, theta } = arma
    this.r = Math.max(1, phi.length, theta.length)
    this.size = this.r + delta.length
    this.state = new Float64Array(this.size * columns)
    this.covariance = new Float64Array(this.size * this.size)
    this.#spare = new Float64Array(this.size * this.size)
    this.#gain = new Float64Array(this.size)
    this.#delta = delta
    this.#phi = new Float64Array(this.r)
    this.#phi.set(phi)
    this.#load = new Float64Array(this.size)
    for (let i = 0; i < this.r; i++)
      this.#load[i] = (this.#phi[i] as number) + (i < theta.length ? (theta[i] as number) : 0)
    if (delta.length > 0) this.#load[this.r] = 1
    const known = new Stationary()
    known.compute(phi, theta)
    const first = stateCovariance(phi, theta, known)
    const width = Math.max(phi.length, theta.length)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) this.covariance[i * this.size + j] = first[i * width + j] as number
    for (let i = this.r; i < this.size; i++) this.covariance[i * this.size + i] = DIFFUSE
  }

  /** Variance of the next observation before it is seen; fills the gain. */
  look(): number {
    const { size, r, covariance } = this
    const delta = this.#delta
    const column = this.#gain
    let f = 1
    for (let i = 0; i < size; i++) {
      let sum = covariance[i * size] as number
      for (let j = 0; j < delta.length; j++) sum += (delta[j] as number) * (covariance[i * size + r + j] as number)
      column[i] = sum
    }
    f += column[0] as number
    for (let j = 0; j < delta.length; j++) f += (delta[j] as number) * (column[r + j] as number)
    this.#move(column, 0)
    for (let i = 0; i < size; i++) column[i] = (column[i] as number) + (this.#load[i] as number)
    return f
  }

  /** What the state of a column expects to be observed next. */
  expect(column = 0): number {
    const base = column * this.size
    let sum = this.state[base] as number
    for (let j = 0; j < this.#delta.length; j++)
      sum += (this.#delta[j] as number) * (this.state[base + this.r + j] as number)
    return sum
  }

  /** Moves a column's state on, having seen an innovation divided by its variance (0 where missing). */
  turn(column: number, innovation: number): void {
    const base = column * this.size
    this.#move(this.state, base)
    if (innovation === 0) return
    for (let i = 0; i < this.size; i++)
      this.state[base + i] = (this.state[base + i] as number) + (this.#gain[i] as number) * innovation
  }

  /** Moves the covariance on; `f` is the variance of what was observed, or 0 where it is missing. */
  spread(f: number): void {
    const { size } = this
    const next = this.#spare
    const load = this.#load
    const gain = this.#gain
    const now = this.covariance
    for (let i = 0; i < size; i++) this.#move(now, i * size)
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) next[j * size + i] = now[i * size + j] as number
    for (let i = 0; i < size; i++) this.#move(next, i * size)
    const share = f > 0 ? 1 / f : 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        next[i * size + j] =
          (next[i * size + j] as number) +
          (load[i] as number) * (load[j] as number) -
          (gain[i] as number) * (gain[j] as number) * share
    this.covariance = next
    this.#spare = now
  }

  /** How an observation weighs the state's entries. */
  weights(): Float64Array {
    const out = new Float64Array(this.size)
    out[0] = 1
    out.set(this.#delta, this.r)
    return out
  }

  /** Weights of the state one period earlier from those of now: the transposed transition. */
  earlier(weights: Float64Array): Float64Array {
    const { r, size } = this
    const out = new Float64Array(size)
    for (let i = 0; i < r; i++) {
      out[0] = (out[0] as number) + (this.#phi[i] as number) * (weights[i] as number)
      if (i + 1 < r) out[i + 1] = (out[i + 1] as number) + (weights[i] as number)
    }
    if (size === r) return out
    const level = weights[r] as number
    out[0] = (out[0] as number) + level
    for (let i = r; i < size; i++)
      out[i] = (this.#delta[i - r] as number) * level + (i + 1 < size ? (weights[i + 1] as number) : 0)
    return out
  }

  /** Applies the transition to a vector in place. */
  #move(vector: Float64Array, base: number): void {
    const { r, size } = this
    const phi = this.#phi
    const delta = this.#delta
    const lead = vector[base] as number
    if (size > r) {
      let level = lead
      for (let j = 0; j < delta.length; j++) level += (delta[j] as number) * (vector[base + r + j] as number)
      for (let i = size - 1; i > r; i--) vector[base + i] = vector[base + i - 1] as number
      vector[base + r] = level
    }
    for (let i = 0; i < r - 1; i++) vector[base + i] = (vector[base + i + 1] as number) + (phi[i] as number) * lead
    vector[base + r - 1] = (phi[r - 1] as number) * lead
  }
}

/** Exact likelihood of a series with missing values, differencing within the filter; else as ExactLikelihood. */
export class GappedLikelihood implements Residuals {
  readonly count: number
  readonly length: number
  readonly beta: Float64Array
  readonly #m: number
  readonly #delta: Float64Array
  readonly #columns: readonly Float64Array[]
  readonly #filtered: Float64Array
  readonly #cross: Float64Array
  #scale = 1

  constructor(columns: readonly Float64Array[], order: Order) {
    this.#delta = differenceCoefficients(order)
    this.#m = order.m
    const whole = wholeRows(columns)
    this.count = Math.max(0, whole.filter(Boolean).length - this.#delta.length)
    this.length = this.count
    const first = whole.indexOf(true)
    this.#columns = columns.map((column) => {
      const from = this.#delta.length > 0 ? (column[first] as number) : 0
      return column.map((v, t) => (whole[t] ? v - from : Number.NaN))
    })
    this.beta = new Float64Array(columns.length - 1)
    this.#filtered = new Float64Array(this.count * columns.length)
    this.#cross = new Float64Array(columns.length * columns.length)
  }

  evaluate(arma: Arma, free: Float64Array, out: Float64Array): number {
    setFree(arma, free, this.#m)
    return this.at(arma, out)
  }

  at(arma: Arma, out: Float64Array): number {
    const columns = this.#columns
    const k = columns.length
    const n = this.count
    const filter = new ArimaFilter(arma, this.#delta, k)
    const length = (columns[0] as Float64Array).length
    let vague = this.#delta.length
    let seen = 0
    let logs = 0
    for (let t = 0; t < length; t++) {
      const f = filter.look()
      const missing = Number.isNaN((columns[0] as Float64Array)[t] as number)
      const counts = !missing && !(vague > 0 && f > 1e-2 * DIFFUSE)
      const root = 1 / Math.sqrt(f)
      for (let s = 0; s < k; s++) {
        const v = missing ? 0 : ((columns[s] as Float64Array)[t] as number) - filter.expect(s)
        if (counts && seen < n) this.#filtered[s * n + seen] = v * root
        filter.turn(s, v / f)
      }
      filter.spread(missing ? 0 : f)
      if (counts && seen < n) {
        logs += Math.log(f)
        seen++
      } else if (!missing) vague--
    }
    this.#filtered.fill(0, k * n)
    const sum = project(this.#filtered, n, k, this.#cross, this.beta, out)
    this.#scale = Math.exp(logs / n)
    const root = Math.sqrt(this.#scale)
    for (let t = 0; t < n; t++) out[t] = (out[t] as number) * root
    return sum * this.#scale
  }

  plain(scaled: Float64Array): number {
    let sum = 0
    for (let t = 0; t < this.count; t++) sum += (scaled[t] as number) ** 2
    return sum / this.#scale
  }
}

/** For each row whether all columns have a value. */
export function wholeRows(columns: readonly Float64Array[]): boolean[] {
  const whole = new Array<boolean>(columns[0]?.length ?? 0).fill(true)
  for (const column of columns)
    column.forEach((v, t) => {
      if (Number.isNaN(v)) whole[t] = false
    })
  return whole
}
