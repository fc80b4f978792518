import { type TreeEnsemble, treeCount } from '../ensemble.ts'
import { decide, mark } from './decide.ts'
import { type LeafPath, Walk, WORD, wordsOf } from './path.ts'

/** Who is told of the leaves of a subtree at once. */
export interface SubtreeVisitor {
  /** Conditions of the path to a subtree and splits of it, together, at most. */
  readonly bits: number
  /**
   * Visits a subtree: bits 0 … length − 1 of a row's `pattern` are what it fulfils of the path, the next ones whether it goes
   * left at each split of the subtree, in the order of a walk to the left first. Returns false to be told leaf by leaf.
   */
  subtree(path: Walk, node: number, splits: number, patterns: Int32Array): boolean
}

/**
 * Visits every leaf of all trees, deciding each split once for all rows; `columns` hold `rows` values each.
 *
 * With `whole`, subtrees that are small enough for it, and in which no cover is 0, are visited in one. Time O(nodes · rows),
 * whatever the depth.
 */
export function sweepLeaves(
  trees: TreeEnsemble,
  columns: readonly Float32Array[],
  rows: number,
  visit: (path: LeafPath) => void,
  whole?: SubtreeVisitor,
): void {
  const sweep = new Sweep(trees, columns, rows, visit, whole)
  for (let t = 0; t < treeCount(trees); t++) sweep.tree(t)
}

/** The share of the cover that a split sends to the left; a split that no training row came to is taken to halve what comes. */
export function leftShare(trees: TreeEnsemble, node: number): number {
  const toLeft = trees.cover[trees.left[node] as number] as number
  const total = toLeft + (trees.cover[trees.right[node] as number] as number)
  return total > 0 ? toLeft / total : 0.5
}

class Sweep {
  readonly #trees: TreeEnsemble
  readonly #columns: readonly Float32Array[]
  readonly #rows: number
  readonly #visit: (path: LeafPath) => void
  readonly #whole: SubtreeVisitor | undefined
  readonly #path: Walk
  /** Splits of the subtree of each node of the tree at hand; more than any where some cover of it is 0. */
  readonly #splits: Float64Array
  readonly #patterns: Int32Array
  readonly #masks: Int32Array[] = []
  readonly #lefts: Uint8Array[] = []

  constructor(
    trees: TreeEnsemble,
    columns: readonly Float32Array[],
    rows: number,
    visit: (path: LeafPath) => void,
    whole: SubtreeVisitor | undefined,
  ) {
    this.#trees = trees
    this.#columns = columns
    this.#rows = rows
    this.#visit = visit
    this.#whole = whole
    this.#splits = new Float64Array(whole ? trees.feature.length : 0)
    this.#patterns = new Int32Array(whole ? rows : 0)
    this.#masks[0] = new Int32Array(rows)
    this.#path = new Walk(trees.features.length, this.#masks[0])
  }

  tree(tree: number): void {
    const root = this.#trees.roots[tree] as number
    if (this.#whole) this.#count(root)
    this.#path.tree = tree
    this.#down(root, 0)
  }

  #count(node: number): number {
    const { feature, left, right, cover } = this.#trees
    let splits = 0
    if ((feature[node] as number) >= 0)
      splits = 1 + this.#count(left[node] as number) + this.#count(right[node] as number)
    if (cover[node] === 0) splits = Number.POSITIVE_INFINITY
    this.#splits[node] = splits
    return splits
  }

  #down(node: number, level: number): void {
    const trees = this.#trees
    const feature = trees.feature[node] as number
    const path = this.#path
    path.masks = this.#masks[level] as Int32Array
    if (feature < 0) {
      path.leaf = node
      this.#visit(path)
      return
    }
    if (this.#whole && this.#atOnce(this.#whole, node)) return
    const share = leftShare(trees, node)
    decide(trees, node, this.#columns[feature] as Float32Array, this.#rows, this.#leftsAt(level))
    const known = path.placeOf(feature)
    const fresh = known < 0
    const place = fresh ? path.enter(feature) : known
    const ratio = fresh ? 1 : (path.ratio[place] as number)
    path.ratio[place] = ratio * share
    this.#narrow(level, place, fresh, 1)
    this.#down(trees.left[node] as number, level + 1)
    path.ratio[place] = ratio * (1 - share)
    this.#narrow(level, place, fresh, 0)
    this.#down(trees.right[node] as number, level + 1)
    if (fresh) path.leave()
    else path.ratio[place] = ratio
  }

  #atOnce(whole: SubtreeVisitor, node: number): boolean {
    const path = this.#path
    const splits = this.#splits[node] as number
    if (path.length + splits > whole.bits) return false
    this.#patterns.set(path.masks.subarray(0, this.#rows))
    this.#markAll(node, path.length)
    return whole.subtree(path, node, splits, this.#patterns)
  }

  /** Adds what rows do at the splits of a subtree to their patterns, from a bit on; returns the next free bit. */
  #markAll(node: number, bit: number): number {
    const trees = this.#trees
    const feature = trees.feature[node] as number
    if (feature < 0) return bit
    mark(trees, node, this.#columns[feature] as Float32Array, this.#rows, this.#patterns, bit)
    return this.#markAll(trees.right[node] as number, this.#markAll(trees.left[node] as number, bit + 1))
  }

  /** Writes the masks of a child (`side` 1 for the left one) from those of its parent. */
  #narrow(level: number, place: number, fresh: boolean, side: number): void {
    const rows = this.#rows
    const above = this.#masks[level] as Int32Array
    const below = this.#masksAt(level + 1)
    const lefts = this.#lefts[level] as Uint8Array
    const word = Math.floor(place / WORD)
    for (let w = 0; w < wordsOf(this.#path.length); w++)
      if (w !== word) below.set(above.subarray(w * rows, (w + 1) * rows), w * rows)
    const shift = place - word * WORD
    const at = word * rows
    const away = 1 - side
    // A word that is begun by this feature holds nothing yet; what stands there is of an earlier path.
    if (fresh && shift === 0) for (let r = 0; r < rows; r++) below[at + r] = (lefts[r] as number) ^ away
    else if (fresh)
      for (let r = 0; r < rows; r++)
        below[at + r] = (above[at + r] as number) | (((lefts[r] as number) ^ away) << shift)
    else
      for (let r = 0; r < rows; r++)
        below[at + r] = (above[at + r] as number) & ~(((lefts[r] as number) ^ side) << shift)
  }

  #masksAt(level: number): Int32Array {
    let masks = this.#masks[level]
    if (!masks) {
      masks = new Int32Array(this.#rows * wordsOf(Math.min(level, this.#trees.features.length)))
      this.#masks[level] = masks
    }
    return masks
  }

  #leftsAt(level: number): Uint8Array {
    let lefts = this.#lefts[level]
    if (!lefts) {
      lefts = new Uint8Array(this.#rows)
      this.#lefts[level] = lefts
    }
    return lefts
  }
}
