import type { DuckDBConnection } from '@duckdb/node-api'
import type { CalendarOptions } from '../../core/calendar.ts'
import type { Staged, StagedColumn, TableKind } from '../../ingest/staged.ts'
import { ident, rowOf, rowsOf, text } from '../sql.ts'
import { periodSql } from './periods.ts'

/** A relation to be joined to the cells of the panel. */
export interface Joined {
  readonly relation: string
  readonly kind: TableKind
  /** Keys that it shares with the series. */
  readonly on: readonly string[]
  /** How its rows meet cells: the same period, the latest one before (prices stay until they change), or no period at all. */
  readonly by: 'period' | 'since' | 'series'
  readonly columns: readonly { readonly name: string; readonly category: boolean; readonly knownAhead: boolean }[]
  /** What a cell without a row holds, where that is known to be something: no promotion is 0, no click is 0. */
  readonly absent?: 0
  /** The last period of any row. */
  readonly last: number
}

const valuesOf = (staged: Staged) =>
  staged.columns.filter((c) => ['known', 'past', 'static'].includes(c.role) && c.type !== 'time')
const known = (c: StagedColumn) => c.role === 'known'

/** How the names of behaviour, in English and Chinese, are counted. */
const BEHAVIOUR: readonly (readonly [string, string])[] = [
  ['views', 'view|browse|click|pv|浏览|查看|点击'],
  ['carts', 'cart|basket|加购|购物车'],
  ['purchases', 'purchase|buy|order|transaction|购买|下单|成交'],
  ['returns', 'return|refund|退'],
]

