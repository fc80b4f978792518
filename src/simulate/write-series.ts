import { Random } from '../core/random.ts'
import type { Dirt } from './dirt.ts'
import { DIRT, fateOf } from './dirt.ts'
import type { Market } from './market.ts'
import { FACTORS, factorAt } from './panel.ts'
import type { Series } from './series.ts'
import type { Tables } from './tables.ts'

/** What is counted while series are written. */
export interface Tally {
  /** Shop days on which a product could be bought, and those that ended with an empty shelf. */
  open: number
  empty: number
  /** Units sold, and units wanted and not had. */
  units: number
  hidden: number
  readonly dirt: Record<Dirt, number>
}

export const blankTally = (): Tally => ({
  open: 0,
  empty: 0,
  units: 0,
  hidden: 0,
  dirt: Object.fromEntries(DIRT.map((kind) => [kind, 0])) as Record<Dirt, number>,
})

/** Identifiers and dates as bytes, made once and written many times. */
export interface Labels {
  readonly dates: readonly Uint8Array[]
  readonly store: Uint8Array
  readonly item: Uint8Array
}

/** Writes the sales of a series, one row an open day, with dirt in the share asked for and a note of each in the truth. */
export function writeSales(market: Market, series: Series, labels: Labels, tables: Tables, tally: Tally): void {
  const { dirtRate, seed } = market.settings
  const { store, product, from, soldTo, sales, returns, onHand, demand } = series
  const out = tables.of('sales')
  const random = Random.of(seed, `dirt:${product.item.index}:${store.index}`)
  for (let t = from; t < soldTo; t++) {
    if (store.closed[t] === 1) continue
    const units = sales[t] as number
    tally.open++
    if (onHand[t] === 0) tally.empty++
    tally.units += units
    tally.hidden += (demand[t] as number) - units
    const fate = dirtRate > 0 ? fateOf(dirtRate, random) : undefined
    if (fate) {
      tally.dirt[fate.kind]++
      const note = tables.of('truth/dirt').text(fate.kind)
      note.number(fate.kind === 'missing' ? Number.NaN : out.rows + (fate.kind === 'duplicate' ? 2 : 1))
      note
        .bytes(labels.dates[t] as Uint8Array)
        .bytes(labels.store)
        .bytes(labels.item)
      note.number(units).text(fate.written).end()
      if (fate.kind === 'missing') continue
    }
    for (let copy = fate?.kind === 'duplicate' ? 2 : 1; copy > 0; copy--) {
      if (fate?.kind === 'badDate') out.text(fate.written)
      else out.bytes(labels.dates[t] as Uint8Array)
      out.bytes(labels.store).bytes(labels.item)
      if (fate?.kind === 'badUnits') out.text(fate.written)
      else out.number(units)
      out.number(returns[t] as number).end()
    }
  }
}

/** Writes the stock of a series at the close of every day of its history. */
export function writeStock(series: Series, labels: Labels, tables: Tables): void {
  const { from, soldTo, onHand, onOrder, received } = series
  const out = tables.of('stock')
  for (let t = from; t < soldTo; t++) {
    out
      .bytes(labels.dates[t] as Uint8Array)
      .bytes(labels.store)
      .bytes(labels.item)
    out
      .number(onHand[t] as number)
      .number(onOrder[t] as number)
      .number(received[t] as number)
    out.number(onHand[t] === 0 ? 1 : 0).end()
  }
}

/** Writes the planted truth of a series: the history, the horizon, and its bulk orders. */
export function writeTruth(series: Series, labels: Labels, tables: Tables): void {
  const { store, from, to, soldTo, expected, variance, demand, sales, bulk } = series
  for (let t = from; t < to; t++) {
    const future = t >= soldTo
    const out = tables.of(future ? 'truth/future' : 'truth/demand')
    out
      .bytes(labels.dates[t] as Uint8Array)
      .bytes(labels.store)
      .bytes(labels.item)
    for (const factor of FACTORS) out.number(factorAt(series, factor, t), 5)
    out
      .number(expected[t] as number, 6)
      .number(variance[t] as number, 6)
      .number(demand[t] as number)
    if (!future) {
      out
        .number(sales[t] as number)
        .number((demand[t] as number) - (sales[t] as number))
        .number(bulk[t] as number)
      if ((bulk[t] as number) > 0) {
        const note = tables.of('truth/outliers').bytes(labels.dates[t] as Uint8Array)
        note
          .bytes(labels.store)
          .bytes(labels.item)
          .number(bulk[t] as number)
          .end()
      }
    }
    out.number(store.closed[t] as number).end()
  }
}
