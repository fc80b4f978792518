import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf, type Forecast } from '../../core/forecast.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import type { Regressor } from '../regressor.ts'
import type { TableBlock } from '../table.ts'
import { averaged } from './averaged.ts'
import { type GlobalModel, globalModel } from './global-model.ts'
import type { GlobalOptions } from './options.ts'
import { ridgeCase } from './ridge.case.ts'

const HORIZON = 5
const LENGTH = 100
const run = runOf({ threads: 1 })
const calendar = new Calendar({ unit: 'day' })
const ask = askOf({ levels: [0.1, 0.5, 0.9] })
const features = {
  families: [{ family: 'lags', lags: [1] }, { family: 'rolling', windows: [28] }, { family: 'column' }],
}
const plain: GlobalOptions = {
  name: 'g',
  features,
  similar: false,
  groups: [],
  point: { make: ridgeCase, options: {} },
}

/** Series of two kinds: a promotion lifts those of kind 0 by 8, and those of kind 1 it lowers by 4. */
function kinds(
  options: { readonly mask?: (t: number) => number; readonly value?: (y: number, t: number) => number } = {},
): Panel {
  const { mask = () => 0, value = (y) => y } = options
  const series = Array.from({ length: 20 }, (_, i) => {
    const random = Random.of(3, `kinds ${i}`)
    const promo = Array.from({ length: LENGTH + HORIZON }, () => (random.uniform() < 0.4 ? 1 : 0))
    const values = promo.map((p, t) => value(20 + (i % 2 === 0 ? 8 : -4) * p + 0.3 * random.normal(), t))
    return { id: `s${i}`, start: 0, values, columns: { promo }, mask: values.map((_, t) => mask(t)) }
  })
  return panelOf(series, {
    calendar,
    knownAhead: ['promo'],
    statics: { kind: series.map((_, i) => i % 2) },
    categories: { kind: ['a', 'b'] },
  })
}

const windowOf = (panel: Panel, cutoff = LENGTH - 1) => windowAt(memorySource(panel), cutoff, HORIZON)

async function forecastOf(panel: Panel, options: Partial<GlobalOptions> = {}): Promise<Forecast> {
  const window = windowOf(panel)
  return await (await globalModel({ ...plain, ...options }).fit(window, run)).forecast(window, ask, run)
}

/** Mean absolute error against what truly followed. */
function errorOf(panel: Panel, forecast: Forecast): number {
  let sum = 0
  for (let i = 0; i < panel.ids.length; i++)
    for (let h = 0; h < HORIZON; h++)
      sum += Math.abs(at(forecast.mean, i * HORIZON + h) - at(panel.target, i * (LENGTH + HORIZON) + LENGTH + h))
  return sum / forecast.mean.length
}

test.each([
  { similar: { columns: ['weather'] } },
  { groups: [['kind', 'weather']] },
  { groups: [['kind']], groupKnown: ['weather'] },
  { groups: [['kind']], groupOf: ['weather'] },
])('a column that the panel has not is refused by name: %j', async (options) => {
  await expect(forecastOf(kinds(), options)).rejects.toThrow(/'(similar.columns|groups|groupKnown|groupOf)'.*'weather'/)
})

test('segments with models of their own tell apart what one line cannot', async () => {
  const panel = kinds()
  const together = errorOf(panel, await forecastOf(panel))
  const apart = errorOf(panel, await forecastOf(panel, { segmentBy: { column: 'kind' }, minSegmentRows: 500 }))
  expect(apart).toBeLessThan(0.5)
  expect(together).toBeGreaterThan(2)
  const few = errorOf(panel, await forecastOf(panel, { segmentBy: { column: 'kind' }, minSegmentRows: 1e6 }))
  expect(few).toBeCloseTo(together, 6)
  for (const segmentBy of ['volume', 'intermittency'] as const)
    expect(errorOf(panel, await forecastOf(panel, { segmentBy, minSegmentRows: 500 }))).toBeLessThan(together + 0.5)
  await expect(forecastOf(panel, { segmentBy: { column: 'colour' } })).rejects.toThrow(/colour.*kind/s)
})

