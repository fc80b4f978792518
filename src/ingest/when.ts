import type { DuckDBConnection } from '@duckdb/node-api'
import type { Unit } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import type { Notice } from '../core/run.ts'
import { clockPart, dayPart, EXCEL, FAMILIES, type Family, type FamilyName, halfPart, offsetPart } from './dates.ts'
import { cleaned, isMissing } from './numbers.ts'
import type { IngestOptions } from './options.ts'
import { note } from './raw.ts'
import { ident, literal, rowsOf } from './sql.ts'

/** SQL that makes the TIMESTAMP of a row, NULL where the text is no date. */
export interface When {
  readonly sql: string
  /** SQL for whether a value says that the row has no date. */
  readonly missing: (found: string) => string
  /** Whether the column already was a date or time stamp. */
  readonly native: boolean
}

const NATIVE = /^(DATE|TIMESTAMP)/
const INTERVALS: { readonly [U in Unit]: (n: string) => string } = {
  hour: (n) => `to_hours(${n})`,
  day: (n) => `to_days(${n})`,
  week: (n) => `to_days(7 * ${n})`,
  month: (n) => `to_months(${n})`,
  quarter: (n) => `to_months(3 * ${n})`,
  year: (n) => `to_months(12 * ${n})`,
}

/** Finds out, from every value of a column, how its dates are written. */
export async function whenOf(
  connection: DuckDBConnection,
  relation: string,
  column: { readonly name: string; readonly type: string },
  options: IngestOptions,
  notices: Notice[],
): Promise<When> {
  const v = ident(column.name)
  const { periods } = options
  if (periods) {
    const text = `regexp_extract(${cleaned(`${v}::VARCHAR`)}, '^[A-Za-z_]*(-?\\d+)(?:\\.0*)?$', 1)`
    const origin = `TIMESTAMP ${literal(periods.origin)}`
    const count = `CAST(TRY_CAST(${text} AS BIGINT) - ${periods.first ?? 1} AS INTEGER)`
    return {
      sql: `${origin} + ${INTERVALS[periods.unit](count)}`,
      missing: (found) => isMissing(`${found}::VARCHAR`),
      native: false,
    }
  }
  if (column.type === 'TIMESTAMP WITH TIME ZONE')
    return {
      sql: `timezone(${literal(options.zone ?? 'UTC')}, ${v})`,
      missing: (found) => `${found} IS NULL`,
      native: true,
    }
  if (NATIVE.test(column.type)) return { sql: `${v}::TIMESTAMP`, missing: (found) => `${found} IS NULL`, native: true }
  return textWhen(connection, relation, column.name, `${v}::VARCHAR`, options, notices)
}

/** What was found in a column: how many values are written how, and what tells days from months. */
interface Profile extends Record<string, unknown> {
  readonly family: string
  readonly n: number
  readonly first: number
  readonly second: number
  readonly timed: number
  /** How many are so plainly ISO that a cast reads them. */
  readonly iso: number
  readonly distinct: number
  readonly offsets: number
  readonly offset: string | null
}

const ISO = '^\\d{4}[-/]\\d{1,2}[-/]\\d{1,2}([ T]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?)?$'

