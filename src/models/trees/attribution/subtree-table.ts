import type { TreeEnsemble } from '../ensemble.ts'
import type { LeafGame } from './leaf-game.ts'
import type { Walk } from './path.ts'
import { leftShare } from './sweep.ts'

/**
 * What all leaves of a subtree together give the features, for every pattern of rows: the tables of its leaves added up, so that
 * a row is looked up once a feature instead of once a feature and leaf.
 */
export class SubtreeTable {
  readonly #trees: TreeEnsemble
  readonly #game: LeafGame
  /** Rows that the background's come behind. */
  readonly #rows: number
  /** Features that the subtree gives something to, `count` of them: those of the path, then its own. */
  readonly features: Int32Array
  count = 0
  /** By place in `features`, output of a leaf, and pattern: `sums[((place · width + k) << bits) + pattern]`. */
  sums = new Float64Array(0)
  /** What each output of a leaf adds to the base. */
  readonly mean: Float64Array
  readonly #slotOf: Int32Array
  /** Of each leaf in turn: the pattern of its own path, by the pattern of the subtree. */
  readonly #own: Int32Array
  /** Masks that hold the background's rows only. */
  readonly #masks: Int32Array
  /** Place on the path of each split that is on the way to a leaf, and the side taken; −1 for the others. */
  readonly #placeAt: Int32Array
  readonly #sideAt: Int32Array

  constructor(trees: TreeEnsemble, game: LeafGame, rows: number, stride: number, bits: number) {
    this.#trees = trees
    this.#game = game
    this.#rows = rows
    this.features = new Int32Array(trees.features.length)
    this.mean = new Float64Array(trees.width)
    this.#slotOf = new Int32Array(trees.features.length)
    this.#own = new Int32Array(1 << Math.max(0, bits))
    this.#masks = new Int32Array(stride)
    this.#placeAt = new Int32Array(Math.max(0, bits))
    this.#sideAt = new Int32Array(Math.max(0, bits))
  }

  /** Fills the table for the subtree of a node that the path leads to; `patterns` of all rows tell those of the background. */
  fill(path: Walk, node: number, splits: number, patterns: Int32Array): void {
    const above = path.length
    const bits = above + splits
    const most = (Math.min(bits, this.features.length) * this.#trees.width) << bits
    if (this.sums.length < most) this.sums = new Float64Array(most)
    this.sums.fill(0, 0, most)
    this.mean.fill(0)
    this.#slotOf.fill(-1)
    this.#placeAt.fill(-1)
    this.count = 0
    for (let i = 0; i < above; i++) this.#slot(path.feature[i] as number)
    const masks = path.masks
    path.masks = this.#masks
    this.#walk(path, node, 0, above, bits, patterns)
    path.masks = masks
  }

  #slot(feature: number): number {
    let slot = this.#slotOf[feature] as number
    if (slot < 0) {
      slot = this.count++
      this.#slotOf[feature] = slot
      this.features[slot] = feature
    }
    return slot
  }

  #walk(path: Walk, node: number, split: number, above: number, bits: number, patterns: Int32Array): number {
    const trees = this.#trees
    const feature = trees.feature[node] as number
    if (feature < 0) {
      path.leaf = node
      this.#add(path, above, bits, patterns)
      return split
    }
    const share = leftShare(trees, node)
    const known = path.placeOf(feature)
    const place = known < 0 ? path.enter(feature) : known
    const ratio = known < 0 ? 1 : (path.ratio[place] as number)
    this.#placeAt[split] = place
    this.#sideAt[split] = 1
    path.ratio[place] = ratio * share
    const next = this.#walk(path, trees.left[node] as number, split + 1, above, bits, patterns)
    this.#sideAt[split] = 0
    path.ratio[place] = ratio * (1 - share)
    const last = this.#walk(path, trees.right[node] as number, next, above, bits, patterns)
    this.#placeAt[split] = -1
    if (known < 0) path.leave()
    else path.ratio[place] = ratio
    return last
  }

  #add(path: Walk, above: number, bits: number, patterns: Int32Array): void {
    const { width, value } = this.#trees
    const m = path.length
    const size = 1 << bits
    const own = this.#patternsOf(path, above, bits)
    const rows = this.#rows
    for (let r = rows; r < patterns.length; r++) this.#masks[r] = own[patterns[r] as number] as number
    const table = this.#game.table(path)
    const mean = this.#game.mean(path)
    for (let k = 0; k < width; k++) {
      const answer = value[path.leaf * width + k] as number
      this.mean[k] = (this.mean[k] as number) + answer * mean
      for (let i = 0; i < m; i++)
        addAll(this.sums, (this.#slot(path.feature[i] as number) * width + k) << bits, table, i << m, own, size, answer)
    }
  }

  /** The pattern of the leaf's own path for each pattern of the subtree. */
  #patternsOf(path: Walk, above: number, bits: number): Int32Array {
    const own = this.#own
    const fresh = (1 << path.length) - (1 << above)
    for (let s = 0; s < 1 << above; s++) own[s] = s | fresh
    for (let split = 0; split < bits - above; split++) {
      const half = 1 << (above + split)
      const place = this.#placeAt[split] as number
      const unmet = place < 0 ? -1 : ~(1 << place)
      const ifLeft = this.#sideAt[split] === 1 ? -1 : unmet
      const ifRight = this.#sideAt[split] === 1 ? unmet : -1
      for (let s = 0; s < half; s++) {
        const pattern = own[s] as number
        own[s + half] = pattern & ifLeft
        own[s] = pattern & ifRight
      }
    }
    return own
  }
}

function addAll(
  sums: Float64Array,
  at: number,
  table: Float64Array,
  from: number,
  own: Int32Array,
  size: number,
  value: number,
): void {
  for (let s = 0; s < size; s++)
    sums[at + s] = (sums[at + s] as number) + value * (table[from + (own[s] as number)] as number)
}
