import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, endOf, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { modelContract } from '../../models/contract.case.ts'
import { localModel } from '../../models/local-model.ts'
import { windowAverage } from '../../models/statistical/simple/averages.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { uncensored } from './uncensored.ts'
import { demandWindow } from './window.ts'

const calendar = new Calendar({ unit: 'day' })
const average = () => localModel(windowAverage({ window: 28 }))

modelContract(() => uncensored(average()))

/** Series of demand 20 a day whose shelf holds 22 on two days of three, and is empty on one of five. */
function shop() {
  const random = Random.of(4, 'shop')
  return panelOf(
    Array.from({ length: 10 }, (_, i) => {
      const demand = Array.from({ length: 120 }, () => random.poisson(20))
      const stock = demand.map((_d, t) => (t % 5 === 1 ? 0 : t % 3 > 0 ? 22 : 100))
      return {
        id: `p${i}`,
        start: 0,
        values: demand.map((d, t) => Math.min(d, at(stock, t))),
        mask: demand.map((d, t) => (d >= at(stock, t) ? Mask.censored : 0)),
      }
    }),
    { calendar },
  )
}

test('a model that learns from demand forecasts demand, where one that learns from sales forecasts too little', async () => {
  const window = windowAt(memorySource(shop()), 119, 7)
  const meanOf = async (model = average()) => {
    const { mean } = await (await model.fit(window, runOf())).forecast(window, askOf(), runOf())
    return mean.reduce((a, b) => a + b, 0) / mean.length
  }
  expect(await meanOf()).toBeLessThan(17)
  const found = await meanOf(uncensored(average()))
  expect(found).toBeGreaterThan(19.4)
  expect(found).toBeLessThan(20.6)
})

test('demand of a window is found from its own past alone, once, with the mask as it was', async () => {
  const panel = shop()
  const changed = { ...panel, target: panel.target.slice() }
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(panel.offsets, i) + 90; k < at(panel.offsets, i + 1); k++) changed.target[k] = 500
  const [a, b] = [panel, changed].map((p) => demandWindow(windowAt(memorySource(p), 89, 7)))
  for await (const past of a?.past() ?? []) {
    expect(endOf(past, 0)).toBe(90)
    expect(past.mask.some((m) => m === Mask.censored)).toBe(true)
    for await (const other of b?.past() ?? []) expect(other.target).toEqual(past.target)
    for await (const again of a?.past() ?? []) expect(again.target).toBe(past.target)
  }
  const window = windowAt(memorySource(panel), 89, 7)
  expect(demandWindow(window).digest).not.toBe(window.digest)
  expect(demandWindow(window, { rounds: 2 }).digest).not.toBe(demandWindow(window).digest)
})
