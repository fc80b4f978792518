import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Calendar } from '../src/core/calendar.ts'
import { sharedFloat64, sharedInt32, sharedUint8 } from '../src/core/memory.ts'
import { at, type Column, Mask, type Panel, type StaticColumn, seriesId } from '../src/core/panel.ts'
import { Skip } from './bench.ts'

/** Levels at which the published protocols score quantiles. */
export const PROTOCOL_LEVELS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

const DAY = 86_400_000

/**
 * Dominick's orange juice: 83 stores × 11 brands, weekly, in units; prices, deal and feature known ahead, profit past-only.
 *
 * Weeks begin on Thursdays, week 1 on 1989-09-14; {@link orangeJuiceWeek} gives the period of a week. Weeks that the file
 * lacks hold NaN. Covariates of the panel: `price1` … `price11` (of all brands), `deal`, `feat`, and `price` of the brand itself.
 */
export async function loadOrangeJuice(data: string): Promise<Panel> {
  const file = fileOf(data, 'orange_juice.parquet')
  const calendar = new Calendar({ unit: 'week', weekStart: 3 })
  const week0 = orangeJuiceWeek(0)
  const prices = Array.from({ length: 11 }, (_, b) => `price${b + 1}`)
  return await readPanel({
    calendar,
    keys: ['store', 'brand'],
    series: `SELECT store AS store, brand AS brand FROM '${file}' GROUP BY ALL ORDER BY store, brand`,
    statics: ['store', 'brand'],
    cells: `SELECT dense_rank() OVER (ORDER BY store, brand) - 1 AS series, week + ${week0} AS period, exp(logmove) AS target,
      0 AS mask, ${prices.join(', ')}, deal, feat, profit, CASE brand ${prices.map((p, b) => `WHEN ${b + 1} THEN ${p}`).join(' ')} END AS price
      FROM '${file}'`,
    knownAhead: [...prices, 'deal', 'feat', 'price'],
  })
}

/** The period of a week of the orange-juice data. */
export function orangeJuiceWeek(week: number): number {
  return new Calendar({ unit: 'week', weekStart: 3 }).parse('1989-09-14') + week - 1
}

/** Monthly sales of 2,674 spare parts, 1998-01 to 2002-03; `NA` is missing. */
export async function loadCarParts(data: string): Promise<Panel> {
  const file = fileOf(data, 'carparts.csv')
  const rows = `read_csv('${file}', header = true, all_varchar = true, nullstr = 'NA')
    UNPIVOT INCLUDE NULLS (units FOR part IN (COLUMNS(* EXCLUDE month)))`
  return await readPanel({
    calendar: new Calendar({ unit: 'month' }),
    keys: ['part'],
    series: `SELECT part FROM ${rows} GROUP BY ALL ORDER BY part`,
    statics: [],
    cells: `SELECT dense_rank() OVER (ORDER BY part) - 1 AS series, (year(month::DATE) - 1970) * 12 + month(month::DATE) - 1 AS period,
      nullif(units, '')::DOUBLE AS target, 0 AS mask FROM ${rows}`,
    knownAhead: [],
  })
}

/**
 * FreshRetailNet by day: 42,421 series of 76 days, complete; discount, holiday and activity known ahead, weather past-only.
 *
 * Days on which the product was out of stock in some opening hour (`stockout_h6_22 > 0`) are masked as censored. Two more past-only
 * columns say what sales may have been without that: `demand`, sales over the share of opening hours in stock (a quarter at the
 * least), and `sale_in_stock`, missing on days with a stock-out. Statics: city, store, management group, three category levels,
 * product. With `stores` only those numbered below it are read, for a quick try.
 */
