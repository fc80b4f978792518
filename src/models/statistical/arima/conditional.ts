import type { Residuals } from './likelihood.ts'
import { type Arma, setFree } from './polynomial.ts'
import { project } from './regression.ts'
import { Taps, whiten } from './taps.ts'

/**
 * Conditional sum of squares: noise before the series is taken as zero and the first `skip` values are only conditioned on
 * (Box and Jenkins). Quicker than the exact likelihood and close to it for long series; the rest is as in ExactLikelihood.
 */
export class ConditionalLikelihood implements Residuals {
  readonly count: number
  readonly length: number
  readonly beta: Float64Array
  readonly #m: number
  readonly #columns: Float64Array
  readonly #total: number
  readonly #skip: number
  readonly #k: number
  readonly #filtered: Float64Array
  readonly #cross: Float64Array
  readonly #ar = new Taps()
  readonly #ma = new Taps()

  constructor(columns: Float64Array, n: number, m: number, skip: number) {
    this.count = n - skip
    this.length = this.count
    this.#m = m
    this.#columns = columns
    this.#total = n
    this.#skip = skip
    this.#k = columns.length / n
    this.beta = new Float64Array(this.#k - 1)
    this.#filtered = new Float64Array(this.count * this.#k)
    this.#cross = new Float64Array(this.#k * this.#k)
  }

  evaluate(arma: Arma, free: Float64Array, out: Float64Array): number {
    setFree(arma, free, this.#m)
    return this.at(arma, out)
  }

  at({ phi, theta }: Arma, out: Float64Array): number {
    this.#ar.set(phi)
    this.#ma.set(theta)
    const filtered = this.#filtered
    for (let s = 0; s < this.#k; s++) {
      const from = s * this.#total + this.#skip
      const to = s * this.count
      whiten(this.#ar, this.#ma, this.#columns, from, filtered, to, to, this.count)
    }
    return project(filtered, this.count, this.#k, this.#cross, this.beta, out)
  }

  plain(scaled: Float64Array): number {
    let sum = 0
    for (let t = 0; t < this.count; t++) sum += (scaled[t] as number) ** 2
    return sum
  }
}
