import { ForetideError } from '../../../core/errors.ts'
import { checkInterrupt, type Run } from '../../../core/run.ts'
import type { FittedRegressor } from '../../regressor.ts'
import { pickRows, sampleRows, type Table, type TableBlock } from '../../table.ts'

/** The loss of predictions for the rows of a block, which has a target; smaller is better. */
export type PredictionLoss = (predicted: Float64Array, block: TableBlock) => number

/** How {@link permutationImportance} is measured. */
export interface PermutationOptions {
  /** Times that each feature is put into random order; 5 unless given. */
  readonly repeats?: number
  /** Rows that are looked at, drawn at random where the table has more; 100,000 unless given. */
  readonly sample?: number
}

/** What the loss becomes when a feature's values are dealt to other rows. */
export interface PermutationImportance {
  /** The loss as things are. */
  readonly loss: number
  /** By how much it rises, one a feature, the mean of the repeats; about 0 for a feature that does not matter. */
  readonly rise: Float64Array
  /** The standard deviation of the repeats; 0 for one. */
  readonly deviation: Float64Array
}

/**
 * How much worse a regressor gets when one feature's values are put into random order (Breiman, 2001; Fisher, Rudin,
 * Dominici, 2019), on a table it was not fitted on, for any loss. Under one seed the same.
 *
 * Refuses a table without a target or of other features. Features that say the same thing share their importance, each being
 * of little use beside the other.
 *
 * @example
 * const squares: PredictionLoss = (p, { target }) => p.reduce((sum, v, i) => sum + (v - target[i]) ** 2, 0) / p.length
 * const { rise } = await permutationImportance(fitted, table, squares, runOf(), { repeats: 10 })
 */
export async function permutationImportance(
  fitted: FittedRegressor,
  table: Table,
  loss: PredictionLoss,
  run: Run,
  options: PermutationOptions = {},
): Promise<PermutationImportance> {
  const { repeats = 5, sample = 100_000 } = options
  const rows = await gather(table, sampleRows(table.rows, sample, run.random('permutation/rows')))
  const count = fitted.features.length
  if (rows.columns.length !== count)
    throw new ForetideError('explain.columns', { columns: rows.columns.length, features: count }, { fault: 'badInput' })
  const plain = loss(await fitted.predict(rows, run), rows)
  const rise = new Float64Array(count)
  const deviation = new Float64Array(count)
  for (let f = 0; f < count; f++) {
    const rises: number[] = []
    for (let k = 0; k < repeats; k++) {
      checkInterrupt(run)
      const order = run.random(`permutation/${f}/${k}`).shuffle(Array.from({ length: rows.rows }, (_, i) => i))
      const mixed = Float32Array.from(order, (i) => (rows.columns[f] as Float32Array)[i] as number)
      const columns = rows.columns.map((column, c) => (c === f ? mixed : column))
      rises.push(loss(await fitted.predict({ ...rows, columns }, run), rows) - plain)
    }
    const mean = rises.reduce((a, b) => a + b, 0) / repeats
    rise[f] = mean
    deviation[f] = Math.sqrt(rises.reduce((sum, r) => sum + (r - mean) ** 2, 0) / Math.max(1, repeats - 1))
    run.progress({ stage: 'permutation', done: f + 1, total: count })
  }
  return { loss: plain, rise, deviation }
}

/** The given rows of a table, ascending, as one block. */
async function gather(table: Table, wanted: Int32Array): Promise<TableBlock & { readonly target: Float64Array }> {
  const columns = table.features.map(() => new Float32Array(wanted.length))
  const target = new Float64Array(wanted.length)
  const weight = new Float64Array(wanted.length).fill(1)
  const offset = new Float64Array(wanted.length)
  const group = new Int32Array(wanted.length)
  const has = { weight: false, offset: false, group: false }
  let done = 0
  let first = 0
  for await (const block of table.blocks()) {
    if (!block.target) throw new ForetideError('explain.target', { rows: block.rows }, { fault: 'badInput' })
    let end = done
    while (end < wanted.length && (wanted[end] as number) < first + block.rows) end++
    const part = pickRows(
      block,
      wanted.subarray(done, end).map((row) => row - first),
    )
    for (const [c, column] of columns.entries()) column.set(part.columns[c] as Float32Array, done)
    target.set(part.target as Float64Array, done)
    if (part.weight) weight.set(part.weight, done)
    if (part.offset) offset.set(part.offset, done)
    if (part.group) group.set(part.group, done)
    has.weight ||= part.weight !== undefined
    has.offset ||= part.offset !== undefined
    has.group ||= part.group !== undefined
    first += block.rows
    done = end
  }
  return {
    rows: wanted.length,
    columns,
    target,
    ...(has.weight && { weight }),
    ...(has.offset && { offset }),
    ...(has.group && { group }),
  }
}
