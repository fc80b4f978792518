import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Residuals } from './covariance.ts'
import { hierarchyOf } from './hierarchy.ts'
import { jointStep, tiesOf } from './joint-paths.ts'
import { reconciliationOf } from './methods.ts'
import { reconcile } from './reconcile.ts'
import { reconciledForecast } from './reconciled-forecast.ts'
import { incoherence, summedUp } from './summing.ts'

const ids = ['a/1', 'a/2', 'b/3', 'b/4']
const tree = hierarchyOf({ ids, keys: ['shop', 'item'], statics: new Map() }, [[], ['shop']])
const LEVELS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
const Z = [-1.645, -1.282, -0.842, -0.524, -0.253, 0, 0.253, 0.524, 0.842, 1.282, 1.645]
const HORIZON = 2
const PERIODS = 300

/** Errors that all series share by half of their variance, and the forecast of every node by itself: normal around its mean. */
function planted(mean: number) {
  const random = new Random(4)
  const common = Array.from({ length: PERIODS }, () => random.normal())
  const bottoms = Float64Array.from(
    { length: 4 * PERIODS },
    (_, k) => Math.SQRT1_2 * (at(common, k % PERIODS) + random.normal()),
  )
  const residuals = { periods: PERIODS, values: summedUp(tree, bottoms, PERIODS) }
  const frame = { calendar: new Calendar({ unit: 'day' }), ids: tree.ids, start: 0, horizon: HORIZON }
  const provenance = { model: 'given', window: '', version: '0' }
  const forecast: Forecast = blankForecast({ ...frame, provenance }, askOf({ levels: LEVELS }))
  for (let node = 0; node < tree.nodes; node++) {
    const size = node < 1 ? 4 : node < 3 ? 2 : 1
    // Variance of a sum of n with correlation a half: n (n + 1) / 2.
    const spread = Math.sqrt((size * (size + 1)) / 2)
    for (let h = 0; h < HORIZON; h++) {
      forecast.mean[node * HORIZON + h] = size * mean
      Z.forEach((z, l) => {
        forecast.quantiles[(node * HORIZON + h) * LEVELS.length + l] = size * mean + z * spread
      })
    }
  }
  return { residuals, forecast, random }
}

/** Joint paths as {@link Forecast.paths} are laid out. */
function jointPaths(forecast: Forecast, residuals: Residuals, count: number, random: Random): Float64Array {
  const ties = tiesOf(residuals, count, random)
  const steps = Array.from({ length: HORIZON }, (_, h) => jointStep(forecast, ties, h))
  return Float64Array.from({ length: tree.nodes * count * HORIZON }, (_, k) =>
    at(steps[k % HORIZON] ?? [], Math.floor(k / HORIZON)),
  )
}

const spreadOf = (forecast: Forecast, node: number) =>
  at(forecast.quantiles, node * HORIZON * LEVELS.length + 9) -
  at(forecast.quantiles, node * HORIZON * LEVELS.length + 1)

test('paths are coherent each, keep the means, and sums are as uncertain as their errors have been', () => {
  const { residuals, forecast, random } = planted(50)
  const r = reconciliationOf(tree, 'mint', { residuals })
  const found = reconciledForecast(r, forecast, { joint: { residuals, paths: 300, random } })
  expect(incoherence(tree, found.paths?.values as Float64Array, 300 * HORIZON)).toBeLessThan(1e-9)
  expect(incoherence(tree, found.mean, HORIZON)).toBeLessThan(1e-9)
  expect(at(found.mean, 0)).toBeCloseTo(200, 6)
  // The total: standard deviation √10; of independent series it would be 2.
  expect(spreadOf(found, 0) / (2 * 1.2816 * Math.sqrt(10))).toBeGreaterThan(0.9)
  expect(spreadOf(found, 0) / (2 * 1.2816 * Math.sqrt(10))).toBeLessThan(1.1)
  for (let node = 3; node < 7; node++) expect(spreadOf(found, node) / (2 * 1.2816)).toBeCloseTo(1, 0)
})

