import type { LeafPath } from './path.ts'

/** Conditions of a path that all patterns may be laid out for, at most; bounds the memory of a table to 8 MiB. */
export const MOST_BITS = 16

/** What the conditions of one leaf are worth: Shapley's values of a leaf of value 1 for a row, by the conditions it fulfils. */
export interface LeafGame {
  /** Whether the path is answered from a table, given that one of 2^bits patterns is worth making for the rows at hand. */
  fits(path: LeafPath, bits: number): boolean
  /** Values of all patterns: `table[(i << m) + pattern]` for the condition i of m. */
  table(path: LeafPath): Float64Array
  /** Makes ready for {@link LeafGame.row}s of a path. */
  begin(path: LeafPath): void
  /** Values of one row's pattern, the condition i's at `into[i]`; `rows` as in {@link LeafPath.masks}. */
  row(path: LeafPath, rows: number, row: number, into: Float64Array): void
  /** What is answered when no feature is known. */
  mean(path: LeafPath): number
}
