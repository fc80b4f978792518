import { sharedFloat32 } from '../../../core/memory.ts'
import { type ParallelTask, parallelMap } from '../../../core/parallel.ts'
import type { Run } from '../../../core/run.ts'
import type { TableBlock } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import { type BinJob, type BinShared, binJobs, writeRows } from './bin-worker.ts'
import { lookupOf } from './lookup.ts'

/** Which column of the cells each feature has (−1 for none), and the bytes from one row to the next. */
export interface CellLayout {
  readonly columnOf: Int32Array
  readonly stride: number
}

/** Rows of one job, and rows copied at a time to where threads can see them. */
const JOB = 65_536
/** Cells below which sharing out costs more than it saves. */
const WORTH = 2_000_000

/**
 * Writes the bins of a block's rows, one byte a cell: `cells[(firstRow + row) · stride + columnOf[feature]]`.
 *
 * With a run of several threads and `cells` on shared memory the rows are shared out; the calling thread does it otherwise.
 */
export async function writeBins(
  block: TableBlock,
  bins: readonly FeatureBins[],
  layout: CellLayout,
  cells: Uint8Array,
  firstRow: number,
  run?: Run,
): Promise<void> {
  const worth = block.rows * bins.length >= WORTH && run && cells.buffer instanceof SharedArrayBuffer
  if (!worth || run.threads === 1) {
    writeRows(sharedBins(bins, layout, cells, block.columns), { from: 0, to: block.rows, firstRow })
    return
  }
  const used = block.columns.filter((_, f) => (layout.columnOf[f] as number) >= 0)
  if (used.every((column) => column.buffer instanceof SharedArrayBuffer)) {
    await share(sharedBins(bins, layout, cells, block.columns), 0, block.rows, firstRow, run)
    return
  }
  const slab = JOB * run.threads
  const copies = block.columns.map((_, f) => sharedFloat32((layout.columnOf[f] as number) < 0 ? 0 : slab))
  const shared = sharedBins(bins, layout, cells, copies)
  for (let from = 0; from < block.rows; from += slab) {
    const to = Math.min(block.rows, from + slab)
    copies.forEach((copy, f) => {
      if (copy.length > 0) copy.set((block.columns[f] as Float32Array).subarray(from, to))
    })
    await share(shared, 0, to - from, firstRow + from, run)
  }
}

function sharedBins(
  bins: readonly FeatureBins[],
  { columnOf, stride }: CellLayout,
  cells: Uint8Array,
  columns: readonly Float32Array[],
): BinShared {
  const used = [...bins.keys()].filter((f) => (columnOf[f] as number) >= 0)
  return {
    lookups: used.map((f) => lookupOf(bins[f] as FeatureBins)),
    columns: used.map((f) => columns[f] as Float32Array),
    places: used.map((f) => columnOf[f] as number),
    stride,
    cells,
  }
}

async function share(shared: BinShared, from: number, to: number, firstRow: number, run: Run): Promise<void> {
  const jobs: BinJob[] = []
  for (let at = from; at < to; at += JOB) jobs.push({ from: at, to: Math.min(to, at + JOB), firstRow })
  const task: ParallelTask<BinShared, BinJob> = {
    module: new URL(import.meta.url.endsWith('.ts') ? './bin-worker.ts' : './bin-worker.js', import.meta.url),
    fn: binJobs.name,
    shared,
    jobs,
  }
  await parallelMap(run, task)
}
