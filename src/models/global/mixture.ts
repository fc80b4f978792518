import { at } from '../../core/panel.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { quantileOf } from './grid.ts'

/** Values by which each distribution of a mixture is told, at levels that are as far apart. */
const DRAWN = 100
const SCORES = Float64Array.from({ length: DRAWN }, (_, k) => normalQuantile((k + 0.5) / DRAWN))

/**
 * Quantiles of the mixture, in equal parts, of distributions that are each given by quantiles at `levels`, whose normal scores are `scores`, one
 * after the other in `grids`; written into `into`, at the same levels. One alone is copied.
 *
 * Not the mean of quantiles: where distributions lie apart, their mixture is wider than each.
 */
export function mixed(grids: Float64Array, levels: readonly number[], scores: Float64Array, into: Float64Array): void {
  const n = scores.length
  const count = grids.length / n
  if (count === 1) {
    into.set(grids)
    return
  }
  const all = new Float64Array(count * DRAWN)
  for (let d = 0; d < count; d++)
    for (let k = 0; k < DRAWN; k++) all[d * DRAWN + k] = quantileOf(grids, d * n, scores, at(SCORES, k))
  all.sort()
  for (let l = 0; l < n; l++) {
    const place = Math.min(all.length - 1, Math.max(0, at(levels, l) * all.length - 0.5))
    const low = Math.floor(place)
    const high = Math.min(all.length - 1, low + 1)
    into[l] = at(all, low) + (place - low) * (at(all, high) - at(all, low))
  }
}
