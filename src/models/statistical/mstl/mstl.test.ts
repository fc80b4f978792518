import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { CannotForecast } from '../../../core/errors.ts'
import { Random } from '../../../core/random.ts'
import { modelContract } from '../../contract.case.ts'
import type { Answer, Series } from '../../local.ts'
import { localModel } from '../../local-model.ts'
import { decompose, seasonalStrength } from './decompose.ts'
import { mstl } from './mstl.ts'
import { type StlOptions, stl } from './stl.ts'

modelContract(() => localModel(mstl()))
modelContract(() => localModel(mstl({ trend: 'arima', robust: true })))

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../test/fixtures/mstl/${name}.json`, import.meta.url), 'utf8'))
const same = (actual: Float64Array, wanted: readonly number[]) => {
  expect(actual.length).toBe(wanted.length)
  wanted.forEach((v, t) => {
    expect(Math.abs((actual[t] as number) - v)).toBeLessThan(1e-9)
  })
}

interface StlCase {
  readonly y: readonly number[]
  readonly period: number
  readonly options: Readonly<Record<string, number | boolean>>
  readonly seasonal: readonly number[]
  readonly trend: readonly number[]
  readonly weights: readonly number[]
}
const NAMES: Readonly<Record<string, keyof StlOptions>> = {
  seasonal: 'seasonal',
  trend: 'trend',
  low_pass: 'lowPass',
  seasonal_deg: 'seasonalDegree',
  trend_deg: 'trendDegree',
  low_pass_deg: 'lowPassDegree',
  seasonal_jump: 'jump',
  trend_jump: 'jump',
  low_pass_jump: 'jump',
  robust: 'robust',
}

test.each(
  (read('stl') as StlCase[]).map((c) => [`${c.y.length} / ${c.period} ${JSON.stringify(c.options)}`, c] as const),
)('STL agrees with statsmodels: %s', (_, c) => {
  const options = Object.fromEntries(Object.entries(c.options).map(([name, value]) => [NAMES[name], value]))
  const { seasonal, trend, weights } = stl(Float64Array.from(c.y), c.period, options)
  same(seasonal, c.seasonal)
  same(trend, c.trend)
  same(weights, c.weights)
})

interface MstlCase {
  readonly y: readonly number[]
  readonly periods: readonly number[]
  readonly trend: readonly number[]
  readonly seasonal: readonly (readonly number[])[]
}

test.each((read('mstl') as MstlCase[]).map((c) => [c.periods.join(', '), c] as const))(
  'MSTL agrees with statsforecast: periods %s',
  (_, c) => {
    const { seasonal, trend } = decompose(Float64Array.from(c.y), c.periods)
    same(trend, c.trend)
    seasonal.forEach((part, i) => {
      same(part, c.seasonal[i] as number[])
    })
  },
)

test('seasonal strength is near 1 for a pure season and near 0 for noise', () => {
  const random = Random.of(1, 'strength')
  const wave = Float64Array.from({ length: 84 }, (_, t) => 5 * Math.sin((2 * Math.PI * t) / 7) + 0.1 * random.normal())
  expect(seasonalStrength(wave, 7)).toBeGreaterThan(0.98)
  // The strength of noise is the share that fitting a season removes by chance alone, well below the 0.64 that counts as strong.
  expect(
    seasonalStrength(
      wave.map(() => random.normal()),
      7,
    ),
  ).toBeLessThan(0.5)
})

const calendar = new Calendar({ unit: 'day' })
const seriesOf = (values: Float64Array, seasons: readonly number[] = [7]): Series => ({
  id: 's',
  calendar,
  start: 0,
  values,
  season: seasons[0] ?? 1,
  seasons,
  nonNegative: false,
  integer: false,
  known: new Map(),
})
function run(method: ReturnType<typeof mstl>, series: Series, horizon: number, paths = 0): Answer {
  const levels = [0.1, 0.5, 0.9]
  const answer = {
    levels,
    paths,
    horizon,
    mean: new Float64Array(horizon),
    quantiles: new Float64Array(horizon * 3),
    sample: new Float64Array(paths * horizon),
    random: Random.of(1, 'mstl'),
  }
  method.forecast(series, method.fit(series, method.options), answer, method.options)
  return answer
}

test('carries on two planted seasons and a trend', () => {
  const truth = (t: number) => 50 + 0.1 * t + 8 * Math.sin((2 * Math.PI * t) / 7) + 5 * Math.cos((2 * Math.PI * t) / 30)
  const random = Random.of(4, 'two')
  const values = Float64Array.from({ length: 240 }, (_, t) => truth(t) + 0.5 * random.normal())
  const { mean, quantiles } = run(mstl({ seasons: [30, 7] }), seriesOf(values), 21)
  mean.forEach((v, h) => {
    expect(Math.abs(v - truth(240 + h))).toBeLessThan(2.5)
    expect(quantiles[h * 3] as number).toBeLessThan(v)
  })
})

test('adding a pattern that repeats each week to a series adds it to the forecast', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 7, maxLength: 7 }), (week) => {
      const random = Random.of(3, 'base')
      const base = Float64Array.from({ length: 70 }, () => 20 + random.normal())
      const centre = week.reduce((a, b) => a + b, 0) / 7
      const pattern = (t: number) => (week[t % 7] as number) - centre
      const method = mstl({ trend: 'arima' })
      const plain = run(method, seriesOf(base), 9)
      const moved = run(method, seriesOf(base.map((v, t) => v + pattern(t))), 9)
      moved.mean.forEach((v, h) => {
        expect(v).toBeCloseTo((plain.mean[h] as number) + pattern(70 + h), 4)
      })
    }),
    { numRuns: 20 },
  )
})

test('paths carry the season too', () => {
  const values = Float64Array.from(
    { length: 70 },
    (_, t) => 30 + 10 * Math.sin((2 * Math.PI * t) / 7) + ((t * 7919) % 13) / 13,
  )
  const { mean, sample } = run(mstl(), seriesOf(values), 7, 200)
  for (let h = 0; h < 7; h++) {
    let sum = 0
    for (let p = 0; p < 200; p++) sum += sample[p * 7 + h] as number
    expect(Math.abs(sum / 200 - (mean[h] as number))).toBeLessThan(0.5)
  }
})

test('leaves out cycles that are too long, and refuses where none is left or there is none', () => {
  const values = Float64Array.from({ length: 60 }, (_, t) => t % 7)
  const method = mstl()
  expect(method.fit(seriesOf(values, [7, 365.25]), {})[0]).toBe(1)
  expect(() => method.fit(seriesOf(values.subarray(0, 14), [7]), {})).toThrow(CannotForecast)
  expect(() => method.fit(seriesOf(values, [1]), {})).toThrow(CannotForecast)
})