test('days like the one to come, and the doings of the group, tell apart what one line cannot', async () => {
  const panel = kinds()
  const without = errorOf(panel, await forecastOf(panel))
  const { similar: _, groups: __, ...rest } = plain
  const window = windowOf(panel)
  const forecast = await (await globalModel(rest).fit(window, run)).forecast(window, ask, run)
  expect(errorOf(panel, forecast)).toBeLessThan(0.4 * without)
})

test('targets relative to an anchor, to a profile, or in logarithms mean the same when undone', async () => {
  const panel = kinds()
  const options = { segmentBy: { column: 'kind' }, minSegmentRows: 500 } as const
  for (const [target, most] of [
    [{ anchor: 'last' }, 0.8],
    // What was promoted a week ago is not among the columns.
    [{ anchor: 'seasonal' }, 3],
    [{ anchor: 'mean', scale: 'none' }, 0.8],
    [{ anchor: 'profile', scale: 'profile' }, 0.8],
    [{ scale: 'profile' }, 0.8],
    [{ transform: 'log1p' }, 0.8],
    [{ scale: 'none' }, 0.8],
  ] as const)
    expect(errorOf(panel, await forecastOf(panel, { ...options, target })), JSON.stringify(target)).toBeLessThan(most)
})

test('periods out of stock can be left out, and count otherwise', async () => {
  // Half of all days sell nothing for want of stock.
  const empty = (t: number) => t % 2 === 0 && t < LENGTH
  const panel = kinds({ mask: (t) => (empty(t) ? Mask.censored : 0), value: (y, t) => (empty(t) ? 0 : y) })
  const options = {
    features: { ...features, censored: 'missing' },
    segmentBy: { column: 'kind' },
    minSegmentRows: 500,
  } as const
  expect(errorOf(panel, await forecastOf(panel, { ...options, censored: 'drop' }))).toBeLessThan(1)
  expect(errorOf(panel, await forecastOf(panel, { ...options, censored: 'keep' }))).toBeGreaterThan(5)
  expect(errorOf(panel, await forecastOf(panel, { ...options, censored: 'raise' }))).toBeLessThan(4)
})

/** A regressor that answers nothing but 1, and remembers what it was given. */
function witness(seen: { from: boolean; blocks: TableBlock[]; valid: number }[]): Regressor {
  const fitted = (names: readonly { name: string; categorical: boolean }[]) => ({
    features: names,
    outputs: 1,
    predict: async ({ rows }: TableBlock) => new Float64Array(rows).fill(1),
    importance: () => new Float64Array(names.length),
    save: async () => ({ model: 'witness', version: '', options: {}, window: '', files: [] }),
  })
  return {
    name: 'witness',
    async fit(table, _, { from, valid } = {}) {
      const blocks = (await Array.fromAsync(table.blocks())).map((block) => ({
        ...block,
        columns: block.columns.map((c) => c.slice(0, block.rows)),
      }))
      seen.push({ from: from !== undefined, blocks, valid: valid?.rows ?? 0 })
      return fitted(table.features)
    },
    load: async () => fitted([]),
  }
}

test('a fit goes on from where it was, on what is new, and only one of its own kind', async () => {
  const seen: { from: boolean; blocks: TableBlock[]; valid: number }[] = []
  const panel = kinds()
  const model: GlobalModel = globalModel({
    ...plain,
    point: { make: () => witness(seen), options: {} },
    calibration: { windows: 0 },
    target: { scale: 'none' },
  })
  const first = await model.fit(windowOf(panel, 79), run)
  const second = await model.continueFrom(first, windowOf(panel, 89), run)
  expect(seen.map(({ from }) => from)).toEqual([false, true])
  const targets = seen[1]?.blocks.flatMap((block) => [...(block.target ?? [])]) ?? []
  // Ten new periods of twenty series, each seen from five origins.
  expect(targets.length).toBe(10 * 20 * HORIZON)
  const fresh = new Set(
    Array.from({ length: 20 }, (_, i) => [...panel.target.slice(i * 105 + 80, i * 105 + 90)]).flat(),
  )
  expect(targets.every((y) => fresh.has(y))).toBe(true)
  expect((await second.forecast(windowOf(panel, 89), ask, run)).answeredBy[0]).toBe('g')
  const other = await globalModel({ ...plain, name: 'other' }).fit(windowOf(panel, 79), run)
  await expect(model.continueFrom(other, windowOf(panel, 89), run)).rejects.toThrow(/own kind/)
})

