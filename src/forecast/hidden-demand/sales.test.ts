import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { blankForecast, DEFAULT_LEVELS } from '../../core/forecast.ts'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { usualAvailability } from './availability.ts'
import { lostSales } from './lost.ts'
import { recoverDemand } from './recover.ts'
import { reportDemandAndSales } from './report.ts'
import { expectedSales } from './sales.ts'

const calendar = new Calendar({ unit: 'day' })
const provenance = { model: 'gamma', window: '', version: '' }

/** A forecast of gamma demand by its sorted sample, and the sample. */
function gammaForecast(levels: readonly number[], horizon = 2) {
  const random = Random.of(8, 'gamma')
  const count = 20_000
  const forecast = blankForecast({ calendar, ids: ['tea'], start: 0, horizon, provenance }, { levels, paths: count })
  const values = forecast.paths?.values as Float64Array
  for (let k = 0; k < values.length; k++) values[k] = 4 * random.gamma(2.5)
  const days = Array.from({ length: horizon }, (_, h) => values.filter((_v, k) => k % horizon === h).sort())
  days.forEach((sample, h) => {
    forecast.mean[h] = sample.reduce((a, b) => a + b, 0) / count
    levels.forEach((level, l) => {
      forecast.quantiles[h * levels.length + l] = at(sample, Math.floor(level * count))
    })
  })
  return { forecast, days, values: values.slice(), count }
}

test('sales out of so many units are the mean of the lesser of both, by quantiles as by the sample', () => {
  const { forecast, days } = gammaForecast(DEFAULT_LEVELS)
  for (const units of [0, 2, 8, 15, 30, 1000]) {
    const sales = expectedSales(forecast, { units: new Float64Array(2).fill(units) })
    const exact = (days[0] as Float64Array).reduce((a, d) => a + Math.min(d, units), 0) / 20_000
    expect(Math.abs(at(sales.mean, 0) - exact)).toBeLessThan(0.01 * exact + 0.02)
    expect(Math.max(...sales.quantiles)).toBeLessThanOrEqual(units)
  }
})

test('with few levels, too, more units never sell less, and never more than is wanted or there', () => {
  for (const levels of [[], [0.5], [0.1, 0.9]]) {
    const { forecast } = gammaForecast(levels)
    let before = 0
    for (let units = 0; units < 60; units += 2.5) {
      const [sold] = expectedSales(forecast, { units: new Float64Array(2).fill(units) }).mean
      expect(sold).toBeGreaterThanOrEqual(before)
      expect(sold).toBeLessThanOrEqual(Math.min(units, at(forecast.mean, 0)))
      before = sold as number
    }
  }
})

test('stock on hand runs down over the horizon, with what arrives', () => {
  const { forecast, values, count } = gammaForecast([0.5])
  const sales = expectedSales(forecast, { onHand: Float64Array.of(12), arriving: Float64Array.of(0, 3) })
  let [first, second] = [0, 0]
  for (let p = 0; p < count; p++) {
    const sold = Math.min(12, at(values, 2 * p))
    first += sold / count
    second += Math.min(15 - sold, at(values, 2 * p + 1)) / count
  }
  expect(at(sales.mean, 0)).toBeCloseTo(first, 6)
  expect(at(sales.mean, 1)).toBeCloseTo(second, 6)
  const { paths: _, ...without } = forecast
  expect(() => expectedSales(without, { onHand: Float64Array.of(12) })).toThrow('paths')
  expect(() => expectedSales(forecast, { units: Float64Array.of(1) })).toThrow("'units'")
})

/** Two items of 10 a day; the second is without stock for half of every fifth day, at a price of 3. */
const shop = () => {
  const days = 100
  const out = (t: number) => t % 5 === 2
  const tea = { id: 'a/tea', start: 0, values: new Array(days).fill(10), columns: { price: new Array(days).fill(2) } }
  const rice = {
    id: 'a/rice',
    start: 0,
    values: Array.from({ length: days }, (_, t) => (out(t) ? 5 : 10)),
    mask: Array.from({ length: days }, (_, t) => (out(t) ? Mask.censored : 0)),
    columns: {
      price: Array.from({ length: days }, (_, t) => (t === 0 ? Number.NaN : 3)),
      out: Array.from({ length: days }, (_, t) => (out(t) ? 8 : 0)),
    },
  }
  return panelOf([tea, rice], { calendar, keys: ['store', 'item'] })
}

test('lost sales are summed by item and by day, at the price of the day', () => {
  const panel = shop()
  const recovered = recoverDemand(panel, { hoursOut: { column: 'out', of: 16 }, drivers: [] })
  const [worst, other] = lostSales(panel, recovered, { by: 'item' })
  expect(worst).toMatchObject({ label: 'rice', outOfStock: 20, cells: 100, sales: 900 })
  expect(worst?.lost).toBeGreaterThan(95)
  expect(worst?.lost).toBeLessThan(105)
  expect(worst?.value).toBeCloseTo(3 * (worst?.lost ?? 0), 6)
  expect(other).toMatchObject({ label: 'tea', lost: 0, value: 0, outOfStock: 0 })
  const days = lostSales(panel, recovered, { by: 'period' })
  expect(days.filter(({ lost }) => lost > 0)).toHaveLength(20)
  expect(days.reduce((a, d) => a + d.lost, 0)).toBeCloseTo(worst?.lost ?? 0, 6)
  expect(() => lostSales(panel, recovered, { by: 'brand' })).toThrow("'brand'")
})

test('availability as it was lately brings a forecast of demand to sales, and each is scored where it belongs', () => {
  const panel = shop()
  const recovered = recoverDemand(panel, { hoursOut: { column: 'out', of: 16 }, drivers: [] })
  const availability = usualAvailability(panel, recovered, 5, 1000)
  expect(at(availability.share, 0)).toBeGreaterThan(0.99)
  expect(at(availability.share, 5)).toBeCloseTo(0.9, 1)
  const demand = blankForecast(
    { calendar, ids: panel.ids, start: 95, horizon: 5, provenance },
    { levels: [], paths: 0 },
  )
  demand.mean.fill(10)
  const sales = expectedSales(demand, availability)
  const { scores, lost } = reportDemandAndSales({ panel, recovered, demand, sales, by: 'series' })
  const of = (forecast: string, rows: string) => scores.find((s) => s.forecast === forecast && s.rows === rows)
  expect(of('demand', 'in stock')).toMatchObject({ n: 9, wape: 0, bias: 0 })
  expect(of('demand', 'out of stock')).toMatchObject({ n: 1, wape: 1, bias: 1 })
  expect(of('demand', 'all')?.bias).toBeCloseTo(5 / 95, 6)
  expect(Math.abs(of('sales', 'all')?.bias ?? 1)).toBeLessThan(0.01)
  expect(lost[0]?.label).toBe('a/rice')
})
