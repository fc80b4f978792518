import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { CannotForecast } from '../core/errors.ts'
import { askOf } from '../core/forecast.ts'
import { panelOf } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { latestWindow } from '../store/window.ts'
import { chainOf } from './chain.ts'
import type { LocalMethod } from './local.ts'
import { localModel } from './local-model.ts'

/** Answers a constant, and only series of at least `minHistory` values. */
const constant = (name: string, value: number, minHistory: number): LocalMethod => ({
  name,
  needs: { minHistory, knownAhead: 'ignored', crossSeries: false, missing: true },
  options: {},
  fit: (series) => {
    if (series.values.includes(13)) throw new CannotForecast('didNotConverge')
    return new Float64Array([value])
  },
  forecast: (_, parameters, answer) => {
    answer.mean.fill(parameters[0] as number)
    answer.quantiles.fill(parameters[0] as number)
  },
})

test('each series is answered by the first candidate that can, and the forecast says by whom and who passed', async () => {
  const lengths = [10, 3, 1, 10, 10]
  const series = lengths.map((n, i) => ({
    id: `s${i}`,
    start: 20 - n,
    values: new Array(n).fill(i === 3 ? 13 : i === 4 ? Number.NaN : 5),
  }))
  const window = latestWindow(memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) })), 2)
  const run = runOf({ threads: 1 })
  const chain = chainOf([
    localModel(constant('long', 7, 5)),
    localModel(constant('middle', 8, 2)),
    localModel({ ...constant('any', 9, 1), fit: () => new Float64Array([9]) }),
  ])
  const forecast = await (await chain.fit(window, run)).forecast(window, askOf({ levels: [0.5] }), run)
  expect(forecast.answeredBy).toEqual(['long', 'middle', 'any', 'any', undefined])
  expect([...forecast.mean]).toEqual([7, 7, 8, 8, 9, 9, 9, 9, Number.NaN, Number.NaN])
  expect(forecast.refused.get(2)?.map((r) => [r.model, r.reason])).toEqual([
    ['long', 'tooShort'],
    ['middle', 'tooShort'],
  ])
  expect(forecast.refused.get(3)?.map((r) => r.reason)).toEqual(['didNotConverge', 'didNotConverge'])
  expect(forecast.refused.get(4)?.map((r) => r.reason)).toEqual(['noValues', 'noValues', 'noValues'])
})
