import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import type { Model } from '../../models/model.ts'
import { modelNamed } from '../../models/registry.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { updated } from './update.ts'

const run = runOf({ threads: 1 })
const ask = askOf({ levels: [0.1, 0.5, 0.9] })
const folder = mkdtempSync(join(tmpdir(), 'foretide-update-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Shops whose demand trebles on a day. */
function shops(change: number) {
  const series = Array.from({ length: 20 }, (_, i) => {
    const random = Random.of(i, 'update')
    const values = Array.from({ length: 140 }, (_, t) =>
      random.poisson((20 + i) * (t % 7 > 4 ? 1.5 : 0.8) * (t >= change ? 3 : 1)),
    )
    return { id: `item ${i}`, start: 0, values }
  })
  return memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) }))
}

/** A model that counts its fits. */
function counting(inner: Model): { model: Model; fits: () => number } {
  let fits = 0
  const fit: Model['fit'] = async (window, given) => {
    fits++
    return await inner.fit(window, given)
  }
  return { model: { ...inner, fit }, fits: () => fits }
}

test('day after day the fit is kept, until its time is up', async () => {
  const source = shops(999)
  const { model, fits } = counting(modelNamed('profile-average'))
  const dir = { path: join(folder, 'kept') }
  const said = []
  for (let day = 80; day < 90; day++)
    said.push(await updated(model, windowAt(source, day, 7), ask, dir, { every: 8 }, run))
  expect(said.map(({ refitted }) => refitted)).toEqual(['first', ...Array(7).fill(null), 'schedule', null])
  expect(fits()).toBe(2)
  const losses = said.map(({ loss }) => loss)
  expect(losses[0]).toBeNull()
  expect(losses.slice(1).every((loss) => loss !== null && loss > 0.01 && loss < 0.5)).toBe(true)
  // What is said is what a fit of that day's fit says of the newest data, not of the old.
  const direct = await (await modelNamed('profile-average').fit(windowAt(source, 88, 7), run)).forecast(
    windowAt(source, 89, 7),
    ask,
    run,
  )
  expect(said[9]?.forecast.mean).toEqual(direct.mean)
})

test('demand that goes another way is drift, the same day again is not, and another model is fitted anew', async () => {
  const source = shops(100)
  const { model, fits } = counting(modelNamed('historic-mean'))
  const dir = { path: join(folder, 'drift') }
  const why: (string | null)[] = []
  for (const day of [90, 93, 96, 96, 99, 102, 105])
    why.push((await updated(model, windowAt(source, day, 7), ask, dir, { every: 100 }, run)).refitted)
  expect(why.slice(0, 6)).toEqual(['first', null, null, null, null, 'drift'])
  expect(fits()).toBeGreaterThanOrEqual(2)
  const other = await updated(modelNamed('naive'), windowAt(source, 105, 7), ask, dir, {}, run)
  expect(other.refitted).toBe('other')
  const longer = await updated(modelNamed('naive'), windowAt(source, 105, 14), ask, dir, {}, run)
  expect(longer.refitted).toBe('other')
})

test('intervals that hold too little go out day by day, those that hold too much come in', async () => {
  const random = Random.of(5, 'adaptive')
  const spread = (t: number) => (t < 100 ? 1 : 3)
  const series = Array.from({ length: 60 }, (_, i) => ({
    ...{ id: `item ${i}`, start: 0 },
    values: Array.from({ length: 140 }, (_, t) => 100 + spread(t) * random.normal()),
  }))
  const source = memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) }))
  const dir = { path: join(folder, 'adaptive') }
  const policy = { every: 1000, limit: 1e9 }
  const widths: number[] = []
  let inside = 0
  for (let day = 90; day < 139; day++) {
    const { forecast, reaches } = await updated(
      modelNamed('historic-mean'),
      windowAt(source, day, 1),
      ask,
      dir,
      policy,
      run,
    )
    expect(reaches.every((reach, r) => r === 0 || reach >= (reaches[r - 1] as number))).toBe(true)
    widths.push((forecast.quantiles[2] as number) - (forecast.quantiles[0] as number))
    for (let i = 0; i < 60; i++) {
      const y = series[i]?.values[day + 1] as number
      if (day >= 125 && y >= (forecast.quantiles[3 * i] as number) && y <= (forecast.quantiles[3 * i + 2] as number))
        inside++
    }
  }
  expect(widths.at(-1)).toBeGreaterThan(1.5 * (widths[5] as number))
  expect(inside / (60 * 14)).toBeGreaterThan(0.7)
  expect(inside / (60 * 14)).toBeLessThan(0.9)
})
