import type { DuckDBConnection } from '@duckdb/node-api'
import type { CalendarOptions } from '../../core/calendar.ts'
import type { Staged, StagedColumn } from '../../ingest/staged.ts'
import type { FindingFacts } from '../facts.ts'
import { ident } from '../sql.ts'
import { settleDuplicates, slotsSql } from './duplicates.ts'
import { periodSql } from './periods.ts'

/** The key of sales that name no series: one series of everything. */
const ONLY_KEY = 'series'

/** A column of the sales that goes into the panel. */
export interface SalesColumn {
  readonly name: string
  readonly role: 'known' | 'past' | 'static'
  readonly category: boolean
}

/** Sales summed into periods, as the relation `sales_periods`: keys, `__period`, `__target`, `__rows`, the columns. */
export interface PeriodSales {
  readonly keys: readonly string[]
  readonly columns: readonly SalesColumn[]
  readonly findings: readonly FindingFacts[]
}

const usable = (column: StagedColumn) => column.role === 'known' || column.role === 'past' || column.role === 'static'

/**
 * Sums sales into periods.
 *
 * Several rows of one series and period are transactions and add up, returns being negative ones. In a table that should
 * hold one row each, identical rows are read once, and differing ones add up; both are reported.
 */
export async function sumSales(
  connection: DuckDBConnection,
  staged: Staged,
  calendar: CalendarOptions,
): Promise<PeriodSales> {
  const keys = staged.keys.length > 0 ? staged.keys : [ONLY_KEY]
  const keySql = staged.keys.length > 0 ? staged.keys.map(ident) : [`'all' AS ${ident(ONLY_KEY)}`]
  const columns = staged.columns
    .filter(usable)
    .map(({ name, role, type }) => ({ name, role: role as SalesColumn['role'], category: type !== 'number' }))
  const period = periodSql('__at', calendar)
  // The mean of a number over the rows of a period, the first text in the alphabet: both whatever the order of rows.
  const values = columns.map(({ name, category }) => `${category ? 'min' : 'avg'}(${ident(name)}) AS ${ident(name)}`)
  const returns = staged.transactions ? [`-sum(least(__target, 0)) AS "__returns"`] : []
  const sum = (from: string) =>
    `SELECT ${[...keySql, `${period} AS __period`, 'sum(__target) AS __target', 'count(*)::INTEGER AS __rows', `${slotsSql(calendar)} AS __slots`, ...returns, ...values].join(', ')}
    FROM ${from} WHERE __at IS NOT NULL GROUP BY ${[...staged.keys.map(ident), '__period'].join(', ')}`
  await connection.run(`CREATE OR REPLACE TEMP TABLE sales_periods AS ${sum(staged.relation)}`)
  const cells = ['__target', ...columns.map((c) => ident(c.name))]
  const findings = staged.transactions
    ? []
    : await settleDuplicates(connection, { staged, keys, period, values: cells, sum })
  await connection.run('ALTER TABLE sales_periods DROP COLUMN __slots')
  const sold = columns.some((c) => c.name === 'returns') || !staged.transactions
  if (!sold) await connection.run('ALTER TABLE sales_periods RENAME COLUMN "__returns" TO "returns"')
  else if (staged.transactions) await connection.run('ALTER TABLE sales_periods DROP COLUMN "__returns"')
  return { keys, columns: sold ? columns : [...columns, { name: 'returns', role: 'past', category: false }], findings }
}
