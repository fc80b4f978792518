import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { localModel } from '../../models/local-model.ts'
import { seasonalNaive } from '../../models/statistical/simple/naive.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow, windowAt } from '../../store/window.ts'
import { reconciledModel } from './reconciled.ts'
import { incoherence } from './summing.ts'
import { hierarchyWindow } from './window.ts'

const LEVELS = [[], ['shop'], ['item']]
const calendar = new Calendar({ unit: 'day' })
const run = runOf({ threads: 1 })
const base = localModel(seasonalNaive())

/** Twelve series of weekly cycles, whose noise is shared by half within a shop. */
function source(length = 140, shift = 0) {
  const random = new Random(2)
  const shops = Array.from({ length: 3 }, () => Array.from({ length }, () => random.normal()))
  const series = Array.from({ length: 12 }, (_, i) => ({
    id: `${i % 3}/${Math.floor(i / 3)}`,
    start: 0,
    values: Array.from(
      { length },
      (_, t) => 8 + i + 2 * (t % 7) + 2 * at(shops[i % 3] ?? [], t) + 2 * random.normal() + shift,
    ),
  }))
  return memorySource(
    panelOf([...series, { id: '2/9', start: length - 1, values: [Number.NaN] }], { calendar, keys: ['shop', 'item'] }),
  )
}

/** What nobody answered counts as 0 in sums. */
const answered = (values: ArrayLike<number>) => Float64Array.from(values, (v) => (Number.isNaN(v) ? 0 : v))
const ask = askOf({ levels: [0.1, 0.5, 0.9], paths: 5 })

test('a model over all nodes answers coherently, and says who answered', async () => {
  const window = windowAt(source(), 125, 14)
  const fitted = await reconciledModel(base, { levels: LEVELS, answer: 'nodes' }).fit(window, run)
  const found = await fitted.forecast(window, ask, run)
  const { hierarchy } = await hierarchyWindow(window, LEVELS)
  expect(found.ids).toEqual(hierarchy.ids)
  expect(incoherence(hierarchy, answered(found.mean), 14)).toBeLessThan(1e-9)
  expect(incoherence(hierarchy, answered(found.paths?.values ?? []), 5 * 14)).toBeLessThan(1e-9)
  expect(Math.min(...answered(found.mean), ...answered(found.quantiles))).toBeGreaterThanOrEqual(0)
  expect(found.answeredBy.slice(0, 2)).toEqual(['seasonal-naive@coherent', 'seasonal-naive@coherent'])
  // The series that holds nothing, and the item that is sold nowhere else, are left to the next candidate.
  expect(found.answeredBy.at(-1)).toBeUndefined()
  expect(found.answeredBy[found.ids.indexOf('Σ/item=9')]).toBeUndefined()
  expect(found.mean.filter(Number.isNaN).length).toBe(2 * 14)
  expect(found.refused.get(hierarchy.nodes - 1)?.[0]?.model).toBe('seasonal-naive')
})

test('the series alone come in the order of the window, the same after save and load', async () => {
  const window = latestWindow(source(), 7)
  const model = reconciledModel(base, { levels: LEVELS })
  const fitted = await model.fit(window, run)
  const found = await fitted.forecast(window, ask, run)
  const [past] = await Array.fromAsync(window.past())
  expect(found.ids).toEqual(past?.ids)
  expect(found.paths?.values.length).toBe(13 * 5 * 7)
  const path = await mkdtemp(join(tmpdir(), 'foretide-coherent-'))
  try {
    expect((await fitted.save({ path })).model).toBe('seasonal-naive@coherent')
    const again = await (await model.load({ path }, run)).forecast(window, ask, run)
    expect(again.mean).toEqual(found.mean)
    expect(again.quantiles).toEqual(found.quantiles)
    expect(again.paths?.values).toEqual(found.paths?.values)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
})

test('negative pasts may be forecast negative, and a short past is answered without errors to learn from', async () => {
  const low = latestWindow(source(140, -60), 7)
  const negative = await (await reconciledModel(base, { levels: LEVELS }).fit(low, run)).forecast(low, ask, run)
  expect(Math.max(...negative.mean.filter((v) => !Number.isNaN(v)))).toBeLessThan(0)
  const short = windowAt(source(), 6, 7)
  const model = reconciledModel(base, { levels: LEVELS, answer: 'nodes', paths: 40 })
  const found = await (await model.fit(short, run)).forecast(short, ask, run)
  const { hierarchy } = await hierarchyWindow(short, LEVELS)
  expect(incoherence(hierarchy, answered(found.mean), 7)).toBeLessThan(1e-9)
  expect(found.quantiles.filter(Number.isNaN).length).toBe(2 * 7 * 3)
})
