import { describe, expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at, type Panel, panelOf } from '../../../core/panel.ts'
import { memorySource } from '../../../store/source.ts'
import { windowAt } from '../../../store/window.ts'
import { batchOf } from './batches.ts'
import { cyclesWithin, termCount, writeTerms } from './calendar-terms.ts'
import { examplesOf, forecastExamples, type PanelExamples } from './examples.ts'
import { frameOf, type Preparation, preparationOf } from './preparation.ts'
import { shopPanel, shopWindow } from './shop.case.ts'
import { restored, transformed } from './target.ts'

const all = (examples: PanelExamples) => {
  const batch = batchOf(examples.frame, examples.count)
  examples.fill(
    Int32Array.from({ length: examples.count }, (_, e) => e),
    batch,
  )
  return batch
}
const OPTIONS = { context: 10, units: ['demand'], groups: [['store']], identity: true } as const

test('what is saved as JSON and loaded again makes the same batches', async () => {
  const preparation = await preparationOf(shopWindow(), {
    ...OPTIONS,
    units: ['demand'],
    groups: [['store'], ['brand']],
  })
  const loaded = JSON.parse(JSON.stringify(preparation)) as Preparation
  expect(all(await examplesOf(shopWindow(), loaded))).toEqual(all(await examplesOf(shopWindow(), preparation)))
  expect(all(await forecastExamples(shopWindow(), loaded))).toEqual(
    all(await forecastExamples(shopWindow(), preparation)),
  )
})

test('series and values that were never seen are unknown, whatever order the new panel has them in', async () => {
  const preparation = await preparationOf(shopWindow(), { ...OPTIONS, units: ['demand'], groups: [['store']] })
  expect(preparation.categories.map(({ name, from }) => `${from} ${name}`)).toEqual([
    'static brand',
    'key store',
    'key item',
    'identity identity',
  ])
  expect(frameOf(preparation).categories).toEqual([3, 3, 4, 7])
  const old = shopPanel()
  const columns = new Map(old.columns)
  const deal = old.columns.get('deal')
  if (!deal) throw new Error('no deal')
  // The same deals under other numbers, one of them new.
  const values = deal.values.map((x) => (Number.isNaN(x) ? x : ([3, 0, 2][x] as number)))
  columns.set('deal', { ...deal, values, categories: ['half', 'old', 'gift', 'none'] })
  const ids = ['south/item 1', 'east/item 1', 'north/new', 'south/item 2', 'north/item 0', 'north/item 1']
  const brand = { name: 'brand', values: Float64Array.of(0, 1, 2, 0, 1, Number.NaN), categories: ['c', 'b', 'a'] }
  const panel: Panel = { ...old, ids, columns, statics: new Map(old.statics).set('brand', brand) }
  const batch = all(await forecastExamples(shopWindow(panel), preparation))
  expect(Array.from(batch.categories ?? [], Number)).toEqual([
    ...[0, 2, 2, 5],
    ...[2, 0, 2, 0],
    ...[1, 1, 0, 0],
    ...[0, 2, 3, 6],
    ...[2, 1, 1, 1],
    ...[0, 1, 2, 2],
  ])
  expect(batch.known).toEqual(all(await forecastExamples(shopWindow(old), preparation)).known)
})

test('rare values count as unknown if asked', async () => {
  const preparation = await preparationOf(shopWindow(), { context: 10, rare: 2 })
  expect(preparation.categories.map(({ values }) => values)).toEqual([['a'], ['north', 'south'], []])
})

test('a category by the day has a column for each of its twelve most frequent values', async () => {
  const values = Float64Array.from({ length: 300 }, (_, k) => Math.floor(Math.sqrt(k)))
  const panel = panelOf([{ id: 'x', start: 0, values, columns: { event: values } }], {
    calendar: new Calendar({ unit: 'year' }),
    categories: { event: Array.from({ length: 18 }, (_, k) => `event ${k}`) },
  })
  const preparation = await preparationOf(windowAt(memorySource(panel), 288, 3), { context: 1 })
  // Value v comes 2 v + 1 times: the greatest are the most frequent.
  expect(preparation.past[0]?.values).toEqual(Array.from({ length: 12 }, (_, k) => `event ${16 - k}`))
  const batch = all(await examplesOf(windowAt(memorySource(panel), 288, 3), preparation))
  expect(batch.past?.slice(0, 12)).toEqual(new Float32Array(12))
  expect(batch.past?.slice(12 * 25, 12 * 26)).toEqual(Float32Array.from({ length: 12 }, (_, k) => (k === 11 ? 1 : 0)))
})

