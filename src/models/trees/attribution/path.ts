/** Bits used of a word of {@link LeafPath.masks}, so that a word stays a small integer. */
export const WORD = 30

/**
 * The way from the root to a leaf, its splits gathered by feature, with what each row fulfils of it; valid during the visit.
 *
 * A row reaches the leaf when every one of the `length` features lies in its part of the path; a feature that the path splits
 * by several times counts once, by all of its splits together.
 */
export interface LeafPath {
  readonly tree: number
  readonly leaf: number
  readonly length: number
  /** Features in the order in which the path meets them. */
  readonly feature: Int32Array
  /** Share of the training cover that goes the path's way at the splits of each feature. */
  readonly ratio: Float64Array
  /** Bit i % 30 of `masks[floor(i / 30) · rows + row]` says whether the row's value of feature i goes the path's way. */
  readonly masks: Int32Array
}

/** Words that the conditions of so many features take. */
export const wordsOf = (features: number) => Math.max(1, Math.ceil(features / WORD))

/** Whether row `row` fulfils condition `i` of a path. */
export function fulfils(path: LeafPath, rows: number, row: number, i: number): boolean {
  const word = Math.floor(i / WORD)
  return (((path.masks[word * rows + row] as number) >>> (i - word * WORD)) & 1) === 1
}

/** A path that is walked: splits are entered and left again. */
export class Walk implements LeafPath {
  tree = 0
  leaf = 0
  length = 0
  readonly feature: Int32Array
  readonly ratio: Float64Array
  masks: Int32Array
  /** Where on the path a feature stands; −1 where it does not. */
  readonly #placeOf: Int32Array

  constructor(features: number, masks: Int32Array) {
    this.feature = new Int32Array(features)
    this.ratio = new Float64Array(features)
    this.#placeOf = new Int32Array(features).fill(-1)
    this.masks = masks
  }

  /** The place of a feature on the path; −1 if it has none yet. */
  placeOf(feature: number): number {
    return this.#placeOf[feature] as number
  }

  /** Gives a feature the next place. */
  enter(feature: number): number {
    const place = this.length++
    this.#placeOf[feature] = place
    this.feature[place] = feature
    return place
  }

  /** Takes the last place back. */
  leave(): void {
    this.#placeOf[this.feature[--this.length] as number] = -1
  }
}
