import { type LeafGame, MOST_BITS } from './leaf-game.ts'
import { fulfils, type LeafPath, WORD, wordsOf } from './path.ts'

/**
 * What interventional SHAP gives the features of leaf paths: the mean over background rows z of Shapley's values of the game
 * that takes the features in a set S from the row x and all others from z.
 *
 * A leaf of value v counts where every condition is fulfilled by x or by z. With a conditions that x alone fulfils and b that z
 * alone does, each of the former gets `v · (a − 1)! b! / (a + b)!`, each of the latter `−v · a! (b − 1)! / (a + b)!`. Only the
 * distinct patterns of the background are gone through.
 *
 * Lundberg et al. (2020), From local explanations to global understanding with explainable AI for trees.
 */
export class Interventional implements LeafGame {
  readonly #rows: number
  /** Of each background row, adding up to 1. */
  readonly #weights: Float64Array
  /** Share of the background by pattern, cleared after each path. */
  readonly #share = new Float64Array(1 << MOST_BITS)
  readonly #patterns: Int32Array
  #distinct = 0
  readonly #ofPattern: Float64Array
  #table = new Float64Array(0)
  #chance: Float64Array[] = []

  /** For `rows` rows to be explained, behind which the sweep carries as many background rows as there are weights. */
  constructor(rows: number, weights: Float64Array) {
    this.#rows = rows
    this.#weights = weights
    this.#patterns = new Int32Array(weights.length)
    this.#ofPattern = new Float64Array(weights.length)
  }

  fits(path: LeafPath, bits: number): boolean {
    return path.length <= Math.min(bits, MOST_BITS)
  }

  table(path: LeafPath): Float64Array {
    const m = path.length
    const size = 1 << m
    this.#gather(path)
    if (this.#table.length < m * size) this.#table = new Float64Array(m * size)
    const table = this.#table
    table.fill(0, 0, m * size)
    for (let d = 0; d < this.#distinct; d++) {
      const z = this.#patterns[d] as number
      const weight = this.#ofPattern[d] as number
      const needed = (size - 1) & ~z
      const a = bitsIn(needed)
      // All patterns of x that hold what z lacks: `needed` and any part of z.
      for (let part = z; ; part = (part - 1) & z) {
        const x = needed | part
        const lacking = z & ~x
        this.#spread(table, m, x, needed, lacking, a, bitsIn(lacking), weight)
        if (part === 0) break
      }
    }
    return table
  }

  #spread(
    table: Float64Array,
    m: number,
    x: number,
    mine: number,
    theirs: number,
    a: number,
    b: number,
    weight: number,
  ): void {
    const gain = weight * this.#chanceOf(a - 1, b)
    const loss = weight * this.#chanceOf(b - 1, a)
    for (let i = 0; i < m; i++) {
      const cell = (i << m) + x
      if ((mine >>> i) & 1) table[cell] = (table[cell] as number) + gain
      else if ((theirs >>> i) & 1) table[cell] = (table[cell] as number) - loss
    }
  }

  begin(path: LeafPath): void {
    if (path.length > 0) this.#chanceOf(path.length - 1, path.length)
  }

  row(path: LeafPath, rows: number, row: number, into: Float64Array): void {
    const m = path.length
    const words = wordsOf(m)
    into.fill(0, 0, m)
    for (let z = 0; z < this.#weights.length; z++) {
      let a = 0
      let b = 0
      let met = true
      for (let w = 0; w < words && met; w++) {
        const full = 2 ** Math.min(WORD, m - w * WORD) - 1
        const mine = path.masks[w * rows + row] as number
        const theirs = path.masks[w * rows + this.#rows + z] as number
        met = (mine | theirs) === full
        a += bitsIn(mine & ~theirs)
        b += bitsIn(theirs & ~mine)
      }
      if (!met || a + b === 0) continue
      const weight = this.#weights[z] as number
      const gain = weight * this.#chanceOf(a - 1, b)
      const loss = weight * this.#chanceOf(b - 1, a)
      for (let i = 0; i < m; i++) {
        const mine = fulfils(path, rows, row, i)
        if (mine === fulfils(path, rows, this.#rows + z, i)) continue
        into[i] = (into[i] as number) + (mine ? gain : -loss)
      }
    }
  }

  mean(path: LeafPath): number {
    const m = path.length
    const words = wordsOf(m)
    const stride = this.#rows + this.#weights.length
    let mean = 0
    for (let z = 0; z < this.#weights.length; z++) {
      let reached = true
      for (let w = 0; w < words && reached; w++)
        reached = path.masks[w * stride + this.#rows + z] === 2 ** Math.min(WORD, m - w * WORD) - 1
      if (reached) mean += this.#weights[z] as number
    }
    return mean
  }

  /** The distinct patterns of the background and their shares of it. */
  #gather(path: LeafPath): void {
    const share = this.#share
    this.#distinct = 0
    for (let z = 0; z < this.#weights.length; z++) {
      const weight = this.#weights[z] as number
      if (weight === 0) continue
      const pattern = path.masks[this.#rows + z] as number
      if (share[pattern] === 0) this.#patterns[this.#distinct++] = pattern
      share[pattern] = (share[pattern] as number) + weight
    }
    for (let d = 0; d < this.#distinct; d++) {
      const pattern = this.#patterns[d] as number
      this.#ofPattern[d] = share[pattern] as number
      share[pattern] = 0
    }
  }

  /** a! b! / (a + b + 1)!, 0 for a = −1. */
  #chanceOf(a: number, b: number): number {
    if (a < 0) return 0
    let row = this.#chance[a]
    if (!row) {
      row = new Float64Array(0)
      this.#chance[a] = row
    }
    if (b >= row.length) {
      const longer = new Float64Array(b + 16)
      for (let k = 0; k < longer.length; k++) {
        let chance = 1 / (a + k + 1)
        for (let j = 1; j <= k; j++) chance *= j / (a + j)
        longer[k] = chance
      }
      this.#chance[a] = longer
      row = longer
    }
    return row[b] as number
  }
}

function bitsIn(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
