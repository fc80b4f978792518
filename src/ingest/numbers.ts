import type { DuckDBConnection } from '@duckdb/node-api'
import { ident, literal, rowOf } from './sql.ts'

/** How the numbers of a column are written; decided once for the whole column. */
export interface NumberStyle {
  /** Every value is already what DuckDB reads as a number. */
  readonly plain: boolean
  readonly decimal: '.' | ','
  /** Whether `1,234` (or `1.234`) could mean either and was taken by rule. */
  readonly ambiguous: boolean
  /** How many values are there, and how many of them are no number. */
  readonly present: number
  readonly bad: number
}

const WIDE = '０１２３４５６７８９．，－＋％（）￥\u00a0\u202f\u2009\u3000\u2212'
const NARROW = '0123456789.,-+%()¥    -'
const MISSING = ['', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', '-', '--', '.', '\\n', '缺失', '无', '空']

/** SQL for a text without surrounding blanks of any sort, and with full-width digits made plain; quick for ASCII. */
export const cleaned = (v: string) =>
  `trim(CASE WHEN strlen(${v}) = length(${v}) THEN ${v} ELSE translate(${v}, ${literal(`${WIDE}\ufeff\u200b\u200e\u200f\u202a\u202c`)}, ${literal(NARROW)}) END, ' \t\r\n')`

/** SQL for whether a text says that there is no value; what begins with a digit does not. */
export const isMissing = (v: string) =>
  `(CASE WHEN ${v} IS NULL THEN true WHEN ${v} >= '0' AND ${v} < ':' THEN false ELSE lower(${cleaned(v)}) IN (${MISSING.map(literal).join(', ')}) END)`

const CURRENCY = '(?i:[¥￥$€£₩₹]|rmb|cny|usd|eur|gbp|元)'
const PLAIN = '^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$'

/** SQL for the bare number in a text: no currency, no spaces or apostrophes between thousands, parentheses as a minus. */
const bare = (v: string) =>
  `regexp_replace(regexp_replace(trim(regexp_replace(${cleaned(v)}, ${literal(CURRENCY)}, '', 'g')), '(\\d)[ ’''](\\d{3})', '\\1\\2', 'g'), '^\\((.*)\\)$', '-\\1')`

/** SQL for the number in a text that a cast reads rightly, NULL otherwise: what nearly every cell of a file is. */
function quick(v: string, decimal: '.' | ','): string {
  const read = `TRY_CAST(${v} AS DOUBLE)`
  return `CASE WHEN abs(${read}) < 1e300${decimal === ',' ? ` AND NOT contains(${v}, '.')` : ''} THEN ${read} END`
}

/** SQL that makes a DOUBLE of a text, or NULL where it is missing or no number. */
export function numberSql(v: string, style: NumberStyle): string {
  if (style.plain) return quick(v, style.decimal)
  const [group, point] = style.decimal === '.' ? [',', '.'] : ['.', ',']
  const grouped = `^[+-]?\\d{1,3}(\\${group}\\d{3})+(\\${point}\\d*)?$`
  const b = `regexp_replace(${bare(v)}, '\\s*%$', '')`
  const point1 = (text: string) => (point === ',' ? `replace(${text}, ',', '.')` : text)
  const decimal = style.decimal === '.' ? PLAIN : '^[+-]?(\\d+,?\\d*|,\\d+)([eE][+-]?\\d+)?$'
  const number = `CASE WHEN regexp_matches(${b}, ${literal(decimal)}) THEN TRY_CAST(${point1(b)} AS DOUBLE)
    WHEN regexp_matches(${b}, ${literal(grouped)}) THEN TRY_CAST(${point1(`replace(${b}, '${group}', '')`)} AS DOUBLE)
    WHEN lower(${b}) IN ('true', 'yes', '是') THEN 1 WHEN lower(${b}) IN ('false', 'no', '否') THEN 0 END`
  const finite = `CASE WHEN abs(${number}) < 1e300 THEN ${number} END`
  return `coalesce(${quick(v, style.decimal)}, CASE WHEN ${isMissing(v)} THEN NULL WHEN ends_with(${cleaned(v)}, '%') THEN ${number} / 100 ELSE ${finite} END)`
}

/** What is known of a table's numbers beforehand. */
interface Given {
  readonly decimal?: '.' | ',' | undefined
  /** Whether cells are parted by semicolons, as they are where the decimal sign is a comma. */
  readonly commaLikely?: boolean | undefined
  /** How many rows to look at; all unless given. */
  readonly limit?: number
  /** The column that has to be numbers, however few of its values are. */
  readonly must?: string | undefined
}

/** Decides from all values of text columns how their numbers are written. */
export async function numberStyles(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly string[],
  given: Given,
): Promise<Map<string, NumberStyle>> {
  const styles = new Map<string, NumberStyle>()
  if (columns.length === 0) return styles
  if (!given.limit) {
    // A look at the first rows spares columns of words the long way over all of them.
    const first = await numberStyles(connection, relation, columns, { ...given, limit: 5000 })
    const wordy = columns.filter((column) => isWords(first.get(column)))
    for (const column of wordy) styles.set(column, first.get(column) as NumberStyle)
    const rest = columns.filter((column) => !wordy.includes(column) || given.must === column)
    if (rest.length < columns.length) {
      const more = rest.length > 0 ? await wholeStyles(connection, relation, rest, given) : new Map()
      return new Map([...styles, ...more])
    }
  }
  return wholeStyles(connection, relation, columns, given)
}

/** Whether most values of a column are no numbers. */
export const isWords = (style: NumberStyle | undefined) => style !== undefined && style.bad > style.present * 0.5

async function wholeStyles(
  connection: DuckDBConnection,
  relation: string,
  columns: readonly string[],
  given: Given,
): Promise<Map<string, NumberStyle>> {
  const styles = new Map<string, NumberStyle>()
  const parts = columns.flatMap((column, i) => {
    const v = ident(column)
    const plain = `(${quick(v, given.decimal ?? '.')}) IS NOT NULL`
    const count = (otherwise: string, name: string, then: number) =>
      `sum(CASE WHEN ${plain} THEN ${then} WHEN ${isMissing(v)} THEN 0 ELSE ${otherwise} END)::BIGINT AS ${name}${i}`
    return [count('1', 'p', 1), count('1', 'o', 0)]
  })
  const from = given.limit ? `(FROM ${relation} LIMIT ${given.limit})` : relation
  const counts = await rowOf<Record<string, number | null>>(connection, `SELECT ${parts.join(', ')} FROM ${from}`)
  for (const [i, column] of columns.entries()) {
    const present = counts[`p${i}`] ?? 0
    const decimal = given.decimal ?? '.'
    if (!counts[`o${i}`]) styles.set(column, { plain: true, decimal, ambiguous: false, present, bad: 0 })
    else styles.set(column, await mixedStyle(connection, from, column, present, given))
  }
  return styles
}

/** Weighs what speaks for a decimal comma against what speaks for a decimal point. */
async function mixedStyle(
  connection: DuckDBConnection,
  from: string,
  column: string,
  present: number,
  given: Given,
): Promise<NumberStyle> {
  const matches = (pattern: string) => `count(*) FILTER (WHERE regexp_matches(b, ${literal(pattern)}))`
  const votes = await rowOf<{ comma: number; point: number; either: number }>(
    connection,
    `SELECT ${matches('^[+-]?(\\d*,(\\d{1,2}|\\d{4,})|\\d{1,3}(\\.\\d{3})+,\\d+|\\d{1,3}(\\.\\d{3}){2,})$')} AS comma,
      ${matches('^[+-]?(\\d*\\.(\\d{1,2}|\\d{4,})|\\d{1,3}(,\\d{3})+\\.\\d+|\\d{1,3}(,\\d{3}){2,})$')} AS point,
      ${matches('^[+-]?\\d{1,3}[,.]\\d{3}$')} AS either
     FROM (SELECT regexp_replace(${bare(ident(column))}, '\\s*%$', '') AS b FROM ${from})`,
  )
  const undecided = votes.comma === votes.point
  const decimal = given.decimal ?? (undecided ? (given.commaLikely ? ',' : '.') : votes.comma > votes.point ? ',' : '.')
  const style: NumberStyle = {
    plain: false,
    decimal,
    ambiguous: undecided && votes.either > 0 && !given.decimal,
    present,
    bad: 0,
  }
  const v = ident(column)
  const { bad } = await rowOf<{ bad: number }>(
    connection,
    `SELECT count(*) FILTER (WHERE NOT ${isMissing(v)} AND (${numberSql(v, style)}) IS NULL) AS bad FROM ${from}`,
  )
  return { ...style, bad }
}
