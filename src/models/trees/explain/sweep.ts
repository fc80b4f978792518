import { type TreeEnsemble, treeCount } from '../ensemble.ts'
import { decide } from './decide.ts'

/** Bits used of a word of {@link LeafPath.masks}, so that a word stays a small integer. */
export const WORD = 30

/**
 * The way from the root to a leaf, its splits gathered by feature, with what each row fulfils of it; valid during the visit.
 *
 * A row reaches the leaf when every one of the `length` features lies in its part of the path; a feature that the path splits
 * by several times counts once, by all of its splits together.
 */
export interface LeafPath {
  tree: number
  leaf: number
  length: number
  /** Features in the order in which the path meets them. */
  readonly feature: Int32Array
  /** Share of the training cover that goes the path's way at the splits of each feature. */
  readonly ratio: Float64Array
  /** Bit i % 30 of `masks[floor(i / 30) · rows + row]` says whether the row's value of feature i goes the path's way. */
  masks: Int32Array
}

/** Words that the conditions of so many features take. */
export const wordsOf = (features: number) => Math.max(1, Math.ceil(features / WORD))

/** Whether row `row` fulfils condition `i` of a path. */
export function fulfils(path: LeafPath, rows: number, row: number, i: number): boolean {
  const word = Math.floor(i / WORD)
  return (((path.masks[word * rows + row] as number) >>> (i - word * WORD)) & 1) === 1
}

/**
 * Visits every leaf of the trees `from` to `to`, deciding each split once for all rows.
 *
 * `columns` hold `rows` values each. Time O(nodes · rows), whatever the depth.
 */
export function sweepLeaves(
  trees: TreeEnsemble,
  columns: readonly Float32Array[],
  rows: number,
  visit: (path: LeafPath) => void,
  from = 0,
  to = treeCount(trees),
): void {
  const sweep = new Sweep(trees, columns, rows, visit)
  for (let t = from; t < to; t++) sweep.tree(t)
}

class Sweep {
  readonly #trees: TreeEnsemble
  readonly #columns: readonly Float32Array[]
  readonly #rows: number
  readonly #visit: (path: LeafPath) => void
  readonly #path: LeafPath
  /** Where on the path a feature stands; −1 where it does not. */
  readonly #placeOf: Int32Array
  readonly #masks: Int32Array[] = []
  readonly #lefts: Uint8Array[] = []

  constructor(trees: TreeEnsemble, columns: readonly Float32Array[], rows: number, visit: (path: LeafPath) => void) {
    this.#trees = trees
    this.#columns = columns
    this.#rows = rows
    this.#visit = visit
    const features = trees.features.length
    this.#placeOf = new Int32Array(features).fill(-1)
    this.#masks[0] = new Int32Array(rows)
    this.#path = {
      tree: 0,
      leaf: 0,
      length: 0,
      feature: new Int32Array(features),
      ratio: new Float64Array(features),
      masks: this.#masks[0],
    }
  }

  tree(tree: number): void {
    this.#path.tree = tree
    this.#down(this.#trees.roots[tree] as number, 0)
  }

  #down(node: number, level: number): void {
    const trees = this.#trees
    const feature = trees.feature[node] as number
    const path = this.#path
    if (feature < 0) {
      path.leaf = node
      path.masks = this.#masks[level] as Int32Array
      this.#visit(path)
      return
    }
    const left = trees.left[node] as number
    const right = trees.right[node] as number
    const toLeft = trees.cover[left] as number
    const total = toLeft + (trees.cover[right] as number)
    // A split that no training row came to is taken to halve what comes.
    const share = total > 0 ? toLeft / total : 0.5
    const lefts = this.#leftsAt(level)
    decide(trees, node, this.#columns[feature] as Float32Array, this.#rows, lefts)
    const known = this.#placeOf[feature] as number
    const place = known < 0 ? path.length : known
    const ratio = known < 0 ? 1 : (path.ratio[place] as number)
    if (known < 0) {
      this.#placeOf[feature] = place
      path.feature[place] = feature
      path.length++
    }
    path.ratio[place] = ratio * share
    this.#narrow(level, place, known < 0, 1)
    this.#down(left, level + 1)
    path.ratio[place] = ratio * (1 - share)
    this.#narrow(level, place, known < 0, 0)
    this.#down(right, level + 1)
    if (known < 0) {
      this.#placeOf[feature] = -1
      path.length--
    } else path.ratio[place] = ratio
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
