import { Random } from '../core/random.ts'
import { type Family, type Product, signalFactor } from './family.ts'
import { blankShelf, keepShelf, type Shelf } from './inventory.ts'
import type { Market } from './market.ts'
import { scatterDemand } from './scatter.ts'
import type { Store } from './stores.ts'

/** What happens to one product in one shop, by day; arrays are used again for the next series. */
export interface Series extends Shelf {
  readonly product: Product
  readonly store: Store
  /** First day sold, the day after the last, and the end of the part that is history. */
  readonly from: number
  readonly to: number
  readonly soldTo: number
  /** Units a day with every factor at 1. */
  readonly level: number
  /** Weekday of the shop, season of the year, payday. */
  readonly season: Float64Array
  /** Weather and interest. */
  readonly signals: Float64Array
  /** Planted mean and variance of demand; 0 on closed days. */
  readonly expected: Float64Array
  readonly variance: Float64Array
  /** Units wanted, bulk orders included. */
  readonly demand: Float64Array
  /** Units of bulk orders within the demand. */
  readonly bulk: Float64Array
  /** Units that came back on the day; they do not return to the shelf. */
  readonly returns: Float64Array
}

/** Goes through every series of a family, product by product; the arrays of one are overwritten by the next. */
export function* seriesOf(market: Market, family: Family): Generator<Series> {
  const total = market.days.total
  const buffers = {
    ...blankShelf(total),
    expected: new Float64Array(total),
    variance: new Float64Array(total),
    demand: new Float64Array(total),
    bulk: new Float64Array(total),
    returns: new Float64Array(total),
    season: new Float64Array(total),
  }
  const weather = new Map<string, Float64Array>()
  for (const product of family.products)
    for (const store of market.stores) {
      const key = `${store.region}:${store.exposure}`
      const signals = weather.get(key) ?? signalFactor(market, family, store.region, store.exposure)
      weather.set(key, signals)
      const series = fillSeries(market, family, product, store, { ...buffers, signals })
      if (series) yield series
    }
}

type Buffers = Omit<Series, 'product' | 'store' | 'from' | 'to' | 'soldTo' | 'level'>

function fillSeries(
  market: Market,
  family: Family,
  product: Product,
  store: Store,
  buffers: Buffers,
): Series | undefined {
  const { settings, days } = market
  const { item } = product
  const from = Math.max(0, item.launch ?? 0, store.opened)
  const to = Math.min(days.total, item.end ?? days.total)
  if (from >= to) return undefined
  const soldTo = Math.max(from, Math.min(to, days.history))
  const random = (stream: string) => Random.of(settings.seed, `${stream}:${item.index}:${store.index}`)
  const level = item.pace * store.size * Math.exp(0.4 * random('level').normal())
  const series: Series = { ...buffers, product, store, from, to, soldTo, level }
  expect(series, days.weekday, family.cycle)
  scatterDemand(item, series.expected, from, to, random('demand'), series.demand, series.variance)
  addBulk(series, settings.outlierRate, random('bulk'))
  const supply = random('supply')
  const emptyShare = Math.min(0.7, (settings.stockoutShare * supply.gamma(1.2)) / 1.2)
  if (soldTo > from)
    keepShelf(
      {
        item,
        store,
        from,
        to: soldTo,
        demand: series.demand,
        expected: series.expected,
        variance: series.variance,
        emptyShare,
      },
      supply,
      series,
    )
  sendBack(series, random('returns'))
  return series
}

/** The planted mean: level times every factor, nothing on closed days. */
function expect(
  { product, store, from, to, level, season, signals, expected }: Series,
  weekday: Uint8Array,
  cycle: Float64Array,
): void {
  const { life, trend, festival, price, promotion, pullForward, cross, ads } = product.factors
  const { week, closed } = store
  expected.fill(0)
  for (let t = from; t < to; t++) {
    const s = (week[weekday[t] as number] as number) * (cycle[t] as number)
    season[t] = s
    if (closed[t] === 1) continue
    expected[t] =
      level *
      (life[t] as number) *
      (trend[t] as number) *
      s *
      (festival[t] as number) *
      (price[t] as number) *
      (promotion[t] as number) *
      (pullForward[t] as number) *
      (cross[t] as number) *
      (ads[t] as number) *
      (signals[t] as number)
  }
}

/** Adds rare orders of many times a normal day to the demand of the history. */
function addBulk({ store, from, soldTo, level, demand, bulk }: Series, rate: number, random: Random): void {
  bulk.fill(0)
  if (rate <= 0) return
  for (let t = from + gap(rate, random); t < soldTo; t += 1 + gap(rate, random)) {
    if (store.closed[t] === 1) continue
    const units = Math.ceil((8 + 12 * random.uniform()) * Math.max(1, level))
    bulk[t] = units
    demand[t] = (demand[t] as number) + units
  }
}

const gap = (rate: number, random: Random) => Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - rate))

/** Sends a share of the units sold back some days later. */
function sendBack({ product, from, soldTo, sales, returns }: Series, random: Random): void {
  const { returnRate, returnDelay } = product.item
  returns.fill(0)
  for (let t = from; t < soldTo; t++) {
    const sold = sales[t] as number
    for (let n = sold > 0 ? random.binomial(sold, returnRate) : 0; n > 0; n--) {
      const day = t + 2 + random.poisson(returnDelay)
      if (day < soldTo) returns[day] = (returns[day] as number) + 1
    }
  }
}
