import { at } from '../../core/panel.ts'
import { filled } from './filled.ts'
import type { Reconciliation } from './methods.ts'
import { type Negatives, reconcile } from './reconcile.ts'
import { summedUp } from './summing.ts'

/**
 * {@link reconcile} where some base forecasts are missing (NaN): a bottom that nobody answered counts as 0 and stays NaN, for the next
 * candidate to try; an upper node that nobody answered becomes the sum of its bottoms, NaN where none of them was answered.
 */
export function reconcileAnswered(
  reconciliation: Reconciliation,
  base: Float64Array,
  columns: number,
  negatives: Negatives,
): Float64Array {
  const { hierarchy } = reconciliation
  const whole = filled(hierarchy, base, columns)
  const values = reconcile(reconciliation, whole, columns, negatives)
  if (whole === base) return values
  const { uppers, nodes, offsets, children } = hierarchy
  const silent = (cell: number) => Number.isNaN(at(base, cell))
  for (let cell = uppers * columns; cell < nodes * columns; cell++) if (silent(cell)) values[cell] = 0
  const all = summedUp(hierarchy, values.subarray(uppers * columns), columns)
  for (let cell = uppers * columns; cell < nodes * columns; cell++) if (silent(cell)) all[cell] = Number.NaN
  for (let u = 0; u < uppers; u++)
    for (let c = 0; c < columns; c++) {
      let k = at(offsets, u)
      while (k < at(offsets, u + 1) && silent((uppers + at(children, k)) * columns + c)) k++
      if (k === at(offsets, u + 1)) all[u * columns + c] = Number.NaN
    }
  return all
}
