import { ForetideError } from '../../../core/errors.ts'
import type { Run } from '../../../core/run.ts'
import type { TableBlock } from '../../table.ts'
import { applyLink, goesLeft, Rule, type TreeEnsemble, treeCount } from '../ensemble.ts'

/** Rows that go down one tree after the other while their values and the tree stay in the cache. */
const ROWS = 256

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
export async function rawBlock(trees: TreeEnsemble, block: TableBlock, _run: Run): Promise<Float64Array> {
  const { columns, rows } = block
  if (columns.length !== trees.features.length)
    throw new ForetideError('trees.columns', { wanted: trees.features.length, found: columns.length })
  const made = new Float64Array(rows * trees.outputs)
  for (let from = 0; from < rows; from += ROWS) addRows(trees, columns, from, Math.min(rows, from + ROWS), made)
  finish(trees, rows, made)
  return made
}

function addRows(
  trees: TreeEnsemble,
  columns: readonly Float32Array[],
  from: number,
  to: number,
  made: Float64Array,
): void {
  const { feature, threshold, rule, left, right, value, roots, outputOf, width, outputs } = trees
  const special = Rule.categorical | Rule.zeroIsMissing
  for (let t = 0; t < treeCount(trees); t++) {
    const root = roots[t] as number
    const first = width === 1 ? (outputOf[t] as number) : 0
    for (let row = from; row < to; row++) {
      let node = root
      for (let f = feature[node] as number; f >= 0; f = feature[node] as number) {
        const v = (columns[f] as Float32Array)[row] as number
        const how = rule[node] as number
        const goes =
          !Number.isNaN(v) && (how & special) === 0 ? v <= (threshold[node] as number) : goesLeft(trees, node, v)
        node = (goes ? left[node] : right[node]) as number
      }
      const at = row * outputs + first
      for (let k = 0; k < width; k++) made[at + k] = (made[at + k] as number) + (value[node * width + k] as number)
    }
  }
}

/** Adds the base and takes means where trees are averaged. */
function finish(
  { outputs, base, averaged, width, outputOf, roots }: TreeEnsemble,
  rows: number,
  made: Float64Array,
): void {
  const counts = new Float64Array(outputs).fill(width === 1 ? 0 : roots.length - 1)
  if (width === 1) for (const k of outputOf) counts[k] = (counts[k] as number) + 1
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < outputs; k++) {
      const sum = made[i * outputs + k] as number
      made[i * outputs + k] = (base[k] as number) + (averaged ? sum / Math.max(1, counts[k] as number) : sum)
    }
}
