import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../../core/random.ts'
import { boxCox } from './box-cox.ts'
import { difference } from './difference.ts'
import { log1p } from './log1p.ts'
import { pipeline } from './pipeline.ts'
import { meanScale, minMax, robust, standard } from './scale.ts'
import { followQuantiles, type Transform } from './transform.ts'

const oracle = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/features/oracle.json', import.meta.url), 'utf8'),
) as {
  boxCox: { values: number[]; likelihood: number; scipy: number; guerrero: number; transformed: number[] }[]
}

/** Positive values of any usual size with gaps, at least one of them observed. */
const series = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.double({ min: 0.01, max: 1e6, noNaN: true }) }, fc.constant(Number.NaN)), {
    minLength: 1,
    maxLength: 60,
  })
  .filter((values) => values.some((x) => !Number.isNaN(x)))
  .map((values) => Float64Array.from(values))

const all: readonly (readonly [string, Transform])[] = [
  ['log1p', log1p],
  ['boxCox by likelihood', boxCox()],
  ['boxCox 0.3', boxCox({ lambda: 0.3 })],
  ['boxCox log', boxCox({ lambda: 0 })],
  ['boxCox with offset', boxCox({ lambda: 0.5, offset: 1 })],
  ['minMax', minMax],
  ['standard', standard],
  ['robust', robust],
  ['meanScale', meanScale],
  ['difference', difference()],
  ['difference of order 2', difference({ order: 2 })],
  ['weekly difference', difference({ period: 7 })],
  ['pipeline', pipeline([log1p, standard, difference({ period: 7 }), difference()])],
]

function close(got: Float64Array, want: Float64Array, relative: number): void {
  const size = want.reduce((most, x) => (Number.isNaN(x) ? most : Math.max(most, Math.abs(x))), 1)
  expect(got.length).toBe(want.length)
  got.forEach((x, k) => {
    const y = want[k] as number
    if (Number.isNaN(y)) expect(x).toBeNaN()
    else expect(Math.abs(x - y)).toBeLessThanOrEqual(relative * size)
  })
}

test.each(all)('%s: undoing it gives the series back, gaps and all', (_, transform) => {
  fc.assert(
    fc.property(series, (values) => {
      const state = JSON.parse(JSON.stringify(transform.fit(values)))
      close(transform.invert(transform.apply(values, state), state), values, 1e-7)
    }),
    { numRuns: 60 },
  )
})

test.each(all)('%s: what follows the fitted series is undone as if it had been part of it', (_, transform) => {
  const random = Random.of(5, 'follow')
  const whole = Float64Array.from({ length: 50 }, (_, k) => 20 + (k % 7) + 5 * random.uniform())
  const past = whole.slice(0, 40)
  const state = transform.fit(past)
  const changed = transform.apply(whole, state)
  close(transform.follow(changed.slice(40), state), whole.slice(40), 1e-9)
})

test('constant, all-zero and intermittent series keep a scale that is not zero', () => {
  for (const scale of [minMax, standard, robust, meanScale]) {
    expect(scale.fit(Float64Array.of(0, 0, Number.NaN)).scale).toBe(1)
    expect([...scale.apply(Float64Array.of(4, 4), scale.fit(Float64Array.of(4, 4)))].every(Number.isFinite)).toBe(true)
  }
  // One sale of 10 in ten: the interquartile range is 0, the mean distance from the median 1.
  expect(robust.fit(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 10))).toEqual({ centre: 0, scale: 1 })
  expect(robust.fit(Float64Array.of(1, 2, 3, 4, 5))).toEqual({ centre: 3, scale: 2 })
})

test('values outside of the domain are refused by name', () => {
  expect(() => log1p.fit(Float64Array.of(3, -1))).toThrow(/log1p.*> −1.*-1/)
  expect(() => boxCox().fit(Float64Array.of(3, 0))).toThrow(/boxCox.*> 0.*0/)
  expect(() => standard.fit(Float64Array.of(Number.NaN))).toThrow(/no value/)
})

test('λ of Box and Cox agrees with coreforecast and scipy', () => {
  for (const { values, likelihood, scipy, guerrero, transformed } of oracle.boxCox) {
    const sales = Float64Array.from(values)
    expect(boxCox().fit(sales).lambda).toBeCloseTo(likelihood, 3)
    expect(boxCox({ lower: -5, upper: 5 }).fit(sales).lambda).toBeCloseTo(scipy, 5)
    expect(boxCox({ method: 'guerrero', season: 12 }).fit(sales).lambda).toBeCloseTo(guerrero, 3)
    const z = boxCox().apply(sales, { lambda: 0.3, offset: 0 })
    z.forEach((value, k) => {
      expect(value).toBeCloseTo(transformed[k] as number, 9)
    })
  }
})

test('a difference measures from the last observed value of its place, and paths add up', () => {
  const weekly = difference({ period: 2 })
  const sales = Float64Array.of(1, 10, Number.NaN, 12, 5, 15)
  const state = weekly.fit(sales)
  expect([...weekly.apply(sales, state)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 2, 4, 3])
  expect([...weekly.follow(Float64Array.of(1, 1, 1, 1), state)]).toEqual([6, 16, 7, 17])
})

test('quantiles pass through what keeps their order, and are refused by what adds up', () => {
  const state = log1p.fit(Float64Array.of(1))
  expect(followQuantiles(log1p, Float64Array.of(0, Math.log(3)), state)[1]).toBeCloseTo(2, 12)
  const steps = difference()
  expect(() => followQuantiles(steps, Float64Array.of(1), steps.fit(Float64Array.of(1, 2)))).toThrow(/paths/)
  expect(pipeline([log1p, standard]).pointwise).toBe(true)
  expect(pipeline([log1p, steps]).pointwise).toBe(false)
})

test('what no value can come from ends at the edge of the range when a power transform is undone', () => {
  const half = boxCox({ lambda: 0.5 })
  expect([...half.invert(Float64Array.of(-5, 0), { lambda: 0.5, offset: 0 })]).toEqual([0, 1])
  expect(half.invert(Float64Array.of(3), { lambda: -0.5, offset: 0 })[0]).toBe(Number.POSITIVE_INFINITY)
})
