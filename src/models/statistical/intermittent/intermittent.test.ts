import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { modelContract } from '../../contract.case.ts'
import type { Answer, LocalMethod, Series } from '../../local.ts'
import { localModel } from '../../local-model.ts'
import { draw, hurdle, meanOf, quantileOf } from './distribution.ts'
import { blockSums, eventsOf, meanGap } from './events.ts'
import { INTERMITTENT } from './methods.ts'
import { bestAlpha, fadingWeights, smoothed } from './smoothing.ts'

const home = { module: new URL('../methods.ts', import.meta.url).href, options: {} }
for (const [name, make] of Object.entries(INTERMITTENT))
  modelContract(() => localModel(make(), home), {
    refuses: { negative: 'no demand is below zero' },
    ...(name === 'croston-sba' ? { notConstant: 'its correction takes 5 % off any mean' } : {}),
  })

const answered = (method: LocalMethod, values: readonly number[], paths = 0): Answer => {
  const series: Series = {
    id: 'a',
    calendar: new Calendar({ unit: 'day' }),
    start: 0,
    values: Float64Array.from(values),
    season: 7,
    seasons: [7],
    nonNegative: true,
    integer: values.every((v) => Number.isNaN(v) || Number.isInteger(v)),
    known: new Map(),
  }
  const answer: Answer = {
    levels: [0.1, 0.3, 0.5, 0.7, 0.9, 0.99],
    paths,
    horizon: 3,
    mean: new Float64Array(3),
    quantiles: new Float64Array(18),
    sample: new Float64Array(3 * paths),
    random: Random.of(2, 'intermittent'),
  }
  method.forecast(series, method.fit(series, method.options), answer, method.options)
  return answer
}

interface Case {
  readonly name: string
  readonly values: readonly number[]
  readonly means: Readonly<Record<string, number>>
}
const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/intermittent/statsforecast.json', import.meta.url), 'utf8'),
)
const EXACT = new Set(['croston', 'croston-sba', 'tsb'])

describe.each(CASES)('statsforecast on the series $name', ({ values, means }) => {
  test.each(Object.entries(means))('%s has the mean %d', (name, mean) => {
    const ours = at(answered(INTERMITTENT[name as keyof typeof INTERMITTENT](), values).mean, 0)
    // Where smoothing constants are searched for, both stop near the same least error.
    expect(Math.abs(ours - mean)).toBeLessThanOrEqual((EXACT.has(name) ? 1e-12 : 1e-3) * Math.max(1e-9, mean))
  })
})

const demand = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 30 })), {
  minLength: 3,
  maxLength: 60,
})

describe('intermittent demand by its properties', () => {
  test.each(Object.keys(INTERMITTENT))(
    '%s: quantiles ascend from zero, and another pack size is only a scale',
    (name) => {
      const make = INTERMITTENT[name as keyof typeof INTERMITTENT]
      fc.assert(
        fc.property(demand, (values) => {
          // A fraction keeps both off the whole numbers, which are smoothed as counts.
          const one = answered(make(), values.map((v) => v * 1.5).concat(0.5))
          const ten = answered(make(), values.map((v) => v * 15).concat(5.0001 - 0.0001))
          one.quantiles.forEach((q, k) => {
            expect(q).toBeGreaterThanOrEqual(k % 6 === 0 ? 0 : at(one.quantiles, k - 1))
          })
          expect(at(ten.mean, 0)).toBeCloseTo(10 * at(one.mean, 0), 6)
        }),
        { numRuns: 40 },
      )
    },
  )

  test.each(Object.keys(INTERMITTENT))('%s: paths are of whole pieces and have the mean', (name) => {
    const values = Array.from({ length: 60 }, (_, t) => (t % 4 === 1 ? 1 + (t % 3) : 0))
    const { sample, mean } = answered(INTERMITTENT[name as keyof typeof INTERMITTENT](), values, 4000)
    expect(sample.every(Number.isInteger)).toBe(true)
    expect(sample.reduce((a, b) => a + b, 0) / sample.length).toBeCloseTo(at(mean, 0), 1)
  })

  test('missing periods are no periods without demand', () => {
    const gaps = [0, 2, Number.NaN, 0, 3, Number.NaN, 0, 1]
    for (const make of Object.values(INTERMITTENT))
      expect(answered(make(), gaps).mean).toEqual(
        answered(
          make(),
          gaps.filter((v) => !Number.isNaN(v)),
        ).mean,
      )
  })
})

describe('a hurdle', () => {
  const sizes = Float64Array.of(4, 1, 4)
  const weights = Float64Array.of(0.25, 0.5, 0.25)

  test('has its chance of nothing, its sizes and the mean that follows', () => {
    const it = hurdle(0.4, sizes, weights, false)
    expect([...it.values]).toEqual([0, 1, 4])
    expect([...it.cumulative].map((c) => Math.round(c * 1e9) / 1e9)).toEqual([0.6, 0.8, 1])
    expect(meanOf(it)).toBeCloseTo(0.4 * 2.5, 12)
    expect([0.3, 0.6, 0.7, 0.9].map((l) => quantileOf(it, l))).toEqual(
      [0, 0, 0.5, 2.5].map((q) => expect.closeTo(q, 9)),
    )
  })

  test('keeps mean and variance when smoothed as a count', () => {
    const smooth = hurdle(0.4, sizes, weights, true)
    expect(meanOf(smooth)).toBeCloseTo(1, 4)
    const square = meanOf({ values: smooth.values.map((v) => v * v), cumulative: smooth.cumulative })
    expect(square).toBeCloseTo(0.4 * (0.5 * 1 + 0.5 * 16), 2)
    expect(smooth.cumulative.at(-1)).toBeCloseTo(1, 12)
  })

  test('draws what it says', () => {
    const it = hurdle(0.4, sizes, weights, false)
    const random = Random.of(4, 'draw')
    const counts = new Map<number, number>()
    for (let k = 0; k < 20_000; k++) {
      const v = draw(it, random)
      counts.set(v, (counts.get(v) ?? 0) + 1)
    }
    expect((counts.get(0) as number) / 20_000).toBeCloseTo(0.6, 1)
    expect((counts.get(1) as number) / 20_000).toBeCloseTo(0.2, 1)
  })
})

test('a history falls apart into sizes, gaps and blocks', () => {
  const events = eventsOf(Float64Array.of(0, 0, 3, 0, 1, 2, 0))
  expect([...events.sizes]).toEqual([3, 1, 2])
  expect([...events.gaps]).toEqual([3, 2, 1])
  expect(meanGap(events)).toBe(2)
  expect([...blockSums(events.observed, 2)]).toEqual([3, 1, 2])
  expect(smoothed(Float64Array.of(4, 8), 0.25)).toBe(5)
  expect(fadingWeights(2, 0.5)).toEqual(Float64Array.of(1 / 3, 2 / 3))
  expect(bestAlpha(Float64Array.of(1, 9, 9, 9, 9))).toBeCloseTo(0.3, 3)
  expect(() => eventsOf(Float64Array.of(1, -1))).toThrow()
})
