import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askOf, type Forecast } from '../../core/forecast.ts'
import { at, type Panel } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { chainOf } from '../../models/chain.ts'
import { modelContract } from '../../models/contract.case.ts'
import { modelNamed } from '../../models/registry.ts'
import { coldStart } from './cold-start.ts'
import { DAYS, HORIZON, LEVEL, market, meanAt, type Planted, panelOfPlanted, windowOf } from './planted.case.ts'

const established = 'it has a long history and still sells'
modelContract(() => coldStart(), {
  refuses: {
    seasonal: established,
    trending: established,
    intermittent: established,
    constant: established,
    zeros: established,
    gaps: established,
    negative: 'demand is not negative',
    large: established,
  },
})

const run = runOf({ threads: 1, seed: 5 })
const ask = askOf({ paths: 50 })
const fresh: readonly Planted[] = [
  { id: 'new-tea', category: 'tea', title: 'White Tea 白茶 Z1', level: 40, launch: DAYS },
  { id: 'new-chair', category: 'chair', title: 'Beach Chair 沙滩椅 Z2', level: 4, launch: DAYS },
  { id: 'new-phone', category: 'phone', title: 'Gaming Phone 游戏手机 Z3', level: 12, launch: DAYS },
  // Twice as good as its like, which only its own sales can tell.
  { id: 'young-tea', category: 'tea', title: 'Herbal Tea 花草茶 Z4', level: 80, launch: DAYS - 20 },
]
const forecastOf = async (panel: Panel, cutoff?: number) => {
  const window = windowOf(panel, cutoff)
  return await (await coldStart().fit(window, run)).forecast(window, ask, run)
}
const total = (forecast: Forecast, id: string) => {
  const i = forecast.ids.indexOf(id)
  return forecast.mean.slice(i * HORIZON, (i + 1) * HORIZON).reduce((a, b) => a + b, 0)
}
const truthOf = (product: Planted) =>
  Array.from({ length: HORIZON }, (_, h) => meanAt(product, DAYS + h)).reduce((a, b) => a + b, 0)
const all = [...market(), ...fresh]

test('products never sold get the level, the launch curve and the week of their like', async () => {
  const forecast = await forecastOf(panelOfPlanted(all))
  for (const product of fresh.slice(0, 3)) {
    expect(total(forecast, product.id) / truthOf(product), product.id).toBeGreaterThan(0.75)
    expect(total(forecast, product.id) / truthOf(product), product.id).toBeLessThan(1.35)
  }
  const i = forecast.ids.indexOf('new-tea')
  const mean = forecast.mean.slice(i * HORIZON, (i + 1) * HORIZON)
  // Weekday by weekday the second week is higher by the rise alone.
  const sum = (from: number, of: (h: number) => number) =>
    Array.from({ length: 7 }, (_, k) => of(from + k)).reduce((x, y) => x + y, 0)
  const planted = (h: number) => meanAt(fresh[0] as Planted, DAYS + h)
  const grown = sum(7, (h) => at(mean, h)) / sum(0, (h) => at(mean, h))
  expect(Math.abs(grown / (sum(7, planted) / sum(0, planted)) - 1)).toBeLessThan(0.15)
  const busy = Array.from({ length: 7 }, (_, k) => k + 7).filter((h) => planted(h) > 35)
  const quiet = Array.from({ length: 7 }, (_, k) => k + 7).filter((h) => planted(h) <= 35)
  expect(Math.min(...busy.map((h) => at(mean, h)))).toBeGreaterThan(1.5 * Math.max(...quiet.map((h) => at(mean, h))))
})

test('a few weeks of its own sales tell more than its like', async () => {
  const forecast = await forecastOf(panelOfPlanted(all))
  const ratio = total(forecast, 'young-tea') / truthOf(fresh[3] as Planted)
  expect(ratio).toBeGreaterThan(0.8)
  expect(ratio).toBeLessThan(1.2)
})

