import { at } from '../../core/panel.ts'
import { checkLength } from './hierarchy.ts'
import type { Reconciliation } from './methods.ts'
import { type Negatives, reconcile } from './reconcile.ts'
import { incoherence, summedUp } from './summing.ts'
import type { TemporalHierarchy } from './temporal.ts'

const MOST_ROUNDS = 100
/** The last sums are exact; up to here rounds are worth their time. */
const TOLERANCE = 1e-9

/**
 * Makes base forecasts (nodes × temporal nodes) coherent across series and in time: each node in time, then each temporal node across series, and
 * again until both hold to 1e-9 (Kourentzes and Athanasopoulos, 2019; iterated, Di Fonzo and Girolimetto, 2023); the bottoms' steps are
 * then summed up both ways.
 *
 * `across` is one reconciliation for all temporal nodes, or one for each temporal level; with one for all, the first round
 * already arrives, and its answer is the least squares one under the product of both covariances.
 */
export function crossTemporal(
  across: Reconciliation | readonly Reconciliation[],
  inTime: Reconciliation,
  tree: TemporalHierarchy,
  base: Float64Array,
  negatives: Negatives = 'allow',
): { readonly values: Float64Array; readonly rounds: number } {
  const each = 'bottoms' in across ? tree.levels.map(() => across) : across
  checkLength('The reconciliations', '调和方法', each, tree.levels.length)
  const { hierarchy } = each[0] as Reconciliation
  const [nodes, periods] = [hierarchy.nodes, tree.nodes]
  checkLength('The base forecasts', '基础预测', base, nodes * periods)
  let values = base
  let rounds = 0
  do {
    const time = reconcile(inTime, turned(values, nodes, periods), nodes, negatives)
    values = acrossLevels(each, tree, turned(time, periods, nodes), negatives)
    rounds++
  } while (rounds < MOST_ROUNDS && incoherence(tree, turned(values, nodes, periods), nodes) > TOLERANCE)
  const bottoms = turned(values.subarray(hierarchy.uppers * periods), hierarchy.bottoms, periods)
  const summed = summedUp(tree, bottoms.slice(tree.uppers * hierarchy.bottoms), hierarchy.bottoms)
  return { values: summedUp(hierarchy, turned(summed, periods, hierarchy.bottoms), periods), rounds }
}

function acrossLevels(
  each: readonly Reconciliation[],
  tree: TemporalHierarchy,
  values: Float64Array,
  negatives: Negatives,
): Float64Array {
  const periods = tree.nodes
  const out = new Float64Array(values.length)
  for (const [l, { from, to }] of tree.levels.entries()) {
    const width = to - from
    if (width === 0) continue
    const reconciliation = each[l] as Reconciliation
    const { nodes } = reconciliation.hierarchy
    const part = new Float64Array(nodes * width)
    for (let node = 0; node < nodes; node++)
      part.set(values.subarray(node * periods + from, node * periods + to), node * width)
    const done = reconcile(reconciliation, part, width, negatives)
    for (let node = 0; node < nodes; node++)
      out.set(done.subarray(node * width, (node + 1) * width), node * periods + from)
  }
  return out
}

/** rows × columns as columns × rows. */
function turned(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(values.length)
  for (let i = 0; i < rows; i++) for (let c = 0; c < columns; c++) out[c * rows + i] = at(values, i * columns + c)
  return out
}