test('the newest periods are kept for validation, weights and offsets follow the scale', async () => {
  const seen: { from: boolean; blocks: TableBlock[]; valid: number }[] = []
  const options = { ...plain, calibration: { windows: 0 }, validation: 10, halfLife: 7 }
  const point = { make: () => witness(seen), options: {}, weighting: 2 }
  const forecast = await forecastOf(kinds(), { ...options, point, target: { offset: true } })
  const { blocks = [], valid } = seen[0] ?? {}
  expect(valid).toBe(10 * 20 * HORIZON)
  const [{ rows, offset, weight, target }] = blocks as [TableBlock]
  // Targets stay on their own scale, which the offset knows.
  expect(at(target ?? [], rows - 1)).toBeGreaterThan(10)
  expect(at(offset ?? [], rows - 1)).toBeCloseTo(Math.log(20), 0)
  expect(at(weight ?? [], rows - 1) / at(weight ?? [], rows - 1 - 7 * HORIZON)).toBeCloseTo(2, 5)
  expect(forecast.mean.every((y) => y === 1)).toBe(true)
})

test('refuses a window with other columns, and options that do not go together', async () => {
  const fitted = await globalModel(plain).fit(windowOf(kinds()), run)
  const other = panelOf([{ id: 's0', start: 0, values: new Array(LENGTH + HORIZON).fill(3), columns: {} }], {
    calendar,
  })
  await expect(fitted.forecast(windowOf(other), ask, run)).rejects.toThrow(/promo/)
  expect(() => globalModel({ ...plain, target: { offset: true, anchor: 'last' } })).toThrow(/offset/)
})

test('an average answers the mean of its members, and saves them all', async () => {
  const make = () => averaged([{ regressor: ridgeCase() }, { regressor: ridgeCase({ penalty: 10 }), weight: 3 }])
  const panel = kinds()
  const one = await forecastOf(panel)
  const two = await forecastOf(panel, { point: { make: () => ridgeCase({ penalty: 10 }), options: {} } })
  const model = globalModel({ ...plain, point: { make, options: {} } })
  const fitted = await model.fit(windowOf(panel), run)
  const both = await fitted.forecast(windowOf(panel), ask, run)
  for (let k = 0; k < both.mean.length; k++)
    expect(at(both.mean, k)).toBeCloseTo(0.25 * at(one.mean, k) + 0.75 * at(two.mean, k), 4)
  const path = await mkdtemp(join(tmpdir(), 'foretide-average-'))
  try {
    await fitted.save({ path })
    const again = await (await model.load({ path }, run)).forecast(windowOf(panel), ask, run)
    expect(again.mean).toEqual(both.mean)
    expect(again.quantiles).toEqual(both.quantiles)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
})

test('where there is nothing to learn from, everybody is refused by type', async () => {
  for (const values of [[], [3], [Number.NaN, Number.NaN]]) {
    const future = new Array(HORIZON).fill(Number.NaN)
    const panel = panelOf([{ id: 'young', start: 0, values: [...values, ...future] }], { calendar })
    const window = windowAt(memorySource(panel), values.length - 1, HORIZON)
    const forecast = await (await globalModel({ ...plain, quantiles: plain.point }).fit(window, run)).forecast(
      window,
      ask,
      run,
    )
    expect(forecast.answeredBy).toEqual([undefined])
    expect(forecast.refused.get(0)?.[0]?.reason).toBe(values[0] === 3 ? 'tooShort' : 'noValues')
  }
})
