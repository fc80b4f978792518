import type { Residuals } from './likelihood.ts'
import { type Arma, setFree } from './polynomial.ts'
import { project } from './regression.ts'

/**
 * Conditional sum of squares: noise before the series is taken as zero and the first `skip` values are only conditioned on
 * (Box and Jenkins). Quicker than the exact likelihood and close to it for long series; the rest is as in ExactLikelihood.
 */
export class ConditionalLikelihood implements Residuals {
  readonly count: number
  readonly beta: Float64Array
  readonly #m: number
  readonly #columns: Float64Array
  readonly #total: number
  readonly #skip: number
  readonly #k: number
  readonly #filtered: Float64Array
  readonly #cross: Float64Array

  constructor(columns: Float64Array, n: number, m: number, skip: number) {
    this.count = n - skip
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
    const columns = this.#columns
    const filtered = this.#filtered
    const skip = this.#skip
    for (let s = 0; s < this.#k; s++) {
      const from = s * this.#total + skip
      const to = s * this.count
      for (let t = 0; t < this.count; t++) {
        let v = columns[from + t] as number
        for (let j = 1; j <= phi.length; j++) v -= (phi[j - 1] as number) * (columns[from + t - j] as number)
        const reach = Math.min(t, theta.length)
        for (let j = 1; j <= reach; j++) v -= (theta[j - 1] as number) * (filtered[to + t - j] as number)
        filtered[to + t] = v
      }
    }
    return project(filtered, this.count, this.#k, this.#cross, this.beta, out)
  }

  plain(scaled: Float64Array): number {
    let sum = 0
    for (let t = 0; t < this.count; t++) sum += (scaled[t] as number) ** 2
    return sum
  }
}
