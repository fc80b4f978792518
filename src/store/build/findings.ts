import type { DuckDBConnection } from '@duckdb/node-api'
import { type CalendarOptions, UNITS } from '../../core/calendar.ts'
import { Mask } from '../../core/panel.ts'
import type { Finding, FindingFacts, ImportFacts } from '../facts.ts'
import { ident, rowOf, rowsOf } from '../sql.ts'
import type { Frequency } from './frequency.ts'

/** Observed values below which a series is called short. */
const SHORT = 10

/** Counts what a person should know of the cells: gaps, negative periods, stock-outs, closures, dull and short series. */
export async function findingsOf(
  connection: DuckDBConnection,
  keys: readonly string[],
  calendar: CalendarOptions,
  last: number,
  gaps: 'zero' | 'missing',
): Promise<FindingFacts[]> {
  const found: FindingFacts[] = []
  const id = `concat_ws(' ', ${keys.map((k) => `series.${ident(k)}`).join(', ')})`
  const cells = async (finding: Finding, where: string) => {
    const { count, series } = await rowOf<{ count: number; series: number }>(
      connection,
      `SELECT count(*) AS count, count(DISTINCT __s) AS series FROM cells WHERE __period <= ${last} AND ${where}`,
    )
    if (count === 0) return
    const examples = await rowsOf<{ label: string }>(
      connection,
      `SELECT concat_ws(' ', ${id}, ${dateSql(calendar)}, cells.target) AS label FROM (SELECT * FROM cells WHERE __period <= ${last} AND ${where} ORDER BY __s, __period LIMIT 5) AS cells JOIN series USING (__s) ORDER BY __s, __period`,
    )
    found.push({ finding, count, series, examples: examples.map((e) => e.label) })
  }
  const whole = async (finding: Finding, having: string) => {
    const list = `SELECT __s FROM cells WHERE __period <= ${last} GROUP BY __s HAVING ${having}`
    const { count } = await rowOf<{ count: number }>(connection, `SELECT count(*) AS count FROM (${list})`)
    if (count === 0) return
    const examples = await rowsOf<{ label: string }>(
      connection,
      `SELECT ${id} AS label FROM series WHERE __s IN (${list}) ORDER BY __s LIMIT 5`,
    )
    found.push({ finding, count, series: count, examples: examples.map((e) => e.label) })
  }
  await cells(gaps === 'zero' ? 'gapsZero' : 'gapsMissing', `__gap AND mask & ${Mask.closed} = 0`)
  await cells('missingValues', `NOT __gap AND target IS NULL AND mask & ${Mask.closed} = 0`)
  await cells('negativePeriods', 'target < 0')
  await cells('censored', `mask & ${Mask.censored} > 0`)
  await whole('zeroSeries', 'max(abs(target)) = 0')
  await whole('constantSeries', `min(target) = max(target) AND max(target) > 0 AND count(target) >= ${SHORT}`)
  await whole('shortSeries', `count(target) < ${SHORT}`)
  return found
}

/** Series whose usual step differs from the panel's. */
export function mixedFrequencies(frequency: Frequency, unit: CalendarOptions['unit']): FindingFacts[] {
  const sum = (pick: (u: number) => boolean) =>
    Object.entries(frequency.seriesByUnit).reduce(
      (total, [u, n]) => total + (pick(UNITS.indexOf(u as 'day')) ? n : 0),
      0,
    )
  const own = UNITS.indexOf(unit)
  const rows: [Finding, number][] = [
    ['finerSeries', sum((u) => u < own)],
    ['coarserSeries', sum((u) => u > own)],
  ]
  return rows.filter(([, n]) => n > 0).map(([finding, n]) => ({ finding, count: n, series: n, examples: [] }))
}

/** Shares of all cells up to the last observed period. */
export async function sharesOf(connection: DuckDBConnection, last: number): Promise<ImportFacts['shares']> {
  return await rowOf(
    connection,
    `SELECT avg((coalesce(target, 1) = 0)::INTEGER) AS zeros, avg((target IS NULL AND mask & ${Mask.closed} = 0)::INTEGER) AS missing,
      avg((mask & ${Mask.censored} > 0)::INTEGER) AS censored, avg((mask & ${Mask.closed} > 0)::INTEGER) AS closed FROM cells WHERE __period <= ${last}`,
  )
}

/** SQL for the date at which a cell's period begins. */
function dateSql({ unit, weekStart = 0 }: CalendarOptions): string {
  const since = {
    hour: '__period',
    day: '__period * 24',
    week: `__period * 168 - ${((3 - weekStart + 7) % 7) * 24}`,
    month: '',
    quarter: '',
    year: '',
  }[unit]
  if (since !== '')
    return `strftime(TIMESTAMP '1970-01-01' + to_hours(${since}), '${unit === 'hour' ? '%Y-%m-%d %H:00' : '%Y-%m-%d'}')`
  const months = { month: 'cells.__period', quarter: 'cells.__period * 3', year: 'cells.__period * 12' }[
    unit as 'month'
  ]
  return `strftime(TIMESTAMP '1970-01-01' + to_months(${months}), '%Y-%m-%d')`
}