export async function loadFreshDaily(data: string, options: { readonly stores?: number } = {}): Promise<Panel> {
  const file = fileOf(data, 'freshretail_daily.parquet')
  const some = options.stores === undefined ? '' : `WHERE store_id < ${options.stores}`
  const statics = {
    city: 'city_id',
    store: 'store_id',
    management_group: 'management_group_id',
    category1: 'first_category_id',
    category2: 'second_category_id',
    category3: 'third_category_id',
    product: 'product_id',
  }
  return await readPanel({
    calendar: new Calendar({ unit: 'day' }),
    keys: ['store', 'product'],
    series: `SELECT ${Object.entries(statics).map(([name, column]) => `any_value(${column}) AS ${name}`)}
      FROM '${file}' ${some} GROUP BY store_id, product_id ORDER BY store_id, product_id`,
    statics: Object.keys(statics),
    cells: `SELECT dense_rank() OVER (ORDER BY store_id, product_id) - 1 AS series, dt - DATE '1970-01-01' AS period, sale AS target,
      CASE WHEN stockout_h6_22 > 0 THEN ${Mask.censored} ELSE 0 END AS mask,
      discount, holiday, activity, precpt, temperature, humidity, wind, stockout_h6_22 AS stockout_hours,
      sale / greatest(0.25, 1 - stockout_h6_22 / 16.0) AS demand, CASE WHEN stockout_h6_22 = 0 THEN sale END AS sale_in_stock FROM '${file}' ${some}`,
    knownAhead: ['discount', 'holiday', 'activity'],
  })
}

/** The first day of fresh-daily; day `d` of the protocol is this plus `d` − 1. */
export const FRESH_FIRST_DAY = Date.UTC(2024, 2, 28) / DAY

/** The last whole week of online-retail, that of 2011-11-28. */
export const ONLINE_LAST_WEEK = new Calendar({ unit: 'week' }).parse('2011-11-28')

/**
 * Weekly units by StockCode of the UCI gift shop, United Kingdom, returns netted, codes sold in at least 26 weeks before 2011-12-05.
 *
 * Codes are taken as they stand. A series begins in the week of its first sale; later weeks without a line are 0, and the week in
 * which the whole shop sold nothing (Christmas) is masked as closed. `price` (mean of the week's sales) is past-only, its sums decimal,
 * since those of doubles differ with the order in which threads add them; the static `description` is the most frequent text of the code.
 */
export async function loadOnlineRetail(data: string): Promise<Panel> {
  const file = fileOf(data, 'online_retail.parquet')
  const calendar = new Calendar({ unit: 'week' })
  const monday = "DATE '1969-12-29'"
  const ctes = `WITH lines AS (
      SELECT StockCode AS code, Quantity::INT AS q, UnitPrice::DECIMAL(18, 4) AS p, Description AS d,
        (date_trunc('week', InvoiceDate::TIMESTAMP)::DATE - ${monday}) // 7 AS period
      FROM '${file}' WHERE Country = 'United Kingdom' AND InvoiceDate::TIMESTAMP < '2011-12-05'),
    kept AS (SELECT code, min(period) FILTER (q > 0) AS first FROM lines GROUP BY code
      HAVING count(DISTINCT period) FILTER (q > 0) >= 26),
    span AS (SELECT min(period) AS a, max(period) AS b FROM lines),
    weeks AS (SELECT code, first, unnest(range(first, b + 1)) AS period FROM kept, span),
    sums AS (SELECT code, period, sum(q) AS units, sum(q * p) FILTER (q > 0 AND p > 0) / sum(q) FILTER (q > 0 AND p > 0) AS price
      FROM lines GROUP BY ALL),
    open AS (SELECT DISTINCT period FROM lines)`
  return await readPanel({
    calendar,
    keys: ['code'],
    series: `${ctes} SELECT code, coalesce(mode(d) FILTER (d IS NOT NULL), '') AS description FROM kept JOIN lines USING (code)
      GROUP BY code ORDER BY code`,
    statics: ['description'],
    cells: `${ctes} SELECT dense_rank() OVER (ORDER BY code) - 1 AS series, period, coalesce(units, 0) AS target,
      CASE WHEN open.period IS NULL THEN ${Mask.closed} ELSE 0 END AS mask, price
      FROM weeks LEFT JOIN sums USING (code, period) LEFT JOIN open USING (period)`,
    knownAhead: [],
  })
}

function fileOf(data: string, name: string): string {
  const file = join(data, name)
  if (!existsSync(file)) throw new Skip(`${name} is not in ${data}; set FORETIDE_DATA to the folder of the data sets`)
  return file.replaceAll("'", "''")
}

/** A panel as two queries: one row a series in order, and one row a cell with `series`, `period`, `target`, `mask` and the columns. */
interface PanelQuery {
  readonly calendar: Calendar
  readonly keys: readonly string[]
  readonly series: string
  /** Names among the columns of the series query that become static columns. */
  readonly statics: readonly string[]
  readonly cells: string
  readonly knownAhead: readonly string[]
}

