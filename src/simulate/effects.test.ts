import { expect, test } from 'vitest'
import { type Product, planFamily } from './family.ts'
import { openMarket } from './market.ts'
import { settingsOf } from './options.ts'
import { pullForward } from './promotions.ts'
import { seriesOf } from './series.ts'

const market = openMarket(
  settingsOf({ preset: 'demo', items: 50, stores: 6, seed: 5, intermittentShare: 0, burstyShare: 0, outlierRate: 0 }),
)
const families = Array.from({ length: market.families }, (_, f) => planFamily(market, f))
const products = families.flatMap((family) => family.products)

/** The slope of a regression of y on x with weights. */
function slope(points: readonly (readonly [x: number, y: number, weight: number])[]): number {
  const total = points.reduce((a, [, , w]) => a + w, 0)
  const x = points.reduce((a, [p, , w]) => a + p * w, 0) / total
  const y = points.reduce((a, [, q, w]) => a + q * w, 0) / total
  const top = points.reduce((a, [p, q, w]) => a + w * (p - x) * (q - y), 0)
  return top / points.reduce((a, [p, , w]) => a + w * (p - x) ** 2, 0)
}

/** Drawn demand and planted mean of each product by day, over all shops. */
const totals = new Map<Product, { demand: Float64Array; mean: Float64Array }>()
for (const family of families)
  for (const series of seriesOf(market, family)) {
    const sum = totals.get(series.product) ?? {
      demand: new Float64Array(market.days.total),
      mean: new Float64Array(market.days.total),
    }
    totals.set(series.product, sum)
    for (let t = series.from; t < series.to; t++) {
      sum.demand[t] = (sum.demand[t] as number) + (series.demand[t] as number)
      sum.mean[t] = (sum.mean[t] as number) + (series.expected[t] as number)
    }
  }

test('a log-log regression of the planted price effect on the price gives the planted elasticity', () => {
  for (const { item, prices, factors } of products) {
    const points = Array.from(prices.regular, (p, t) => [Math.log(p), Math.log(factors.price[t] as number), 1] as const)
    if (new Set(prices.regular).size > 1) expect(slope(points)).toBeCloseTo(item.elasticity, 6)
  }
})

test('the drawn demand answers to prices with the planted elasticity', () => {
  let error = 0
  let weight = 0
  for (const product of products) {
    const { item, prices, factors, promoted } = product
    const { demand, mean } = totals.get(product) as { demand: Float64Array; mean: Float64Array }
    const byPrice = new Map<number, [demand: number, offset: number, mean: number]>()
    for (let t = 0; t < market.days.total; t++) {
      if (promoted[t] === 1 || mean[t] === 0) continue
      const sum = byPrice.get(prices.regular[t] as number) ?? [0, 0, 0]
      sum[0] += demand[t] as number
      sum[1] += (mean[t] as number) / (factors.price[t] as number)
      sum[2] += mean[t] as number
      byPrice.set(prices.regular[t] as number, sum)
    }
    const points = [...byPrice]
      .filter(([, [d]]) => d > 0)
      .map(([p, [d, offset, m]]) => [Math.log(p), Math.log(d / offset), m] as const)
    if (points.length < 3) continue
    const units = points.reduce((a, [, , w]) => a + w, 0)
    error += units * (slope(points) - item.elasticity)
    weight += units
  }
  expect(weight).toBeGreaterThan(10_000)
  expect(Math.abs(error / weight)).toBeLessThan(0.08)
})

test('promotions lift the drawn demand as planted, and leave the planted dip', () => {
  const promo = { demand: 0, mean: 0, without: 0 }
  const dip = { demand: 0, mean: 0, without: 0 }
  for (const product of products) {
    const { demand, mean } = totals.get(product) as { demand: Float64Array; mean: Float64Array }
    for (const { start, end } of product.promotions) {
      for (let t = start; t <= end; t++) {
        promo.demand += demand[t] as number
        promo.mean += mean[t] as number
        promo.without += (mean[t] as number) / (product.factors.promotion[t] as number)
      }
      for (let t = end + 1; t < Math.min(end + 6, market.days.total); t++) {
        dip.demand += demand[t] as number
        dip.mean += mean[t] as number
        dip.without += (mean[t] as number) / (product.factors.pullForward[t] as number)
      }
    }
  }
  expect(promo.mean / promo.without).toBeGreaterThan(1.4)
  expect(promo.demand / promo.mean).toBeCloseTo(1, 1)
  expect(dip.mean / dip.without).toBeLessThan(0.9)
  expect(dip.demand / dip.mean).toBeCloseTo(1, 1)
})

