import { goesLeft, Rule, type TreeEnsemble } from '../ensemble.ts'

const SPECIAL = Rule.categorical | Rule.zeroIsMissing

/** Adds one tree's leaf values to the scores of rows `first` … `first + count`, node by node: any rule, no kernel. */
export function addTreeRows(
  trees: TreeEnsemble,
  tree: number,
  columns: readonly Float32Array[],
  first: number,
  count: number,
  scores: Float64Array,
): void {
  const { feature, threshold, rule, left, right, value, roots, outputOf, width, outputs } = trees
  const root = roots[tree] as number
  const output = width === 1 ? (outputOf[tree] as number) : 0
  for (let i = 0; i < count; i++) {
    let node = root
    for (let f = feature[node] as number; f >= 0; f = feature[node] as number) {
      const v = (columns[f] as Float32Array)[first + i] as number
      const simple = !Number.isNaN(v) && ((rule[node] as number) & SPECIAL) === 0
      const goes = simple ? v <= (threshold[node] as number) : goesLeft(trees, node, v)
      node = (goes ? left[node] : right[node]) as number
    }
    const at = i * outputs + output
    for (let k = 0; k < width; k++) scores[at + k] = (scores[at + k] as number) + (value[node * width + k] as number)
  }
}