test('constant columns are 0 and extreme values are kept within the clip', async () => {
  const n = 500
  const spike = Float64Array.from({ length: n }, (_, k) => (k === n - 1 ? 1e9 : k % 2))
  const values = new Float64Array(n).fill(3)
  const panel = panelOf([{ id: 'x', start: 0, values, columns: { same: values.map(() => 0.1), spike } }], {
    calendar: new Calendar({ unit: 'year' }),
    statics: { size: [0.1] },
  })
  const window = windowAt(memorySource(panel), n - 1, 1)
  const batch = all(await forecastExamples(window, await preparationOf(window, { context: 2, clip: 4, age: false })))
  expect(batch.past?.[0]).toBe(0)
  expect(batch.past?.[2]).toBe(0)
  expect(batch.past?.[3]).toBe(4)
  expect([...(batch.statics ?? [])]).toEqual([0, 0])
})

describe('what cannot be is refused', () => {
  test('options', async () => {
    const refused = (input: object) => expect(preparationOf(shopWindow(), input)).rejects
    await refused({ contexts: 3 }).toMatchObject({ code: 'examples.option', fault: 'usage' })
    await refused({ context: 0 }).toMatchObject({ code: 'examples.option', details: { option: 'context' } })
    await refused({ units: ['price'] }).toMatchObject({ code: 'examples.option', details: { option: 'units' } })
    await refused({ groups: [['shelf']] }).toMatchObject({ code: 'examples.option', details: { option: 'groups' } })
  })

  test('a window without the columns that were learned from', async () => {
    const preparation = await preparationOf(shopWindow(), { context: 10 })
    const { columns, statics, ...rest } = shopPanel()
    const without = (name: string) => {
      const [left, kept] = [new Map(columns), new Map(statics)]
      left.delete(name)
      kept.delete(name)
      return shopWindow({ ...rest, columns: left, statics: kept })
    }
    for (const name of ['price', 'views', 'brand', 'weight'])
      await expect(forecastExamples(without(name), preparation)).rejects.toMatchObject({
        code: 'examples.columns',
        details: { missing: name },
      })
    const left = await preparationOf(shopWindow(), { context: 10, without: ['price', 'brand', 'item'] })
    expect((await forecastExamples(without('price'), left)).count).toBe(6)
    expect(left.categories.map(({ name }) => name)).toEqual(['store'])
    await expect(forecastExamples(shopWindow(shopPanel(undefined, 'week')), preparation)).rejects.toMatchObject({
      code: 'examples.unit',
    })
  })
})

test('series that begin after the cutoff are answered from what all series say', async () => {
  const early = shopWindow(shopPanel(), 60)
  const preparation = await preparationOf(early, { context: 10 })
  const examples = await forecastExamples(early, preparation)
  const batch = all(examples)
  expect(examples.count).toBe(6)
  expect(examples.originOf(3)).toBe(60)
  expect([...batch.observed.slice(30, 40)]).toEqual(new Array(10).fill(0))
  expect(batch.level[3]).toBe(Math.fround(preparation.size))
})

test('the calendar says where a period lies in day, week, month and year', () => {
  const on = (unit: 'hour' | 'day' | 'week' | 'month' | 'quarter', date: string) => {
    const calendar = new Calendar({ unit })
    const cycles = cyclesWithin(unit, 1000)
    const into = new Float32Array(termCount(unit, cycles))
    writeTerms(calendar, cycles, calendar.parse(date), 1, into)
    return [...into]
  }
  const hot = (count: number, k: number) => Array.from({ length: count }, (_, i) => (i === k ? 1 : 0))
  const circle = (share: number) => [Math.sin(2 * Math.PI * share), Math.cos(2 * Math.PI * share)]
  const close = (found: readonly number[], expected: readonly number[]) => {
    expect(found.length).toBe(expected.length)
    found.forEach((x, k) => {
      expect(x, String(k)).toBeCloseTo(at(expected, k), 6)
    })
  }
  // 2024-03-01 was a Friday, the 61st day of a leap year.
  close(on('day', '2024-03-01'), [...hot(7, 4), ...circle(0), ...circle(60 / 366)])
  close(on('day', '2024-02-15'), [...hot(7, 3), ...circle(14 / 29), ...circle(45 / 366)])
  close(on('hour', '2024-03-01T18:00'), [...circle(18 / 24), ...circle(4 / 7), ...hot(7, 4)])
  close(on('week', '2024-02-26'), circle(56 / 366))
  close(on('month', '2024-03-01'), [...circle(2 / 12), ...hot(12, 2)])
  close(on('quarter', '2024-04-01'), circle(91 / 366))
  expect(cyclesWithin('year', 5000)).toEqual([])
  expect(cyclesWithin('day', 83)).toEqual(['week', 'month'])
  expect(cyclesWithin('hour', 83)).toEqual(['day', 'week'])
  expect(cyclesWithin('week', 800)).toEqual(['year'])
})

test('transformed units come back', () => {
  for (const y of [-5, 0, 0.3, 12, 1e6])
    for (const transform of ['none', 'log1p'] as const)
      expect(restored(transform, transformed(transform, y))).toBeCloseTo(y, 6)
  expect(transformed('log1p', Math.E - 1)).toBeCloseTo(1, 12)
})
