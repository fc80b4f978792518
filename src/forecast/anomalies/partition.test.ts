import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { normalQuantile } from '../../models/statistical/normal.ts'
import { partition, type Segment } from './partition.ts'
import { quantumOf } from './quantum.ts'
import { scoreOf, valueAt } from './score.ts'

/** Squared residuals of the better of a level and a priced line, by textbook formulas on the cells alone. */
function costOf(values: Float64Array, weight: Float64Array, from: number, to: number, price: number): number {
  const cells = Array.from({ length: to - from }, (_, k) => from + k).filter((t) => at(weight, t) > 0)
  const sum = (f: (t: number) => number) => cells.reduce((s, t) => s + at(weight, t) * f(t), 0)
  const w = sum(() => 1)
  const [t0, y0] = [sum((t) => t) / w, sum((t) => at(values, t)) / w]
  const level = sum((t) => (at(values, t) - y0) ** 2)
  const slope = sum((t) => (t - t0) * (at(values, t) - y0)) / sum((t) => (t - t0) ** 2)
  return Math.min(level, price + sum((t) => (at(values, t) - y0 - slope * (t - t0)) ** 2))
}

/** Every partition there is, one after the other, without pruning. */
function bestCost(values: Float64Array, weight: Float64Array, least: number, change: number, price: number): number {
  const n = values.length
  const best = [-change]
  const seen = (from: number, to: number) => weight.subarray(from, to).filter((w) => w > 0).length
  for (let t = 1; t <= n; t++) {
    best[t] = Number.POSITIVE_INFINITY
    for (let s = 0; s < t; s++)
      if (seen(s, t) >= least)
        best[t] = Math.min(at(best, t), at(best, s) + change + costOf(values, weight, s, t, price))
  }
  return at(best, n)
}

const total = (segments: Segment[], values: Float64Array, weight: Float64Array, change: number, price: number) =>
  segments.reduce((sum, { from, to }) => sum + change + costOf(values, weight, from, to, price), -change)

test('no partition of any kind costs less than the one found, pruned or not, with gaps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 14, max: 60 }),
      fc.constantFrom(2, 4, 7),
      (seed, n, least) => {
        const random = Random.of(seed, 'partition')
        let level = 0
        const values = Float64Array.from({ length: n }, (_, t) => {
          if (random.uniform() < 0.08) level += 4 * random.normal()
          return level + (seed % 2) * 0.3 * t + random.normal()
        })
        const weight = Float64Array.from(values, () => (random.uniform() < 0.1 ? 0 : 0.5 + random.uniform()))
        if (weight.filter((w) => w > 0).length < least) return
        const found = partition(values, weight, least, { change: 9, slope: 6 })
        expect(total(found, values, weight, 9, 6)).toBeCloseTo(bestCost(values, weight, least, 9, 6), 6)
        expect(found.map((s) => s.from)).toEqual([0, ...found.slice(0, -1).map((s) => s.to)])
      },
    ),
    { numRuns: 150 },
  )
})

test('scores of counts are near those of exact Poisson chances', () => {
  const counts = { quantum: 1, power: 1, scale: 1, floor: 0, even: false } as const
  for (const mean of [0.1, 0.5, 2, 10, 60]) {
    let chance = Math.exp(-mean)
    let below = 0
    for (let y = 0; y < 4 * mean + 12; y++) {
      const exact = y > mean ? -normalQuantile(Math.min(1 - 1e-12, 1 - below)) : normalQuantile(below + chance)
      if (1 - below > 1e-9 && Math.abs(exact) > 1 && y > mean === exact > 0)
        expect(Math.abs(scoreOf(counts, y, mean) - exact), `${y} of ${mean}`).toBeLessThan(0.45)
      below += chance
      chance *= mean / (y + 1)
    }
  }
})

test('a value has the score that it was asked for', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 500, noNaN: true }),
      fc.double({ min: 0.5, max: 6, noNaN: true }),
      fc.constantFrom(0, 1, 6),
      (mean, score, quantum) => {
        const spread = { quantum, power: 1, scale: 1.5, floor: 1e-9, even: false } as const
        const value = valueAt(spread, score, mean)
        expect(scoreOf(spread, value, mean)).toBeCloseTo(score, 1)
        const low = valueAt(spread, -score, mean)
        if (low > 0) expect(scoreOf(spread, low, mean)).toBeCloseTo(-score, 1)
      },
    ),
  )
})

test('multiples of a unit betray it, whatever the unit, and amounts have none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 30, maxLength: 60 }),
      fc.constantFrom(1, 0.001, 12, 0.7, 1e6),
      (counts, unit) => {
        const values = Float64Array.from([...counts, 7, 8], (c) => c * unit)
        expect(quantumOf(values) / unit).toBeCloseTo(1, 4)
      },
    ),
  )
  const random = Random.of(1, 'amounts')
  expect(quantumOf(Float64Array.from({ length: 50 }, () => 10 * random.uniform()))).toBe(0)
})
