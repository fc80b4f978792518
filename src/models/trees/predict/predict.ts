import { ForetideError } from '../../../core/errors.ts'
import { sharedFloat32, sharedFloat64 } from '../../../core/memory.ts'
import { parallelMap } from '../../../core/parallel.ts'
import type { Run } from '../../../core/run.ts'
import type { TableBlock } from '../../table.ts'
import { applyLink, type TreeEnsemble, treeCount } from '../ensemble.ts'
import { type PredictJob, type PredictShared, predictJobs } from './predict-worker.ts'

/** Rows times trees below which it is not worth waking other threads. */
const ALONE = 4_000_000
/** Rows of a job at most, and at least: what jobs cost by themselves is little beside them. */
const MOST = 16_384
const LEAST = 1024
/** Jobs for each thread, so that none waits long for the last. */
const JOBS_A_THREAD = 4

/**
 * Predictions of a block row by row, `outputs` for each, the link applied; a row's offset is added to its raw scores.
 *
 * Equal to the plain way to the last bit, as trees are added up in their order. Refuses a block with another number of columns.
 */
export async function predictBlock(trees: TreeEnsemble, block: TableBlock, run: Run): Promise<Float64Array> {
  const { outputs, link } = trees
  const raw = await rawBlock(trees, block, run)
  if (block.offset)
    for (let i = 0; i < block.rows; i++)
      for (let k = 0; k < outputs; k++)
        raw[i * outputs + k] = (raw[i * outputs + k] as number) + (block.offset[i] as number)
  if (link === 'exp') for (let i = 0; i < raw.length; i++) raw[i] = Math.exp(raw[i] as number)
  else if (link !== 'identity')
    for (let i = 0; i < block.rows; i++) applyLink(link, raw.subarray(i * outputs, (i + 1) * outputs))
  return raw
}

/** Raw scores of a block row by row, without offset and link. */
export async function rawBlock(trees: TreeEnsemble, block: TableBlock, run: Run): Promise<Float64Array> {
  const { columns, rows } = block
  if (columns.length !== trees.features.length)
    throw new ForetideError('trees.columns', { wanted: trees.features.length, found: columns.length })
  const sums = sharedFloat64(rows * trees.outputs)
  const threads = rows * treeCount(trees) < ALONE ? 1 : run.threads
  const size = Math.max(LEAST, Math.min(MOST, Math.ceil(rows / (threads * JOBS_A_THREAD))))
  const jobs: PredictJob[] = []
  for (let from = 0; from < rows; from += size) jobs.push({ from, to: Math.min(rows, from + size) })
  await parallelMap<PredictShared, PredictJob, void>(
    { ...run, threads },
    {
      module: new URL(import.meta.url.endsWith('.ts') ? './predict-worker.ts' : './predict-worker.js', import.meta.url),
      fn: predictJobs.name,
      shared: { trees, columns: threads > 1 ? columns.map((column) => onSharedMemory(column, rows)) : columns, sums },
      jobs,
    },
  )
  finish(trees, rows, sums)
  return sums
}

/** The first rows of a column where threads see them without a copy each: itself, or one copy for all. */
function onSharedMemory(column: Float32Array, rows: number): Float32Array {
  if (column.buffer instanceof SharedArrayBuffer) return column.subarray(0, rows)
  const copy = sharedFloat32(rows)
  copy.set(column.subarray(0, rows))
  return copy
}

/** Adds the base and takes means where trees are averaged. */
function finish(
  { outputs, base, averaged, width, outputOf, roots }: TreeEnsemble,
  rows: number,
  sums: Float64Array,
): void {
  const counts = new Float64Array(outputs).fill(width === 1 ? 0 : roots.length - 1)
  if (width === 1) for (const k of outputOf) counts[k] = (counts[k] as number) + 1
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < outputs; k++) {
      const sum = sums[i * outputs + k] as number
      sums[i * outputs + k] = (base[k] as number) + (averaged ? sum / Math.max(1, counts[k] as number) : sum)
    }
}
