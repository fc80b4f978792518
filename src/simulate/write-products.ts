import type { Product } from './family.ts'
import type { Market } from './market.ts'
import { displayLift } from './promotions.ts'
import type { Tables } from './tables.ts'

/** Writes everything about a product that is the same in all shops: catalogue, price plan, promotions, advertising, interest. */
export function writeProduct(market: Market, product: Product, tables: Tables): void {
  writeItem(market, product, tables)
  writePromotions(market, product, tables)
  writeDays(market, product, tables)
  if (market.settings.truth) writeParameters(market, product, tables)
}

function writeItem({ days }: Market, { item }: Product, tables: Tables): void {
  const { kind } = item
  const out = tables.of('items').text(item.id)
  for (const word of [item.title, item.description, kind.department, kind.category, kind.name, item.brand])
    out.text(word[0]).text(word[1])
  const attributes = Object.entries(item.attributes).map(([name, word]) => `${name}: ${word[0]}`)
  out.text(attributes.join('; ')).number(item.listPrice, 2).number(item.cost, 2).number(item.pack)
  out
    .number(item.leadTime)
    .text(item.launch === undefined ? '' : (days.text[item.launch] as string))
    .end()
}

function writePromotions({ days, settings }: Market, { item, promotions, factors }: Product, tables: Tables): void {
  promotions.forEach((promotion, k) => {
    const { start, end } = promotion
    const id = `${item.id}-${String(k + 1).padStart(3, '0')}`
    tables
      .of('promotions')
      .text(id)
      .text(item.id)
      .text(days.text[start] as string)
      .text(days.text[end] as string)
      .number(promotion.discount, 2)
      .text(promotion.mechanic)
      .end()
    if (!settings.truth) return
    let lift = 0
    for (let t = start; t <= end; t++) lift += (factors.promotion[t] as number) / (end - start + 1)
    tables.of('truth/promotions').text(id).text(item.id).number(displayLift(item, promotion), 5).number(lift, 5).end()
  })
}

/** Prices run through the horizon; what only the past knows (advertising, interest, the competitor) ends with the history. */
function writeDays({ days }: Market, { item, prices, ads, search }: Product, tables: Tables): void {
  const from = Math.max(0, item.launch ?? 0)
  const to = Math.min(days.total, item.end ?? days.total)
  const price = tables.of('prices')
  const market = tables.of('signals-market')
  const advertised = ads && tables.of('ads')
  for (let t = from; t < to; t++) {
    const date = days.text[t] as string
    price
      .text(date)
      .text(item.id)
      .number(prices.paid[t] as number, 2)
      .number(prices.regular[t] as number, 2)
      .end()
    if (t >= days.history) continue
    market
      .text(date)
      .text(item.id)
      .number(search[t] as number, 1)
      .number(prices.competitor[t] as number, 2)
      .end()
    if (!advertised) continue
    advertised
      .text(date)
      .text(item.id)
      .text(item.channel ?? '')
      .number(ads.spend[t] as number, 2)
    advertised
      .number(ads.impressions[t] as number)
      .number(ads.clicks[t] as number)
      .end()
  }
}

function writeParameters({ days }: Market, { item }: Product, tables: Tables): void {
  const dateOf = (day: number | undefined) => (day === undefined ? '' : (days.text[day] ?? ''))
  const out = tables.of('truth/items').text(item.id).number(item.family).text(item.scatter)
  for (const parameter of [
    item.pace,
    item.dispersion,
    item.orderSize,
    item.elasticity,
    item.crossElasticity,
    item.competitorElasticity,
    item.responsiveness,
    item.pullForward,
    item.pullFade,
    item.cannibalisation,
    item.adLift,
    item.adCarry,
    item.adHalf,
    item.adSlope,
    item.returnRate,
    item.returnDelay,
    item.kind.heat,
    item.kind.rain,
  ])
    out.number(parameter, 6)
  out.text(dateOf(item.launch)).number(item.rise, 4).number(item.novelty, 4)
  out.text(dateOf(item.decline)).number(item.fade, 4).text(dateOf(item.end)).end()
}
