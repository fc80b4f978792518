import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar, type Unit } from '../../core/calendar.ts'
import { askOf, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { structuralVariances } from './covariance.ts'
import { crossTemporal } from './cross-temporal.ts'
import { inTime } from './in-time.ts'
import { reconciliationOf } from './methods.ts'
import {
  covarianceMatrix,
  densely,
  inverse,
  normals,
  product,
  randomHierarchy,
  summingMatrix,
  transpose,
} from './oracle.case.ts'
import { reconcileInTime } from './reconcile-in-time.ts'
import { incoherence } from './summing.ts'
import { longerCalendar, temporalHierarchy } from './temporal.ts'

const days = new Calendar({ unit: 'day' })
const { NaN: none } = Number

test('whole weeks and months of a horizon, months with as many days as they have', () => {
  // 2026-01-27 is a Tuesday; 40 days reach to March 7.
  const tree = temporalHierarchy(days, days.parse('2026-01-27'), 40, ['month', 'week', 7])
  const rows = summingMatrix(tree).slice(0, tree.uppers)
  const sizes = rows.map((row) => row.reduce((a, b) => a + b, 0))
  expect(sizes).toEqual([28, 7, 7, 7, 7, 7, 7, 7, 7, 7])
  expect(rows[0]?.indexOf(1)).toBe(5)
  expect(rows[1]?.indexOf(1)).toBe(6)
  expect(rows[5]?.indexOf(1)).toBe(0)
  expect(
    longerCalendar(days, 'month').format(
      at(
        tree.spans.map(({ start }) => start),
        0,
      ),
    ),
  ).toBe('2026-02-01')
  expect(() => temporalHierarchy(new Calendar({ unit: 'week' }), 2900, 20, ['month'])).toThrow(/month.*week/)
})

test('a panel in weeks is what its days sum up to, whole weeks only', () => {
  const start = days.parse('2026-01-01')
  const values = Array.from({ length: 25 }, (_, t) => t)
  const panel = panelOf([{ id: 'tea', start, values, columns: { price: values.map((v) => 2 * v) } }], {
    calendar: days,
  })
  const weeks = inTime(panel, 'week')
  expect(weeks.calendar.format(at(weeks.start, 0))).toBe('2026-01-05')
  // The first Monday is the fifth day.
  expect([...weeks.target]).toEqual([49, 98, 147])
  expect([...(weeks.columns.get('price')?.values ?? [])]).toEqual([14, 28, 42])
})

test('missing days are made up for by the others, closed ones are not', () => {
  const start = days.parse('2026-01-05')
  const values = [7, 7, none, 7, 7, 7, none, 1, none, none, none, none, 1, 1, 0, 5, 5, 5, 5, 5, 5]
  const mask = values.map((_, t) => (t === 14 ? Mask.closed : t === 15 ? Mask.censored : 0))
  const weeks = inTime(panelOf([{ id: 'tea', start, values, mask }], { calendar: days }), 'week')
  expect([...weeks.target]).toEqual([49, none, 30])
  expect([...weeks.mask]).toEqual([Mask.imputed, 0, Mask.censored])
})

function forecastIn(
  unit: Unit,
  start: number,
  horizon: number,
  of: (i: number, h: number) => number,
  paths = 0,
): Forecast {
  const frame = { calendar: longerCalendar(days, unit), ids: ['tea', 'rice'], start, horizon }
  const provenance = { model: unit, window: '', version: '0' }
  const forecast = blankForecast({ ...frame, provenance }, askOf({ levels: [0.1, 0.5, 0.9], paths }))
  const random = new Random(horizon)
  for (let i = 0; i < 2; i++)
    for (let h = 0; h < horizon; h++) {
      forecast.mean[i * horizon + h] = of(i, h)
      for (let p = 0; p < paths; p++)
        (forecast.paths?.values as Float64Array)[(i * paths + p) * horizon + h] = of(i, h) * (1 + 0.1 * random.normal())
    }
  return forecast
}

test('days, weeks and months of one plan agree, and are what dense algebra says', () => {
  const start = days.parse('2026-01-27')
  const tree = temporalHierarchy(days, start, 40, ['month', 'week'])
  const [month, week] = tree.spans
  const paths = 30
  const forecasts = [
    forecastIn('month', (month?.start ?? 0) - 1, 3, (i, h) => 300 * (i + 1) + h, paths),
    forecastIn('week', (week?.start ?? 0) - 1, 7, (i, h) => 60 * (i + 1) + h, paths),
    forecastIn('day', start, 40, (i, h) => 10 * (i + 1) + (h % 7), paths),
  ]
  const found = reconcileInTime(reconciliationOf(tree, 'structural'), tree, forecasts)
  for (const i of [0, 1]) {
    const base = Float64Array.from([300 * (i + 1) + 1, ...[1, 2, 3, 4].map((h) => 60 * (i + 1) + h)])
    const daily = Float64Array.from({ length: 40 }, (_, h) => 10 * (i + 1) + (h % 7))
    const w = covarianceMatrix(structuralVariances(tree))
    const wanted = densely(tree, w, Float64Array.from([...base, ...daily]), 1)
    const all = found.flatMap(({ mean, horizon }) => [...mean.slice(i * horizon, (i + 1) * horizon)])
    expect(all).toEqual(wanted.map((v) => expect.closeTo(v, 8)))
  }
  const [months, weeks, steps] = found as [Forecast, Forecast, Forecast]
  expect([months.start, months.horizon, weeks.horizon]).toEqual([month?.start, 1, 4])
  for (let p = 0; p < 2 * paths; p++) {
    const day = steps.paths?.values.slice(p * 40, (p + 1) * 40) ?? new Float64Array()
    const sum = (from: number, to: number) => day.slice(from, to).reduce((a, b) => a + b, 0)
    expect(at(months.paths?.values ?? [], p)).toBeCloseTo(sum(5, 33), 6)
    expect(at(weeks.paths?.values ?? [], p * 4 + 1)).toBeCloseTo(sum(13, 20), 6)
  }
  expect(at(weeks.quantiles, 2)).toBeGreaterThan(at(weeks.quantiles, 0))
})

test('a forecast that does not reach over the horizon is refused by its unit', () => {
  const start = days.parse('2026-01-26')
  const tree = temporalHierarchy(days, start, 14, ['week'])
  const short = [forecastIn('week', tree.spans[0]?.start ?? 0, 1, () => 1), forecastIn('day', start, 14, () => 1)]
  expect(() => reconcileInTime(reconciliationOf(tree, 'ols'), tree, short)).toThrow(/'week'/)
})

/** Row-major Kronecker product. */
const kronecker = (a: number[][], b: number[][]) =>
  a.flatMap((row) => b.map((other) => row.flatMap((v) => other.map((w) => v * w))))

test('across series and in time at once: one round is the least squares answer under the product of both covariances', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, nested) => {
      const random = new Random(seed)
      const hierarchy = randomHierarchy(random, nested)
      const tree = temporalHierarchy(days, 0, 5, [4, 2])
      const base = normals(random, hierarchy.nodes * tree.nodes, 2, 10)
      const across = reconciliationOf(hierarchy, 'structural')
      const { values, rounds } = crossTemporal(across, reconciliationOf(tree, 'structural'), tree, base)
      expect(rounds).toBe(1)
      const s = kronecker(summingMatrix(hierarchy), summingMatrix(tree))
      const precision = kronecker(
        inverse(covarianceMatrix(structuralVariances(hierarchy))),
        inverse(covarianceMatrix(structuralVariances(tree))),
      )
      const left = product(transpose(s), precision)
      const wanted = product(
        s,
        product(
          inverse(product(left, s)),
          product(
            left,
            Array.from(base, (v) => [v]),
          ),
        ),
      ).flat()
      expect([...values]).toEqual(wanted.map((v) => expect.closeTo(v, 6)))
    }),
    { numRuns: 8 },
  )
})

test('with another method for each temporal level it goes on until both ways are coherent', () => {
  const random = new Random(5)
  const hierarchy = randomHierarchy(random, true)
  const tree = temporalHierarchy(days, 0, 6, [3, 2])
  const base = normals(random, hierarchy.nodes * tree.nodes, 4, 6)
  const across = (['ols', 'structural', 'bottomUp'] as const).map((method) => reconciliationOf(hierarchy, method))
  const { values, rounds } = crossTemporal(across, reconciliationOf(tree, 'ols'), tree, base, 'clip')
  expect(rounds).toBeGreaterThan(1)
  expect(rounds).toBeLessThan(100)
  expect(incoherence(hierarchy, values, tree.nodes)).toBeLessThan(1e-9)
  for (let node = 0; node < hierarchy.nodes; node++)
    expect(incoherence(tree, values.slice(node * tree.nodes, (node + 1) * tree.nodes), 1)).toBeLessThan(1e-9)
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
})