test('paths that every node drew by itself make the total too certain when summed bottom-up: ranks of errors mend it', () => {
  const { residuals, forecast, random } = planted(50)
  const alone = { periods: PERIODS, values: residuals.values.map(() => random.normal()) }
  const up = reconciliationOf(tree, 'bottomUp')
  const tied = reconciledForecast(up, forecast, { joint: { residuals, paths: 300, random } })
  const loose = reconciledForecast(up, forecast, { joint: { residuals: alone, paths: 300, random } })
  expect(spreadOf(loose, 0) / spreadOf(tied, 0)).toBeLessThan(0.75)
})

test('demand near nothing stays non-negative in every path, and quantiles ascend', () => {
  const { residuals, forecast, random } = planted(0.5)
  for (const method of ['structural', 'mint', 'bottomUp'] as const)
    for (const pathNegatives of ['clip', 'exact'] as const) {
      const joint = { residuals, paths: 20, random }
      const r = reconciliationOf(tree, method, { residuals })
      const found = reconciledForecast(r, forecast, { pathNegatives, joint })
      expect(Math.min(...(found.paths?.values ?? []), ...found.mean)).toBeGreaterThanOrEqual(0)
      expect(incoherence(tree, found.paths?.values as Float64Array, 20 * HORIZON)).toBeLessThan(1e-9)
      for (let k = 1; k < found.quantiles.length; k++)
        if (k % LEVELS.length > 0) expect(at(found.quantiles, k)).toBeGreaterThanOrEqual(at(found.quantiles, k - 1))
    }
})

test('joint paths only change the order: each node keeps its distribution at each step', () => {
  const { residuals, forecast, random } = planted(50)
  const first = jointPaths(forecast, residuals, 25, random)
  const again = jointPaths(forecast, residuals, 25, new Random(99))
  const sorted = (paths: Float64Array, node: number, h: number) =>
    Array.from({ length: 25 }, (_, p) => at(paths, (node * 25 + p) * HORIZON + h)).sort((a, b) => a - b)
  for (let node = 0; node < tree.nodes; node++)
    for (let h = 0; h < HORIZON; h++) expect(sorted(first, node, h)).toEqual(sorted(again, node, h))
})

test('each path is reconciled as a forecast of its own', () => {
  const { residuals, forecast, random } = planted(50)
  const values = jointPaths(forecast, residuals, 9, random)
  const paths = { count: 9, values }
  const r = reconciliationOf(tree, 'variances', { residuals })
  const found = reconciledForecast(r, { ...forecast, paths })
  const one = Float64Array.from({ length: tree.nodes }, (_, node) => at(values, (node * 9 + 4) * HORIZON + 1))
  const alone = reconcile(r, one, 1)
  for (let node = 0; node < tree.nodes; node++)
    expect(at(found.paths?.values ?? [], (node * 9 + 4) * HORIZON + 1)).toBeCloseTo(at(alone, node), 9)
})

test('nodes in another order, and quantiles with nothing to tie them together, are refused', () => {
  const { forecast } = planted(5)
  const r = reconciliationOf(tree, 'ols')
  expect(() => reconciledForecast(r, { ...forecast, ids: forecast.ids.toReversed() })).toThrow(/'b\/4'.*'Σ'/)
  expect(() => reconciledForecast(r, forecast)).toThrow(/quantiles/)
})

test('a node that nobody forecast says nothing of its own and is answered by the method', () => {
  const { forecast } = planted(5)
  const [gap, whole] = [forecast.mean.slice(), forecast.mean]
  gap.fill(Number.NaN, 0, HORIZON)
  const answeredBy = tree.ids.map((_, i) => (i === 0 ? undefined : 'given'))
  const r = reconciliationOf(tree, 'structural')
  const found = reconciledForecast(r, { ...forecast, mean: gap, answeredBy, levels: [], quantiles: new Float64Array() })
  expect([...found.mean]).toEqual([...whole].map((v) => expect.closeTo(v, 9)))
  expect(found.answeredBy.slice(0, 2)).toEqual(['structural', 'given'])
})