test('what a promotion pulls forward is missing afterwards, to the unit', () => {
  const item = { ...(products[0] as Product).item, pullForward: 0.2, pullFade: 0.85 }
  const lift = new Float64Array(400).fill(1)
  lift.fill(2.5, 20, 25)
  const factor = pullForward(item, [{ start: 20, end: 24, discount: 0.3, mechanic: 'discount' }], lift)
  const missing = factor.reduce((a, f) => a + 1 - f, 0)
  expect(missing).toBeCloseTo(0.2 * 5 * 1.5, 2)
  expect(factor[24]).toBe(1)
  expect(1 - (factor[26] as number)).toBeCloseTo(0.85 * (1 - (factor[25] as number)), 12)
})

test('a promotion takes from its siblings', () => {
  let seen = 0
  for (const family of families)
    for (const product of family.products) {
      if (family.products.length < 2) continue
      const { promoted, factors } = product
      const sibling = family.products.find((p) => p !== product) as Product
      for (let t = 1; t < market.days.total; t++) {
        const begins = promoted[t] === 1 && promoted[t - 1] === 0 && (factors.life[t] as number) > 0
        const others = family.products.every(
          (p) =>
            p === product ||
            (p.prices.paid[t] === p.prices.paid[t - 1] &&
              p.promoted[t] === p.promoted[t - 1] &&
              (p.factors.life[t] as number) > 0 === (p.factors.life[t - 1] as number) > 0),
        )
        const still = sibling.prices.competitor[t] === sibling.prices.competitor[t - 1]
        if (begins && others && still && product.prices.regular[t] === product.prices.regular[t - 1]) {
          seen++
          expect(sibling.factors.cross[t]).toBeLessThan(sibling.factors.cross[t - 1] as number)
        }
      }
    }
  expect(seen).toBeGreaterThan(100)
})

test('products are launched, decline and end, and the shares of kinds are those asked for', () => {
  const wanted = settingsOf({ preset: 'demo', items: 200, intermittentShare: 0.3, burstyShare: 0.1, launchShare: 0.25 })
  const other = openMarket(wanted)
  const items = Array.from({ length: other.families }, (_, f) => planFamily(other, f)).flatMap((f) => f.products)
  const share = (is: (p: Product) => boolean) => items.filter(is).length / items.length
  expect(share((p) => p.item.scatter === 'intermittent')).toBeCloseTo(0.3, 1)
  expect(share((p) => p.item.scatter === 'bursty')).toBeCloseTo(0.1, 1)
  expect(share((p) => p.item.launch !== undefined)).toBeCloseTo(0.25, 1)
  for (const { item, factors } of items) {
    if (item.launch !== undefined && item.launch < other.days.total) {
      if (item.launch > 0) expect(factors.life[item.launch - 1]).toBe(0)
      expect(factors.life[item.launch]).toBeGreaterThan(0)
    }
    if (item.end !== undefined && item.end < other.days.total) {
      expect(factors.life[item.end]).toBe(0)
      expect(factors.life[item.end - 1]).toBeLessThan(0.15)
    }
  }
})

test('titles and descriptions name the brand, the kind and the attributes, in both languages', () => {
  for (const { item } of products)
    for (const language of [0, 1] as const)
      for (const word of [item.brand, item.kind.name, ...Object.values(item.attributes)]) {
        expect(item.title[language]).toContain(word[language])
        expect(item.description[language].toLowerCase()).toContain(word[language].toLowerCase())
      }
})
