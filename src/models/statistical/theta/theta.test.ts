import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { modelContract } from '../../contract.case.ts'
import type { Answer, Series } from '../../local.ts'
import { localModel } from '../../local-model.ts'
import { deseasonalise } from './decompose.ts'
import { fitTheta, WARM_UP } from './fit.ts'
import { dynamicLines, fixedLines, type Lines, staticLine } from './lines.ts'
import { THETA } from './methods.ts'
import { goOn, runTheta, varianceOf } from './run.ts'

const home = { module: new URL('../methods.ts', import.meta.url).href, options: {} }
for (const name of ['theta', 'auto-theta'] as const) modelContract(() => localModel(THETA[name](), home))

interface Reference {
  readonly par: { readonly alpha: number; readonly theta: number; readonly initial_smoothed: number }
  readonly objective: number
  readonly mean: readonly number[]
}
interface Case {
  readonly name: string
  readonly season: number
  readonly values: readonly number[]
  readonly answers: Readonly<Record<string, Reference>>
}
const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/theta/statsforecast.json', import.meta.url), 'utf8'),
)
const KINDS: Readonly<Record<string, { dynamic: boolean; weight: number | undefined }>> = {
  STM: { dynamic: false, weight: 0.5 },
  OTM: { dynamic: false, weight: undefined },
  DSTM: { dynamic: true, weight: 0.5 },
  DOTM: { dynamic: true, weight: undefined },
}
const linesOf = (y: Float64Array, dynamic: boolean): Lines =>
  dynamic ? dynamicLines(y) : fixedLines(y.length, staticLine(y))

const seriesOf = (values: readonly number[], season: number): Series => ({
  id: 'a',
  calendar: new Calendar({ unit: 'day' }),
  start: 0,
  values: Float64Array.from(values),
  season,
  seasons: [season],
  nonNegative: false,
  integer: false,
  known: new Map(),
})
const answerOf = (horizon: number, paths = 0): Answer => ({
  levels: [0.1, 0.5, 0.9],
  paths,
  horizon,
  mean: new Float64Array(horizon),
  quantiles: new Float64Array(3 * horizon),
  sample: new Float64Array(paths * horizon),
  random: Random.of(1, 'theta'),
})

describe.each(CASES)('statsforecast on the series $name', ({ season, values, answers }) => {
  const { kind, indices, adjusted } = deseasonalise(Float64Array.from(values), season)
  const scale = adjusted.reduce((sum, v) => sum + Math.abs(v), 0) / adjusted.length
  const seasonal = (mean: Float64Array) =>
    mean.map((v, h) => {
      const s = indices[(values.length + h) % season] ?? 0
      return kind === 0 ? v : kind === 1 ? v + s : v * s
    })

  test.each(Object.keys(KINDS))('%s: the same recursion, and never a worse fit', (name) => {
    const { dynamic, weight } = KINDS[name] as (typeof KINDS)[string]
    const theirs = answers[name] as Reference
    const lines = linesOf(adjusted, dynamic)
    const given = { alpha: theirs.par.alpha, level: theirs.par.initial_smoothed, weight: 1 - 1 / theirs.par.theta }
    const errors = new Float64Array(adjusted.length)
    const mean = new Float64Array(theirs.mean.length)
    goOn(runTheta(adjusted, lines, given, errors), mean, undefined)
    seasonal(mean).forEach((v, h) => {
      expect(v).toBeCloseTo(at(theirs.mean, h), 9)
    })
    expect(errors.slice(WARM_UP).reduce((sum, e) => sum + e * e, 0) / scale).toBeCloseTo(theirs.objective, 9)
    const ours = fitTheta(adjusted, lines, weight)
    expect(ours.squares / scale).toBeLessThanOrEqual(theirs.objective * 1.0001)
    if (weight !== undefined) expect(ours.weight).toBe(weight)
  })

  test('the automatic choice forecasts nearly the same', () => {
    const theirs = answers.auto as Reference
    const method = THETA['auto-theta']()
    const series = seriesOf(values, season)
    const answer = answerOf(theirs.mean.length)
    method.forecast(series, method.fit(series, {}), answer, {})
    const spread = at(answer.quantiles, 2) - at(answer.quantiles, 0)
    answer.mean.forEach((v, h) => {
      expect(Math.abs(v - at(theirs.mean, h))).toBeLessThan(0.25 * spread)
    })
  })
})

describe('Theta by its properties', () => {
  test('the optimised kinds fit at least as well as the standard ones that they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 6, maxLength: 60 }), (values) => {
        const y = Float64Array.from(values)
        for (const dynamic of [false, true]) {
          const lines = linesOf(y, dynamic)
          const standard = fitTheta(y, lines, 0.5).squares
          expect(fitTheta(y, lines).squares).toBeLessThanOrEqual(standard * 1.001 + 1e-6)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('another unit of measure changes nothing but the scale', () => {
    const { values, season } = CASES[0] as Case
    const method = THETA['auto-theta']()
    const [one, thousand] = [1, 1000].map((factor) => {
      const series = seriesOf(
        values.map((v) => v * factor),
        season,
      )
      const answer = answerOf(7)
      method.forecast(series, method.fit(series, {}), answer, {})
      return answer
    }) as [Answer, Answer]
    one.quantiles.forEach((q, k) => {
      expect(at(thousand.quantiles, k) / 1000).toBeCloseTo(q, 6)
    })
  })

  test.each([false, true])('analytic variances are those of simulated paths (dynamic: %s)', (dynamic) => {
    const y = Float64Array.from((CASES[1] as Case).values)
    const state = runTheta(y, linesOf(y, dynamic), { alpha: 0.4, level: 10, weight: 0.7 })
    const random = Random.of(5, 'paths')
    const horizon = 8
    const sums = new Float64Array(horizon)
    const squares = new Float64Array(horizon)
    const count = 20_000
    const path = new Float64Array(horizon)
    const mean = new Float64Array(horizon)
    goOn(state, mean, undefined)
    for (let p = 0; p < count; p++) {
      goOn(
        state,
        path,
        Float64Array.from({ length: horizon }, () => random.normal()),
      )
      path.forEach((v, h) => {
        sums[h] = at(sums, h) + v - at(mean, h)
        squares[h] = at(squares, h) + (v - at(mean, h)) ** 2
      })
    }
    varianceOf(state, horizon).forEach((v, h) => {
      expect(at(squares, h) / count / v).toBeCloseTo(1, 1)
      expect(Math.abs(at(sums, h) / count)).toBeLessThan(0.05 * Math.sqrt(v))
    })
  })

  test('a cycle is taken off only where there is one, and comes back in the forecast', () => {
    const cycle = Array.from({ length: 42 }, (_, t) => 10 + (t % 7))
    expect(deseasonalise(Float64Array.from(cycle), 7).kind).toBe(2)
    const kindOf = (values: readonly number[]) => deseasonalise(Float64Array.from(values), 7).kind
    expect(kindOf(cycle.map((v) => v - 10))).toBe(1)
    const random = Random.of(3, 'noise')
    expect(kindOf(cycle.map(() => random.normal()))).toBe(0)
    const method = THETA['auto-theta']()
    const answer = answerOf(7)
    const series = seriesOf(cycle, 7)
    method.forecast(series, method.fit(series, {}), answer, {})
    answer.mean.forEach((v, h) => {
      expect(v).toBeCloseTo(10 + h, 1)
    })
  })
})
