import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { ForetideError } from '../../core/errors.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { simulatePanel } from '../../simulate/panel.ts'
import { chanceAtLeast, tailMoments } from './kernel.ts'
import { recoverDemand } from './recover.ts'

const calendar = new Calendar({ unit: 'day' })

/** Sums of demand on cells out of stock: planted, recovered, and their absolute difference. */
function sumsOf(panel: Panel, demand: Float64Array, truth: Float64Array) {
  const sums = { cells: 0, sales: 0, truth: 0, found: 0, error: 0, before: 0 }
  for (let k = 0; k < demand.length; k++) {
    if ((at(panel.mask, k) & Mask.censored) === 0) continue
    sums.cells++
    sums.sales += at(panel.target, k)
    sums.truth += at(truth, k)
    sums.found += at(demand, k)
    sums.error += Math.abs(at(demand, k) - at(truth, k))
    sums.before += at(truth, k) - at(panel.target, k)
  }
  return sums
}

test('the moments of a tail are those of sums over counts', () => {
  const [mean, dispersion] = [6, 3]
  const chances: number[] = []
  let chance = (dispersion / (dispersion + mean)) ** dispersion
  for (let y = 0; y < 400; y++) {
    chances.push(chance)
    chance *= ((y + dispersion) / (y + 1)) * (mean / (mean + dispersion))
  }
  const into = new Float64Array(3)
  for (const least of [0, 1, 2, 5, 20]) {
    tailMoments(least, mean, dispersion, into)
    for (const power of [0, 1, 2])
      expect(at(into, power)).toBeCloseTo(
        chances.reduce((sum, p, y) => sum + (y >= least ? p * y ** power : 0), 0),
        8,
      )
    expect(chanceAtLeast(least, mean, dispersion)).toBeCloseTo(at(into, 0), 12)
  }
})

test('planted demand of a marketplace is recovered in sum, and nearer by day than sales are', () => {
  const { panel, truth } = simulatePanel({ seed: 51, items: 24, stores: 3, days: 240, outlierRate: 0 })
  const { demand } = recoverDemand(panel)
  const { sales, truth: planted, found, error, before } = sumsOf(panel, demand, truth.demand)
  // Sums of some hundred cells scatter by a few percent whatever the method.
  expect(Math.abs(found / planted - 1)).toBeLessThan(0.06)
  expect(sales / planted).toBeLessThan(0.6)
  expect(error).toBeLessThan(0.7 * before)
}, 20_000)

test('sales of a known share of the day give the whole day, and the busy day more than the usual', () => {
  const values = Array.from({ length: 140 }, () => 30)
  const mask = values.map(() => 0)
  const share = values.map(() => 1)
  const random = Random.of(3, 'days')
  for (let t = 0; t < values.length; t++) {
    const demand = random.poisson(30 * (random.uniform() < 0.5 ? 0.6 : 1.4))
    if (t % 9 === 4) {
      mask[t] = Mask.censored
      share[t] = 0.5
      values[t] = random.binomial(demand, 0.5)
    } else values[t] = demand
  }
  const [busy, quiet] = [76, 85]
  values[busy] = 22
  values[quiet] = 8
  const panel = panelOf([{ id: 'tea', start: 0, values, mask, columns: { open: share } }], { calendar })
  const { demand, deviation } = recoverDemand(panel, { share: 'open', trust: 1000 })
  expect(at(demand, busy)).toBeGreaterThan(38)
  expect(at(demand, busy)).toBeLessThan(46)
  expect(at(demand, quiet)).toBeLessThan(22)
  expect(at(deviation, busy)).toBeGreaterThan(0)
  expect(at(deviation, busy)).toBeLessThan(12)
})

test('a day that empties every other shelf is a busy day for the empty one, too', () => {
  const random = Random.of(5, 'fair')
  const fair = 60
  const series = Array.from({ length: 12 }, (_, i) => {
    const values = Array.from({ length: 120 }, (_, t) => random.poisson(20 * (t === fair ? 3 : 1)))
    const mask = values.map((_, t) => (i === 0 && t === fair ? Mask.censored : 0))
    if (i === 0) values[fair] = 0
    return { id: `p${i}`, start: 0, values, mask }
  })
  const { demand } = recoverDemand(panelOf(series, { calendar }))
  expect(at(demand, fair)).toBeGreaterThan(45)
  expect(at(demand, fair)).toBeLessThan(75)
})

test('each way by itself says what it says', () => {
  const values = Array.from({ length: 60 }, (_, t) => 10 + (t % 3))
  const mask = values.map((_, t) => (t === 30 ? Mask.censored : 0))
  const open = values.map((_, t) => (t === 30 ? 0.25 : 1))
  values[30] = 4
  const panel = panelOf([{ id: 'tea', start: 0, values, mask, columns: { open } }], { calendar })
  const of = (way: 'share' | 'bound' | 'similar') => at(recoverDemand(panel, { way, share: 'open' }).demand, 30)
  expect(of('share')).toBe(16)
  expect(Math.abs(of('similar') - 11)).toBeLessThan(1)
  expect(Math.abs(of('bound') - 11)).toBeLessThan(1.5)
})

const cell = fc.record({
  y: fc.oneof(fc.constant(Number.NaN), fc.nat({ max: 40 }), fc.constant(0), fc.double({ min: 0, max: 9, noNaN: true })),
  out: fc.boolean(),
  closed: fc.boolean(),
  open: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1, noNaN: true })),
})

test('whatever the panel: never below the sales, equal in stock, finite and determined', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 40 }), { minLength: 1, maxLength: 4 }), (rows) => {
      const panel = panelOf(
        rows.map((cells, i) => ({
          id: `s${i}`,
          start: i,
          values: cells.map((c) => c.y),
          mask: cells.map((c) => (c.out ? Mask.censored : 0) | (c.closed ? Mask.closed : 0)),
          columns: { open: cells.map((c) => c.open) },
        })),
        { calendar },
      )
      const { demand, deviation } = recoverDemand(panel, { share: 'open', rounds: 2 })
      expect(recoverDemand(panel, { share: 'open', rounds: 2 }).demand).toEqual(demand)
      for (let k = 0; k < demand.length; k++) {
        const y = at(panel.target, k)
        if (at(panel.mask, k) !== Mask.censored) expect(at(demand, k)).toEqual(y)
        else expect(at(demand, k)).toBeGreaterThanOrEqual(Number.isNaN(y) ? 0 : y)
        expect(Number.isFinite(at(deviation, k))).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

test('unknown options and columns are refused by name', () => {
  const panel = panelOf([{ id: 'tea', start: 0, values: [1], mask: [Mask.censored] }], { calendar })
  expect(() => recoverDemand(panel, { rounds: 0 })).toThrow(ForetideError)
  expect(() => recoverDemand(panel, { share: 'open' })).toThrow("'open'")
  expect(() => recoverDemand(panel, { drivers: ['price'] })).toThrow("'price'")
})
