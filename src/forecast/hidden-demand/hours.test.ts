import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { recoverDemand } from './recover.ts'
import { inStockShares } from './shares.ts'

const days = new Calendar({ unit: 'day' })
const hours = new Calendar({ unit: 'hour' })

/** Two thirds of the day's demand of 48 come at 10 o'clock, a third at 18; on Saturdays it is the other way round. */
function shop() {
  const random = Random.of(6, 'hours')
  const length = 140
  const demand: number[] = []
  const sales: number[] = []
  const mask: number[] = []
  const hourly: number[] = []
  const hourMask: number[] = []
  for (let t = 0; t < length; t++) {
    const morning = random.poisson(t % 7 === 5 ? 16 : 32)
    const evening = random.poisson(t % 7 === 5 ? 32 : 16)
    const from = t % 6 === 3 ? 12 : 24
    demand.push(morning + evening)
    sales.push(morning + (from > 18 ? evening : 0))
    mask.push(from < 24 ? Mask.censored : 0)
    for (let h = 0; h < 24; h++) {
      hourly.push(h === 10 ? morning : h === 18 && h < from ? evening : 0)
      hourMask.push(h >= from ? Mask.censored : 0)
    }
  }
  const panel = panelOf([{ id: 'tea', start: 0, values: sales, mask }], { calendar: days })
  const byHour = panelOf([{ id: 'tea', start: 0, values: hourly, mask: hourMask }], { calendar: hours })
  return { panel, byHour, demand }
}

test('hours in stock count by what they usually bring on that weekday', () => {
  const { panel, byHour } = shop()
  const shares = inStockShares(panel, {}, byHour)
  // Period 0 was a Thursday; the profile of the shop turns on days of phase 5.
  for (const [t, share] of [
    [3, 2 / 3],
    [9, 2 / 3],
    [33, 1 / 3],
    [75, 1 / 3],
    [4, 1],
  ] as const)
    expect(Math.abs(at(shares, t) - share)).toBeLessThan(0.15)
  const { demand } = recoverDemand(panel, { hourly: byHour })
  const planted = shop().demand
  let [found, truth] = [0, 0]
  for (let t = 0; t < planted.length; t++)
    if (at(panel.mask, t) !== 0) {
      found += at(demand, t)
      truth += at(planted, t)
    }
  expect(Math.abs(found / truth - 1)).toBeLessThan(0.05)
})

test('hours out of stock are the last of the day, by a profile where one is given', () => {
  const panel = panelOf(
    [{ id: 'tea', start: 0, values: [5, 5, 5, 5], mask: [0, 1, 1, 1], columns: { out: [0, 2, 3, 4] } }],
    { calendar: days },
  )
  const hoursOut = { column: 'out', of: 4 }
  expect([...inStockShares(panel, { hoursOut })]).toEqual([1, 0.5, 0.25, 0])
  expect([...inStockShares(panel, { hoursOut, profile: [6, 2, 1, 1] })]).toEqual([1, 0.8, 0.6, 0])
  expect(() => inStockShares(panel, {}, panel)).toThrow('hour')
})
