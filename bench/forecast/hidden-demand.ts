import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Calendar } from '../../src/core/calendar.ts'
import { askOf } from '../../src/core/forecast.ts'
import { sharedFloat64, sharedInt32, sharedUint8 } from '../../src/core/memory.ts'
import { at, Mask, type Panel, pickSeries, slicePeriods } from '../../src/core/panel.ts'
import { runOf } from '../../src/core/run.ts'
import { usualAvailability } from '../../src/forecast/hidden-demand/availability.ts'
import { judgeWays } from '../../src/forecast/hidden-demand/judge.ts'
import { recoverDemand } from '../../src/forecast/hidden-demand/recover.ts'
import { reportDemandAndSales, type StockScore } from '../../src/forecast/hidden-demand/report.ts'
import { expectedSales } from '../../src/forecast/hidden-demand/sales.ts'
import { uncensored } from '../../src/forecast/hidden-demand/uncensored.ts'
import type { Model } from '../../src/models/model.ts'
import { modelNamed } from '../../src/models/registry.ts'
import { simulatePanel } from '../../src/simulate/panel.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { atMost, type Bench, type BenchContext, type Figure, Skip, shown } from '../bench.ts'
import { FRESH_FIRST_DAY, loadFreshDaily, PROTOCOL_LEVELS } from '../protocols.ts'

/** Seeds that are reported on; paces, moods and classes were chosen on seeds 1 to 8. */
const SEEDS = Array.from({ length: 30 }, (_, s) => 101 + s)
/** Days before this one are cut by hand; nothing later is looked at for choosing. */
const MASKED_DAYS = 54
/** Hours of opening that the daily data counts stock-outs over. */
const OPENING = { first: 6, end: 22 }
/** Share of a day's sales by hour from 6 to 21, of days in stock of city 0 before those of any window; what is sold at night counts with its neighbours. */
const PROFILE = [6, 5.5, 7.9, 8.7, 8.1, 6.1, 4.9, 4.7, 5.4, 7, 7.7, 6.2, 4.4, 3.4, 2.9, 4.3]
const HOURS_OUT = { column: 'stockout_hours', of: OPENING.end - OPENING.first }
const MODELS = ['profile-average', 'boosting-fast', 'ensemble', 'swell'] as const

const bench: Bench = {
  about: 'demand behind stock-outs: bias and WAPE against planted demand and hidden days, and what models gain by it',
  async measure(context) {
    const found = planted(context)
    try {
      return [...found, ...(await hidden(context)), ...(await learned(context))]
    } catch (error) {
      if (!(error instanceof Skip)) throw error
      context.log(error.message)
      return found
    }
  },
}
export default bench

/** Without hours, all that is known of a day is a bound: `combined` and `bound` are the same here. */
const WAYS = ['combined', 'similar'] as const

/** Against the simulator: demand planted and cut by a shelf that is kept by rule. */
function planted({ smoke, log }: BenchContext): Figure[] {
  const sums = new Map<string, { found: number; error: number }>()
  let [truth, seconds, series, cells] = [0, 0, 0, 0]
  let [variance, squares] = [0, 0]
  const biases: number[] = []
  for (const seed of smoke ? [1] : SEEDS) {
    const { panel, truth: plan } = simulatePanel({ seed, items: smoke ? 10 : 60, stores: 3, days: smoke ? 120 : 420 })
    const before = [sums.get('combined')?.found ?? 0, truth] as const
    const add = (name: string, demand: Float64Array) => {
      const sum = sums.get(name) ?? { found: 0, error: 0 }
      eachOut(panel, (k) => {
        sum.found += at(demand, k)
        sum.error += Math.abs(at(demand, k) - at(plan.demand, k))
      })
      sums.set(name, sum)
    }
    for (const way of WAYS) {
      const started = performance.now()
      const recovered = recoverDemand(panel, { way })
      if (way === 'combined') {
        seconds += (performance.now() - started) / 1000
        eachOut(panel, (k) => {
          variance += at(recovered.deviation, k) ** 2
          squares += (at(recovered.demand, k) - at(plan.demand, k)) ** 2
        })
      }
      add(way, recovered.demand)
    }
    add('sales as they are', panel.target)
    add('left out (mean of days in stock)', leftOut(panel))
    const [foundBefore, truthBefore] = before
    eachOut(panel, (k) => {
      truth += at(plan.demand, k)
      cells++
    })
    biases.push(((sums.get('combined')?.found ?? 0) - foundBefore) / (truth - truthBefore) - 1)
    series += panel.ids.length
    log(`seed ${seed}: ${panel.ids.length} series`)
  }
  const biasOf = (name: string) => (sums.get(name)?.found ?? Number.NaN) / truth - 1
  const bias = biasOf('combined')
  return [
    atMost(
      'simulator: size of the bias of recovered demand',
      Math.abs(bias),
      0.01,
      '',
      `of ${cells} cells without stock`,
    ),
    shown('simulator: greatest size of the bias of a seed', Math.max(...biases.map(Math.abs)), ''),
    shown('simulator: standard error of the bias', spreadOf(biases) / Math.sqrt(biases.length), ''),
    ...[...sums].flatMap(([name, { error }]) => [
      shown(`simulator: bias, ${name}`, biasOf(name), ''),
      shown(`simulator: WAPE, ${name}`, error / truth, ''),
    ]),
    shown('simulator: stated deviation over true', Math.sqrt(variance / squares), ''),
    shown('simulator: seconds per 1,000 series of 420 days', (1000 * seconds) / series, 's'),
  ]
}

