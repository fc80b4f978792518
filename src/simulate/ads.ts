import type { Random } from '../core/random.ts'
import type { Item } from './item.ts'

/** The advertising of a product, chain-wide, for each day. */
export interface Ads {
  readonly spend: Float64Array
  readonly impressions: Float64Array
  readonly clicks: Float64Array
}

const COST = { search: { mille: 40, clicked: 0.04 }, social: { mille: 15, clicked: 0.012 } } as const

/** Draws campaigns of one to four weeks at changing budgets; undefined for products that are not advertised. */
export function planAds(item: Item, total: number, random: Random): Ads | undefined {
  if (!item.channel) return undefined
  const { mille, clicked } = COST[item.channel]
  const ads = { spend: new Float64Array(total), impressions: new Float64Array(total), clicks: new Float64Array(total) }
  let t = Math.max(random.integer(40), item.launch ?? 0)
  while (t < Math.min(total, item.end ?? total)) {
    const end = Math.min(total, item.end ?? total, t + 7 + random.integer(22))
    const budget = item.adHalf * (0.3 + 2.2 * random.uniform())
    for (; t < end; t++) {
      const spend = Math.round(budget * Math.exp(0.15 * random.normal()) * 100) / 100
      const impressions = Math.round((spend / mille) * 1000 * Math.exp(0.1 * random.normal()))
      ads.spend[t] = spend
      ads.impressions[t] = impressions
      ads.clicks[t] = random.poisson(impressions * clicked)
    }
    t += 10 + random.integer(50)
  }
  return ads
}

/** The stock of advertising that is still felt, `A(t) = spend(t) + carry · A(t − 1)` (Broadbent, 1979). */
export function adstock(spend: Float64Array, carry: number): Float64Array {
  const stock = new Float64Array(spend.length)
  let held = 0
  for (let t = 0; t < spend.length; t++) {
    held = (spend[t] as number) + carry * held
    stock[t] = held
  }
  return stock
}

/**
 * What advertising multiplies demand by: `1 + adLift · Aˢ / (Kˢ + Aˢ)`, a Hill curve of the carried stock A.
 *
 * K is the stock that a steady spend of `adHalf` a day builds up, so `adHalf` is the daily spend of half the highest lift.
 */
export function adFactor(item: Item, ads: Ads | undefined, total: number): Float64Array {
  const factor = new Float64Array(total).fill(1)
  if (!ads) return factor
  const stock = adstock(ads.spend, item.adCarry)
  const half = (item.adHalf / (1 - item.adCarry)) ** item.adSlope
  for (let t = 0; t < total; t++) {
    const felt = (stock[t] as number) ** item.adSlope
    factor[t] = 1 + (item.adLift * felt) / (half + felt)
  }
  return factor
}
