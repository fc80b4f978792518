import type { TableFeature } from '../table.ts'

/** What turns raw scores into predictions; `sorted` puts the outputs of a row in ascending order (quantiles that cannot cross). */
export const LINKS = ['identity', 'exp', 'sigmoid', 'softmax', 'sorted'] as const
export type Link = (typeof LINKS)[number]

/** How a node sends rows on, as bits of {@link TreeEnsemble.rule}. */
export const Rule = {
  /** The split is a set of category codes that go left; otherwise `value ≤ threshold` goes left. */
  categorical: 1,
  /** Missing values go left. */
  missingLeft: 2,
  /** NaN counts as 0 at this node and follows the threshold (LightGBM's `missing_type` None). */
  nanIsZero: 4,
  /** Values within ±1e-35 of 0 count as missing too (LightGBM's `missing_type` Zero). */
  zeroIsMissing: 8,
} as const

/**
 * Trained trees as flat arrays: all nodes of all trees, those of one tree together, each tree's root first.
 *
 * A leaf is a node with `feature` −1. The raw score of output k is `base[k]` plus the values of the leaves that the row reaches:
 * with `width` 1 the tree t adds to the output `outputOf[t]`, else every tree adds a vector of `width` = `outputs` values.
 * Features are compared as Float32 values against Float64 thresholds. An unknown or negative category counts as missing unless
 * its node's set names it. Where `averaged` (forests) the sum over trees is divided by the number of trees of that output.
 */
export interface TreeEnsemble {
  readonly features: readonly TableFeature[]
  readonly outputs: number
  readonly width: number
  readonly link: Link
  readonly averaged: boolean
  /** Quantile levels of the outputs, where that is what they are. */
  readonly levels?: readonly number[]
  readonly base: Float64Array
  /** First node of each tree, and the number of nodes at the end. */
  readonly roots: Int32Array
  readonly outputOf: Int32Array
  /** Column of a node's split; −1 at a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float64Array
  readonly rule: Uint8Array
  /** Absolute numbers of the children; −1 at a leaf. */
  readonly left: Int32Array
  readonly right: Int32Array
  /** `width` values a node; those of inner nodes are what the node would have answered as a leaf. */
  readonly value: Float64Array
  /** Rows (or their weight) that reached the node in training: what path-dependent SHAP weighs with. */
  readonly cover: Float64Array
  /** What the split gained in training; 0 at a leaf. */
  readonly gain: Float64Array
  /** Category sets: the node's set is the words `categories[categoryFrom[node] … categoryFrom[node + 1])`, bit c of word w being code 32w + c. */
  readonly categoryFrom: Int32Array
  readonly categories: Uint32Array
}

/** How many trees there are. */
export const treeCount = (trees: TreeEnsemble): number => trees.roots.length - 1

/**
 * The leaf that a row reaches in one tree: the plain way, that every faster one is held against.
 *
 * `value` gives the row's value of a feature, NaN where missing.
 */
export function leafOf(trees: TreeEnsemble, tree: number, value: (feature: number) => number): number {
  let node = trees.roots[tree] as number
  for (;;) {
    const feature = trees.feature[node] as number
    if (feature < 0) return node
    node = (goesLeft(trees, node, value(feature)) ? trees.left[node] : trees.right[node]) as number
  }
}

/** Whether a value goes to the left child of a node. */
export function goesLeft(trees: TreeEnsemble, node: number, given: number): boolean {
  const rule = trees.rule[node] as number
  if (rule & Rule.categorical) {
    const code = Number.isNaN(given) ? -1 : Math.trunc(given)
    const from = trees.categoryFrom[node] as number
    const words = (trees.categoryFrom[node + 1] as number) - from
    // Compared as a number: shifted, codes of 2^31 and more would come round to small ones.
    if (code < 0 || code >= words * 32) return (rule & Rule.missingLeft) !== 0
    return (((trees.categories[from + (code >> 5)] as number) >>> (code & 31)) & 1) === 1
  }
  let value = given
  if (Number.isNaN(value) && rule & Rule.nanIsZero) value = 0
  if (Number.isNaN(value) || (rule & Rule.zeroIsMissing && Math.abs(value) <= 1e-35))
    return (rule & Rule.missingLeft) !== 0
  return value <= (trees.threshold[node] as number)
}

/** Raw scores of one row, before the link: the plain way. */
export function rawScores(trees: TreeEnsemble, value: (feature: number) => number): Float64Array {
  const { outputs, width, averaged } = trees
  const sum = new Float64Array(outputs)
  const count = new Float64Array(outputs)
  for (let t = 0; t < treeCount(trees); t++) {
    const leaf = leafOf(trees, t, value)
    const first = width === 1 ? (trees.outputOf[t] as number) : 0
    for (let k = 0; k < width; k++) {
      sum[first + k] = (sum[first + k] as number) + (trees.value[leaf * width + k] as number)
      count[first + k] = (count[first + k] as number) + 1
    }
  }
  return sum.map((s, k) => (trees.base[k] as number) + (averaged ? s / Math.max(1, count[k] as number) : s))
}

/** Turns the raw scores of one row into its predictions, in place. */
export function applyLink(link: Link, scores: Float64Array): Float64Array {
  switch (link) {
    case 'identity':
      return scores
    case 'exp':
      return mapInPlace(scores, Math.exp)
    case 'sigmoid':
      return mapInPlace(scores, (s) => 1 / (1 + Math.exp(-s)))
    case 'softmax': {
      const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
      const total = mapInPlace(scores, (s) => Math.exp(s - most)).reduce((a, b) => a + b, 0)
      return mapInPlace(scores, (s) => s / total)
    }
    case 'sorted':
      return scores.sort()
  }
}

function mapInPlace(values: Float64Array, by: (value: number) => number): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = by(values[i] as number)
  return values
}
