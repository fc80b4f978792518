import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { askOf } from '../core/forecast.ts'
import { panelOf } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { latestWindow } from '../store/window.ts'
import { chainOf } from './chain.ts'
import { modelNamed } from './registry.ts'
import { renamed } from './renamed.ts'

test('another name stands wherever the old one did, a fallback keeps its own, and the numbers are the same', async () => {
  const series = [
    { id: 'a', start: 0, values: [1, 2, 3, 4, 5, 6, 7, 8] },
    { id: 'b', start: 7, values: [3] },
  ]
  const panel = panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
  const window = latestWindow(memorySource(panel), 2)
  const run = runOf({ threads: 1 })
  const answer = async (model: ReturnType<typeof modelNamed>) =>
    await (await chainOf([model, modelNamed('naive')]).fit(window, run)).forecast(window, askOf(), run)
  const plain = await answer(modelNamed('theta'))
  const other = await answer(renamed(modelNamed('theta'), 'theta@tuned'))
  expect(plain.answeredBy).toEqual(['theta', 'naive'])
  expect(other.answeredBy).toEqual(['theta@tuned', 'naive'])
  expect(other.refused.get(1)?.[0]).toMatchObject({ model: 'theta@tuned', reason: 'tooShort' })
  expect(other.provenance.model).toBe('theta@tuned')
  expect(other.mean).toEqual(plain.mean)
  expect(other.quantiles).toEqual(plain.quantiles)
})
