import type { DuckDBConnection } from '@duckdb/node-api'
import type { CalendarOptions } from '../../core/calendar.ts'
import type { Staged, StagedColumn } from '../../ingest/staged.ts'
import type { FindingFacts } from '../facts.ts'
import { ident, rowOf, rowsOf } from '../sql.ts'
import { periodSql } from './periods.ts'

/** The key of sales that name no series: one series of everything. */
export const ONLY_KEY = 'series'

/** A column of the sales that goes into the panel. */
export interface SalesColumn {
  readonly name: string
  readonly role: 'known' | 'past' | 'static'
  readonly category: boolean
}

/** Sales summed into periods, as the relation `sales_periods`: keys, `period`, `__target`, `__rows`, the columns. */
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
    `SELECT ${[...keySql, `${period} AS period`, 'sum(__target) AS __target', 'count(*)::INTEGER AS __rows', ...returns, ...values].join(', ')}
    FROM ${from} WHERE __at IS NOT NULL GROUP BY ${[...staged.keys.map(ident), 'period'].join(', ')}`
  await connection.run(`CREATE OR REPLACE TEMP TABLE sales_periods AS ${sum(staged.relation)}`)
  const findings: FindingFacts[] = []
  if (!staged.transactions) {
    const cells = ['__target', ...columns.map((c) => ident(c.name))]
    const own = [...staged.keys.map(ident), '__at']
    const { rows } = await rowOf<{ rows: number | null }>(
      connection,
      'SELECT sum(__rows - 1)::DOUBLE AS rows FROM sales_periods',
    )
    if ((rows ?? 0) > 0) {
      const repeated = `SELECT ${own.join(', ')}, count(*) AS n, count(DISTINCT (${cells.join(', ')})) AS kinds FROM ${staged.relation} GROUP BY ${own.join(', ')} HAVING n > 1`
      await connection.run(`CREATE OR REPLACE TEMP TABLE repeated AS ${repeated}`)
      const label = `concat_ws(' ', ${[...staged.keys.map(ident), `strftime(__at, '%Y-%m-%d')`].join(', ')})`
      const count = async (finding: FindingFacts['finding'], amount: string, where: string) => {
        const found = await rowOf<{ count: number | null; series: number }>(
          connection,
          `SELECT sum(${amount})::DOUBLE AS count, count(DISTINCT ${staged.keys.length > 0 ? `(${staged.keys.map(ident).join(', ')})` : '1'}) AS series FROM repeated WHERE ${where}`,
        )
        if ((found.count ?? 0) === 0) return
        const examples = await rowsOf<{ label: string }>(
          connection,
          `SELECT ${label} AS label FROM repeated WHERE ${where} ORDER BY label LIMIT 5`,
        )
        findings.push({
          finding,
          count: found.count ?? 0,
          series: found.series,
          examples: examples.map((e) => e.label),
        })
      }
      await count('identicalRows', 'n - kinds', 'n > kinds')
      await count('severalRows', 'kinds', 'kinds > 1')
      if (findings.some((f) => f.finding === 'identicalRows')) {
        const once = `(SELECT DISTINCT ${[...own, ...cells].join(', ')} FROM ${staged.relation})`
        await connection.run(`CREATE OR REPLACE TEMP TABLE sales_periods AS ${sum(once)}`)
      }
      await connection.run('DROP TABLE repeated')
    }
  }
  const sold = columns.some((c) => c.name === 'returns') || !staged.transactions
  if (!sold) await connection.run('ALTER TABLE sales_periods RENAME COLUMN "__returns" TO "returns"')
  else if (staged.transactions) await connection.run('ALTER TABLE sales_periods DROP COLUMN "__returns"')
  return { keys, columns: sold ? columns : [...columns, { name: 'returns', role: 'past', category: false }], findings }
}