function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / Math.max(1, values.length - 1))
}

function eachOut({ mask, target }: Panel, call: (cell: number) => void): void {
  for (let k = 0; k < target.length; k++) if ((at(mask, k) & Mask.censored) !== 0) call(k)
}

/** What those who leave days without stock out would put in: the mean of the days in stock on that weekday. */
function leftOut(panel: Panel): Float64Array {
  const filled = panel.target.slice()
  for (let i = 0; i < panel.ids.length; i++) {
    const sums = new Float64Array(7)
    const days = new Float64Array(7)
    const [from, to] = [at(panel.offsets, i), at(panel.offsets, i + 1)]
    for (let k = from; k < to; k++) {
      const y = at(panel.target, k)
      if (at(panel.mask, k) !== 0 || Number.isNaN(y)) continue
      sums[k % 7] = at(sums, k % 7) + y
      days[k % 7] = at(days, k % 7) + 1
    }
    for (let k = from; k < to; k++)
      if ((at(panel.mask, k) & Mask.censored) !== 0) filled[k] = at(sums, k % 7) / Math.max(1, at(days, k % 7))
  }
  return filled
}

/** Against groceries: days in stock cut at an hour, by each way with the hours, with their number alone, and with neither. */
async function hidden({ data, smoke, log }: BenchContext): Promise<Figure[]> {
  const stores = smoke ? 4 : 25
  const { panel, hourly } = await loadHours(data, stores)
  const run = runOf({ seed: 1 })
  const plant = { hourly, hoursOut: { column: HOURS_OUT.column, ...OPENING } }
  const figures: Figure[] = []
  const knowledge = {
    'by the hour': { hourly },
    'hours counted': { hoursOut: HOURS_OUT },
    'hours counted, profile': { hoursOut: HOURS_OUT, profile: PROFILE },
    'no hours': {},
  }
  for (const [known, options] of Object.entries(knowledge)) {
    log(`hidden days: ${known}`)
    for (const { way, trust, bias, wape, cells } of judgeWays(panel, { ...options, drivers: DRIVERS }, run, plant)) {
      const name = `hidden days, ${known}: ${way}${way === 'combined' && known !== 'no hours' ? `, trust ${trust}` : ''}`
      figures.push(shown(`${name}: bias`, bias, '', `${cells} days`), shown(`${name}: WAPE`, wape, ''))
    }
  }
  return figures
}

const DRIVERS = ['discount', 'holiday', 'activity']

