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
