import type { Random } from '../core/random.ts'
import type { Item } from './item.ts'
import type { Store } from './stores.ts'

/** The shelf of one product in one shop, one value a day of history; numbers are units. */
export interface Shelf {
  /** On hand when the shop opens, deliveries of the morning included. */
  readonly opening: Float64Array
  readonly received: Float64Array
  readonly sales: Float64Array
  /** On hand when the shop closes: opening − sales. */
  readonly onHand: Float64Array
  /** Ordered and not yet delivered, at the close. */
  readonly onOrder: Float64Array
}

/** A shelf of empty arrays, to be filled again and again. */
export function blankShelf(days: number): Shelf {
  return {
    opening: new Float64Array(days),
    received: new Float64Array(days),
    sales: new Float64Array(days),
    onHand: new Float64Array(days),
    onOrder: new Float64Array(days),
  }
}

/** What the supply of a series is drawn from. */
export interface Supply {
  readonly item: Item
  readonly store: Store
  /** First day, and the day after the last, of the history in which it is sold. */
  readonly from: number
  readonly to: number
  /** Demand and its planted mean and variance by day; the shop's own forecast is made from the mean. */
  readonly demand: Float64Array
  readonly expected: Float64Array
  readonly variance: Float64Array
  /** The share of open days with an empty shelf at closing that the shop's safety stock should lead to. */
  readonly emptyShare: number
}

/**
 * Keeps a shelf under a periodic order-up-to policy: sales are the lesser of demand and stock, and stock-outs come about.
 *
 * The shop orders every `review` days up to `mean + z · deviation` of the demand over lead time and review, in whole packs;
 * deliveries take the product's lead time and now and then much longer. The safety factor z is searched for so that the
 * shelf is empty at closing on about `emptyShare` of the open days. The shop foresees half of what is coming (promotions
 * and festivals) and believes the last four weeks for the other half.
 */
export function keepShelf(supply: Supply, random: Random, shelf: Shelf): void {
  const { item, from, to } = supply
  const lead = new Int32Array(to)
  for (let t = from; t < to; t++)
    lead[t] =
      Math.max(1, item.leadTime + (random.uniform() < 0.2 ? random.integer(4) : 0)) +
      (random.uniform() < 0.02 ? 7 + random.integer(14) : 0)
  const { mean, deviation } = outlook(supply)
  const arriving = new Float64Array(to + item.leadTime + 40)
  let low = -4
  let high = 8
  for (let step = 0; step < 9; step++) {
    const z = (low + high) / 2
    if (run(supply, z, lead, mean, deviation, arriving, shelf) > supply.emptyShare) low = z
    else high = z
  }
  run(supply, high, lead, mean, deviation, arriving, shelf)
}

/** The shop's forecast of the demand over lead time and review on each day, and the standard deviation about it. */
function outlook({ item, store, from, to, expected, variance }: Supply) {
  const ahead = item.leadTime + store.review
  const sum = new Float64Array(expected.length + 1)
  let spread = 0
  let all = 0
  for (let t = 0; t < expected.length; t++) {
    sum[t + 1] = (sum[t] as number) + (expected[t] as number)
    if (t >= from && t < to) {
      spread += variance[t] as number
      all += expected[t] as number
    }
  }
  const ratio = all > 0 ? spread / all : 1
  const mean = new Float64Array(to)
  const deviation = new Float64Array(to)
  for (let t = from; t < to; t++) {
    const end = Math.min(expected.length, t + ahead)
    const coming = (((sum[end] as number) - (sum[t] as number)) * ahead) / Math.max(1, end - t)
    const start = Math.max(from, t - 28)
    const recent = t - start < 7 ? coming : (((sum[t] as number) - (sum[start] as number)) * ahead) / (t - start)
    const believed = (coming + recent) / 2
    mean[t] = believed
    deviation[t] = Math.sqrt(believed * ratio)
  }
  return { mean, deviation }
}

/** One pass over the days at a safety factor; returns the share of open days that end with an empty shelf. */
function run(
  { item, store, from, to, demand }: Supply,
  z: number,
  lead: Int32Array,
  mean: Float64Array,
  deviation: Float64Array,
  arriving: Float64Array,
  { opening, received, sales, onHand, onOrder }: Shelf,
): number {
  const { review, phase, closed } = store
  const pack = item.pack
  arriving.fill(0)
  let stock = 0
  let due = 0
  let open = 0
  let empty = 0
  for (let t = from; t < to; t++) {
    if (t === from) {
      const first = Math.max(1, Math.ceil((mean[t] as number) + Math.max(0, z) * (deviation[t] as number)))
      arriving[t] = Math.ceil(first / pack) * pack
      due = arriving[t] as number
    }
    const came = arriving[t] as number
    due -= came
    stock += came
    received[t] = came
    opening[t] = stock
    const sold = Math.min(stock, demand[t] as number)
    stock -= sold
    sales[t] = sold
    onHand[t] = stock
    if (closed[t] === 0) {
      open++
      if (stock === 0) empty++
    }
    if (t % review === phase) {
      const upTo = Math.max(1, Math.ceil((mean[t] as number) + z * (deviation[t] as number)))
      const missing = upTo - stock - due
      if (missing > 0) {
        const order = Math.ceil(missing / pack) * pack
        const day = t + (lead[t] as number)
        arriving[day] = (arriving[day] as number) + order
        due += order
      }
    }
    onOrder[t] = due
  }
  return open > 0 ? empty / open : 0
}