/** Daily groceries of the stores that have hours, without the days that are not to be looked at, and the hours. */
async function loadHours(data: string, stores: number): Promise<{ panel: Panel; hourly: Panel }> {
  const whole = await loadFreshDaily(data, { stores })
  const file = join(data, 'freshretail_hourly.parquet')
  if (!existsSync(file)) throw new Skip(`freshretail_hourly.parquet is not in ${data}`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const rows = `FROM '${file.replaceAll("'", "''")}' WHERE store_id < ${stores} AND dt < DATE '2024-03-28' + ${MASKED_DAYS}`
    const ids = new Map<string, number>()
    const result = await connection.run(
      `SELECT store_id || '/' || product_id AS id, count(*)::INT AS n, min(dt) - DATE '1970-01-01' AS day ${rows} GROUP BY ALL ORDER BY min(store_id), min(product_id)`,
    )
    for (const [id] of await result.getRows()) ids.set(id as string, ids.size)
    const kept = whole.ids.flatMap((id, i) => (ids.has(id) ? [i] : []))
    const panel = slicePeriods(pickSeries(whole, kept), FRESH_FIRST_DAY, FRESH_FIRST_DAY + MASKED_DAYS)
    const steps = MASKED_DAYS * 24
    const n = panel.ids.length
    const places = new Map(panel.ids.map((id, i) => [id, i]))
    const target = sharedFloat64(n * steps).fill(Number.NaN)
    const mask = sharedUint8(n * steps)
    const stream = await connection.stream(
      `SELECT store_id || '/' || product_id AS id, ((dt - DATE '2024-03-28') * 24 + hour)::INT AS step, sale::DOUBLE AS sale, stockout::INT AS out ${rows}`,
    )
    for (let chunk = await stream.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await stream.fetchChunk()) {
      const [id, step, sale, out] = [0, 1, 2, 3].map((c) => chunk?.getColumnVector(c))
      for (let r = 0; r < chunk.rowCount; r++) {
        const i = places.get(id?.getItem(r) as string)
        if (i === undefined) continue
        const hour = (step?.getItem(r) as number) % 24
        const k = i * steps + (step?.getItem(r) as number)
        target[k] = sale?.getItem(r) as number
        // Nights are closed to most buyers, and their stock-outs do not count in the daily data.
        if (hour >= OPENING.first && hour < OPENING.end && out?.getItem(r) === 1) mask[k] = Mask.censored
      }
    }
    const hourly: Panel = {
      ...panel,
      calendar: new Calendar({ unit: 'hour' }),
      start: sharedInt32(n).fill(FRESH_FIRST_DAY * 24),
      offsets: sharedInt32(n + 1).map((_, i) => i * steps),
      target,
      mask,
      columns: new Map(),
    }
    return { panel, hourly }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/**
 * What models forecast that learned from demand, on a window before those of the protocol: against the sales of rows in stock and of all, as
 * demand, and brought back to sales by how available each series was lately; and against recovered demand, for want of the true one.
 */
async function learned({ data, smoke, log }: BenchContext): Promise<Figure[]> {
  const cutoff = FRESH_FIRST_DAY + (smoke ? 40 : 54)
  const horizon = 7
  const whole = await loadFreshDaily(data, { stores: smoke ? 3 : 100 })
  const panel = slicePeriods(whole, FRESH_FIRST_DAY, cutoff + 1 + horizon)
  const window = windowAt(memorySource(panel), cutoff, horizon)
  const options = { hoursOut: HOURS_OUT, profile: PROFILE, drivers: DRIVERS }
  const recovered = recoverDemand(panel, options)
  const past = slicePeriods(panel, FRESH_FIRST_DAY, cutoff + 1)
  const availability = usualAvailability(past, recoverDemand(past, options), horizon)
  const truth = { ...panel, target: recovered.demand }
  const figures: Figure[] = []
  const add = (name: string, rows: readonly StockScore[]) => {
    for (const { rows: which, wape, bias } of rows)
      figures.push(
        shown(`groceries, ${name}, ${which}: WAPE`, wape, ''),
        shown(`groceries, ${name}, ${which}: bias`, bias, ''),
      )
  }
  const forecastBy = async (model: Model) => {
    log(model.name)
    const run = runOf({ threads: 2 })
    const demand = await (await model.fit(window, run)).forecast(window, askOf({ levels: PROTOCOL_LEVELS }), run)
    add(model.name, reportDemandAndSales({ panel, recovered, demand }).scores)
    const against = reportDemandAndSales({ panel: truth, recovered, demand }).scores
    add(
      `${model.name} against recovered demand`,
      against.filter((s) => s.rows !== 'in stock'),
    )
    return demand
  }
  for (const name of smoke ? MODELS.slice(0, 1) : MODELS) {
    const plain = await forecastBy(modelNamed(name))
    const demand = await forecastBy(uncensored(modelNamed(name), options))
    const sales = expectedSales(demand, availability)
    add(`${name}@demand brought to sales`, reportDemandAndSales({ panel, recovered, demand: sales }).scores)
    // A lower forecast has a lower WAPE by itself: the same model, as low, shows what is left of the gain.
    const low = sumOf(sales.mean) / sumOf(plain.mean)
    const lowered = { ...plain, mean: plain.mean.map((m) => m * low) }
    add(`${name} lowered as much`, reportDemandAndSales({ panel, recovered, demand: lowered }).scores)
  }
  return figures
}

const sumOf = (values: Float64Array) => values.reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0)
