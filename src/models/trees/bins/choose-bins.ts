import { ForetideError } from '../../../core/errors.ts'
import { checkInterrupt, type Run } from '../../../core/run.ts'
import { sampleRows, type Table, type TableFeature } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import type { BinOptions } from '../options.ts'
import { type Distinct, findBounds } from './find-bounds.ts'
import { sortedOrder } from './sort-values.ts'

/** Codes of a category are below this. */
export const CODES = 65_536
/** Codes of one feature that get a bin of their own at most; the last bin is for all others. */
const MOST_CODES = 254

/**
 * Chooses the bins of every feature of a table from a random sample of its rows.
 *
 * Numbers: by weighted quantiles as LightGBM does, see {@link findBounds}; rows of weight 0 do not count. Categories: codes by how
 * often they occur, 254 at most, those that fewer than `minBinRows` rows have left to the last bin. A feature with a single
 * bin is constant. Refuses `bins` outside 2 … 255, and fewer than 1 sampled row.
 *
 * @example
 * const [bins] = await chooseBins(tableOf(['x'], { rows: 3, columns: [Float32Array.of(1, 2, 4)] }), { minBinRows: 1 }, run)
 * bins.bounds // → [1.5, 3]
 */
export async function chooseBins(table: Table, options: BinOptions, run: Run): Promise<FeatureBins[]> {
  const { bins = 255, minBinRows = 3, sample = 200_000 } = options
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 255)) throw new ForetideError('trees.bins', { bins })
  if (!(sample >= 1)) throw new ForetideError('trees.sample', { sample })
  const { columns, weight } = await sampled(table, Math.floor(sample), run)
  return table.features.map((feature, f) => {
    checkInterrupt(run)
    const values = columns[f] as Float32Array
    return feature.categorical
      ? categoryBins(feature, values, weight, Math.min(bins, MOST_CODES), minBinRows)
      : numberBins(feature, values, weight, bins, minBinRows)
  })
}

interface Sample {
  readonly columns: readonly Float32Array[]
  /** Scaled to a mean of 1; absent where all rows count the same. */
  readonly weight: Float64Array | undefined
}

/** Copies about `count` random rows out of a table, leaving out those of weight 0 unless all are. */
async function sampled(table: Table, count: number, run: Run): Promise<Sample> {
  const chosen = sampleRows(table.rows, count, run.random('trees.bins'))
  const columns = table.features.map(() => new Float32Array(chosen.length))
  const weight = new Float64Array(chosen.length).fill(1)
  let weighted = false
  let first = 0
  let from = 0
  for await (const block of table.blocks()) {
    checkInterrupt(run)
    let to = from
    while (to < chosen.length && (chosen[to] as number) < first + block.rows) to++
    for (let f = 0; f < columns.length; f++) {
      const given = block.columns[f] as Float32Array
      const into = columns[f] as Float32Array
      for (let k = from; k < to; k++) into[k] = given[(chosen[k] as number) - first] as number
    }
    if (block.weight) {
      weighted = true
      for (let k = from; k < to; k++) weight[k] = block.weight[(chosen[k] as number) - first] as number
    }
    first += block.rows
    from = to
  }
  return weighted ? weighing(columns, weight) : { columns, weight: undefined }
}

function weighing(columns: readonly Float32Array[], weight: Float64Array): Sample {
  const heavy = Uint32Array.from(weight.keys()).filter((k) => (weight[k] as number) > 0)
  if (heavy.length === 0) return { columns, weight: undefined }
  const mean = weight.reduce((a, b) => a + b, 0) / heavy.length
  return {
    columns: columns.map((column) => Float32Array.from(heavy, (k) => column[k] as number)),
    weight: Float64Array.from(heavy, (k) => (weight[k] as number) / mean),
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
  const { order, count } = sortedOrder(values)
  const found = new Float64Array(count)
  const rows = new Float64Array(count)
  const mass = new Float64Array(count)
  let last = -1
  for (let k = 0; k < count; k++) {
    const row = order[k] as number
    const value = values[row] as number
    if (last < 0 || value !== found[last]) found[++last] = value
    rows[last] = (rows[last] as number) + 1
    mass[last] = (mass[last] as number) + (weight ? (weight[row] as number) : 1)
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
