import { Random } from '../core/random.ts'
import { type Ads, adFactor, planAds } from './ads.ts'
import { drawItem, FAMILY_SIZE, type Item, lifeFactor } from './item.ts'
import type { Market } from './market.ts'
import { type Prices, planPrices } from './prices.ts'
import { displayLift, type Promotion, planPromotions, pullForward } from './promotions.ts'
import { drawInterest, SEARCH_EFFECT, searchIndex } from './signals.ts'

/** A product with its plans, and the factors of its demand that all shops share; arrays have one value a day. */
export interface Product {
  readonly item: Item
  readonly promotions: readonly Promotion[]
  readonly prices: Prices
  readonly ads: Ads | undefined
  readonly search: Float64Array
  /** 1 on the days of a promotion. */
  readonly promoted: Uint8Array
  readonly factors: Factors
}

/** What multiplies a product's demand in every shop. */
interface Factors {
  /** Launch curve and decline; 0 while it is not sold. */
  readonly life: Float64Array
  readonly trend: Float64Array
  readonly festival: Float64Array
  /** Its own regular price against its first one. */
  readonly price: Float64Array
  /** Its discount and display. */
  readonly promotion: Float64Array
  /** The dip after its promotions. */
  readonly pullForward: Float64Array
  /** Prices and promotions of its siblings, and the competitor's price. */
  readonly cross: Float64Array
  readonly ads: Float64Array
}

/** Substitutes, and what they share. */
export interface Family {
  readonly index: number
  readonly products: readonly Product[]
  /** The yearly season and payday. */
  readonly cycle: Float64Array
  /** The public's interest, which moves the demand for all of them (see {@link signalFactor}). */
  readonly interest: Float64Array
}

/** Plans a family of products and works out every factor of their demand. */
export function planFamily(market: Market, index: number): Family {
  const { settings, days, occasions } = market
  const total = days.total
  const random = Random.of(settings.seed, `family:${index}`)
  const interest = drawInterest(total, random)
  const first = index * FAMILY_SIZE
  const count = Math.min(FAMILY_SIZE, settings.items - first)
  const drafts = Array.from({ length: count }, (_, k) => {
    const item = drawItem(settings, first + k, total)
    const own = Random.of(settings.seed, `plan:${first + k}`)
    const promotions = planPromotions(item, occasions, total, own)
    const prices = planPrices(item, promotions, total, own)
    const ads = planAds(item, total, own)
    const search = searchIndex(interest, total, own)
    const promoted = new Uint8Array(total)
    for (const { start, end } of promotions) promoted.fill(1, start, end + 1)
    const life = Float64Array.from({ length: total }, (_, t) => lifeFactor(item, t))
    return { item, promotions, prices, ads, search, promoted, life, trend: trendOf(total, own) }
  })
  const products = drafts.map(({ life, trend, ...draft }, k): Product => {
    const { item, promotions, prices } = draft
    const promotion = promotionFactor(item, promotions, prices)
    return {
      ...draft,
      factors: {
        life,
        trend,
        festival: festivalFactor(market, item),
        price: prices.regular.map((p) => (p / item.listPrice) ** item.elasticity),
        promotion,
        pullForward: pullForward(item, promotions, promotion),
        cross: crossFactor(drafts, k, total),
        ads: adFactor(item, draft.ads, total),
      },
    }
  })
  return { index, products, cycle: cycleOf(market, (products[0] as Product).item), interest }
}

/** A trend of constant growth that changes now and then, never by more than a factor of two either way. */
function trendOf(total: number, random: Random): Float64Array {
  const trend = new Float64Array(total)
  let log = 0
  let slope = (0.2 * random.normal()) / 365
  let change = 90 + random.integer(300)
  for (let t = 0; t < total; t++) {
    if (t === change) {
      slope = (0.25 * random.normal()) / 365
      change += 90 + random.integer(300)
    }
    trend[t] = Math.exp(log)
    log = Math.max(-0.69, Math.min(0.69, log + slope))
  }
  return trend
}

function festivalFactor({ moods, days }: Market, { kind }: Item): Float64Array {
  const factor = new Float64Array(days.total)
  for (let t = 0; t < factor.length; t++)
    factor[t] = Math.exp(
      kind.gift * (moods.gift[t] as number) + kind.shopping * (moods.shopping[t] as number) + (moods.rest[t] as number),
    )
  return factor
}

function promotionFactor(item: Item, promotions: readonly Promotion[], prices: Prices): Float64Array {
  const factor = new Float64Array(prices.paid.length).fill(1)
  for (const promotion of promotions)
    for (let t = promotion.start; t <= promotion.end; t++)
      factor[t] =
        ((prices.paid[t] as number) / (prices.regular[t] as number)) ** item.elasticity *
        Math.exp(displayLift(item, promotion))
  return factor
}

type Draft = Pick<Product, 'item' | 'prices' | 'promoted'> & { readonly life: Float64Array }

function crossFactor(drafts: readonly Draft[], k: number, total: number): Float64Array {
  const { item, prices } = drafts[k] as Draft
  const factor = new Float64Array(total)
  for (let t = 0; t < total; t++) {
    let sold = 0
    let price = 0
    let promoted = 0
    for (let j = 0; j < drafts.length; j++) {
      const sibling = drafts[j] as Draft
      if (j === k || sibling.life[t] === 0) continue
      sold++
      price += Math.log((sibling.prices.paid[t] as number) / sibling.item.listPrice)
      promoted += sibling.promoted[t] as number
    }
    const rival = item.competitorElasticity * Math.log((prices.competitor[t] as number) / item.listPrice)
    const siblings = sold === 0 ? 0 : (item.crossElasticity * price) / sold - (item.cannibalisation * promoted) / sold
    factor[t] = Math.exp(rival + siblings)
  }
  return factor
}

function cycleOf({ days, payday }: Market, { kind }: Item): Float64Array {
  const [amplitude, peak] = kind.year
  const cycle = new Float64Array(days.total)
  for (let t = 0; t < cycle.length; t++) {
    const phase = (2 * Math.PI * ((days.dayOfYear[t] as number) - peak)) / 365.25
    cycle[t] = (payday[t] as number) * Math.exp(amplitude * (Math.cos(phase) + 0.15 * Math.cos(2 * phase)))
  }
  return cycle
}

/** What weather and the public's interest multiply the demand of a family in a shop by. */
export function signalFactor(market: Market, family: Family, region: number, exposure: number): Float64Array {
  const { anomaly, rain } = market.weather[region] as Market['weather'][number]
  const { kind } = (family.products[0] as Product).item
  const factor = new Float64Array(market.days.total)
  for (let t = 0; t < factor.length; t++)
    factor[t] = Math.exp(
      (kind.heat * (anomaly[t] as number)) / 5 +
        kind.rain * exposure * Math.min(1, (rain[t] as number) / 20) +
        SEARCH_EFFECT * (family.interest[t] as number),
    )
  return factor
}
