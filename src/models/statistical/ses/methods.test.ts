import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Answer, LocalMethod } from '../../local.ts'
import { seasonalSes, seasonalSesOptimised, ses, sesOptimised } from './methods.ts'

interface Known {
  readonly y: number[]
  readonly ses: number[]
  readonly sesOptimised: number[]
  readonly seasonalSes: number[]
  readonly seasonalSesOptimised: number[]
}
const fixture = new URL('../../../../test/fixtures/smoothing/simple.json', import.meta.url)
const known = JSON.parse(readFileSync(fixture, 'utf8')) as Known

function forecast<Options extends object>(
  method: LocalMethod<Options>,
  y: ArrayLike<number>,
  horizon: number,
  paths = 0,
) {
  const answer: Answer = {
    horizon,
    levels: [0.1, 0.5, 0.9],
    paths,
    mean: new Float64Array(horizon),
    quantiles: new Float64Array(horizon * 3),
    sample: new Float64Array(horizon * paths),
    random: Random.of(1, 'ses'),
  }
  const series = {
    id: 'x',
    calendar: new Calendar({ unit: 'day' }),
    start: 0,
    values: Float64Array.from(y),
    season: 7,
    seasons: [7],
    nonNegative: true,
    integer: false,
    known: new Map(),
  }
  method.forecast(series, method.fit(series, method.options), answer, method.options)
  return answer
}

const close = (ours: Float64Array, theirs: readonly number[], digits: number) =>
  theirs.forEach((value, h) => {
    expect(at(ours, h)).toBeCloseTo(value, digits)
  })

test('forecasts are those of statsforecast', () => {
  close(forecast(ses({ alpha: 0.3 }), known.y, 3).mean, known.ses, 10)
  close(forecast(sesOptimised(), known.y, 3).mean, known.sesOptimised, 2)
  close(forecast(seasonalSes({ alpha: 0.3, season: 7 }), known.y, 9).mean, known.seasonalSes, 10)
  close(forecast(seasonalSesOptimised({ season: 7 }), known.y, 9).mean, known.seasonalSesOptimised, 2)
})

test('quantiles widen by α² a step, and by a cycle where positions are apart', () => {
  const noise = Random.of(2, 'ses-noise')
  const y = Array.from({ length: 90 }, () => 20 + noise.normal())
  const width = (answer: Answer, h: number) => at(answer.quantiles, 3 * h + 2) - at(answer.quantiles, 3 * h)
  const plain = forecast(ses({ alpha: 0.5 }), y, 9)
  for (let h = 1; h < 9; h++) expect((width(plain, h) / width(plain, 0)) ** 2).toBeCloseTo(1 + 0.25 * h, 8)
  const seasonal = forecast(seasonalSes({ alpha: 0.5 }), y, 9)
  expect(width(seasonal, 6)).toBeCloseTo(width(seasonal, 0), 8)
  expect((width(seasonal, 8) / width(seasonal, 0)) ** 2).toBeCloseTo(1.25, 8)
})

test('80 % of what follows a random level falls into the central 80 %', () => {
  const random = Random.of(3, 'ses-coverage')
  let inside = 0
  for (let i = 0; i < 400; i++) {
    let level = 50
    const y = Array.from({ length: 101 }, () => {
      const shock = random.normal()
      const value = level + shock
      level += 0.4 * shock
      return value
    })
    const { quantiles } = forecast(sesOptimised(), y.slice(0, 100), 1)
    if (at(y, 100) > at(quantiles, 0) && at(y, 100) < at(quantiles, 2)) inside++
  }
  expect(inside / 400).toBeGreaterThan(0.75)
  expect(inside / 400).toBeLessThan(0.86)
})

test('skips gaps, and refuses a weight that is none', () => {
  const gapped = forecast(ses({ alpha: 0.5 }), [4, Number.NaN, 8, Number.NaN], 2)
  expect([...gapped.mean]).toEqual([6, 6])
  expect(() => ses({ alpha: 0 })).toThrow(expect.objectContaining({ code: 'ets.alpha' }))
})
