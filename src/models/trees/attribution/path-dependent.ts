import { type LeafGame, MOST_BITS } from './leaf-game.ts'
import { fulfils, type LeafPath } from './path.ts'
import { gaussLegendre, type Quadrature } from './quadrature.ts'

/**
 * What path-dependent SHAP gives the features of leaf paths: for rows that fulfil a set O of the m conditions of a leaf with
 * value v, Shapley's value of the game `v · Π_{i ∈ S} [i ∈ O] · Π_{i ∉ S} ratio_i` over sets S of features.
 *
 * As an integral over the chance t that a feature is in S it is `v · (o_i − r_i) · ∫ Π_{j ≠ i} (t · o_j + (1 − t) · r_j) dt`, a
 * polynomial of degree m − 1 that Gauss's rule with ⌈m / 2⌉ points takes exactly, all terms of one sign. All features outside
 * of O get the same, −a(O); a feature i of O gets a(O \ i) · (1 − r_i) / r_i: so one number a pattern is enough.
 *
 * Lundberg, Erion, Lee (2018), Consistent individualized feature attribution for tree ensembles; Yu, Xu, et al. (2022), Linear
 * TreeSHAP (the polynomial); Yang (2021), Fast TreeSHAP (tables of patterns).
 */
export class PathDependent implements LeafGame {
  readonly #product = new Float64Array(1 << MOST_BITS)
  readonly #absent = new Float64Array(1 << MOST_BITS)
  #table = new Float64Array(0)

  fits(path: LeafPath, bits: number): boolean {
    if (path.length > Math.min(bits, MOST_BITS)) return false
    for (let i = 0; i < path.length; i++) if (path.ratio[i] === 0) return false
    return true
  }

  table(path: LeafPath): Float64Array {
    const { length: m, ratio } = path
    const size = 1 << m
    const absent = this.#absent
    const product = this.#product
    absent.fill(0, 0, size)
    const { points, weights } = gaussLegendre((m + 1) >> 1)
    for (let g = 0; g < points.length; g++) {
      const t = points[g] as number
      product[0] = (weights[g] as number) / (1 - t)
      for (let j = 0; j < m; j++) {
        const half = 1 << j
        const out = (1 - t) * (ratio[j] as number)
        const inside = t + out
        for (let s = 0; s < half; s++) {
          const p = product[s] as number
          product[s + half] = p * inside
          product[s] = p * out
        }
      }
      for (let s = 0; s < size; s++) absent[s] = (absent[s] as number) + (product[s] as number)
    }
    if (this.#table.length < m * size) this.#table = new Float64Array(m * size)
    const table = this.#table
    for (let i = 0; i < m; i++) {
      const bit = 1 << i
      const odds = (1 - (ratio[i] as number)) / (ratio[i] as number)
      const at = i * size
      for (let high = 0; high < size; high += bit << 1)
        for (let s = high; s < high + bit; s++) {
          const a = absent[s] as number
          table[at + s] = -a
          table[at + s + bit] = odds * a
        }
    }
    return table
  }

  #rule: Quadrature = gaussLegendre(0)
  #inside = new Float64Array(0)
  /** By condition and point: (o_i − r_i) over the condition's factor of the product. */
  #turn = new Float64Array(0)
  #factor = new Float64Array(0)

  begin(path: LeafPath): void {
    const m = path.length
    this.#rule = gaussLegendre((m + 1) >> 1)
    const { points } = this.#rule
    const count = points.length
    if (this.#inside.length < m * count) {
      this.#inside = new Float64Array(m * count)
      this.#turn = new Float64Array(m * count)
      this.#factor = new Float64Array(count)
    }
    for (let i = 0; i < m; i++)
      for (let g = 0; g < count; g++) {
        const t = points[g] as number
        this.#inside[i * count + g] = t + (1 - t) * (path.ratio[i] as number)
      }
  }

  row(path: LeafPath, rows: number, row: number, into: Float64Array): void {
    this.#enter(path, rows, row)
    const count = this.#rule.points.length
    for (let i = 0; i < path.length; i++) {
      let sum = 0
      for (let g = 0; g < count; g++) sum += (this.#factor[g] as number) * (this.#turn[i * count + g] as number)
      into[i] = sum
    }
  }

  /**
   * Shapley's interaction values of one row's pattern, `into[i · m + j]`: off the diagonal, where each pair's is halved between its
   * two places, `½ v · (o_i − r_i) · (o_j − r_j) · ∫ Π_{k ≠ i, j} (t · o_k + (1 − t) · r_k) dt`, on it what is left of feature i's value.
   */
  pairs(path: LeafPath, rows: number, row: number, into: Float64Array): void {
    this.#enter(path, rows, row)
    const m = path.length
    const count = this.#rule.points.length
    const turn = this.#turn
    for (let i = 0; i < m; i++) {
      let left = 0
      for (let g = 0; g < count; g++) left += (this.#factor[g] as number) * (turn[i * count + g] as number)
      for (let j = 0; j < i; j++) left -= into[i * m + j] as number
      for (let j = i + 1; j < m; j++) {
        let sum = 0
        for (let g = 0; g < count; g++)
          sum += (this.#factor[g] as number) * (turn[i * count + g] as number) * (turn[j * count + g] as number)
        into[i * m + j] = sum / 2
        into[j * m + i] = sum / 2
        left -= sum / 2
      }
      into[i * m + i] = left
    }
  }

  /** Prepares `factor` (the whole product, by point) and `turn` for a row. */
  #enter(path: LeafPath, rows: number, row: number): void {
    const m = path.length
    const { points, weights } = this.#rule
    const count = points.length
    const factor = this.#factor
    const inside = this.#inside
    const turn = this.#turn
    for (let g = 0; g < count; g++) factor[g] = weights[g] as number
    let outside = 1
    for (let i = 0; i < m; i++) {
      const at = i * count
      const ratio = path.ratio[i] as number
      const met = fulfils(path, rows, row, i)
      if (!met) outside *= ratio
      for (let g = 0; g < count; g++) {
        const part = met ? (inside[at + g] as number) : 1 - (points[g] as number)
        factor[g] = (factor[g] as number) * part
        // The ratio of a condition that is not met has gone into `outside`, so that it may be 0.
        turn[at + g] = (met ? 1 - ratio : -1) / part
      }
    }
    for (let g = 0; g < count; g++) factor[g] = (factor[g] as number) * outside
  }

  /** What the empty set of features answers, the mean over the training cover, for a leaf of value 1. */
  mean(path: LeafPath): number {
    let mean = 1
    for (let i = 0; i < path.length; i++) mean *= path.ratio[i] as number
    return mean
  }
}
