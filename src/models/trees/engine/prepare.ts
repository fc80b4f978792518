import { ForetideError } from '../../../core/errors.ts'
import type { Run } from '../../../core/run.ts'
import type { Table, TableBlock } from '../../table.ts'
import { chooseBins } from '../bins/choose-bins.ts'
import { writeBins } from '../bins/write-bins.ts'
import type { FeatureBins } from '../bins.ts'
import type { Objective } from '../objectives/objective.ts'
import type { BinOptions, GrowthOptions } from '../options.ts'
import { growthOf, sharedColumns } from './growth.ts'
import { Arena, COLUMN_BYTES, type Layout, PACKED_COLUMN_BYTES, RECORD, type Rows, SCRATCH_ROWS } from './layout.ts'

/** Bytes up to which the cells are kept a second time, column by column, which parts rows faster. */
const TWICE_UP_TO = 2 ** 31
/** Bytes up to which gradients are kept exactly beside their rounded form. */
const EXACT_UP_TO = 2 ** 31
/** Bytes that histograms of leaves may take before the least promising give theirs up. */
const HISTOGRAMS_UP_TO = 2 ** 28
/** All the memory that WebAssembly can address. */
const MOST = 2 ** 32 - 2 ** 16

/** Tables as bins in shared memory, with everything laid out for training. */
export interface Prepared {
  readonly layout: Layout
  readonly bins: readonly FeatureBins[]
  readonly featureOf: Int32Array
  /** Whether rows began from an offset of their own. */
  readonly offsets: boolean
}

/** What preparing needs beside the tables. */
export interface PrepareOptions extends BinOptions, GrowthOptions {
  readonly objective: Objective
  readonly seed: number
  /** Whether gradients must be kept exactly whatever the memory. */
  readonly exact: boolean
  /** Raw scores that rows begin from beside their offset (a warm start), row by row. */
  readonly rawOf?: (block: TableBlock) => Promise<Float64Array>
}

/** Bins the tables and lays the memory out; refuses tables that would not fit, and rows without a target. */
export async function prepare(
  table: Table,
  valid: Table | undefined,
  options: PrepareOptions,
  run: Run,
): Promise<Prepared> {
  const { objective } = options
  if (table.rows === 0) throw new ForetideError('trees.noRows')
  const bins = await chooseBins(table, options, run)
  const featureOf = Int32Array.from(bins.keys()).filter((f) => (bins[f] as FeatureBins).bins > 1)
  const columnOf = new Int32Array(bins.length).fill(-1)
  featureOf.forEach((feature, column) => {
    columnOf[feature] = column
  })
  const stride = Math.max(8, Math.ceil(featureOf.length / 8) * 8)
  const columns = featureOf.length
  const growth = growthOf(options, bins, featureOf)
  const threads = Math.max(1, Math.min(run.threads, Math.ceil(table.rows / 4096)))
  const arena = new Arena()
  const ranked = objective.options.loss === 'rank'
  const several = objective.trees > 1
  const least = table.rows * (stride + 8 * objective.outputs * (several ? 2 : 1) + 16)
  const exact = options.exact || least + table.rows * 8 < EXACT_UP_TO
  const twice = table.rows * stride * 2 < TWICE_UP_TO
  if (least + (exact ? table.rows * 8 : 0) > MOST)
    throw new ForetideError('trees.tooLarge', { rows: table.rows, columns, most: 4 })

  const taken = (given: Table): Building => ({
    rows: given.rows,
    cells: arena.take(given.rows * stride),
    target: arena.take(given.rows * 4),
    score: arena.take(given.rows * objective.outputs * 8),
  })
  const train = await fill(table, taken(table), arena, { bins, columnOf, stride }, options, run, ranked)
  const validated = valid && (await fill(valid, taken(valid), arena, { bins, columnOf, stride }, options, run, ranked))
  const slotBytes = Math.max(1, columns) * COLUMN_BYTES
  const slots = Math.max(3, Math.min(growth.leaves + 1, Math.floor(HISTOGRAMS_UP_TO / slotBytes)))
  const apart = 128 + stride * PACKED_COLUMN_BYTES
  const chosenStride =
    growth.featureShare < 1 && table.rows * stride * 3 < TWICE_UP_TO
      ? Math.ceil(sharedColumns(columns, growth.featureShare) / 8) * 8
      : 0
  const take = (bytes: number) => arena.take(bytes)
  const rows = (): Rows => ({ ...train.rows, before: several ? take(table.rows * objective.outputs * 8) : 0 })
  const layout: Layout = {
    memory: arena.memory,
    threads,
    objective: objective.options,
    growth,
    outputs: objective.outputs,
    seed: options.seed,
    stride,
    bins: [...featureOf].map((feature) => bins[feature] as FeatureBins),
    train: rows(),
    valid: validated?.rows,
    columnCells: twice ? take(table.rows * Math.max(1, columns)) : 0,
    active: take(4 * (columns + 1)),
    chosenCells: chosenStride > 0 ? take(table.rows * chosenStride) : 0,
    chosenStride,
    packed: take(table.rows * 4),
    gradient: exact ? take(table.rows * 4) : 0,
    hessian: exact ? take(table.rows * 4) : 0,
    order: take(table.rows * 4),
    temp: take(table.rows * 4),
    histograms: take(slots * slotBytes),
    slots,
    own: take(apart * threads + 64) + 64,
    apart,
    control: take(64),
    parameters: take(32 * 8),
    results: take(threads * 32),
    splits: take(threads * 2 * RECORD * 8),
    allowed: take(2 * Math.max(1, columns)),
    tables: take(growth.leaves * 256),
    nodes: take(growth.leaves * 2 * 16),
    values: take(growth.leaves * Math.max(2, objective.outputs) * 8),
    segments: take(growth.leaves * 16),
    scratch: take(threads * (SCRATCH_ROWS * 8 + 64)),
  }
  return { layout, bins, featureOf, offsets: train.offsets }
}