test('only what is new is answered; the rest is left to the next model of a chain', async () => {
  const panel = panelOfPlanted(all)
  const forecast = await forecastOf(panel)
  const answered = forecast.ids.filter((_, i) => forecast.answeredBy[i] !== undefined)
  expect(answered).toEqual(fresh.map(({ id }) => id))
  expect(forecast.refused.get(1)?.[0]).toMatchObject({
    model: 'cold-start',
    reason: 'established',
    details: { has: DAYS },
  })
  const window = windowOf(panel)
  const chain = await (await chainOf([modelNamed('seasonal-naive'), coldStart()]).fit(window, run)).forecast(
    window,
    ask,
    run,
  )
  expect(chain.answeredBy[forecast.ids.indexOf('new-tea')]).toBe('cold-start')
  expect(chain.answeredBy[1]).toBe('seasonal-naive')
})

test('quantiles ascend from zero on, hold the mean between them, and paths agree', async () => {
  const { ids, answeredBy, quantiles, levels, mean, paths } = await forecastOf(panelOfPlanted(all))
  const high = levels.length - 1
  ids.forEach((_, i) => {
    if (answeredBy[i] === undefined) return
    for (let cell = i * HORIZON; cell < (i + 1) * HORIZON; cell++) {
      const row = quantiles.subarray(cell * levels.length, (cell + 1) * levels.length)
      row.forEach((value, l) => {
        expect(value).toBeGreaterThanOrEqual(l > 0 ? at(row, l - 1) : 0)
      })
      expect(at(mean, cell)).toBeGreaterThan(at(row, 0))
      expect(at(mean, cell)).toBeLessThan(at(row, high))
    }
    const drawn = (paths?.values ?? new Float64Array()).subarray(i * 50 * HORIZON, (i + 1) * 50 * HORIZON)
    const sum = drawn.reduce((a, b) => a + b, 0) / 50
    const own = mean.subarray(i * HORIZON, (i + 1) * HORIZON).reduce((a, b) => a + b, 0)
    expect(Math.abs(sum / own - 1)).toBeLessThan(0.5)
  })
})

test('what happens after the cutoff changes nothing', async () => {
  const cutoff = DAYS - 1
  const told = await forecastOf(panelOfPlanted(all), cutoff)
  const other = await forecastOf(
    panelOfPlanted(all, (y, t) => (t > cutoff ? 1000 + t : y)),
    cutoff,
  )
  expect(other.mean).toEqual(told.mean)
  expect(other.quantiles).toEqual(told.quantiles)
  expect(other.paths?.values).toEqual(told.paths?.values)
})

test('saved and loaded it says the same to the last bit, of later windows too', async () => {
  const panel = panelOfPlanted(all)
  const path = await mkdtemp(join(tmpdir(), 'foretide-cold-start-'))
  try {
    const fitted = await coldStart().fit(windowOf(panel, DAYS - 10), run)
    await fitted.save({ path })
    const loaded = await coldStart().load({ path }, run)
    for (const cutoff of [DAYS - 10, DAYS - 1]) {
      const [before, after] = [
        await fitted.forecast(windowOf(panel, cutoff), ask, run),
        await loaded.forecast(windowOf(panel, cutoff), ask, run),
      ]
      expect(after.mean).toEqual(before.mean)
      expect(after.quantiles).toEqual(before.quantiles)
      expect(after.paths?.values).toEqual(before.paths?.values)
    }
  } finally {
    await rm(path, { recursive: true, force: true })
  }
})

test('the category matters: without it, all new products look alike', async () => {
  const panel = panelOfPlanted(all)
  const blind = { ...panel, statics: new Map() }
  const [told, guessed] = [await forecastOf(panel), await forecastOf(blind)]
  const apart = (forecast: Forecast) => Math.log(total(forecast, 'new-tea') / total(forecast, 'new-chair'))
  expect(apart(told)).toBeGreaterThan(0.7 * Math.log((LEVEL.tea as number) / (LEVEL.chair as number)))
  expect(Math.abs(apart(guessed))).toBeLessThan(0.2)
})

test('refuses options that it does not know, and columns that are not there', async () => {
  expect(() => coldStart({ neighbours: 0 })).toThrow(expect.objectContaining({ code: 'coldStart.option' }))
  const window = windowOf(panelOfPlanted(all))
  await expect(coldStart({ texts: ['nowhere'] }).fit(window, run)).rejects.toMatchObject({ code: 'coldStart.column' })
})
