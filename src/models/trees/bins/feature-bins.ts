import type { TableFeature } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import { type Distinct, findBounds } from './find-bounds.ts'
import { sortValues } from './sort-values.ts'

/** Codes of a category are below this. */
export const CODES = 65_536
/** Codes of one feature that get a bin of their own at most; the last bin is for all others. */
const MOST_CODES = 254

/** Values that bins are chosen from; arrays may lie on shared memory. */
export interface Sample {
  readonly columns: readonly Float32Array[]
  /** Scaled to a mean of 1; absent where all rows count the same. */
  readonly weight: Float64Array | undefined
}

/** What every thread needs to choose bins. */
export interface ChoiceShared extends Sample {
  readonly features: readonly TableFeature[]
  readonly bins: number
  readonly minRows: number
}

/** Prepares a thread to choose the bins of features by their numbers. */
export function choiceJobs({
  features,
  columns,
  weight,
  bins,
  minRows,
}: ChoiceShared): (feature: number) => FeatureBins {
  return (f) => {
    const feature = features[f] as TableFeature
    const values = columns[f] as Float32Array
    return feature.categorical
      ? categoryBins(feature, values, weight, Math.min(bins, MOST_CODES), minRows)
      : numberBins(feature, values, weight, bins, minRows)
  }
}

function numberBins(
  feature: TableFeature,
  values: Float32Array,
  weight: Float64Array | undefined,
  bins: number,
  minRows: number,
): FeatureBins {
  const { distinct, count } = distinctOf(values, weight)
  const bounds = count === 0 ? new Float64Array(0) : findBounds(distinct, bins, minRows)
  const missing = count > 0 && count < values.length
  return { feature, bins: bounds.length + (missing ? 2 : 1), missing, bounds, codes: new Int32Array(0) }
}

function distinctOf(values: Float32Array, weight: Float64Array | undefined): { distinct: Distinct; count: number } {
  const sorted = sortValues(values, weight !== undefined)
  const count = sorted.values.length
  const found = new Float64Array(count)
  const rows = new Float64Array(count)
  const mass = weight ? new Float64Array(count) : rows
  let last = -1
  for (let k = 0; k < count; k++) {
    const value = sorted.values[k] as number
    if (last < 0 || value !== found[last]) found[++last] = value
    rows[last] = (rows[last] as number) + 1
    if (weight && sorted.rows) mass[last] = (mass[last] as number) + (weight[sorted.rows[k] as number] as number)
  }
  const size = last + 1
  return {
    distinct: { values: found.subarray(0, size), rows: rows.subarray(0, size), mass: mass.subarray(0, size) },
    count,
  }
}

function categoryBins(
  feature: TableFeature,
  values: Float32Array,
  weight: Float64Array | undefined,
  most: number,
  minRows: number,
): FeatureBins {
  const rows = new Float64Array(CODES)
  const mass = new Float64Array(CODES)
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number
    if (!(value > -1 && value < CODES)) continue
    const code = value | 0
    rows[code] = (rows[code] as number) + 1
    mass[code] = (mass[code] as number) + (weight ? (weight[k] as number) : 1)
  }
  const seen = Int32Array.from(rows.keys()).filter((code) => (rows[code] as number) > 0)
  seen.sort((a, b) => (mass[b] as number) - (mass[a] as number) || a - b)
  // The two most frequent stay whatever their number (as in LightGBM), or small tables would have no categories.
  const codes = seen.filter((code, k) => k < 2 || (rows[code] as number) >= minRows).slice(0, most)
  const constant = codes.length === 0 || (codes.length === 1 && rows[codes[0] as number] === values.length)
  return { feature, bins: constant ? 1 : codes.length + 1, missing: true, bounds: new Float64Array(0), codes }
}
