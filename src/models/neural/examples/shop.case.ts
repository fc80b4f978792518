import { Calendar, type Unit } from '../../../core/calendar.ts'
import { Mask, type Panel, panelOf, seriesId } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Window } from '../../../core/window.ts'
import { memorySource } from '../../../store/source.ts'
import { windowAt } from '../../../store/window.ts'

export const CUTOFF = 79
export const HORIZON = 5
const DEALS = ['none', 'half', 'gift']

/** Changes a cell of a series as it is made. */
export type Change = (
  cell: { y: number; mask: number; price: number; deal: number; views: number; demand: number },
  series: number,
  period: number,
) => void

/**
 * Two shops with three items each: gaps, stock-outs, closed days, a late and a short series, one that never sold; price and deal known
 * ahead, views and demand past-only.
 */
export function shopPanel(change: Change = () => {}, unit: Unit = 'day'): Panel {
  const series = Array.from({ length: 6 }, (_, i) => {
    const random = Random.of(5, `shop ${i}`)
    const start = [0, 0, 30, 70, 0, 4][i] as number
    const cells = Array.from({ length: CUTOFF + HORIZON + 1 - start }, (_, k) => {
      const y = i === 4 ? 0 : random.poisson(4 + 3 * i)
      const cell = {
        y: random.uniform() < 0.1 ? Number.NaN : y,
        mask: random.uniform() < 0.1 ? Mask.censored : random.uniform() < 0.05 ? Mask.closed : 0,
        price: random.uniform() < 0.05 ? Number.NaN : 2 + random.normal(),
        deal: random.uniform() < 0.1 ? Number.NaN : random.integer(3),
        views: random.uniform() < 0.1 ? Number.NaN : 100 + 20 * random.normal(),
        demand: random.uniform() < 0.1 ? Number.NaN : 1.1 * y,
      }
      change(cell, i, start + k)
      return cell
    })
    const of = (name: keyof (typeof cells)[number]) => cells.map((cell) => cell[name])
    return {
      id: seriesId([i < 3 ? 'north' : 'south', `item ${i % 3}`]),
      start,
      values: of('y'),
      mask: of('mask'),
      columns: { price: of('price'), deal: of('deal'), views: of('views'), demand: of('demand') },
    }
  })
  return panelOf(series, {
    calendar: new Calendar({ unit }),
    keys: ['store', 'item'],
    knownAhead: ['price', 'deal'],
    categories: { deal: DEALS, brand: ['a', 'b'] },
    statics: { brand: [0, 1, 0, 1, Number.NaN, 0], weight: [1, 2, 3, 4, 5, Number.NaN] },
  })
}

export const shopWindow = (panel: Panel = shopPanel(), cutoff = CUTOFF): Window =>
  windowAt(memorySource(panel), cutoff, HORIZON)
