import type { Random } from '../core/random.ts'
import { type Item, niceUp } from './item.ts'
import type { Promotion } from './promotions.ts'

/** The prices of a product on each day of history and horizon. */
export interface Prices {
  /** What it costs without a promotion. */
  readonly regular: Float64Array
  /** What a customer pays, promotions taken off. */
  readonly paid: Float64Array
  /** What the competitor asks for the like. */
  readonly competitor: Float64Array
}

/** Draws price changes every few months, the discounts of the promotions, and a competitor who moves on its own. */
export function planPrices(item: Item, promotions: readonly Promotion[], total: number, random: Random): Prices {
  const regular = new Float64Array(total)
  const competitor = new Float64Array(total)
  let price = item.listPrice
  let next = 30 + random.integer(120)
  for (let t = 0; t < total; t++) {
    if (t === next) {
      price = niceUp(item.listPrice * Math.exp(0.12 * random.normal() + (0.03 * t) / 365))
      next += 60 + random.integer(120)
    }
    regular[t] = price
  }
  let rival = item.listPrice
  let change = random.integer(60)
  for (let t = 0; t < total; t++) {
    if (t === change) {
      rival = niceUp(item.listPrice * Math.exp(-0.03 + 0.1 * random.normal()))
      change += 14 + random.integer(60)
    }
    competitor[t] = rival
  }
  const paid = Float64Array.from(regular)
  for (const { start, end, discount } of promotions)
    for (let t = start; t <= end; t++) paid[t] = Math.round((regular[t] as number) * (1 - discount) * 100) / 100
  return { regular, paid, competitor }
}
