import { literal } from './sql.ts'

/** A way in which dates are written: how to recognise it, and the SQL that makes a TIMESTAMP (or NULL) of the text `d`. */
export interface Family {
  /** Regular expression over the date without its time of day. */
  readonly pattern: string
  readonly sql: (d: string, pattern: string) => string
}

const rebuilt = (template: string) => (d: string, pattern: string) =>
  `TRY_CAST(regexp_replace(${d}, ${literal(pattern)}, ${literal(template)}) AS TIMESTAMP)`
const group = (d: string, pattern: string, n: number) =>
  `TRY_CAST(regexp_extract(${d}, ${literal(pattern)}, ${n}) AS BIGINT)`

/** Every way of writing a date that is understood; the order is that in which they are tried. */
export const FAMILIES = {
  ymd: { pattern: '^(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})[日号]?$', sql: rebuilt('\\1-\\2-\\3') },
  compact: { pattern: '^((?:19|20|21)\\d{2})(\\d{2})(\\d{2})$', sql: rebuilt('\\1-\\2-\\3') },
  compactTime: {
    pattern: '^((?:19|20|21)\\d{2})(\\d{2})(\\d{2})(\\d{2})(\\d{2})(\\d{2})$',
    sql: rebuilt('\\1-\\2-\\3 \\4:\\5:\\6'),
  },
  month: { pattern: '^(\\d{4})[-/.年](\\d{1,2})月?$', sql: rebuilt('\\1-\\2-01') },
  compactMonth: { pattern: '^((?:19|20|21)\\d{2})(0[1-9]|1[0-2])$', sql: rebuilt('\\1-\\2-01') },
  week: {
    pattern: '^(\\d{4})[-_ 年]?[Ww第]?(\\d{1,2})周?$',
    sql: (d, p) => {
      const [y, w] = [group(d, p, 1), group(d, p, 2)]
      const monday = `(date_trunc('week', make_date(${y}, 1, 4)) + to_days(CAST((${w} - 1) * 7 AS INTEGER)))`
      return `CASE WHEN ${w} BETWEEN 1 AND 53 AND isoyear(${monday}) = ${y} THEN ${monday}::TIMESTAMP END`
    },
  },
  quarter: {
    pattern: '^(\\d{4})[-_ 年]?[Qq第]([1-4])(?:季度?)?$',
    sql: (d, p) => `make_date(${group(d, p, 1)}, (${group(d, p, 2)} - 1) * 3 + 1, 1)::TIMESTAMP`,
  },
  dayFirst: { pattern: '^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})$', sql: rebuilt('\\3-\\2-\\1') },
  monthFirst: { pattern: '^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})$', sql: rebuilt('\\3-\\1-\\2') },
  dayFirstShort: { pattern: '^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{2})$', sql: rebuilt('20\\3-\\2-\\1') },
  monthFirstShort: { pattern: '^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{2})$', sql: rebuilt('20\\3-\\1-\\2') },
  named: {
    pattern: '^(?i:(?:[a-z]{3,9},? )?\\d{1,2}[- ][a-z]{3,9}[- ,]+\\d{2,4}|[a-z]{3,9} \\d{1,2},? \\d{4})$',
    sql: (d) =>
      `try_strptime(replace(replace(${d}, ',', ''), '-', ' '), ['%d %b %Y', '%d %B %Y', '%b %d %Y', '%B %d %Y', '%d %b %y', '%a %d %b %Y'])`,
  },
  namedMonth: {
    pattern: '^(?i:[a-z]{3,9}[- ]\\d{4})$',
    sql: (d) => `try_strptime('1 ' || replace(${d}, '-', ' '), ['%d %b %Y', '%d %B %Y'])`,
  },
  seconds: {
    pattern: '^\\d{9,10}(\\.\\d+)?$',
    sql: (d) => `make_timestamp(CAST(TRY_CAST(${d} AS DOUBLE) * 1000000 AS BIGINT))`,
  },
  milliseconds: { pattern: '^\\d{12,13}$', sql: (d) => `make_timestamp(TRY_CAST(${d} AS BIGINT) * 1000)` },
  microseconds: { pattern: '^\\d{16}$', sql: (d) => `make_timestamp(TRY_CAST(${d} AS BIGINT))` },
  year: { pattern: '^(?:19|20|21)\\d{2}$', sql: (d) => `TRY_CAST(${d} || '-01-01' AS TIMESTAMP)` },
} as const satisfies Record<string, Family>
export type FamilyName = keyof typeof FAMILIES

/** Excel's serial days, taken for dates only when the user says so. */
export const EXCEL: Family = {
  pattern: '^\\d{4,5}(\\.\\d+)?$',
  sql: (d) => `(TIMESTAMP '1899-12-30' + to_seconds(round(TRY_CAST(${d} AS DOUBLE) * 86400)))`,
}

/** The time of day after a date, with an optional half of the day and offset. */
const TIME =
  '[T\\s]+(\\d{1,2}[:时]\\d{2}(?:[:分]\\d{2})?(?:[.,]\\d+)?)[分秒]?\\s*([AaPp]\\.?[Mm]\\.?)?\\s*(Z|UTC|GMT|[+-]\\d{2}:?\\d{2}|[+-]\\d{2})?$'

/** SQL for the date within a cleaned text, without its time of day. */
export const dayPart = (d: string) =>
  `regexp_replace(regexp_replace(${d}, ${literal(TIME)}, ''), ${literal('^(\\S*\\d{4}\\S*)T\\d{1,2}$')}, '\\1')`

/** SQL for the time of day within a cleaned text, `` where there is none. */
export const clockPart = (d: string) =>
  `replace(replace(replace(regexp_extract(${d}, ${literal(TIME)}, 1), ',', '.'), '时', ':'), '分', ':')`
/** SQL for `am` or `pm`. */
export const halfPart = (d: string) => `lower(left(regexp_extract(${d}, ${literal(TIME)}, 2), 1))`
/** SQL for the offset from UTC. */
export const offsetPart = (d: string) => `regexp_extract(${d}, ${literal(TIME)}, 3)`

const HEADER: readonly RegExp[] = [
  /^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([T ]\d{1,2}:\d{2}(:\d{2})?)?$/,
  /^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}( \d{1,2}:\d{2}(:\d{2})?)?$/,
  /^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/,
  /^\d{4}[-/.年](0?[1-9]|1[0-2])月?$/,
  /^\d{4}[-_ ]?[WwQq]\d{1,2}$/,
]

/** The text itself where it is plainly a date (as a column's name may be in a wide file), else undefined. */
export function headerDate(text: string): string | undefined {
  return HEADER.some((pattern) => pattern.test(text)) ? text : undefined
}
