import { expect, test } from 'vitest'
import { planFamily } from './family.ts'
import { openMarket } from './market.ts'
import { settingsOf } from './options.ts'
import { seriesOf } from './series.ts'

const marketOf = (stockoutShare: number) =>
  openMarket(settingsOf({ preset: 'demo', items: 40, seed: 11, stockoutShare }))

test('the shelf adds up: opening = last close + delivery, sales = the lesser of demand and stock', () => {
  const market = marketOf(0.1)
  for (const series of seriesOf(market, planFamily(market, 0))) {
    let due = 0
    for (let t = series.from; t < series.soldTo; t++) {
      const before = t > series.from ? (series.onHand[t - 1] as number) : 0
      const opening = before + (series.received[t] as number)
      const sold = Math.min(series.demand[t] as number, opening)
      // One assertion a day: a million calls of expect would take longer than the simulation.
      const right =
        series.opening[t] === opening &&
        series.sales[t] === sold &&
        series.onHand[t] === opening - sold &&
        (series.received[t] as number) % series.product.item.pack === 0
      if (!right) expect({ t, store: series.store.id, item: series.product.item.id }).toBe('a shelf that adds up')
      due = series.onOrder[t] as number
      if (due < 0) expect(due).toBeGreaterThanOrEqual(0)
    }
  }
})

test.each([0.02, 0.05, 0.15])('about %d of the open days end with an empty shelf', (share) => {
  const market = marketOf(share)
  let open = 0
  let empty = 0
  for (let f = 0; f < market.families; f++)
    for (const { store, from, soldTo, onHand } of seriesOf(market, planFamily(market, f)))
      for (let t = from; t < soldTo; t++)
        if (store.closed[t] === 0) {
          open++
          if (onHand[t] === 0) empty++
        }
  expect(empty / open).toBeGreaterThan(share * 0.7)
  expect(empty / open).toBeLessThan(share * 1.4)
})

test('the share of units that comes back is the planted one, and nothing comes back before it was sold', () => {
  const market = marketOf(0)
  let wanted = 0
  let returned = 0
  for (let f = 0; f < market.families; f++)
    for (const { product, from, soldTo, sales, returns } of seriesOf(market, planFamily(market, f))) {
      let sold = 0
      let back = 0
      for (let t = from; t < soldTo; t++) {
        back += returns[t] as number
        if (back > sold) expect(back).toBeLessThanOrEqual(sold)
        sold += sales[t] as number
      }
      wanted += sold * product.item.returnRate
      returned += back
    }
  expect(Math.abs(returned / wanted - 1)).toBeLessThan(0.05)
})
