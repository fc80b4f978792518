import { at } from '../../core/panel.ts'
import type { Summing } from './summing.ts'

/**
 * Base forecasts (nodes × columns) in which what nobody answered says nothing of its own: a bottom without a forecast counts as 0, an upper
 * node as the sum of its bottoms. What is there stays.
 */
export function filled(summing: Summing, base: Float64Array, columns: number): Float64Array {
  if (!base.some(Number.isNaN)) return base
  const { uppers, offsets, children } = summing
  const all = base.slice()
  for (let k = uppers * columns; k < all.length; k++) if (Number.isNaN(at(all, k))) all[k] = 0
  for (let u = 0; u < uppers; u++)
    for (let c = 0; c < columns; c++) {
      if (!Number.isNaN(at(all, u * columns + c))) continue
      let sum = 0
      for (let k = at(offsets, u); k < at(offsets, u + 1); k++) sum += at(all, (uppers + at(children, k)) * columns + c)
      all[u * columns + c] = sum
    }
  return all
}
