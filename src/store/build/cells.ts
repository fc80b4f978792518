import type { DuckDBConnection } from '@duckdb/node-api'
import { Mask } from '../../core/panel.ts'
import type { FindingFacts } from '../facts.ts'
import { ident, rowOf, text } from '../sql.ts'
import { CLOSED_COLUMN } from '../window.ts'
import type { Joined } from './joins.ts'
import type { SalesColumn } from './sales.ts'

/** A column of the panel, and the SQL of its value in a cell. */
export interface CellColumn {
  readonly name: string
  readonly knownAhead: boolean
  readonly category: boolean
  readonly sql: string
}

/** A column with one value a series, and its SQL on the relation `series`. */
export interface SeriesColumn {
  readonly name: string
  readonly category: boolean
  readonly sql: string
}

/** What the panel is to be made of. */
export interface Parts {
  readonly keys: readonly string[]
  readonly columns: readonly SalesColumn[]
  readonly joined: readonly Joined[]
  /** Whether a period without a row sold nothing, or is not known. */
  readonly gaps: 'zero' | 'missing'
}

const OUT_OF_STOCK = /stock_?out|out_?of_?stock|\boos\b|缺货|断货|售罄/i
const ON_HAND = /on_?hand|inventory|stock_?level|^stock$|in_?stock|库存|现有|在库/i
const CLOSED = /^(is_?)?closed$|^(closure|休业|闭店|停业)$/i
const OPEN = /^(is_?)?open$|^(营业|是否营业)$/i
/** Names that a panel gives to its own parts. */
const FRAME = new Set(['s', 'period', 'target', 'mask'])

/** Makes the relation `series`: one row an identity, numbered by it, with its first and last periods and static columns. */
export async function makeSeries(
  connection: DuckDBConnection,
  { keys, columns, joined }: Parts,
): Promise<SeriesColumn[]> {
  const fixed = columns.filter((c) => c.role === 'static')
  const on = keys.map(ident).join(', ')
  const own = fixed.map(
    (c) => `max_by(${ident(c.name)}, __period) FILTER (${ident(c.name)} IS NOT NULL) AS ${ident(c.name)}`,
  )
  const frame = [
    'min(__period) FILTER (__target IS NOT NULL) AS __first',
    'max(__period) FILTER (__target IS NOT NULL) AS __last',
    'max(__period) AS __end',
  ]
  // DuckDB's names do not heed case.
  const taken = new Set([...keys, ...fixed.map((c) => c.name)].map((name) => name.toLowerCase()))
  const tables = joined.filter((j) => j.by === 'series')
  const more: SeriesColumn[] = []
  for (const table of tables)
    for (const column of table.columns) {
      const name = taken.has(column.name.toLowerCase()) ? `${table.kind}_${column.name}` : column.name
      taken.add(name.toLowerCase())
      more.push({ name, category: column.category, sql: `${table.relation}.${ident(column.name)}` })
    }
  const select = [
    ...keys.map((k) => `base.${ident(k)}`),
    'base.__first',
    'base.__last',
    'base.__end',
    ...fixed.map((c) => `base.${ident(c.name)}`),
    ...more.map((c) => `${c.sql} AS ${ident(c.name)}`),
  ]
  const joins = tables.map(
    (t) =>
      `LEFT JOIN ${t.relation} ON ${t.on.map((k) => `base.${ident(k)} = ${t.relation}.${ident(k)}`).join(' AND ')}`,
  )
  await connection.run(`CREATE OR REPLACE TEMP TABLE series AS
    WITH base AS (SELECT ${[on, ...frame, ...own].join(', ')} FROM sales_periods GROUP BY ${on})
    SELECT (row_number() OVER (ORDER BY ${keys.map((k) => `base.${ident(k)}`).join(', ')}) - 1)::INTEGER AS __s, ${select.join(', ')}
    FROM base ${joins.join(' ')} WHERE base.__first IS NOT NULL`)
  return [
    ...keys.map((name) => ({ name, category: true, sql: ident(name) })),
    ...fixed.map(({ name, category }) => ({ name, category, sql: ident(name) })),
    ...more.map(({ name, category }) => ({ name, category, sql: ident(name) })),
  ]
}

