import { goesLeft, Rule, type TreeEnsemble } from '../ensemble.ts'

// Without branches, which threshold splits would have the processor guess wrong half of the time: three times as fast.

/** Writes 1 for every row of a column whose value a node sends to its left child, 0 for the others. */
export function decide(trees: TreeEnsemble, node: number, column: Float32Array, rows: number, into: Uint8Array): void {
  if ((trees.rule[node] as number) & (Rule.categorical | Rule.zeroIsMissing)) {
    for (let r = 0; r < rows; r++) into[r] = +goesLeft(trees, node, column[r] as number)
    return
  }
  const threshold = trees.threshold[node] as number
  // No comparison with NaN is true.
  if (goesLeft(trees, node, Number.NaN)) for (let r = 0; r < rows; r++) into[r] = +!((column[r] as number) > threshold)
  else for (let r = 0; r < rows; r++) into[r] = +((column[r] as number) <= threshold)
}

/** Sets a bit of the pattern of every row whose value a node sends to its left child; it was 0. */
export function mark(
  trees: TreeEnsemble,
  node: number,
  column: Float32Array,
  rows: number,
  patterns: Int32Array,
  bit: number,
): void {
  if ((trees.rule[node] as number) & (Rule.categorical | Rule.zeroIsMissing)) {
    for (let r = 0; r < rows; r++)
      patterns[r] = (patterns[r] as number) | (+goesLeft(trees, node, column[r] as number) << bit)
    return
  }
  const threshold = trees.threshold[node] as number
  if (goesLeft(trees, node, Number.NaN))
    for (let r = 0; r < rows; r++)
      patterns[r] = (patterns[r] as number) | (+!((column[r] as number) > threshold) << bit)
  else
    for (let r = 0; r < rows; r++)
      patterns[r] = (patterns[r] as number) | (+((column[r] as number) <= threshold) << bit)
}
