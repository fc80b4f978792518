import type { DuckDBConnection } from '@duckdb/node-api'
import type { CalendarOptions, Unit } from '../../core/calendar.ts'
import type { Staged } from '../../ingest/staged.ts'
import type { FindingFacts } from '../facts.ts'
import { ident, rowOf, rowsOf } from '../sql.ts'

/** A small number that only differs where the time stamps of one period differ. */
const SLOTS: { readonly [U in Unit]: string } = {
  hour: 'minute(__at)',
  day: 'hour(__at)',
  week: 'isodow(__at)',
  month: 'day(__at)',
  quarter: 'week(__at)',
  year: 'week(__at)',
}

/**
 * SQL for the number of different slots among the rows of one series and period: where it is the number of rows, no two of them
 * share a time stamp. Two machine words a group prove it, instead of a table of all time stamps.
 */
export const slotsSql = ({ unit }: CalendarOptions) => `bit_count(bit_or(1::BIGINT << ${SLOTS[unit]}::BIGINT))::INTEGER`

/** What {@link settleDuplicates} needs to know of the sales. */
export interface DuplicateSearch {
  readonly staged: Staged
  /** Key columns of `sales_periods`. */
  readonly keys: readonly string[]
  /** SQL of the period of a staged row. */
  readonly period: string
  /** All columns by which rows are told apart beside key and time stamp, quoted. */
  readonly values: readonly string[]
  /** The query that sums rows of a relation into `sales_periods`. */
  readonly sum: (from: string) => string
}

/**
 * Finds rows of the same series and time stamp in a table that should hold one each, corrects `sales_periods` so that
 * identical ones count once, and reports both kinds. Expects the column `__slots` of {@link slotsSql} there.
 */
export async function settleDuplicates(connection: DuckDBConnection, search: DuplicateSearch): Promise<FindingFacts[]> {
  const { staged, keys, period, values, sum } = search
  const own = [...staged.keys.map(ident), '__at']
  const on = [...keys.map(ident), '__period'].join(', ')
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE suspects AS SELECT ${on} FROM sales_periods WHERE __rows > coalesce(__slots, 0)`,
  )
  const match = [...staged.keys.map((k) => `rows.${ident(k)} = suspects.${ident(k)}`), `rows.__p = suspects.__period`]
  const rows = `(SELECT ${[...own, ...values].join(', ')} FROM (SELECT *, ${period} AS __p FROM ${staged.relation} WHERE __at IS NOT NULL) AS rows
    SEMI JOIN suspects ON ${match.join(' AND ')})`
  await connection.run(`CREATE OR REPLACE TEMP TABLE repeated AS
    SELECT ${own.join(', ')}, count(*) AS __n, count(DISTINCT row(${values.join(', ')})) AS __kinds FROM ${rows} GROUP BY ${own.join(', ')} HAVING __n > 1`)
  const found: FindingFacts[] = []
  const label = `concat_ws(' ', ${[...staged.keys.map(ident), `strftime(__at, '%Y-%m-%d')`].join(', ')})`
  const identity = staged.keys.length > 0 ? `(${staged.keys.map(ident).join(', ')})` : '1'
  const count = async (finding: FindingFacts['finding'], amount: string, where: string) => {
    const { total, series } = await rowOf<{ total: number | null; series: number }>(
      connection,
      `SELECT sum(${amount})::DOUBLE AS total, count(DISTINCT ${identity}) AS series FROM repeated WHERE ${where}`,
    )
    if (!total) return
    const examples = await rowsOf<{ label: string }>(
      connection,
      `SELECT ${label} AS label FROM repeated WHERE ${where} ORDER BY label LIMIT 5`,
    )
    found.push({ finding, count: total, series, examples: examples.map((e) => e.label) })
  }
  await count('identicalRows', '__n - __kinds', '__n > __kinds')
  await count('severalRows', '__kinds', '__kinds > 1')
  if (found.some((f) => f.finding === 'identicalRows')) {
    await connection.run(
      `DELETE FROM sales_periods WHERE EXISTS (FROM suspects WHERE ${[...keys.map(ident), '__period'].map((c) => `suspects.${c} = sales_periods.${c}`).join(' AND ')})`,
    )
    await connection.run(`INSERT INTO sales_periods BY NAME ${sum(`(SELECT DISTINCT * FROM ${rows})`)}`)
  }
  await connection.run('DROP TABLE repeated')
  await connection.run('DROP TABLE suspects')
  return found
}
