import type { Notice } from '../core/run.ts'
import type { Cast, Check } from './make.ts'
import { bareName, conceptOf, looksLikeCode } from './names.ts'
import { isMissing, isWords, type NumberStyle, numberSql, numberStyles } from './numbers.ts'
import { note, type Raw, type Reading } from './raw.ts'
import { column, noColumn, type Roles, stagedColumn, type TableColumn } from './roles.ts'
import { ident, rowOf } from './sql.ts'
import type { StagedColumn, TableKind } from './staged.ts'
import type { When } from './when.ts'

export const NUMBER = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/
export const TIME = /^(DATE|TIME)/
/** Kinds of which a row without a date says nothing. */
const MUST_DATE: ReadonlySet<TableKind> = new Set(['sales', 'events', 'stock', 'ads', 'signals'])
const FIRST_YEAR = 1900
const LAST_YEAR = 2100

/** What is known of a table before its columns are given types. */
export interface Typing {
  readonly kind: TableKind
  readonly relation: string
  readonly columns: readonly TableColumn[]
  readonly roles: Roles
  readonly when: When | undefined
  readonly raws: readonly Raw[]
  readonly notices: Notice[]
  /** What each key is called in the staged relation. */
  readonly keyNames: ReadonlyMap<string, string>
}

/** The name of the sales table's key that means the same, so that tables can be joined; else the key's own. */
export function sharedName(key: string, keys: readonly string[]): string {
  const concept = conceptOf(key)?.concept
  return (
    keys.find((k) => bareName(k) === bareName(key)) ??
    keys.find((k) => concept !== undefined && conceptOf(k)?.concept === concept) ??
    key
  )
}

