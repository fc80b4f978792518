import { describe, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { textOf } from '../../core/errors.ts'
import { askOf, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { normalQuantile } from '../../models/statistical/normal.ts'
import { alertsOf } from './alerts.ts'
import { believedUpTo } from './discoveries.ts'
import { excursionOf } from './excursion.ts'

const calendar = new Calendar({ unit: 'day' })
const START = 100
const LEVEL = 50
const SD = 5

/** Cumulative chances of Poisson counts, added up one by one. */
function poissonQuantile(mean: number, level: number): number {
  let chance = Math.exp(-mean)
  let sum = chance
  let y = 0
  while (sum < level) sum += chance *= mean / ++y
  return y
}

type Kind = 'normal' | 'poisson'
const MEAN: { readonly [K in Kind]: number } = { normal: LEVEL, poisson: 0.7 }

/** The true distribution as a forecast, and draws of it with a test's change. */
function world(kind: Kind, series: number, horizon: number, change: (y: number, i: number, h: number) => number) {
  const ids = Array.from({ length: series }, (_, i) => `${kind}/${i}`)
  const frame = { calendar, ids, start: START, horizon, provenance: { model: 'truth', window: 'w', version: '0' } }
  const forecast: Forecast = blankForecast(frame, askOf())
  forecast.mean.fill(MEAN[kind])
  const quantiles = forecast.levels.map((l) =>
    kind === 'normal' ? LEVEL + SD * normalQuantile(l) : poissonQuantile(MEAN.poisson, l),
  )
  for (let k = 0; k < forecast.quantiles.length; k++) forecast.quantiles[k] = at(quantiles, k % quantiles.length)
  const inputs = ids.map((id, i) => {
    const random = Random.of(3, id)
    const draw = () => (kind === 'normal' ? LEVEL + SD * random.normal() : random.poisson(MEAN.poisson))
    return { id, start: START, values: Array.from({ length: horizon }, (_, h) => change(draw(), i, h)) }
  })
  return { forecast, inputs, panel: panelOf(inputs, { calendar }) }
}

describe.each(['normal', 'poisson'] as const)('of %s values', (kind) => {
  test('20,000 clean ones raise no more than a few alerts, and no drifts', () => {
    const { forecast, panel } = world(kind, 2000, 10, (y) => y)
    const found = alertsOf(forecast, panel)
    expect(found.tested).toBe(20_000)
    expect(found.values.length).toBeLessThanOrEqual(2)
    expect(found.drifts.length).toBeLessThanOrEqual(2)
    expect(found.whole).toEqual([])
  })

  test('planted ones are found, and no more than the stated rate of alerts is false', () => {
    const isWild = (i: number, h: number) => i % 20 === 0 && h === 3
    const wild = kind === 'normal' ? LEVEL + 7 * SD : 9
    const { forecast, panel } = world(kind, 2000, 10, (y, i, h) => (isWild(i, h) ? wild : y))
    const { values } = alertsOf(forecast, panel, { rate: 0.1 })
    const right = values.filter(({ id, from }) => isWild(Number(id?.split('/')[1]), from - START))
    expect(right.length).toBe(100)
    expect((values.length - right.length) / values.length).toBeLessThanOrEqual(0.1)
    for (const a of values) expect(a.value > a.high || a.value < a.low).toBe(true)
  })
})

test('too little of a normal value is found as well as too much, the least likely first', () => {
  const { forecast, panel } = world('normal', 300, 5, (y, i, h) =>
    h === 2 && i < 2 ? LEVEL + (i === 0 ? -8 : 10) * SD : y,
  )
  const { values } = alertsOf(forecast, panel)
  expect(values.map(({ id, code }) => [id, code])).toEqual([
    ['normal/1', 'anomalies.aboveForecast'],
    ['normal/0', 'anomalies.belowForecast'],
  ])
  expect(at([values[0]?.probability ?? 1], 0)).toBeLessThan(1e-6)
})

test('an alert is a sentence in both languages, with the range', () => {
  const { forecast, panel } = world('normal', 100, 3, (y, i, h) => (i === 7 && h === 1 ? 100 : y))
  const [alert] = alertsOf(forecast, panel).values
  expect(alert?.expected).toBe(LEVEL)
  expect(alert?.low).toBeCloseTo(LEVEL - 2.58 * SD, -0.5)
  const words = (locale: 'en' | 'zh') => (alert ? textOf(alert.code, alert.details, locale) : '')
  expect(words('en')).toMatch(/^'normal\/7' on 1970-04-12: 100 is more than expected \(3\d\.\d to 6\d\.?\d?\)/)
  expect(words('zh')).toMatch(/^“normal\/7”在 1970-04-12：100 高于预期/)
})

test('a series that drifts is told from one wild value, and slow drifts by what earlier looks handed on', () => {
  const { forecast, panel } = world('normal', 200, 14, (y, i, h) =>
    i === 5 ? y + 2 * SD : i === 6 && h === 4 ? 200 : y,
  )
  const { drifts, values } = alertsOf(forecast, panel)
  expect(drifts.map(({ id, code }) => [id, code])).toEqual([['normal/5', 'anomalies.driftUp']])
  expect(values.map(({ id }) => id)).toContain('normal/6')

  const slow = (y: number, i: number) => (i === 5 ? y - SD : y)
  let before: ReturnType<typeof alertsOf>['scores'] = new Map()
  const seen: string[][] = []
  for (let week = 0; week < 4; week++) {
    const { forecast: f, inputs } = world('normal', 200, 28, slow)
    const start = START + 7 * week
    const part = inputs.map((s) => ({ ...s, start, values: s.values.slice(7 * week, 7 * week + 7) }))
    const cut = {
      ...f,
      start,
      horizon: 7,
      mean: f.mean.subarray(0, 1400),
      quantiles: f.quantiles.subarray(0, 1400 * f.levels.length),
    }
    const found = alertsOf(cut, panelOf(part, { calendar }), { before })
    before = found.scores
    seen.push(found.drifts.map(({ id, code }) => `${id} ${code}`))
  }
  expect(seen[0]).toEqual([])
  expect(seen[3]).toEqual(['normal/5 anomalies.driftDown'])
  expect(before.get('normal/9')?.scores.length).toBe(28)
})

test('a whole that runs above its forecast, or strays too widely, is told as one', () => {
  const up = world('normal', 300, 7, (y) => y + 0.8 * SD)
  expect(alertsOf(up.forecast, up.panel).whole.map(({ code }) => code)).toEqual(['anomalies.wholeUp'])
  const wide = world('normal', 300, 7, (y) => LEVEL + 2 * (y - LEVEL))
  expect(alertsOf(wide.forecast, wide.panel).whole.map(({ code }) => code)).toEqual(['anomalies.wholeWide'])
})

test('closed days are no news, and little from an empty shelf neither', () => {
  const { forecast, inputs } = world('normal', 100, 3, (y, i, h) => (i < 3 && h === 1 ? (i === 2 ? 100 : 0) : y))
  const bits = [Mask.closed, Mask.censored, Mask.censored]
  const masked = inputs.map((s, i) => ({ ...s, mask: s.values.map((_, h) => (h === 1 ? (bits[i] ?? 0) : 0)) }))
  const { values, tested } = alertsOf(forecast, panelOf(masked, { calendar }))
  expect(values.map(({ id }) => id)).toEqual(['normal/2'])
  expect(tested).toBe(298)
})

test('other periods than those forecast are refused', () => {
  const { forecast, inputs } = world('normal', 2, 3, (y) => y)
  const late = panelOf(
    inputs.map((s) => ({ ...s, start: 500 })),
    { calendar },
  )
  expect(() => alertsOf(forecast, late)).toThrow(expect.objectContaining({ code: 'anomalies.unlike' }))
})

test('cumulative sums alarm no more often than they say on scores that mean nothing', () => {
  const random = Random.of(1, 'null')
  let [false_, strong] = [0, 0]
  for (let k = 0; k < 2000; k++) {
    const scores = Float64Array.from({ length: 20 }, () => random.normal())
    if ((excursionOf(scores, 1)?.probability ?? 1) < 0.05) false_++
    if (
      (excursionOf(
        scores.map((z) => z + 1),
        1,
      )?.probability ?? 1) < 0.05
    )
      strong++
  }
  expect(false_ / 2000).toBeLessThanOrEqual(0.05)
  expect(strong / 2000).toBeGreaterThan(0.8)
})

test('Benjamini and Hochberg (1995), table 1', () => {
  const p = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ]
  expect(believedUpTo(Float64Array.from(p), 0.05)).toBe(0.0095)
  expect(believedUpTo(Float64Array.of(0.9, Number.NaN), 0.05)).toBe(0)
})
