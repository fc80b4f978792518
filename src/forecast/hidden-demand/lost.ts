import { ForetideError } from '../../core/errors.ts'
import { at, type Panel, seriesParts } from '../../core/panel.ts'
import { Known } from './ledger.ts'
import type { Recovered } from './recover.ts'

/** What stock-outs cost, for one label. */
export interface LostSales {
  readonly label: string
  /** Cells out of stock for some of the period, and cells with demand at all. */
  readonly outOfStock: number
  readonly cells: number
  readonly sales: number
  /** Units wanted and not had, as expected, and their standard deviation if days err independently. */
  readonly lost: number
  readonly deviation: number
  /** The lost units at the price of their day; NaN without a price. */
  readonly value: number
}

type Sums = { -readonly [K in keyof Omit<LostSales, 'label'>]: number }

/** How lost sales are summed up. */
export interface LostOptions {
  /** `all`, `series`, `period`, or a key or static column of the panel. */
  readonly by?: string
  /** The column of prices; `price` where the panel has it, unless given. */
  readonly price?: string
}

/**
 * Estimated lost sales, in units and at the price of the day, by series, period, key or static column, the greatest loss first.
 *
 * Refuses a column that the panel does not have. A cell without a price takes the last one before it in its series,
 * else the first after it.
 *
 * @example
 * const panel = panelOf([{ id: 'tea', start: 0, values: [4, 4, 1], mask: [0, 0, Mask.censored] }], { calendar: new Calendar({ unit: 'day' }) })
 * const recovered = { demand: [4, 4, 5], deviation: [0, 0, 2], usual: [4, 4, 4], share: [1, 1, NaN], known: [1, 1, 3] }
 * lostSales(panel, recovered, { by: 'series' })[0].lost // → 4
 */
export function lostSales(panel: Panel, recovered: Recovered, { by = 'all', price }: LostOptions = {}): LostSales[] {
  const labelOf = labels(panel, by)
  const prices = pricesOf(panel, price)
  const sums = new Map<string, Sums>()
  for (let i = 0; i < panel.ids.length; i++) {
    const own = prices?.subarray(at(panel.offsets, i), at(panel.offsets, i + 1))
    let paid = own?.find((p) => !Number.isNaN(p)) ?? 0
    for (let k = at(panel.offsets, i), t = at(panel.start, i); k < at(panel.offsets, i + 1); k++, t++) {
      const given = prices ? at(prices, k) : Number.NaN
      if (!Number.isNaN(given)) paid = given
      const known = at(recovered.known, k)
      if (known === Known.none) continue
      const label = labelOf(i, t)
      const sum = sums.get(label) ?? {
        outOfStock: 0,
        cells: 0,
        sales: 0,
        lost: 0,
        deviation: 0,
        value: prices ? 0 : Number.NaN,
      }
      const sales = Number.isNaN(at(panel.target, k)) ? 0 : at(panel.target, k)
      const lost = known === Known.sales ? 0 : at(recovered.demand, k) - sales
      sum.cells++
      sum.sales += sales
      sum.lost += lost
      if (known !== Known.sales) sum.outOfStock++
      // Variances until all are summed.
      sum.deviation += at(recovered.deviation, k) ** 2
      if (lost > 0 && prices) sum.value += lost * paid
      sums.set(label, sum)
    }
  }
  return [...sums]
    .map(([label, sum]) => ({ label, ...sum, deviation: Math.sqrt(sum.deviation) }))
    .sort((a, b) => b.lost - a.lost || (a.label < b.label ? -1 : 1))
}

function labels(panel: Panel, by: string): (series: number, period: number) => string {
  if (by === 'all') return () => 'all'
  if (by === 'series') return (i) => panel.ids[i] as string
  if (by === 'period') return (_, t) => panel.calendar.format(t)
  const key = panel.keys.indexOf(by)
  if (key >= 0) return (i) => seriesParts(panel.ids[i] as string)[key] as string
  const fixed = panel.statics.get(by)
  if (!fixed) throw unknown(by, [...panel.keys, ...panel.statics.keys()])
  return (i) => fixed.categories?.[at(fixed.values, i)] ?? String(at(fixed.values, i))
}

function pricesOf(panel: Panel, name?: string): Float64Array | undefined {
  const column = panel.columns.get(name ?? 'price')
  if (name !== undefined && !column) throw unknown(name, [...panel.columns.keys()])
  return column?.values
}

const unknown = (column: string, known: readonly string[]) =>
  new ForetideError('hiddenDemand.column', { column, columns: known.join(', ') }, { fault: 'usage' })
