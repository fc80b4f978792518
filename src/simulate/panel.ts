import { Mask, type Panel, panelOf, type SeriesInput, seriesId } from '../core/panel.ts'
import { planFamily } from './family.ts'
import type { Item } from './item.ts'
import { type Market, openMarket } from './market.ts'
import { DAYS, type Settings, type SimulateOptions, settingsOf } from './options.ts'
import { type Series, seriesOf } from './series.ts'
import { REGIONS } from './stores.ts'

/** The planted truth of a simulated panel; arrays have one value a cell of the panel, horizon included. */
export interface PanelTruth {
  /** Mean and variance of the distribution that demand was drawn from, all drivers known (closed days 0). */
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** The demand drawn, stock or no stock, bulk orders included; over the horizon too. */
  readonly demand: Float64Array
  /** Units wanted and not had because the shelf was empty. */
  readonly hidden: Float64Array
  /** Units of bulk orders. */
  readonly bulk: Float64Array
  /** What the mean is the product of; `level` in units, the others factors about 1. */
  readonly factors: { readonly [F in Factor]: Float64Array }
  /** The product of each series, with every parameter planted in it. */
  readonly items: readonly Item[]
  /** The options, filled in. */
  readonly settings: Settings
}

/** The factors whose product is the mean of demand on an open day. */
export const FACTORS = [
  'level',
  'trend',
  'season',
  'festival',
  'price',
  'promotion',
  'pullForward',
  'cross',
  'ads',
  'signals',
] as const
export type Factor = (typeof FACTORS)[number]

/** A factor of a series on a day; the level holds the launch curve. */
export function factorAt(series: Series, factor: Factor, t: number): number {
  if (factor === 'level') return series.level * (series.product.factors.life[t] as number)
  if (factor === 'season') return series.season[t] as number
  if (factor === 'signals') return series.signals[t] as number
  return series.product.factors[factor][t] as number
}

/**
 * Simulates a marketplace into a daily {@link Panel} in memory, with the truth that its numbers were drawn from.
 *
 * Series are shop/item and end with the horizon: its targets are NaN and its known-ahead columns (`price`, `discount`,
 * `promotion`, `closed`) filled. Closed days are NaN with {@link Mask.closed}, days with an empty shelf {@link Mask.censored}, bulk
 * orders are sales like any other (see `truth.bulk`). Past-only columns: `on_hand`, `ad_spend`, `search_index`,
 * `competitor_price`, `temperature`, `rain`. Statics: `item`, `store`, `category`, `department`, `brand`, `region`, `list_price`.
 * Dirt and events are left out. Refuses what {@link settingsOf} refuses.
 *
 * @example
 * const { panel, truth } = simulatePanel({ preset: 'tiny', seed: 1 })
 * panel.target.length === truth.mean.length // → true
 */
export function simulatePanel(options: SimulateOptions = {}): { panel: Panel; truth: PanelTruth } {
  const market = openMarket(settingsOf({ preset: 'tiny', ...options }))
  const inputs: SeriesInput[] = []
  const truths: ReturnType<typeof truthOf>[] = []
  const items: Item[] = []
  const texts: Record<(typeof STATICS)[number], string[]> = {
    item: [],
    store: [],
    category: [],
    department: [],
    brand: [],
    region: [],
  }
  const listPrice: number[] = []
  for (let f = 0; f < market.families; f++)
    for (const series of seriesOf(market, planFamily(market, f))) {
      const { item } = series.product
      inputs.push(inputOf(market, series))
      truths.push(truthOf(series))
      items.push(item)
      listPrice.push(item.listPrice)
      texts.item.push(item.id)
      texts.store.push(series.store.id)
      texts.category.push(item.kind.category[0])
      texts.department.push(item.kind.department[0])
      texts.brand.push(item.brand[0])
      texts.region.push(REGIONS[market.settings.locale][series.store.region] as string)
    }
  const categories = Object.fromEntries(STATICS.map((name) => [name, [...new Set(texts[name])].sort()]))
  const statics = Object.fromEntries(
    STATICS.map((name) => [name, texts[name].map((text) => (categories[name] as string[]).indexOf(text))]),
  )
  const panel = panelOf(inputs, {
    calendar: DAYS,
    keys: ['store', 'item'],
    knownAhead: ['price', 'discount', 'promotion', 'closed'],
    categories,
    statics: { ...statics, list_price: listPrice },
  })
  const joined = (pick: (truth: (typeof truths)[number]) => Float64Array) => {
    const all = new Float64Array(panel.target.length)
    truths.forEach((truth, i) => {
      all.set(pick(truth), panel.offsets[i])
    })
    return all
  }
  const factors = Object.fromEntries(FACTORS.map((name) => [name, joined((t) => t.factors[name])]))
  return {
    panel,
    truth: {
      mean: joined((t) => t.mean),
      variance: joined((t) => t.variance),
      demand: joined((t) => t.demand),
      hidden: joined((t) => t.hidden),
      bulk: joined((t) => t.bulk),
      factors: factors as PanelTruth['factors'],
      items,
      settings: market.settings,
    },
  }
}

const STATICS = ['item', 'store', 'category', 'department', 'brand', 'region'] as const

function inputOf(market: Market, series: Series): SeriesInput {
  const { product, store, from, to, soldTo, sales, onHand } = series
  const { prices, ads, promoted, search } = product
  const length = to - from
  const values = new Float64Array(length).fill(Number.NaN)
  const mask = new Uint8Array(length)
  for (let t = from; t < to; t++) {
    if (store.closed[t] === 1) mask[t - from] = Mask.closed
    else if (t < soldTo) {
      values[t - from] = sales[t] as number
      if (onHand[t] === 0) mask[t - from] = Mask.censored
    }
  }
  const past = (column: ArrayLike<number>) =>
    Float64Array.from({ length }, (_, k) => (from + k < soldTo ? (column[from + k] as number) : Number.NaN))
  const weather = market.weather[store.region] as Market['weather'][number]
  return {
    id: seriesId([store.id, product.item.id]),
    start: market.days.first + from,
    values,
    mask,
    columns: {
      price: prices.paid.subarray(from, to),
      discount: Float64Array.from({ length }, (_, k) => {
        const off = 1 - (prices.paid[from + k] as number) / (prices.regular[from + k] as number)
        return Math.round(off * 1000) / 1000
      }),
      promotion: promoted.subarray(from, to),
      closed: store.closed.subarray(from, to),
      on_hand: past(onHand),
      ad_spend: past(ads?.spend ?? new Float64Array(to)),
      search_index: past(search),
      competitor_price: past(prices.competitor),
      temperature: past(weather.temperature),
      rain: past(weather.rain),
    },
  }
}

function truthOf(series: Series) {
  const { from, to, soldTo, expected, variance, demand, sales, bulk } = series
  const factors = Object.fromEntries(
    FACTORS.map((name) => [name, Float64Array.from({ length: to - from }, (_, k) => factorAt(series, name, from + k))]),
  )
  return {
    mean: expected.slice(from, to),
    variance: variance.slice(from, to),
    demand: demand.slice(from, to),
    hidden: Float64Array.from({ length: to - from }, (_, k) =>
      from + k < soldTo ? (demand[from + k] as number) - (sales[from + k] as number) : 0,
    ),
    bulk: bulk.slice(from, to),
    factors: factors as { readonly [F in Factor]: Float64Array },
  }
}
