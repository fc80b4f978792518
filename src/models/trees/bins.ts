import type { TableFeature } from '../table.ts'

/** How one feature's values become bins 0 … bins − 1; the last one is for missing values where `missing`. */
export interface FeatureBins {
  readonly feature: TableFeature
  /** Bins in all, that of missing values included; at most 256. 1 means a constant feature, which is never split. */
  readonly bins: number
  /** Whether the last bin is for missing values (none were seen otherwise; then a NaN goes to the bin of 0). */
  readonly missing: boolean
  /** Numbers: upper bound of each bin but the last number's, ascending; a value v is in the first bin with v ≤ bound. */
  readonly bounds: Float64Array
  /** Categories: the code of each bin, most frequent first; codes not listed count as missing (the last bin is always for them). */
  readonly codes: Int32Array
}

/**
 * A table as bins, one byte a cell, row by row: `cells[row · stride + column]`, all on one shared WebAssembly memory.
 *
 * Features of one bin are left out; `columnOf[feature]` is −1 for them.
 */
export interface BinnedTable {
  readonly rows: number
  readonly bins: readonly FeatureBins[]
  readonly columnOf: Int32Array
  /** Feature of each stored column. */
  readonly featureOf: Int32Array
  /** Bytes a row: the number of stored columns rounded up to a multiple of 8. */
  readonly stride: number
  readonly target: Float32Array
  readonly weight: Float32Array | undefined
  readonly offset: Float64Array | undefined
  readonly queries: Int32Array | undefined
}
