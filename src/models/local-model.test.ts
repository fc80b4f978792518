import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { askOf } from '../core/forecast.ts'
import { panelOf } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { latestWindow } from '../store/window.ts'
import type { LocalMethod } from './local.ts'
import { localModel } from './local-model.ts'

/** Multiplies the last value at each step, and says nothing of its spread. */
const growing = (factor: number): LocalMethod => ({
  name: 'growing',
  needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true },
  options: {},
  fit: () => new Float64Array(0),
  forecast: ({ values }, _, answer) => {
    for (let h = 0; h < answer.horizon; h++) {
      answer.mean[h] = (values.at(-1) as number) * factor ** (h + 1)
      answer.quantiles.fill(answer.mean[h] as number, h * answer.levels.length, (h + 1) * answer.levels.length)
    }
  },
})

test('an answer that leaves a hundred times what was ever observed is refused as an explosion; a large trend is not', async () => {
  const panel = panelOf(
    [
      { id: 'few', start: 0, values: [1, 2] },
      { id: 'none', start: 0, values: [0, 0] },
    ],
    { calendar: new Calendar({ unit: 'day' }) },
  )
  const window = latestWindow(memorySource(panel), 5)
  const answered = async (factor: number) => {
    const run = runOf({ threads: 1 })
    return (await localModel(growing(factor)).fit(window, run)).forecast(window, askOf({ levels: [0.5] }), run)
  }
  const steep = await answered(2)
  expect(steep.answeredBy).toEqual(['growing', 'growing'])
  expect(steep.mean[4]).toBe(64)
  const exploding = await answered(10)
  expect(exploding.answeredBy).toEqual([undefined, 'growing'])
  expect(exploding.refused.get(0)?.[0]?.reason).toBe('didNotConverge')
  expect([...exploding.mean.slice(0, 5)].every(Number.isNaN)).toBe(true)
})
