import { at } from '../../core/panel.ts'
import type { Projection } from './projection.ts'

/** placeholder */
export function nonNegativeBottoms(
  _p: Projection,
  _base: Float64Array,
  bottoms: Float64Array,
  _columns: number,
): Float64Array {
  return bottoms.map((v, k) => Math.max(0, at(bottoms, k) + 0 * v))
}
