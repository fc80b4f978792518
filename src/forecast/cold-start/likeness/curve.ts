import { at } from '../../../core/panel.ts'
import type { Near } from './nearest.ts'
import type { References } from './references.ts'

/** Units by which a curve leans on that of all launches, and units beyond which one product counts no more. */
const LEAN = 15
const MOST_UNITS = 200

/** The launch curve of a product by bin of age: what its neighbours sold beside their levels, those alike counting most, leaning on the curve of all launches. The last bin is 1. */
export function curveOf(
  near: readonly Near[],
  { curveSold, curveBase }: References,
  ofAll: readonly number[],
): Float64Array {
  const bins = ofAll.length
  const sold = Float64Array.from(ofAll, (c) => LEAN * c)
  const base = new Float64Array(bins).fill(LEAN)
  const nearest = near[0]?.weight ?? 1
  for (const { place, weight } of near) {
    for (let b = 0; b < bins; b++) {
      const expected = at(curveBase, place * bins + b)
      if (!(expected > 0)) continue
      const share = weight / nearest / (1 + expected / MOST_UNITS)
      sold[b] = at(sold, b) + share * at(curveSold, place * bins + b)
      base[b] = at(base, b) + share * expected
    }
  }
  const curve = sold.map((y, b) => y / at(base, b))
  curve[bins - 1] = 1
  return curve
}
