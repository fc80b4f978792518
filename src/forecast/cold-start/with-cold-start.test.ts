import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { modelNamed } from '../../models/registry.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { withColdStart } from './with-cold-start.ts'

const run = runOf({ threads: 1 })
const ask = askOf({ levels: [0.1, 0.5, 0.9], paths: 4 })
const LENGTH = 90

/** Teas that sell 40 a day and rices that sell 6; `young` of them begin three days before the end. */
function shop(young: boolean) {
  const series = Array.from({ length: 24 }, (_, i) => {
    const random = Random.of(i, 'young')
    const start = young && i % 12 === 0 ? LENGTH - 10 : 0
    const level = i < 12 ? 40 : 6
    return { id: `item ${i}`, start, values: Array.from({ length: LENGTH - start }, () => random.poisson(level)) }
  })
  const category = series.map((_, i) => (i < 12 ? 0 : 1))
  return panelOf(series, {
    calendar: new Calendar({ unit: 'day' }),
    keys: ['item'],
    statics: { category },
    categories: { category: ['tea', 'rice'] },
  })
}
const window = (young: boolean) => windowAt(memorySource(shop(young)), LENGTH - 8, 7)

test('young series are answered from their likes, the others by the model, and it is said who did', async () => {
  const fitted = await withColdStart(modelNamed('profile-average')).fit(window(true), run)
  const { answeredBy, mean, ids } = await fitted.forecast(window(true), ask, run)
  const cold = ids.filter((_, i) => answeredBy[i] === 'cold-start')
  expect(cold).toEqual(['item 0', 'item 12'])
  expect(new Set(answeredBy)).toEqual(new Set(['cold-start', 'profile-average']))
  expect(at(mean, 0) / at(mean, 12 * 7)).toBeGreaterThan(3)
  const folder = mkdtempSync(join(tmpdir(), 'foretide-cold-'))
  try {
    await fitted.save({ path: folder })
    const back = await withColdStart(modelNamed('profile-average')).load({ path: folder }, run)
    const again = await back.forecast(window(true), ask, run)
    expect(again.mean).toEqual(mean)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('where none is young, the model answers as it is', async () => {
  const plain = await (await modelNamed('profile-average').fit(window(false), run)).forecast(window(false), ask, run)
  const fitted = await withColdStart(modelNamed('profile-average')).fit(window(false), run)
  const same = await fitted.forecast(window(false), ask, run)
  expect(same.mean).toEqual(plain.mean)
  expect(same.answeredBy).toEqual(plain.answeredBy)
})
