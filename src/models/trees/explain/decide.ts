import { goesLeft, Rule, type TreeEnsemble } from '../ensemble.ts'

/** Writes 1 for every row of a column whose value a node sends to its left child, 0 for the others. */
export function decide(trees: TreeEnsemble, node: number, column: Float32Array, rows: number, into: Uint8Array): void {
  const rule = trees.rule[node] as number
  if (rule & (Rule.categorical | Rule.zeroIsMissing)) {
    for (let r = 0; r < rows; r++) into[r] = goesLeft(trees, node, column[r] as number) ? 1 : 0
    return
  }
  const threshold = trees.threshold[node] as number
  const missing = goesLeft(trees, node, Number.NaN) ? 1 : 0
  for (let r = 0; r < rows; r++) {
    const value = column[r] as number
    into[r] = value <= threshold ? 1 : value > threshold ? 0 : missing
  }
}