interface Building {
  readonly rows: number
  readonly cells: number
  readonly target: number
  readonly score: number
}

interface Filled {
  readonly rows: Rows
  readonly offsets: boolean
}

/** Writes a table's cells, targets, weights and starting scores into the memory, block by block. */
async function fill(
  table: Table,
  at: Building,
  arena: Arena,
  layout: { readonly bins: readonly FeatureBins[]; readonly columnOf: Int32Array; readonly stride: number },
  options: PrepareOptions,
  run: Run,
  ranked: boolean,
): Promise<Filled> {
  const { outputs } = options.objective
  const starts: number[] = []
  let weight = 0
  let offsets = false
  let group = Number.NaN
  let first = 0
  for await (const block of table.blocks()) {
    if (first + block.rows > at.rows)
      throw new ForetideError('trees.rows', { said: at.rows, found: first + block.rows })
    const { buffer } = arena.memory
    const cells = new Uint8Array(buffer, at.cells, at.rows * layout.stride)
    await writeBins(block, layout.bins, layout, cells, first, run)
    const target = new Float32Array(arena.memory.buffer, at.target, at.rows)
    if (!block.target) throw new ForetideError('trees.target', { row: first })
    for (let i = 0; i < block.rows; i++) {
      const value = block.target[i] as number
      if (!Number.isFinite(value)) throw new ForetideError('trees.targetValue', { row: first + i, value })
      target[first + i] = value
    }
    if (block.weight && weight === 0) {
      weight = arena.take(at.rows * 4)
      new Float32Array(arena.memory.buffer, weight, at.rows).fill(1)
    }
    if (block.weight) {
      const weights = new Float32Array(arena.memory.buffer, weight, at.rows)
      for (let i = 0; i < block.rows; i++) {
        const value = block.weight[i] as number
        if (!(value >= 0 && Number.isFinite(value))) throw new ForetideError('trees.weight', { row: first + i, value })
        weights[first + i] = value
      }
    }
    const raw = await options.rawOf?.(block)
    if (block.offset || raw) {
      offsets = true
      const score = new Float64Array(arena.memory.buffer, at.score, at.rows * outputs)
      for (let i = 0; i < block.rows; i++)
        for (let k = 0; k < outputs; k++)
          score[k * at.rows + first + i] = (block.offset?.[i] ?? 0) + (raw?.[i * outputs + k] ?? 0)
    }
    if (ranked) {
      if (!block.group) throw new ForetideError('trees.group', { row: first })
      for (let i = 0; i < block.rows; i++)
        if (block.group[i] !== group) {
          group = block.group[i] as number
          starts.push(first + i)
        }
    }
    first += block.rows
  }
  if (first !== at.rows) throw new ForetideError('trees.rows', { said: at.rows, found: first })
  let queries = 0
  if (ranked) {
    queries = arena.take((starts.length + 1) * 4)
    new Int32Array(arena.memory.buffer, queries, starts.length + 1).set([...starts, first])
  }
  return { rows: { ...at, weight, before: 0, queries, queryCount: starts.length }, offsets }
}