async function readPanel({ calendar, keys, series, statics, cells, knownAhead }: PanelQuery): Promise<Panel> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const table = await (await connection.run(`SELECT COLUMNS(*)::VARCHAR FROM (${series})`)).getColumnsObject()
    const texts = table as unknown as Record<string, string[]>
    const parts = keys.map((key) => texts[key] as string[])
    const ids = (parts[0] as string[]).map((_, i) => seriesId(parts.map((p) => p[i] as string)))
    await connection.run(`CREATE TABLE cells AS SELECT COLUMNS(*)::DOUBLE FROM (${cells})`)
    const [rows, columns] = await readNumbers(connection, 'FROM cells')
    return { calendar, keys, ids, ...layOut(rows, columns, ids.length, knownAhead), statics: staticsOf(texts, statics) }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Reads a query of doubles column by column into typed arrays, NULL as NaN. */
async function readNumbers(connection: DuckDBConnection, sql: string): Promise<[number, Map<string, Float64Array>]> {
  const count = await (await connection.run(`SELECT count(*)::DOUBLE FROM (${sql})`)).getColumns()
  const rows = count[0]?.[0] as number
  const result = await connection.stream(sql)
  const arrays = result.columnNames().map(() => sharedFloat64(rows))
  let from = 0
  for (let chunk = await result.fetchChunk(); chunk; chunk = await result.fetchChunk()) {
    const size = chunk.rowCount
    if (size === 0) break
    for (const [c, array] of arrays.entries()) {
      const vector = chunk.getColumnVector(c)
      for (let r = 0; r < size; r++) array[from + r] = (vector.getItem(r) as number | null) ?? Number.NaN
    }
    from += size
  }
  return [rows, new Map(result.columnNames().map((name, c) => [name, arrays[c] as Float64Array]))]
}

/** Puts rows, which come in any order, into gapless cells. */
function layOut(
  rows: number,
  read: ReadonlyMap<string, Float64Array>,
  count: number,
  knownAhead: readonly string[],
): Pick<Panel, 'start' | 'offsets' | 'target' | 'mask' | 'columns'> {
  const series = read.get('series') as Float64Array
  const period = read.get('period') as Float64Array
  const start = sharedInt32(count).fill(2 ** 31 - 1)
  const end = new Int32Array(count)
  for (let r = 0; r < rows; r++) {
    const s = at(series, r)
    start[s] = Math.min(at(start, s), at(period, r))
    end[s] = Math.max(at(end, s), at(period, r) + 1)
  }
  const offsets = sharedInt32(count + 1)
  for (let s = 0; s < count; s++) offsets[s + 1] = at(offsets, s) + at(end, s) - at(start, s)
  const cellOf = new Int32Array(rows)
  for (let r = 0; r < rows; r++) {
    const s = at(series, r)
    cellOf[r] = at(offsets, s) + at(period, r) - at(start, s)
  }
  const cells = at(offsets, count)
  const spread = (values: Float64Array) => {
    const into = sharedFloat64(cells).fill(Number.NaN)
    for (let r = 0; r < rows; r++) into[at(cellOf, r)] = at(values, r)
    return into
  }
  const mask = sharedUint8(cells)
  const masks = read.get('mask') as Float64Array
  for (let r = 0; r < rows; r++) mask[at(cellOf, r)] = at(masks, r)
  const columns = new Map<string, Column>()
  for (const [name, values] of read)
    if (!FRAME.has(name)) columns.set(name, { name, knownAhead: knownAhead.includes(name), values: spread(values) })
  return { start, offsets, target: spread(read.get('target') as Float64Array), mask, columns }
}

const FRAME: ReadonlySet<string> = new Set(['series', 'period', 'target', 'mask'])

function staticsOf(texts: Readonly<Record<string, string[]>>, names: readonly string[]): Map<string, StaticColumn> {
  return new Map(
    names.map((name) => {
      const given = texts[name] as string[]
      const categories = [...new Set(given)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      const code = new Map(categories.map((text, k) => [text, k]))
      const values = sharedFloat64(given.length)
      given.forEach((text, i) => {
        values[i] = code.get(text) as number
      })
      return [name, { name, values, categories }]
    }),
  )
}