/** The SQL of every staged column, and the rules that rows must keep. */
export async function castsOf(reading: Reading, table: Typing): Promise<{ casts: Cast[]; checks: Check[] }> {
  const { kind, relation, columns, roles, when, raws, notices, keyNames } = table
  const { connection, options } = reading
  const casts: Cast[] = []
  const checks: Check[] = []
  const source = (name: string) => column(columns, name).source
  const guessed = (name: string) => roles.guessed.has(name)
  for (const key of roles.keys) {
    const text = column(columns, key).type === 'VARCHAR'
    const sql = text ? `trim(${ident(key)}, ' \t\r\n\u00a0\u3000\ufeff')` : `${ident(key)}::VARCHAR`
    const as = keyNames.get(key) ?? key
    const cast: Cast = { column: stagedColumn(as, source(key), 'key', 'category', guessed(key)), sql }
    const empty = (found: string, read: string) =>
      text ? `coalesce(${read}, '') = '' OR contains(${read}, chr(0))` : `${found} IS NULL`
    casts.push(cast)
    checks.push({ code: 'ingest.row.key', column: key, cast, broken: empty })
  }
  if (when && roles.date) {
    const typed = roles.hour !== undefined && NUMBER.test(column(columns, roles.hour).type)
    const hour = roles.hour ? ` + to_hours(CAST(${ident(roles.hour)}${typed ? '' : '::DOUBLE'} AS INTEGER))` : ''
    const cast: Cast = {
      column: stagedColumn('__at', source(roles.date), 'date', 'time', guessed(roles.date)),
      sql: `(${when.sql})${hour}`,
    }
    casts.push(cast)
    const check = { column: roles.date, cast }
    if (MUST_DATE.has(kind))
      checks.push({ ...check, code: 'ingest.row.dateMissing', broken: (found) => when.missing(found) })
    if (!when.native)
      checks.push({
        ...check,
        code: 'ingest.row.date',
        broken: (found, read) => `CASE WHEN ${read} IS NULL THEN NOT ${when.missing(found)} ELSE false END`,
      })
    checks.push({
      ...check,
      code: 'ingest.row.dateRange',
      broken: (_, read) =>
        `NOT coalesce(${read} BETWEEN TIMESTAMP '${FIRST_YEAR}-01-01' AND TIMESTAMP '${LAST_YEAR}-12-31', true)`,
    })
  }
  const texts = [
    ...(roles.target ? [roles.target] : []),
    ...roles.others.filter((o) => o.role !== 'ignored' && o.role !== 'text').map((o) => o.name),
  ].filter((name) => column(columns, name).type === 'VARCHAR')
  const styles = await numberStyles(connection, relation, texts, {
    decimal: options.decimal,
    commaLikely: raws.some((raw) => raw.commaLikely),
    must: roles.target,
  })
  const number = (name: string, as: string, role: StagedColumn['role'], isGuessed: boolean) => {
    const style = styles.get(name)
    const v = ident(name)
    const type = column(columns, name).type
    const sql = style ? numberSql(v, style) : `${v}::DOUBLE`
    const cast: Cast = { column: stagedColumn(as, source(name), role, 'number', isGuessed), sql }
    casts.push(cast)
    if (style && style.bad > 0)
      checks.push({
        code: 'ingest.row.number',
        column: name,
        cast,
        broken: (found, read) => `CASE WHEN ${read} IS NULL THEN NOT ${isMissing(found)} ELSE false END`,
      })
    else if (as === '__target' && /^(FLOAT|DOUBLE)$/.test(type))
      checks.push({ code: 'ingest.row.number', column: name, cast, broken: (found) => `isinf(${found})` })
    if (style?.ambiguous) note(notices, 'ingest.numberAmbiguous', { column: name, decimal: style.decimal })
  }
  const targetStyle = roles.target ? styles.get(roles.target) : undefined
  if (
    targetStyle &&
    guessed(roles.target as string) &&
    conceptOf(roles.target as string) === undefined &&
    isWords(targetStyle)
  )
    throw noColumn(
      'ingest.noTarget',
      raws[0]?.file ?? '',
      columns.map((c) => c.name),
    )
  if (roles.target) number(roles.target, '__target', 'target', guessed(roles.target))
  const samples = await sampleOf(
    reading,
    relation,
    roles.others.filter((o) => styles.has(o.name)).map((o) => o.name),
  )
  for (const { name, role, guessed: presumedRole } of roles.others) {
    if (role === 'ignored') continue
    const { type } = column(columns, name)
    const v = ident(name)
    if (TIME.test(type) || /\[\]|STRUCT|MAP|BLOB|JSON/.test(type)) continue
    const kept = reserved(name)
    if (role === 'text')
      casts.push({
        column: stagedColumn(kept, source(name), role, 'text', presumedRole),
        sql: `nullif(trim(${v}::VARCHAR), '')`,
      })
    else if (isNumber(name, type, styles.get(name))) number(name, kept, role, presumedRole)
    else {
      const long = (samples.get(name) ?? 0) > 40
      const category =
        type === 'VARCHAR'
          ? `CASE WHEN NOT ${isMissing(v)} THEN trim(${v}, ' \t\r\n\u00a0\u3000') END`
          : `${v}::VARCHAR`
      casts.push({
        column: stagedColumn(kept, source(name), long ? 'text' : role, long ? 'text' : 'category', presumedRole),
        sql: category,
      })
    }
  }
  return { casts, checks }
}

/** Names that the staged relation uses for itself get out of the way. */
const reserved = (name: string) => (name.startsWith('__') ? `column${name}` : name)

/** Codes are categories though they are digits; text is numbers where nine in ten of its values are. */
function isNumber(name: string, type: string, style: NumberStyle | undefined): boolean {
  const quantity = ['price', 'promotion', 'stock', 'spend', 'revenue', 'units', 'holiday'].includes(
    conceptOf(name)?.concept ?? '',
  )
  if (looksLikeCode(name) && !quantity) return false
  if (style) return style.present > 0 && style.bad <= style.present * 0.1
  return NUMBER.test(type)
}

/** The mean length of texts, by which descriptions are told from categories. */
async function sampleOf(reading: Reading, relation: string, names: readonly string[]): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  const lengths = names.map((name, i) => `avg(length(${ident(name)})) AS l${i}`).join(', ')
  const row = await rowOf<Record<string, number | null>>(
    reading.connection,
    `SELECT ${lengths} FROM (FROM ${relation} LIMIT 5000)`,
  )
  return new Map(names.map((name, i) => [name, row[`l${i}`] ?? 0]))
}