/** Sums or spreads a table into periods, ready to be joined; undefined where it shares no key or holds nothing to join. */
export async function joinedOf(
  connection: DuckDBConnection,
  staged: Staged,
  keys: readonly string[],
  calendar: CalendarOptions,
  relation: string,
): Promise<Joined | undefined> {
  const on = keys.filter((key) => staged.keys.includes(key))
  if (on.length === 0 && staged.kind !== 'signals' && staged.kind !== 'promotions') return undefined
  const make = MAKERS[staged.kind]
  const plan = make?.({ staged, on, period: (at) => periodSql(at, calendar) })
  if (!plan) return undefined
  const { last: _, sql, ...rest } = plan
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${relation} AS ${sql}`)
  const last =
    rest.by === 'series'
      ? null
      : (await rowOf<{ last: number | null }>(connection, `SELECT max(__period) AS last FROM ${relation}`)).last
  return { relation, kind: staged.kind, on, last: last ?? Number.NEGATIVE_INFINITY, ...rest }
}

interface Making {
  readonly staged: Staged
  readonly on: readonly string[]
  readonly period: (at: string) => string
}
type Plan = Omit<Joined, 'relation' | 'kind' | 'on' | 'last'> & { readonly sql: string; readonly last?: never }

const hasDate = (staged: Staged) => staged.columns.some((c) => c.role === 'date')
const grouped = ({ staged, on, period }: Making, values: readonly string[]) =>
  `SELECT ${[...on.map(ident), `${period('__at')} AS __period`, ...values].join(', ')} FROM ${staged.relation} WHERE __at IS NOT NULL GROUP BY ${[...on.map(ident), '__period'].join(', ')}`
const perSeries = ({ staged, on }: Making, values: readonly string[]) =>
  `SELECT ${[...on.map(ident), ...values].join(', ')} FROM ${staged.relation} GROUP BY ${on.map(ident).join(', ')}`
const listed = (columns: readonly StagedColumn[], knownAhead: (c: StagedColumn) => boolean) =>
  columns.map((c) => ({ name: c.name, category: c.type !== 'number', knownAhead: knownAhead(c) }))

/** The latest row of a period stands for it. */
function latest(making: Making, always: boolean): Plan {
  const columns = valuesOf(making.staged)
  if (!hasDate(making.staged)) {
    const values = columns.map((c) => `max(${ident(c.name)}) AS ${ident(c.name)}`)
    return { sql: perSeries(making, values), by: 'series', columns: listed(columns, () => true) }
  }
  const values = columns.map((c) => `max_by(${ident(c.name)}, (__at, ${ident(c.name)})) AS ${ident(c.name)}`)
  return { sql: grouped(making, values), by: always ? 'since' : 'period', columns: listed(columns, known) }
}

function summed(making: Making): Plan {
  const columns = valuesOf(making.staged).filter((c) => c.type === 'number')
  return {
    sql: grouped(
      making,
      columns.map((c) => `sum(${ident(c.name)}) AS ${ident(c.name)}`),
    ),
    by: 'period',
    columns: listed(columns, known),
    absent: 0,
  }
}

const START = /start|from|begin|开始|起始|起$/i
const END = /end|until|to$|结束|截止|止$/i
/** SQL for a column's time stamp, whatever it was read as. */
const stampOf = (c: StagedColumn | undefined) =>
  c && (c.type === 'time' ? ident(c.name) : `try_cast(${ident(c.name)} AS TIMESTAMP)`)

/** Promotions as intervals (a start and an end) or as single days, spread over the periods that they touch. */
function promotions(making: Making): Plan | undefined {
  const { staged, on, period } = making
  const times = staged.columns.filter(
    (c) => c.role !== 'key' && c.role !== 'date' && (c.type === 'time' || END.test(c.source) || START.test(c.source)),
  )
  const end = times.find((c) => END.test(c.source)) ?? times.find((c) => c.type === 'time' && !START.test(c.source))
  const begin = hasDate(staged)
    ? '__at'
    : stampOf(times.find((c) => c !== end && START.test(c.source)) ?? times.find((c) => c !== end))
  if (begin === undefined) return undefined
  const numbers = valuesOf(staged).filter((c) => c.type === 'number' && !times.includes(c))
  const values = [
    '1 AS promotion',
    ...numbers.filter((c) => c.name !== 'promotion').map((c) => `max(${ident(c.name)}) AS ${ident(c.name)}`),
  ]
  const from = period(begin)
  const until = end ? `greatest(${from}, coalesce(${period(stampOf(end) as string)}, ${from}))` : from
  const spread = `(SELECT *, unnest(range(${from}, ${until} + 1)) AS __period FROM ${staged.relation} WHERE ${begin} IS NOT NULL)`
  const flag = { name: 'promotion', category: false, knownAhead: true }
  const columns = [
    flag,
    ...listed(
      numbers.filter((c) => c.name !== 'promotion'),
      () => true,
    ),
  ]
  const sql = `SELECT ${[...on.map(ident), '__period', ...values].join(', ')} FROM ${spread} GROUP BY ${[...on.map(ident), '__period'].join(', ')}`
  return { sql, by: 'period', columns, absent: 0 }
}

/** Clicks counted by what they are. */
function events(making: Making): Plan | undefined {
  const { staged } = making
  const type = staged.columns.find(
    (c) => c.role !== 'key' && c.type === 'category' && /event|action|behav|type|事件|行为/i.test(c.source),
  )
  if (!type) return summed(making)
  const amount = staged.columns.find(
    (c) => c.type === 'number' && /^(count|n|quantity|qty|units|次数|数量)$/i.test(c.source),
  )
  const weight = amount ? `coalesce(${ident(amount.name)}, 1)` : '1'
  const values = BEHAVIOUR.map(
    ([name, words]) =>
      `sum(CASE WHEN regexp_matches(lower(${ident(type.name)}), ${text(words)}) THEN ${weight} ELSE 0 END) AS ${ident(name)}`,
  )
  const columns = BEHAVIOUR.map(([name]) => ({ name, category: false, knownAhead: false }))
  return { sql: grouped(making, values), by: 'period', columns, absent: 0 }
}

function signals(making: Making): Plan {
  const columns = valuesOf(making.staged)
  const values = columns.map((c) => `${c.type === 'number' ? 'avg' : 'min'}(${ident(c.name)}) AS ${ident(c.name)}`)
  return { sql: grouped(making, values), by: 'period', columns: listed(columns, known) }
}

function items(making: Making): Plan {
  const columns = making.staged.columns.filter(
    (c) => !['key', 'date', 'ignored', 'target'].includes(c.role) && c.type !== 'time',
  )
  const values = columns.map((c) => `min(${ident(c.name)}) AS ${ident(c.name)}`)
  return { sql: perSeries(making, values), by: 'series', columns: listed(columns, () => true) }
}

const MAKERS: { readonly [K in TableKind]?: (making: Making) => Plan | undefined } = {
  items,
  prices: (making) => latest(making, true),
  stock: (making) => latest(making, false),
  promotions,
  events,
  ads: summed,
  signals,
}

/** How many rows of a table meet no series, and a few of their keys. */
export async function unmatchedOf(
  connection: DuckDBConnection,
  joined: Joined,
): Promise<{ rows: number; examples: string[] }> {
  if (joined.on.length === 0) return { rows: 0, examples: [] }
  const on = joined.on.map(ident).join(', ')
  const loose = `FROM ${joined.relation} ANTI JOIN series USING (${on})`
  const { rows } = await rowOf<{ rows: number }>(connection, `SELECT count(*) AS rows ${loose}`)
  if (rows === 0) return { rows, examples: [] }
  const examples = await rowsOf<{ label: string }>(
    connection,
    `SELECT DISTINCT concat_ws(' ', ${on}) AS label ${loose} ORDER BY label LIMIT 5`,
  )
  return { rows, examples: examples.map((e) => e.label) }
}
