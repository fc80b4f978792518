import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { checkInterrupt, type Run } from '../core/run.ts'
import { VERSION } from '../core/version.ts'
import { drawCustomers } from './customers.ts'
import type { Dirt } from './dirt.ts'
import { writeEvents } from './events.ts'
import { planFamily } from './family.ts'
import { openMarket } from './market.ts'
import { type Settings, type SimulateOptions, settingsOf } from './options.ts'
import { seriesOf } from './series.ts'
import { Tables, type WrittenTable } from './tables.ts'
import { writeMarket } from './write-market.ts'
import { writeProduct } from './write-products.ts'
import { blankTally, type Labels, writeSales, writeStock, writeTruth } from './write-series.ts'

/** What a simulation wrote. */
export interface Simulated {
  readonly dir: string
  /** The options, filled in. */
  readonly settings: Settings
  /** The tables that a shop would have. */
  readonly tables: readonly WrittenTable[]
  /** What no shop would know; empty without the option `truth`. */
  readonly truth: readonly WrittenTable[]
  /** First and last day of sales, and the last day of the plans. */
  readonly firstDay: string
  readonly lastDay: string
  readonly planEnd: string
  /** Share of the open shop days that ended with an empty shelf. */
  readonly emptyShare: number
  /** Units wanted and not had, as a share of all wanted. */
  readonly hiddenShare: number
  readonly dirt: Readonly<Record<Dirt, number>>
}

/**
 * Writes a simulated marketplace into a folder: the files that a shop has, and the truth they were drawn from in `truth/`.
 *
 * Rows are streamed a family of products at a time, so memory does not grow with their number. The same options give the
 * same bytes; the seed is the run's unless the options have one. Existing files of the same names are replaced at the end;
 * an interrupted run leaves them alone. Refuses options that {@link settingsOf} refuses. The columns are described in
 * `docs/simulator.md`.
 *
 * @example
 * const { tables, emptyShare } = await simulate({ preset: 'demo', locale: 'US' }, 'foretide-demo', runOf({ seed: 7 }))
 */
export async function simulate(options: SimulateOptions, dir: string, run: Run): Promise<Simulated> {
  const settings = settingsOf(options, run.seed)
  const market = openMarket(settings)
  const { days, families } = market
  const customers = drawCustomers(market)
  const encoder = new TextEncoder()
  const dates = days.text.map((text) => encoder.encode(text))
  const storeBytes = market.stores.map((store) => encoder.encode(store.id))
  const tables = new Tables(dir, settings)
  const tally = blankTally()
  let written: WrittenTable[]
  try {
    writeMarket(market, customers, tables)
    for (let f = 0; f < families; f++) {
      const family = planFamily(market, f)
      for (const product of family.products) writeProduct(market, product, tables)
      for (const series of seriesOf(market, family)) {
        const store = storeBytes[series.store.index] as Uint8Array
        const labels: Labels = { dates, store, item: encoder.encode(series.product.item.id) }
        writeSales(market, series, labels, tables, tally)
        writeStock(series, labels, tables)
        if (settings.truth) writeTruth(series, labels, tables)
        if (settings.eventRate > 0) writeEvents(market, family, customers, series, tables.of('events'))
      }
      run.progress({ stage: 'simulate', done: f + 1, total: families })
      await setImmediate()
      checkInterrupt(run)
    }
    // Unreadable cells can only be kept in columns of text.
    written = await tables.finish(settings.dirtRate > 0 ? { sales: ['date', 'units'] } : {})
  } catch (error) {
    tables.abandon()
    throw error
  }
  const isTruth = ({ table }: WrittenTable) => table.startsWith('truth/')
  const simulated: Simulated = {
    dir,
    settings,
    tables: written.filter((w) => !isTruth(w)),
    truth: written.filter(isTruth),
    firstDay: days.text[0] as string,
    lastDay: days.text[days.history - 1] as string,
    planEnd: days.text[days.total - 1] as string,
    emptyShare: tally.open > 0 ? tally.empty / tally.open : 0,
    hiddenShare: tally.units + tally.hidden > 0 ? tally.hidden / (tally.units + tally.hidden) : 0,
    dirt: tally.dirt,
  }
  writeFileSync(join(dir, 'truth', 'simulation.json'), `${JSON.stringify(summaryOf(simulated), null, 2)}\n`)
  return simulated
}

/** The summary beside the truth; paths are left out, so that the same options give the same bytes in any folder. */
function summaryOf({ dir: _, tables, truth, ...rest }: Simulated) {
  const rows = Object.fromEntries([...tables, ...truth].map((w) => [w.table, w.rows]))
  return { version: VERSION, ...rest, rows }
}
