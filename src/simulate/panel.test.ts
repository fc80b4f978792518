import { expect, test } from 'vitest'
import { at, Mask, valuesOf } from '../core/panel.ts'
import { FACTORS, simulatePanel } from './panel.ts'

const { panel, truth } = simulatePanel({ preset: 'demo', seed: 3 })
const last = truth.settings.days + at(panel.start, 0) - 1

test('the same seed gives the same panel, another seed another one', () => {
  const made = (seed: number) => simulatePanel({ preset: 'tiny', seed })
  expect(made(1)).toEqual(made(1))
  expect(made(1).panel.target).not.toEqual(made(2).panel.target)
})

test('the truth is aligned with the cells and the mean is the product of its factors', () => {
  for (let k = 0; k < panel.target.length; k++) {
    const product = FACTORS.reduce((all, name) => all * at(truth.factors[name], k), 1)
    const mean = at(panel.mask, k) & Mask.closed ? 0 : product
    expect(Math.abs(at(truth.mean, k) - mean)).toBeLessThan(1e-9 * (1 + mean))
  }
})

test('what was sold is what was wanted, unless the shelf was empty', () => {
  for (let k = 0; k < panel.target.length; k++) {
    const sold = at(panel.target, k)
    if (Number.isNaN(sold)) continue
    expect(sold + at(truth.hidden, k)).toBe(at(truth.demand, k))
    if (!(at(panel.mask, k) & Mask.censored)) expect(at(truth.hidden, k)).toBe(0)
  }
})

test('history ends on the same day in every series, and the horizon follows with plans but no sales', () => {
  const price = panel.columns.get('price')?.values as Float64Array
  const spend = panel.columns.get('ad_spend')?.values as Float64Array
  panel.ids.forEach((_, i) => {
    valuesOf(panel, i).forEach((value, t) => {
      const k = at(panel.offsets, i) + t
      const future = at(panel.start, i) + t > last
      expect(at(price, k)).toBeGreaterThan(0)
      if (future) expect(value).toBeNaN()
      expect(Number.isNaN(at(spend, k))).toBe(future)
    })
  })
})

test('demand scatters about the planted mean with the planted variance', () => {
  const sums = { mean: 0, demand: 0, square: 0, variance: 0 }
  for (let k = 0; k < panel.target.length; k++) {
    const drawn = at(truth.demand, k) - at(truth.bulk, k)
    sums.mean += at(truth.mean, k)
    sums.demand += drawn
    sums.square += (drawn - at(truth.mean, k)) ** 2
    sums.variance += at(truth.variance, k)
  }
  expect(sums.demand / sums.mean).toBeCloseTo(1, 1)
  expect(sums.square / sums.variance).toBeGreaterThan(0.85)
  expect(sums.square / sums.variance).toBeLessThan(1.15)
})
