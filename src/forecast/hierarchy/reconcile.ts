import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import { columnsOf, putColumns } from './dense.ts'
import { checkLength, type Hierarchy } from './hierarchy.ts'
import type { Reconciliation } from './methods.ts'
import { nonNegativeBottoms } from './non-negative.ts'
import { summedUp } from './summing.ts'

/**
 * What becomes of negative bottoms: they stay (`allow`), become 0 (`clip`), or the least squares are solved anew under the condition that
 * none is negative (`exact`; projections only, the others clip).
 */
export type Negatives = 'allow' | 'clip' | 'exact'

/** So many columns are reconciled at a time, which bounds memory and keeps rows in the cache. */
const AT_ONCE = 64

/**
 * Makes base forecasts (nodes × columns, node-major: steps, or paths × steps) coherent; the bottoms come from the method, and every other
 * node is their sum, so that the answer is coherent to the last rounding.
 *
 * With `exact` the projection is least squares over non-negative bottoms (Wickramasuriya, Turlach and Hyndman, 2020). Refuses
 * arrays of another length, and base forecasts with NaN.
 *
 * @example
 * const tree = hierarchyOf({ ids: ['tea', 'rice'], keys: ['item'], statics: new Map() }, [[]])
 * reconcile(reconciliationOf(tree, 'ols'), Float64Array.of(10, 4, 3), 1) // a total of 9, of which 5 and 4
 */
export function reconcile(
  reconciliation: Reconciliation,
  base: Float64Array,
  columns: number,
  negatives: Negatives = 'allow',
): Float64Array {
  const { hierarchy } = reconciliation
  checkLength('The base forecasts', '基础预测', base, hierarchy.nodes * columns)
  checkPresent(hierarchy, base, columns)
  const bottoms = new Float64Array(hierarchy.bottoms * columns)
  for (let from = 0; from < columns; from += AT_ONCE) {
    const width = Math.min(AT_ONCE, columns - from)
    const part = columnsOf(base, hierarchy.nodes, columns, from, width)
    const found = withoutNegatives(reconciliation, part, reconciliation.bottoms(part, width), width, negatives)
    putColumns(bottoms, found, hierarchy.bottoms, columns, from, width)
  }
  return summedUp(hierarchy, bottoms, columns)
}

function withoutNegatives(
  { projection }: Reconciliation,
  base: Float64Array,
  bottoms: Float64Array,
  columns: number,
  negatives: Negatives,
): Float64Array {
  if (negatives === 'allow' || !bottoms.some((v) => v < 0)) return bottoms
  if (negatives === 'exact' && projection) return nonNegativeBottoms(projection, base, bottoms, columns)
  return bottoms.map((v) => Math.max(0, v))
}

function checkPresent({ ids }: Hierarchy, base: Float64Array, columns: number): void {
  const absent = ids.filter((_, node) => {
    for (let k = node * columns; k < (node + 1) * columns; k++) if (Number.isNaN(at(base, k))) return true
    return false
  })
  if (absent.length > 0) throw new ForetideError('hierarchy.missing', { count: absent.length, node: absent[0] })
}
