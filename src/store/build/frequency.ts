import type { DuckDBConnection } from '@duckdb/node-api'
import { UNITS, type Unit } from '../../core/calendar.ts'
import type { Staged } from '../../ingest/staged.ts'
import { ident, rowOf, rowsOf } from '../sql.ts'

/** What the time stamps of sales say of their frequency. */
export interface Frequency {
  readonly unit: Unit
  /** The usual weekday on which weeks begin, 0 for Monday. */
  readonly weekStart: number
  readonly seriesByUnit: Readonly<Record<string, number>>
}

/** How many series are looked at: their gaps are alike, and a sample says enough. */
const SAMPLE = 2000

/** The unit of a usual gap in hours between neighbouring time stamps. */
const unitOfGap = `CASE WHEN gap < 20 THEN 'hour' WHEN gap < 7 * 24 - 12 THEN 'day' WHEN gap <= 7 * 24 + 12 THEN 'week'
  WHEN gap < 27 * 24 THEN 'day' WHEN gap <= 32 * 24 THEN 'month' WHEN gap < 85 * 24 THEN 'month' WHEN gap <= 95 * 24 THEN 'quarter'
  WHEN gap < 360 * 24 THEN 'quarter' ELSE 'year' END`

/**
 * Decides one length of period for all sales: the usual gap of most series; for transactions, whose gaps are those of customers, that of
 * the dates of the whole shop.
 */
export async function frequencyOf(connection: DuckDBConnection, sales: Staged): Promise<Frequency> {
  const keys = sales.keys.map(ident)
  const identity = keys.length > 0 ? `hash(${keys.join(', ')})` : '0'
  // Time stamps within the day count as their day unless the file holds one row an hour.
  const stamps = sales.transactions ? `date_trunc('day', __at)` : '__at'
  await connection.run(`CREATE OR REPLACE TEMP TABLE stamps AS WITH sampled AS (SELECT DISTINCT ${identity} AS id FROM ${sales.relation} LIMIT ${SAMPLE})
    SELECT DISTINCT ${identity} AS id, ${stamps} AS t FROM ${sales.relation} WHERE ${identity} IN (SELECT id FROM sampled) AND __at IS NOT NULL`)
  const usual = await rowsOf<{ unit: string; series: number }>(
    connection,
    `WITH gaps AS (SELECT id, date_diff('minute', lag(t) OVER (PARTITION BY id ORDER BY t), t) / 60.0 AS gap FROM stamps),
      modes AS (SELECT id, mode(gap ORDER BY gap) AS gap FROM gaps WHERE gap > 0 GROUP BY id)
    SELECT ${unitOfGap} AS unit, count(*) AS series FROM modes GROUP BY ALL ORDER BY series DESC, unit`,
  )
  const whole = await rowsOf<{ unit: string }>(
    connection,
    `WITH dates AS (SELECT DISTINCT t FROM stamps), gaps AS (SELECT date_diff('minute', lag(t) OVER (ORDER BY t), t) / 60.0 AS gap FROM dates),
      modes AS (SELECT mode(gap ORDER BY gap) AS gap FROM gaps WHERE gap > 0)
    SELECT ${unitOfGap} AS unit FROM modes WHERE gap IS NOT NULL`,
  )
  const shop = (whole[0]?.unit ?? 'day') as Unit
  const most = (usual[0]?.unit ?? shop) as Unit
  // Series that sell rarely show wide gaps though the shop keeps daily books: the shop's own dates decide among those.
  const unit =
    sales.transactions || (usual.length > 1 && UNITS.indexOf(shop) < UNITS.indexOf(most) && !coherent(usual))
      ? shop
      : most
  const { weekday } = await rowOf<{ weekday: number | null }>(
    connection,
    `SELECT mode(isodow(t) ORDER BY t) - 1 AS weekday FROM stamps`,
  )
  const weekStart = unit === 'week' && shop === 'week' ? (weekday ?? 0) : 0
  await connection.run('DROP TABLE stamps')
  return { unit, weekStart, seriesByUnit: Object.fromEntries(usual.map((row) => [row.unit, row.series])) }
}

/** Whether nine in ten series agree. */
function coherent(usual: readonly { series: number }[]): boolean {
  const total = usual.reduce((sum, row) => sum + row.series, 0)
  return (usual[0]?.series ?? 0) >= 0.9 * total
}
