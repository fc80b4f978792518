import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { simulatePanel } from '../../simulate/panel.ts'
import { judgeWays } from './judge.ts'
import { plantStockOuts } from './plant.ts'
import { demandQuantile } from './quantile.ts'
import { recoverDemand } from './recover.ts'

const HOURS = 24

/** Eight series of so many a day, half as much more or less from day to day, evenly from 8 to 20 o'clock; every fourth day is out of stock from 14 on. */
function shop(units = 40): { panel: Panel; hourly: Panel } {
  const random = Random.of(9, 'shop')
  const days = 90
  const ids = Array.from({ length: 8 }, (_, i) => `p${i}`)
  const byHour = ids.map((id) => {
    const out = (k: number) => Math.floor(k / HOURS) % 4 === 1 && k % HOURS >= 14
    const level = Array.from({ length: days }, () => units * (0.5 + random.uniform()))
    const cells = Array.from({ length: days * HOURS }, (_, k) => k)
    const open = (k: number) => k % HOURS >= 8 && k % HOURS < 20
    const values = cells.map((k) =>
      open(k) && !out(k) ? random.poisson((level[Math.floor(k / HOURS)] as number) / 12) : 0,
    )
    return { id, start: 0, values, mask: cells.map((k) => (out(k) ? Mask.censored : 0)) }
  })
  const daily = byHour.map(({ id, values, mask }) => ({
    id,
    start: 0,
    values: Array.from({ length: days }, (_, t) =>
      values.slice(t * HOURS, (t + 1) * HOURS).reduce<number>((a, b) => a + b, 0),
    ),
    mask: Array.from({ length: days }, (_, t) => Math.max(...mask.slice(t * HOURS, (t + 1) * HOURS))),
    columns: { out: Array.from({ length: days }, (_, t) => (t % 4 === 1 ? 6 : 0)) },
  }))
  return {
    panel: panelOf(daily, { calendar: new Calendar({ unit: 'day' }) }),
    hourly: panelOf(byHour, { calendar: new Calendar({ unit: 'hour' }) }),
  }
}

test('planted stock-outs keep what was sold before their hour and count the hours, and leave the panel alone', () => {
  const { panel, hourly } = shop()
  const target = panel.target.slice()
  const hoursOut = { column: 'out', first: 8, end: 20 }
  const planted = plantStockOuts(panel, Random.of(1, 'plant'), { hourly, hoursOut, share: 0.2 })
  expect(panel.target).toEqual(target)
  expect(planted.cells.length).toBeGreaterThan(60)
  planted.cells.forEach((k, c) => {
    expect(at(panel.mask, k)).toBe(0)
    expect(at(planted.truth, c)).toBe(at(panel.target, k))
    expect(at(planted.panel.mask, k)).toBe(Mask.censored)
    const hours = hourly.target.slice(k * HOURS, k * HOURS + 14)
    expect(at(planted.panel.target, k)).toBe(hours.reduce((a, b) => a + b, 0))
    expect(planted.panel.columns.get('out')?.values[k]).toBe(6)
    expect(planted.hourly?.mask.slice(k * HOURS, (k + 1) * HOURS).filter((m) => m !== 0).length).toBe(10)
  })
})

test('where days differ, what was sold until the shelf was empty says more than the usual, and both more than either', () => {
  // Few enough that what half a day sold is a noisy measure of the whole.
  const { panel, hourly } = shop(12)
  const judged = judgeWays(panel, { hourly, rounds: 3 }, runOf({ seed: 2 }), { share: 0.3 })
  const of = (way: string) => judged.find((j) => j.way === way)
  expect(judged[0]?.way).toBe('combined')
  expect(of('combined')?.wape).toBeLessThan(0.97 * (of('similar')?.wape ?? 0))
  expect(of('combined')?.wape).toBeLessThan(0.97 * (of('share')?.wape ?? 0))
  expect(of('sales')?.bias).toBeLessThan(-0.35)
  expect(Math.abs(of('combined')?.bias ?? 1)).toBeLessThan(0.04)
})

test('nothing is planted without a pattern', () => {
  const panel = panelOf([{ id: 'tea', start: 0, values: [1, 2, 3] }], { calendar: new Calendar({ unit: 'day' }) })
  expect(judgeWays(panel, {}, runOf())).toEqual([])
})

test('quantiles of planted demand hold about as often as they say', () => {
  const { panel, truth } = simulatePanel({ seed: 52, items: 20, stores: 3, days: 240 })
  const recovered = recoverDemand(panel)
  for (const level of [0.5, 0.9]) {
    let [cells, below] = [0, 0]
    for (let k = 0; k < panel.target.length; k++) {
      if ((at(panel.mask, k) & Mask.censored) === 0 || at(recovered.demand, k) < 2) continue
      cells++
      if (at(truth.demand, k) <= demandQuantile(panel, recovered, k, level)) below++
    }
    expect(cells).toBeGreaterThan(100)
    expect(Math.abs(below / cells - level)).toBeLessThan(0.09)
  }
}, 20_000)
