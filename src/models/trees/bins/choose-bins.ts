import { ForetideError } from '../../../core/errors.ts'
import { sharedFloat32, sharedFloat64 } from '../../../core/memory.ts'
import { parallelMap } from '../../../core/parallel.ts'
import { checkInterrupt, type Run } from '../../../core/run.ts'
import { sampleRows, type Table } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import type { BinOptions } from '../options.ts'
import { type ChoiceShared, choiceJobs, type Sample } from './feature-bins.ts'

/** Sampled values below which sharing out costs more than it saves. */
const WORTH = 1_000_000

/**
 * Chooses the bins of every feature of a table from a random sample of its rows.
 *
 * Numbers: by weighted quantiles as LightGBM does, see {@link findBounds}; rows of weight 0 do not count. Categories: codes by how
 * often they occur, 254 at most, those that fewer than `minBinRows` rows have left to the last bin. A feature with a single
 * bin is constant. Refuses `bins` outside 2 … 255, and fewer than 1 sampled row.
 *
 * @example
 * const [bins] = await chooseBins(tableOf(['x'], { rows: 3, columns: [Float32Array.of(1, 2, 4)] }), { minBinRows: 1 }, runOf())
 * Array.from(bins.bounds) // → [1.5, 3]
 */
export async function chooseBins(table: Table, options: BinOptions, run: Run): Promise<FeatureBins[]> {
  const { bins = 255, minBinRows = 3, sample = 200_000 } = options
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 255)) throw new ForetideError('trees.bins', { bins })
  if (!(sample >= 1)) throw new ForetideError('trees.sample', { sample })
  const { columns, weight } = await sampled(table, Math.floor(sample), run)
  const shared: ChoiceShared = { features: table.features, columns, weight, bins, minRows: minBinRows }
  const worth = columns.length * (columns[0]?.length ?? 0) >= WORTH
  return parallelMap(worth ? run : { ...run, threads: 1 }, {
    module: new URL(import.meta.url.endsWith('.ts') ? './feature-bins.ts' : './feature-bins.js', import.meta.url),
    fn: choiceJobs.name,
    shared,
    jobs: table.features.map((_, f) => f),
  })
}

/** Copies about `count` random rows out of a table, leaving out those of weight 0 unless all are. */
async function sampled(table: Table, count: number, run: Run): Promise<Sample> {
  const chosen = sampleRows(table.rows, count, run.random('trees.bins'))
  const columns = table.features.map(() => sharedFloat32(chosen.length))
  const weight = sharedFloat64(chosen.length).fill(1)
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
  const scaled = sharedFloat64(heavy.length)
  heavy.forEach((k, i) => {
    scaled[i] = (weight[k] as number) / mean
  })
  const picked = columns.map((column) => {
    const into = sharedFloat32(heavy.length)
    for (let i = 0; i < heavy.length; i++) into[i] = column[heavy[i] as number] as number
    return into
  })
  return { columns: picked, weight: scaled }
}