/** Makes the relation `cells`: `__s`, `__period`, `target`, `mask` and a field a column, one row for each period of each series. */
export async function makeCells(
  connection: DuckDBConnection,
  parts: Parts,
): Promise<{ columns: CellColumn[]; lastObserved: number; knownTo: number }> {
  const { keys, joined, gaps } = parts
  const { last, planned } = await rowOf<{ last: number; planned: number }>(
    connection,
    'SELECT max(__last) AS last, max(__end) AS planned FROM series',
  )
  const timed = joined.filter((j) => j.by !== 'series')
  // Rows of sales without units may plan prices and promotions ahead, as a price list of its own does.
  const own = parts.columns.some((c) => c.role === 'known') ? planned : last
  const knownTo = Math.max(own, ...timed.filter((j) => j.columns.some((c) => c.knownAhead)).map((j) => j.last))
  const columns = columnsOf(parts, last)
  const end = gaps === 'zero' ? `greatest(__end, ${knownTo})` : knownTo > last ? `greatest(__end, ${knownTo})` : '__end'
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE sold AS SELECT series.__s, sales_periods.* EXCLUDE (${keys.map(ident).join(', ')}) FROM sales_periods JOIN series USING (${keys.map(ident).join(', ')})`,
  )
  const joins = timed.map((j) => {
    const on = j.on.map((k) => `series.${ident(k)} = ${j.relation}.${ident(k)}`)
    if (j.by === 'since')
      return `ASOF LEFT JOIN ${j.relation} ON ${[...on, `grid.__period >= ${j.relation}.__period`].join(' AND ')}`
    return `LEFT JOIN ${j.relation} ON ${[...on, `grid.__period = ${j.relation}.__period`].join(' AND ')}`
  })
  const target =
    gaps === 'zero'
      ? `CASE WHEN sold.__s IS NULL AND grid.__period <= ${last} THEN 0 ELSE sold.__target END`
      : 'sold.__target'
  const names = new Map(columns.map((c) => [c.name, c.sql]))
  const censored = columns.flatMap((c) =>
    c.category
      ? []
      : OUT_OF_STOCK.test(c.name)
        ? [`${c.sql} > 0`]
        : ON_HAND.test(c.name) && stockTable(c, timed)
          ? [`${c.sql} <= 0`]
          : [],
  )
  const closed = names.get(CLOSED_COLUMN)
  const mask = `((CASE WHEN grid.__period <= ${last} AND (${censored.join(' OR ') || 'false'}) THEN ${Mask.censored} ELSE 0 END)
    | (CASE WHEN ${closed ? `${closed} > 0` : 'false'} THEN ${Mask.closed} ELSE 0 END))`
  const fields = columns.map((c, k) => `${c.sql} AS c${k}`)
  await connection.run(`CREATE OR REPLACE TEMP TABLE cells AS
    WITH grid AS (SELECT __s, unnest(range(__first, ${end} + 1))::INTEGER AS __period FROM series)
    SELECT grid.__s, grid.__period, (${target})::DOUBLE AS target, ${mask}::UTINYINT AS mask, sold.__s IS NULL AS __gap ${fields.length > 0 ? `, ${fields.join(', ')}` : ''}
    FROM grid JOIN series ON grid.__s = series.__s LEFT JOIN sold ON sold.__s = grid.__s AND sold.__period = grid.__period ${joins.join(' ')}`)
  await connection.run('DROP TABLE sold')
  return { columns, lastObserved: last, knownTo }
}

const stockTable = (column: CellColumn, timed: readonly Joined[]) =>
  timed.some((j) => j.kind === 'stock' && column.sql.includes(j.relation)) || /^sold\./.test(column.sql)

function columnsOf({ keys, columns, joined }: Parts, last: number): CellColumn[] {
  const made: CellColumn[] = []
  const taken = new Set<string>([...FRAME, ...keys, ...columns.filter((c) => c.role === 'static').map((c) => c.name)])
  const add = (name: string, prefix: string, rest: Omit<CellColumn, 'name'>) => {
    const free = taken.has(name) ? `${prefix}_${name}` : name
    taken.add(free)
    made.push({ name: free, ...rest })
  }
  for (const c of columns)
    if (c.role !== 'static')
      add(c.name, 'sales', { knownAhead: c.role === 'known', category: c.category, sql: `sold.${ident(c.name)}` })
  for (const j of joined) {
    if (j.by === 'series') continue
    for (const c of j.columns) {
      const raw = `${j.relation}.${ident(c.name)}`
      // A price list that reaches past the last sale is a plan; promotions always are.
      const planned = c.knownAhead || (j.kind === 'prices' && j.last > last)
      add(c.name, j.kind, {
        knownAhead: planned,
        category: c.category,
        sql: j.absent === 0 && !c.category ? `coalesce(${raw}, 0)` : raw,
      })
    }
  }
  if (!taken.has(CLOSED_COLUMN)) {
    const shut = made.find((c) => CLOSED.test(c.name))
    const open = made.find((c) => OPEN.test(c.name) && !c.category)
    if (shut) made.push({ ...shut, name: CLOSED_COLUMN })
    else if (open) made.push({ ...open, name: CLOSED_COLUMN, sql: `CASE WHEN ${open.sql} = 0 THEN 1 ELSE 0 END` })
  }
  return made
}

/** Series that a place must sell before a day without any sale is read as a closure. */
const FEWEST = 5
/** Share of the 28 periods before on which the place sold anything. */
const USUALLY_OPEN = 0.7

/**
 * Masks as closed the periods in which a whole place, which sold on most periods just before, sold nothing of at least five
 * products. Only what came before a period decides, so nothing leaks across a cutoff.
 */
export async function maskClosures(
  connection: DuckDBConnection,
  keys: readonly string[],
  lastObserved: number,
): Promise<FindingFacts | undefined> {
  const place =
    keys.length > 1
      ? keys.find((k) => /store|shop|site|location|branch|outlet|warehouse|门店|店|仓/i.test(k))
      : undefined
  const by = place ? `series.${ident(place)}` : `''`
  await connection.run(`CREATE OR REPLACE TEMP TABLE closures AS
    WITH days AS (SELECT ${by} AS place, cells.__period, sum(coalesce(cells.target, 0)) AS sold, count(*) FILTER (NOT cells.__gap) AS n, bool_or(cells.mask & ${Mask.closed} > 0) AS known
        FROM cells JOIN series USING (__s) WHERE cells.__period <= ${lastObserved} GROUP BY ALL),
      judged AS (SELECT *, avg(CASE WHEN sold > 0 THEN 1 ELSE 0 END) OVER before AS open, count(*) OVER before AS seen FROM days
        WINDOW before AS (PARTITION BY place ORDER BY __period ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING))
    SELECT place, __period FROM judged WHERE sold = 0 AND n >= ${FEWEST} AND seen >= 14 AND open >= ${USUALLY_OPEN} AND NOT known`)
  const { count } = await rowOf<{ count: number }>(connection, 'SELECT count(*) AS count FROM closures')
  if (count === 0) return undefined
  const hit = `FROM closures WHERE closures.__period = cells.__period AND closures.place = ${place ? `(SELECT ${by} FROM series WHERE series.__s = cells.__s)` : `''`}`
  await connection.run(
    place
      ? `UPDATE cells SET mask = cells.mask | ${Mask.closed}, target = NULL FROM closures, series WHERE closures.__period = cells.__period AND series.__s = cells.__s AND series.${ident(place)} = closures.place`
      : `UPDATE cells SET mask = cells.mask | ${Mask.closed}, target = NULL ${hit}`,
  )
  const { series } = await rowOf<{ series: number }>(
    connection,
    `SELECT count(DISTINCT __s) AS series FROM cells WHERE mask & ${Mask.closed} > 0`,
  )
  const examples = (
    await (
      await connection.runAndReadAll(
        `SELECT concat_ws(' ', place, ${text('')} || __period) AS label FROM closures ORDER BY __period, place LIMIT 5`,
      )
    ).getRowsJS()
  ).map((r) => String(r[0]))
  return { finding: 'closedDetected', count, series, examples }
}