async function textWhen(
  connection: DuckDBConnection,
  relation: string,
  column: string,
  v: string,
  options: IngestOptions,
  notices: Notice[],
): Promise<When> {
  const d = cleaned(v)
  const families = Object.entries(FAMILIES)
    .filter(([name]) => !name.startsWith('monthFirst'))
    .map(([name, { pattern }]) => `WHEN regexp_matches(day, ${literal(pattern)}) THEN ${literal(name)}`)
  const profiles = await rowsOf<Profile>(
    connection,
    `SELECT CASE ${options.excelDates ? `WHEN regexp_matches(day, ${literal(EXCEL.pattern)}) THEN 'excel'` : ''} ${families.join(' ')} ELSE '' END AS family,
       sum(n)::BIGINT AS n, max(TRY_CAST(regexp_extract(day, '^(\\d+)', 1) AS BIGINT)) AS first,
       max(TRY_CAST(regexp_extract(day, '^\\d+\\D+(\\d+)', 1) AS BIGINT)) AS second,
       count(*) FILTER (WHERE clock) AS timed, count(*) FILTER (WHERE iso) AS iso, count(*) AS "distinct", count(DISTINCT shift) AS offsets, max(shift) AS "offset"
     FROM (SELECT ${dayPart('d')} AS day, ${clockPart('d')} <> '' AS clock, regexp_matches(d, ${literal(ISO)}) AS iso, nullif(${offsetPart('d')}, '') AS shift, n
       FROM (SELECT ${cleaned('v')} AS d, n FROM (SELECT ${v} AS v, count(*) AS n FROM ${relation} GROUP BY 1) WHERE NOT ${isMissing('v')})) GROUP BY 1`,
  )
  const known = profiles.filter((p) => p.family !== '')
  const total = profiles.reduce((sum, p) => sum + p.n, 0)
  const read = known.reduce((sum, p) => sum + p.n, 0)
  if (total > 0 && read * 2 < total) {
    const [{ value } = { value: '' }] = await rowsOf<{ value: string }>(
      connection,
      `SELECT ${v} AS value FROM ${relation} WHERE NOT ${isMissing(v)} LIMIT 1`,
    )
    if (read === 0)
      throw new ForetideError('ingest.noDates', { column, value: String(value).slice(0, 60) }, { fault: 'badInput' })
  }
  if (known.every((p) => p.iso === p.distinct))
    // What a cast reads at once needs no cleaning; words such as 'infinity', which it would read as well, sort after digits.
    return {
      sql: `coalesce(CASE WHEN ${v} < 'A' THEN TRY_CAST(${v} AS TIMESTAMP) END, CASE WHEN ${d} < 'A' THEN TRY_CAST(${d} AS TIMESTAMP) END)`,
      missing: (found) => isMissing(`${found}::VARCHAR`),
      native: false,
    }
  const timed = profiles.some((p) => p.timed > 0)
  const dayFirst = orderOf(known, column, options, notices)
  const cases = known.map(({ family }) => {
    if (family === 'excel')
      return `WHEN regexp_matches(day, ${literal(EXCEL.pattern)}) THEN ${EXCEL.sql('day', EXCEL.pattern)}`
    const actual = (dayFirst ? family : family.replace('dayFirst', 'monthFirst')) as FamilyName
    const { pattern, sql }: Family = FAMILIES[actual]
    return `WHEN regexp_matches(day, ${literal(pattern)}) THEN ${sql('day', pattern)}`
  })
  const date =
    cases.length > 0
      ? `CASE ${cases.join(' ')} END`.replaceAll(/\bday\b(?!-)/g, () => (timed ? dayPart(d) : d))
      : 'NULL::TIMESTAMP'
  const clock = clockPart(d)
  const half = halfPart(d)
  const shift = `CASE WHEN ${half} = 'p' AND hour(TRY_CAST(${padded(clock)} AS TIME)) < 12 THEN 12 WHEN ${half} = 'a' AND hour(TRY_CAST(${padded(clock)} AS TIME)) = 12 THEN -12 ELSE 0 END`
  let sql = timed
    ? `CASE WHEN ${clock} = '' THEN ${date} ELSE CAST(${date} AS DATE) + TRY_CAST(${padded(clock)} AS TIME) + to_hours(${shift}) END`
    : date
  const offsets = Math.max(0, ...profiles.map((p) => p.offsets))
  const named = new Set(profiles.map((p) => p.offset).filter((o) => o !== null))
  if (offsets > 0 && (options.zone || offsets > 1 || named.size > 1))
    sql = shifted(sql, offsetPart(d), options.zone ?? 'UTC')
  else if (offsets === 1) note(notices, 'ingest.offset', { column, offset: [...named][0] ?? '' })
  else if (options.zone && known.some((p) => /seconds$/.test(p.family))) sql = shifted(sql, `''`, options.zone)
  return { sql, missing: (found) => isMissing(`${found}::VARCHAR`), native: false }
}

/** A time of day with its hour written in two digits, as a cast wants it. */
const padded = (clock: string) => `(CASE WHEN ${clock}[2] = ':' THEN '0' || ${clock} ELSE ${clock} END)`

/** SQL for the wall clock of a zone, given local time and its offset from UTC (none is UTC). */
function shifted(local: string, offset: string, zone: string): string {
  const signed = `regexp_replace(${offset}, '[^0-9+-]', '', 'g')`
  const minutes = `(CASE WHEN left(${signed}, 1) = '-' THEN -1 ELSE 1 END * (coalesce(TRY_CAST(${signed}[2:3] AS INTEGER), 0) * 60 + coalesce(TRY_CAST(nullif(${signed}[4:5], '') AS INTEGER), 0)))`
  const utc = `(${local}) - to_minutes(${minutes})`
  return zone === 'UTC' ? utc : `timezone(${literal(zone)}, timezone('UTC', ${utc}))`
}

/** Whether days stand before months, from the rows that leave no doubt; says so where no row does. */
function orderOf(known: readonly Profile[], column: string, options: IngestOptions, notices: Notice[]): boolean {
  const both = known.filter((p) => p.family.startsWith('dayFirst'))
  if (both.length === 0) return true
  if (options.dayFirst !== undefined) return options.dayFirst
  const first = Math.max(...both.map((p) => p.first))
  const second = Math.max(...both.map((p) => p.second))
  if (first > 12 !== second > 12) return first > 12
  note(notices, first > 12 ? 'ingest.datesMixed' : 'ingest.datesAmbiguous', { column, order: 'day/month/year' })
  return true
}
