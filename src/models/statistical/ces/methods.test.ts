import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Answer, Series } from '../../local.ts'
import { backcast, type CesKind, KINDS, runCes, trackOf } from './filter.ts'
import { isStable, unpacked } from './fit.ts'
import { autoCes } from './methods.ts'

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../test/fixtures/smoothing/${name}.json`, import.meta.url), 'utf8'))
const fixed = read('ces') as {
  y: number[]
  cases: { kind: string; rows: number[][]; smooth: number[]; residuals: number[]; lik: number }[]
}
const chosen = read('chosen') as { y: number[]; ces: { kind: string; aicc: number; smooth: (number | null)[] } }[]
const M = 7
const kindOf = (letter: string) => KINDS['NSPF'.indexOf(letter)] as CesKind

function seriesOf(values: ArrayLike<number>): Series {
  return {
    id: 'x',
    calendar: new Calendar({ unit: 'day' }),
    start: 0,
    values: Float64Array.from(values),
    season: M,
    seasons: [M],
    nonNegative: true,
    integer: false,
    known: new Map(),
  }
}

function forecast(
  y: ArrayLike<number>,
  options: Parameters<typeof autoCes>[0],
  ask: { horizon: number; paths?: number },
) {
  const { horizon, paths = 0 } = ask
  const method = autoCes(options)
  const answer: Answer = {
    horizon,
    levels: [0.1, 0.9],
    paths,
    mean: new Float64Array(horizon),
    quantiles: new Float64Array(horizon * 2),
    sample: new Float64Array(horizon * paths),
    random: Random.of(1, 'ces'),
  }
  const series = seriesOf(y)
  method.forecast(series, method.fit(series, method.options), answer, method.options)
  return answer
}

test.each(fixed.cases.map((c) => [kindOf(c.kind), c] as const))('%s backcasts as statsforecast does', (kind, c) => {
  const track = trackOf(Float64Array.from(fixed.y), M, kind)
  c.rows.forEach((row, i) => {
    track.rows.set(row, 4 * i)
  })
  const sum = backcast(track, c.smooth)
  // It keeps states in single precision, so the digits are those.
  expect(fixed.y.length * Math.log(sum)).toBeCloseTo(c.lik, 2)
  c.residuals.forEach((r, t) => {
    expect(Math.abs(at(track.e, t) - r)).toBeLessThan(1e-3)
  })
})

test('the criterion chosen is no worse than that of statsforecast, where that is stable', () => {
  const gaps: number[] = []
  for (const { y, ces } of chosen) {
    const smooth = ces.smooth.map((v) => v ?? 0)
    // Its search has no such bound, and where it goes beyond, the filter explodes.
    if (!isStable(kindOf(ces.kind), smooth)) continue
    gaps.push(unpacked(autoCes().fit(seriesOf(y), {})).score - ces.aicc)
  }
  expect(gaps.length).toBeGreaterThan(8)
  expect(gaps.reduce((a, b) => a + b, 0) / gaps.length).toBeLessThan(0.1)
  for (const gap of gaps) expect(gap).toBeLessThan(2)
})

test('is stable just where the eigenvalues of the recursion lie within the unit circle', () => {
  const grid = [0.05, 0.4, 0.8, 0.99, 1.01, 1.2, 1.5, 1.75]
  for (const a0 of grid)
    for (const a1 of grid) {
      // Errors counted, the states follow (l, c) → D (l, c); D's powers die out or do not.
      let level = 1
      let potential = 0.7
      for (let t = 0; t < 4000; t++) {
        const next = level - (1 - a1) * potential - (a0 - a1) * level
        potential = level + (1 - a0) * potential - (a0 + a1) * level
        level = next
      }
      const dead = Math.abs(level) + Math.abs(potential) < 1e-6
      expect(isStable('none', [a0, a1])).toBe(dead)
    }
})

test('a series that follows its own recursion without noise is forecast exactly', () => {
  for (const kind of KINDS) {
    const truth = trackOf(new Float64Array(80).fill(Number.NaN), M, kind)
    const smooth = [1.1, 1, 0.1, 0.95]
    for (let j = 0; j < truth.lead; j++) truth.rows.set([20 + (j % 3), 18, 2 - j / 2, 1], 4 * j)
    runCes(truth, smooth)
    const rows = truth.rows.slice()
    // Missing values are projected, and what was projected, observed, leaves no error behind.
    const seen = trackOf(new Float64Array(80), M, kind)
    const back = kind === 'simple' ? truth.lead : 1
    for (let t = 0; t < 80; t++)
      seen.y[t] =
        at(rows, 4 * (truth.lead + t - back)) + (kind === 'partial' || kind === 'full' ? at(rows, 4 * t + 2) : 0)
    seen.rows.set(rows.subarray(0, 4 * truth.lead))
    expect(runCes(seen, smooth)).toBeLessThan(1e-18)
  }
})

test('follows a planted season and trend, and paths agree with mean and quantiles', () => {
  const random = Random.of(5, 'ces-planted')
  const truth = (t: number) => 60 + 0.3 * t + 9 * Math.sin((2 * Math.PI * t) / M)
  const y = Array.from({ length: 120 }, (_, t) => truth(t) + random.normal())
  const answer = forecast(y, {}, { horizon: 9, paths: 4000 })
  for (let h = 0; h < 9; h++) {
    expect(Math.abs(at(answer.mean, h) - truth(120 + h))).toBeLessThan(4)
    const column = Float64Array.from({ length: 4000 }, (_, p) => at(answer.sample, p * 9 + h)).sort()
    const width = at(answer.quantiles, 2 * h + 1) - at(answer.quantiles, 2 * h)
    expect(Math.abs(at(column, 400) - at(answer.quantiles, 2 * h))).toBeLessThan(0.06 * width)
    expect(Math.abs(at(column, 3600) - at(answer.quantiles, 2 * h + 1))).toBeLessThan(0.06 * width)
    expect(column.reduce((a, b) => a + b, 0) / 4000).toBeCloseTo(at(answer.mean, h), 6)
  }
})

test('a change of unit changes the forecast by that unit', () => {
  const { y } = chosen[4] as { y: number[] }
  const plain = forecast(y, {}, { horizon: 8 })
  const scaled = forecast(
    y.map((v) => v * 64),
    {},
    { horizon: 8 },
  )
  for (let h = 0; h < 8; h++) expect(at(scaled.mean, h) / 64).toBeCloseTo(at(plain.mean, h), 8)
})

test('refuses by type: too short for its kind, no season', () => {
  const method = autoCes({ kind: 'full' })
  expect(() => method.fit(seriesOf([1, 2, 3, 4, 5, 6, 7, 8, 9]), {})).toThrow(
    expect.objectContaining({ reason: 'tooShort', details: { has: 9, needs: 14 } }),
  )
  expect(() => method.fit({ ...seriesOf([1, 2, 3, 4, 5, 6, 7, 8, 9]), season: 1 }, {})).toThrow(
    expect.objectContaining({ reason: 'noSeason' }),
  )
})
