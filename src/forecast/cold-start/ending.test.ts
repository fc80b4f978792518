import { expect, test } from 'vitest'
import { askOf } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { coldStart } from './cold-start.ts'
import { DAYS, HORIZON, market, meanAt, type Planted, panelOfPlanted, windowOf } from './planted.case.ts'
import { nearestProducts, successorsOf } from './products.ts'

const run = runOf({ threads: 1, seed: 5 })
const ask = askOf({ levels: [0.1, 0.5, 0.9] })

async function forecastOf(products: readonly Planted[], options = {}) {
  const window = windowOf(panelOfPlanted(products))
  const forecast = await (await coldStart(options).fit(window, run)).forecast(window, ask, run)
  return (id: string) => {
    const i = forecast.ids.indexOf(id)
    const mean = forecast.mean.slice(i * HORIZON, (i + 1) * HORIZON)
    return { by: forecast.answeredBy[i], mean, high: at(forecast.quantiles, i * HORIZON * 3 + 2) }
  }
}

test('a product that sold daily and then nothing for weeks has ended, a slow one with the same gap has not', async () => {
  const ended: Planted = { id: 'ended', category: 'tea', title: 'Old Tea 老茶 Y1', level: 30, end: DAYS - 30 }
  const delisted: Planted = { ...ended, id: 'delisted', title: 'Gone Tea 去茶 Y2', seen: DAYS - 30 }
  const slow: Planted = { id: 'slow', category: 'chair', title: 'Throne 王座 Y3', level: 0.03 }
  const said = await forecastOf([...market(), ended, delisted, slow])
  for (const id of ['ended', 'delisted']) {
    const { by, mean, high } = said(id)
    expect(by).toBe('cold-start')
    expect(Math.max(...mean)).toBeLessThan(1)
    expect(high).toBe(0)
    for (let h = 7; h < HORIZON; h++) expect(at(mean, h)).toBeLessThan(at(mean, h - 7))
  }
  expect(said('slow').by).toBeUndefined()
  expect(said('tea-1').by).toBeUndefined()
})

test('a gap of a few days is no end', async () => {
  const pause: Planted = { id: 'pause', category: 'chair', title: 'Stool 凳子 Y4', level: 1.5, end: DAYS - 3 }
  expect((await forecastOf([...market(), pause]))('pause').by).toBeUndefined()
})

const old: Planted = {
  id: 'cup-1',
  category: 'tea',
  title: 'Qinghe Travel Tea Cup 300 ml 清禾旅行茶杯',
  level: 150,
  end: DAYS - 6,
}
const heir: Planted = {
  ...old,
  id: 'cup-2',
  title: 'Qinghe Travel Tea Cup 300 ml II 清禾旅行茶杯 二代',
  launch: DAYS - 3,
  end: DAYS + 99,
}
const stranger: Planted = { ...heir, id: 'other', title: 'Lemon Ice Tea 柠檬冰茶 Y9' }

test('a product that takes the place of another is found', async () => {
  const found = await successorsOf(windowOf(panelOfPlanted([...market(), old, heir, stranger])), run)
  expect(found[0]).toMatchObject({ product: 'cup-2', replaces: 'cup-1' })
  expect(found[0]?.chance).toBeGreaterThan(0.5)
  expect(found.some(({ product }) => product === 'other')).toBe(false)
})

test('an heir begins at the level of the one that it replaces', async () => {
  const unborn: Planted = { ...heir, launch: DAYS }
  const strange: Planted = { ...stranger, launch: DAYS }
  const said = await forecastOf([...market(), old, unborn, strange])
  const sum = (id: string) => said(id).mean.reduce((a, b) => a + b, 0)
  const level = Array.from({ length: HORIZON }, (_, h) => meanAt({ ...old, end: DAYS + 99 }, DAYS + h)).reduce(
    (a, b) => a + b,
    0,
  )
  expect(sum('cup-2') / level).toBeGreaterThan(0.6)
  expect(sum('cup-2')).toBeGreaterThan(2 * sum('other'))
})

test('the nearest products are those alike, in English and in Chinese', async () => {
  const window = windowOf(panelOfPlanted(market()))
  const near = await nearestProducts(window, 'tea-1', run, { neighbours: 8 })
  expect(near.slice(0, 5).every(({ product }) => product.startsWith('tea'))).toBe(true)
  expect(['tea-4', 'tea-7']).toContain(near[0]?.product)
  for (let k = 1; k < near.length; k++) expect(near[k]?.weight).toBeLessThanOrEqual(near[k - 1]?.weight as number)
  await expect(nearestProducts(window, 'nowhere', run)).rejects.toMatchObject({ code: 'coldStart.product' })
})
