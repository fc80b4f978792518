import { Random } from '../core/random.ts'
import { type Customers, customerId, segmentOf } from './customers.ts'
import type { Market } from './market.ts'
import { DAYS } from './options.ts'
import { REGIONS } from './stores.ts'
import type { Tables } from './tables.ts'

/** Writes shops, calendar and weather, and their truth. */
export function writeMarket(market: Market, customers: Customers, tables: Tables): void {
  const { settings, days, stores } = market
  const holidays = holidayNames(market)
  for (const store of stores) {
    const area = 300 * store.size * Math.exp(0.1 * Random.of(settings.seed, `area:${store.index}`).normal())
    tables
      .of('stores')
      .text(store.id)
      .text(store.kind)
      .text(REGIONS[settings.locale][store.region] as string)
      .number(store.kind === 'online' ? Number.NaN : area)
      .text(store.opened > 0 ? (days.text[store.opened] as string) : '')
      .end()
    const weather = market.weather[store.region] as Market['weather'][number]
    for (let t = 0; t < days.total; t++) {
      const date = days.text[t] as string
      const calendar = tables
        .of('calendar')
        .text(date)
        .text(store.id)
        .number(store.closed[t] as number)
      calendar
        .text(holidays[t] as string)
        .number(market.paydays[t] as number)
        .end()
      if (t >= days.history) continue
      const signals = tables.of('signals').text(date).text(store.id)
      signals
        .number(weather.temperature[t] as number, 1)
        .number(weather.rain[t] as number, 1)
        .end()
    }
    if (!settings.truth) continue
    const truth = tables.of('truth/stores').text(store.id).number(store.size, 5)
    for (const factor of store.week) truth.number(factor, 5)
    truth
      .number(store.closedWeekday ?? Number.NaN)
      .number(store.review)
      .end()
  }
  if (!settings.truth) return
  for (const { festival: f, day } of market.occasions) {
    const out = tables
      .of('truth/festivals')
      .text(f.name)
      .text(f.zh)
      .text(DAYS.format(days.first + day))
      .text(f.mood)
    out
      .number(f.lead)
      .number(f.rise, 3)
      .number(f.length)
      .number(f.during, 3)
      .number(f.after)
      .number(f.hangover, 3)
      .end()
  }
  for (let c = 0; c < customers.count; c++) {
    const out = tables.of('truth/customers').text(customerId(customers, c))
    out
      .text(stores[c % stores.length]?.id ?? '')
      .text(segmentOf(customers, c))
      .end()
  }
}

/** The festival that each day belongs to, '' for none. */
function holidayNames({ days, occasions }: Market): string[] {
  const names = new Array<string>(days.total).fill('')
  for (const { festival, day } of occasions)
    for (let t = Math.max(0, day); t < Math.min(days.total, day + festival.length); t++) names[t] = festival.name
  return names
}
