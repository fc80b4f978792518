import { at } from '../../core/panel.ts'
import { Known, type Ledger } from './ledger.ts'

/** Share of the cells, those with the least sales, by which units are judged. */
const LEAST = 0.3

/**
 * The size of the units that a panel counts in: 1 for whole numbers; for amounts (weights, or sales that were rescaled) the variance over the mean
 * of the series that sell least, whose days scatter by single purchases.
 */
export function unitOf({ panel, known, sales }: Ledger): number {
  let whole = true
  for (let k = 0; whole && k < sales.length; k++) whole = at(sales, k) === Math.round(at(sales, k))
  if (whole) return 1
  const found: { mean: number; ratio: number; days: number }[] = []
  for (let i = 0; i < panel.ids.length; i++) {
    let [days, sum, squares, last] = [0, 0, 0, Number.NaN]
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      if (at(known, k) !== Known.sales) continue
      const y = at(sales, k)
      if (!Number.isNaN(last)) {
        // Differences of days next to each other, so that a level that moves counts for little.
        squares += (y - last) ** 2 / 2
        days++
      }
      sum += y
      last = y
    }
    const mean = sum / (days + 1)
    if (days > 3 && mean > 0) found.push({ mean, ratio: squares / days / mean, days })
  }
  found.sort((a, b) => a.mean - b.mean)
  const few = found.slice(0, Math.max(1, Math.ceil(found.length * LEAST)))
  const days = few.reduce((a, s) => a + s.days, 0)
  return days > 0 ? Math.max(1e-9, few.reduce((a, s) => a + s.ratio * s.days, 0) / days) : 1
}
