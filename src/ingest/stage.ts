import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ForetideError, textOf } from '../core/errors.ts'
import type { MessageCode } from '../core/messages/index.ts'
import { checkInterrupt, type Notice } from '../core/run.ts'
import { QUARANTINE } from './mend.ts'
import { conceptOf, looksLikeCode } from './names.ts'
import { cleaned, isMissing, isWords, type NumberStyle, numberSql, numberStyles } from './numbers.ts'
import { note, type Raw, type Reading } from './raw.ts'
import { noColumn, type Roles, rolesOf, stagedColumn, type TableColumn } from './roles.ts'
import { describe, ident, literal, rowOf, rowsOf } from './sql.ts'
import type { Rejected, Staged, StagedColumn, TableKind } from './staged.ts'
import { type When, whenOf } from './when.ts'

const NUMBER = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/
const TIME = /^(DATE|TIME)/
const FIRST_YEAR = 1900
const LAST_YEAR = 2100

/** A rule that a row may break: SQL that is true where it does. */
interface Check {
  readonly code: MessageCode
  readonly column: string
  readonly broken: string
}

/** One column of the staged relation in SQL. */
interface Cast {
  readonly column: StagedColumn
  readonly sql: string
}

/** Turns all raw tables of one kind into one typed relation; bad rows go to quarantine, and nothing else is lost. */
export async function stage(reading: Reading, kind: TableKind, raws: readonly Raw[]): Promise<Staged> {
  const { connection, options, run } = reading
  checkInterrupt(run)
  const notices = raws.flatMap((raw) => raw.notices)
  const files = [...new Set(raws.map((raw) => raw.file))]
  const file = files.join(', ')
  const { relation, columns, hasOrigin } = await combine(reading, raws)
  const melted = raws.some((raw) => raw.melted)
  const settled = melted ? { ...options, ...meltedNames(raws, options.target) } : options
  const roles = rolesOf(kind, columns, settled, file)
  reportGuess(roles, kind, file, notices)
  const when = roles.date
    ? await whenOf(connection, relation, column(columns, roles.date), options, notices)
    : undefined
  const { casts, checks } = await castsOf(reading, kind, relation, columns, roles, when, raws, notices)
  const out = reading.name(`staged_${kind}`)
  const rejected = await materialise(reading, {
    kind,
    relation,
    out,
    casts,
    checks,
    columns,
    raws,
    hasOrigin,
    cheap: isCheap(columns, roles),
  })
  const { rows } = await rowOf<{ rows: number }>(connection, `SELECT count(*) AS rows FROM ${ident(out)}`)
  const staged = casts.map((cast) => cast.column)
  const statics = kind === 'sales' ? await staticsOf(reading, out, staged, roles, rows) : new Set<string>()
  const transactions =
    kind === 'sales' && when !== undefined && (await areTransactions(reading, out, roles, columns, rows))
  if (transactions) note(notices, 'ingest.transactions', { file })
  for (const notice of notices) run.notice(notice)
  return {
    kind,
    relation: out,
    columns: [
      ...staged.map((c) => (statics.has(c.name) ? { ...c, role: 'static' as const } : c)),
      ...ignored(columns, roles, staged),
    ],
    keys: roles.keys,
    files,
    rows,
    rejected,
    hasOrigin: hasOrigin && !isCheap(columns, roles),
    transactions,
    notices,
  }
}

const column = (columns: readonly TableColumn[], name: string) => columns.find((c) => c.name === name) as TableColumn

/** What the columns of a file that reading has already turned long are called. */
function meltedNames(raws: readonly Raw[], target: string | undefined) {
  const ids = [
    ...new Set(
      raws.flatMap((raw) => (raw.melted?.over === 'series' ? ['item'] : raw.columns.slice(0, -2).map((c) => c.name))),
    ),
  ]
  const dates = raws.find((raw) => raw.melted)
  const date = dates?.melted?.over === 'series' ? dates.columns[0]?.name : 'date'
  return {
    id: ids,
    ...(date ? { date } : {}),
    target: target && raws.some((r) => r.columns.some((c) => c.name === target)) ? target : 'value',
  }
}

/** One relation of all raw tables, united by name, with `__file` and `__row`. */
async function combine(
  reading: Reading,
  raws: readonly Raw[],
): Promise<{ relation: string; columns: TableColumn[]; hasOrigin: boolean }> {
  const hasOrigin = raws.every((raw) => raw.row !== undefined)
  const selects = raws.map((raw) => {
    const names = raw.columns.map((c) => ident(c.name)).join(', ')
    return `SELECT ${names}, ${literal(raw.file)} AS __file, ${raw.row ?? 'NULL::BIGINT'} AS __row FROM ${ident(raw.relation)}`
  })
  const name = reading.name('all')
  await reading.connection.run(`CREATE TEMP VIEW ${ident(name)} AS ${selects.join(' UNION ALL BY NAME ')}`)
  reading.scratch.push(`DROP VIEW IF EXISTS ${ident(name)}`)
  const sources = new Map(raws.flatMap((raw) => raw.columns.map((c) => [c.name, c.source] as const)))
  const columns = (await describe(reading.connection, ident(name)))
    .filter((c) => c.name !== '__file' && c.name !== '__row')
    .map((c) => ({ ...c, source: sources.get(c.name) ?? c.name }))
  return { relation: ident(name), columns, hasOrigin }
}

function reportGuess(roles: Roles, kind: TableKind, file: string, notices: Notice[]): void {
  if (roles.guessed.size > 0)
    note(notices, 'ingest.guessedColumns', {
      file,
      kind,
      date: roles.date ? roles.date + (roles.hour ? ` + ${roles.hour}` : '') : '–',
      target: roles.target ?? '–',
      keys: roles.keys.join(', ') || '–',
    })
  if (kind === 'sales' && roles.keys.length === 0) note(notices, 'ingest.oneSeries', { file })
}

/** Whether every used column already has its type, so that a view over the file is enough. */
function isCheap(columns: readonly TableColumn[], roles: Roles): boolean {
  const typeOf = (name: string | undefined) => (name ? column(columns, name).type : 'DOUBLE')
  return (
    (roles.date === undefined || TIME.test(typeOf(roles.date))) &&
    NUMBER.test(typeOf(roles.target)) &&
    roles.others.every(({ name, role }) => role === 'ignored' || !(typeOf(name) === 'VARCHAR') || role === 'text')
  )
}

/** The SQL of every staged column, and the rules that rows must keep. */
async function castsOf(
  reading: Reading,
  kind: TableKind,
  relation: string,
  columns: readonly TableColumn[],
  roles: Roles,
  when: When | undefined,
  raws: readonly Raw[],
  notices: Notice[],
): Promise<{ casts: Cast[]; checks: Check[] }> {
  const { connection, options } = reading
  const casts: Cast[] = []
  const checks: Check[] = []
  const source = (name: string) => column(columns, name).source
  const guessed = (name: string) => roles.guessed.has(name)
  for (const key of roles.keys) {
    const text = column(columns, key).type === 'VARCHAR'
    const v = text ? `trim(${ident(key)}, ' \t\r\n\u00a0\u3000\ufeff')` : `${ident(key)}::VARCHAR`
    casts.push({ column: stagedColumn(key, source(key), 'key', 'category', guessed(key)), sql: v })
    checks.push({
      code: 'ingest.row.key',
      column: key,
      broken: text ? `coalesce(${v}, '') = '' OR contains(${v}, chr(0))` : `${ident(key)} IS NULL`,
    })
  }
  if (when && roles.date) {
    const hour = roles.hour ? ` + to_hours(CAST(${ident(roles.hour)} AS INTEGER))` : ''
    const sql = `(${when.sql})${hour && !NUMBER.test(column(columns, roles.hour as string).type) ? hour.replace(' AS INTEGER', '::DOUBLE AS INTEGER') : hour}`
    casts.push({ column: stagedColumn('__at', source(roles.date), 'date', 'time', guessed(roles.date)), sql })
    if (kind === 'sales' || kind === 'events' || kind === 'stock' || kind === 'ads' || kind === 'signals')
      checks.push({ code: 'ingest.row.dateMissing', column: roles.date, broken: when.missing })
    if (!when.native)
      checks.push({ code: 'ingest.row.date', column: roles.date, broken: `NOT ${when.missing} AND (${sql}) IS NULL` })
    checks.push({
      code: 'ingest.row.dateRange',
      column: roles.date,
      broken: `NOT coalesce((${sql}) BETWEEN TIMESTAMP '${FIRST_YEAR}-01-01' AND TIMESTAMP '${LAST_YEAR}-12-31', true)`,
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
    casts.push({ column: stagedColumn(as, source(name), role, 'number', isGuessed), sql })
    if (style && style.bad > 0)
      checks.push({ code: 'ingest.row.number', column: name, broken: `NOT ${isMissing(v)} AND (${sql}) IS NULL` })
    else if (as === '__target' && /^(FLOAT|DOUBLE)$/.test(type))
      checks.push({ code: 'ingest.row.number', column: name, broken: `isinf(${v})` })
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
      const category = type === 'VARCHAR' ? `CASE WHEN NOT ${isMissing(v)} THEN ${cleaned(v)} END` : `${v}::VARCHAR`
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

interface Making {
  readonly kind: TableKind
  readonly relation: string
  readonly out: string
  readonly casts: readonly Cast[]
  readonly checks: readonly Check[]
  readonly columns: readonly TableColumn[]
  readonly raws: readonly Raw[]
  readonly hasOrigin: boolean
  readonly cheap: boolean
}

/** Makes the staged relation (a view where nothing has to be parsed) and the quarantine file. */
async function materialise(reading: Reading, making: Making): Promise<Rejected> {
  const { connection } = reading
  const { relation, out, casts, checks, cheap, raws } = making
  const list = casts.map((cast) => `${cast.sql} AS ${ident(cast.column.name)}`)
  const broken =
    checks.length > 0 ? `CASE ${checks.map((c, i) => `WHEN ${c.broken} THEN ${i}`).join(' ')} END` : 'NULL::INTEGER'
  const counts = new Map<number, number>()
  const tally = (rows: readonly { bad: number | null; n: number }[]) => {
    for (const { bad, n } of rows) if (bad !== null) counts.set(Number(bad), n)
  }
  if (cheap) {
    tally(await rowsOf(connection, `SELECT ${broken} AS bad, count(*) AS n FROM ${relation} GROUP BY 1`))
    const { inner } = { inner: raws.map((raw) => `SELECT * FROM ${ident(raw.relation)}`).join(' UNION ALL BY NAME ') }
    await connection.run(
      `CREATE TEMP VIEW ${ident(out)} AS SELECT ${list.join(', ')} FROM (${inner})${counts.size > 0 ? ` WHERE (${broken}) IS NULL` : ''}`,
    )
    for (const raw of raws) keep(reading, raw.relation)
  } else {
    const table = reading.name(`typed_${making.kind}`)
    await connection.run(
      `CREATE TEMP TABLE ${ident(table)} AS SELECT ${[...list, '__file', '__row', `${broken} AS __bad`].join(', ')} FROM ${relation}`,
    )
    tally(
      await rowsOf(
        connection,
        `SELECT __bad AS bad, count(*) AS n FROM ${ident(table)} WHERE __bad IS NOT NULL GROUP BY 1`,
      ),
    )
    await connection.run(
      `CREATE TEMP VIEW ${ident(out)} AS SELECT * EXCLUDE (__bad${making.hasOrigin ? '' : ', __file, __row'}) FROM ${ident(table)}${counts.size > 0 ? ' WHERE __bad IS NULL' : ''}`,
    )
  }
  return quarantine(reading, making, broken, counts)
}

/** A view that the staged relation stands on outlives the reading. */
function keep(reading: Reading, relation: string): void {
  const at = reading.scratch.findIndex((statement) => statement.includes(ident(relation)))
  if (at >= 0) reading.scratch.splice(at, 1)
}

/** Writes every rejected row to a CSV that is safe to open in a spreadsheet. */
async function quarantine(
  reading: Reading,
  making: Making,
  broken: string,
  counts: ReadonlyMap<number, number>,
): Promise<Rejected> {
  const { options, connection, run } = reading
  const structural = making.raws.flatMap((raw) => (raw.rejects ? [raw.rejects] : []))
  const byCode: Record<string, number> = {}
  const add = (code: string, n: number) => {
    byCode[code] = (byCode[code] ?? 0) + n
  }
  for (const rejects of structural) for (const [code, n] of Object.entries(rejects.byCode)) add(code, n)
  for (const [i, n] of counts) add(making.checks[i]?.code as string, n)
  const count = Object.values(byCode).reduce((a, b) => a + b, 0)
  if (count === 0) return { count, byCode }
  const dir = options.quarantineDir ?? 'foretide-quarantine'
  const path = join(
    dir,
    `${making.kind}-${run.now().toISOString().replace(/\D/g, '').slice(0, 17)}-${making.out.split('_').at(-1)}.csv`,
  )
  const parts: string[] = []
  if (structural.length > 0)
    parts.push(`SELECT * FROM read_csv([${structural.map((r) => literal(r.path)).join(', ')}], auto_detect = false, header = false, delim = ',', quote = '"',
      escape = '"', max_line_size = 40000000, columns = {${QUARANTINE.map((q) => `"${q}": 'VARCHAR'`).join(', ')}})`)
  if (counts.size > 0) {
    const pick = (of: (check: Check) => string) =>
      `CASE bad ${making.checks.map((c, i) => `WHEN ${i} THEN ${of(c)}`).join(' ')} END`
    const value = pick((c) => `left(${ident(c.column)}::VARCHAR, 1000)`)
    const reason = pick((c) =>
      literal(textOf(c.code, { column: c.column, file: '\u0001', row: '\u0002', value: '\u0003' }, run.locale)),
    )
    const raw = `concat_ws(',', ${making.columns
      .slice(0, 100)
      .map((c) => `coalesce(left(${ident(c.name)}::VARCHAR, 1000), '')`)
      .join(', ')})`
    parts.push(`SELECT __file AS file, coalesce(__row::VARCHAR, '') AS "row", ${pick((c) => literal(c.column))} AS "column", coalesce(${value}, '') AS value,
      ${pick((c) => literal(c.code))} AS code,
      replace(replace(replace(${reason}, '\u0001', __file), '\u0002', coalesce(__row::VARCHAR, '?')), '\u0003', coalesce(${value}, '')) AS reason, ${raw} AS raw
      FROM (SELECT *, ${broken} AS bad FROM ${making.relation}) WHERE bad IS NOT NULL`)
  }
  try {
    mkdirSync(dir, { recursive: true })
    const safe = QUARANTINE.map(
      (q) => `CASE WHEN regexp_matches("${q}", '^\\s*[=+@\\-\\t\\r]') THEN '''' || "${q}" ELSE "${q}" END AS "${q}"`,
    )
    await connection.run(
      `COPY (SELECT ${safe.join(', ')} FROM (${parts.join(' UNION ALL ')})) TO ${literal(path)} (FORMAT csv, HEADER true, FORCE_QUOTE *)`,
    )
  } catch (error) {
    throw new ForetideError(
      'ingest.quarantine',
      { path, why: error instanceof Error ? error.message : '' },
      { cause: error },
    )
  }
  return { count, path, byCode }
}

/** Columns that hold one value a series; a few rows rule out most, the rest are checked over all. */
async function staticsOf(
  reading: Reading,
  out: string,
  staged: readonly StagedColumn[],
  roles: Roles,
  rows: number,
): Promise<Set<string>> {
  const keys = roles.keys.map(ident)
  const candidates = staged.filter((c) => c.guessed && c.role === 'past')
  let left = candidates.map((c) => c.name)
  if (rows < 2) return new Set()
  for (const limit of [20_000, 0]) {
    if (left.length === 0) break
    const from = limit > 0 ? `(FROM ${ident(out)} LIMIT ${limit})` : ident(out)
    const steady = left.map(
      (name, i) =>
        `min(${ident(name)}) IS NOT DISTINCT FROM max(${ident(name)}) AND count(*) > 1 AND count(${ident(name)}) > 0 AS same${i}, min(${ident(name)}) IS NOT DISTINCT FROM max(${ident(name)}) AS keeps${i}`,
    )
    const row = await rowOf<Record<string, boolean>>(
      reading.connection,
      `SELECT ${left.map((_, i) => `bool_and(keeps${i}) AND bool_or(same${i}) AS s${i}`).join(', ')} FROM (SELECT ${steady.join(', ')} FROM ${from}${keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : ''})`,
    )
    left = left.filter((_, i) => row[`s${i}`] === true)
  }
  return new Set(left)
}

/** Transactions are rows with times within the day that keep to no grid, or several a key and date that name a document. */
async function areTransactions(
  reading: Reading,
  out: string,
  roles: Roles,
  columns: readonly TableColumn[],
  rows: number,
): Promise<boolean> {
  const native = roles.date ? column(columns, roles.date).type : ''
  if (native === 'DATE' || rows < 2) {
    if (roles.hour || !columns.some((c) => conceptOf(c.name)?.concept === 'document')) return false
  }
  const sample = `(SELECT ${[...roles.keys.map(ident), '__at'].join(', ')} FROM ${ident(out)} LIMIT 200000)`
  const group = [...roles.keys.map(ident), "date_trunc('day', __at)"].join(', ')
  const { minutes, days } = await rowOf<{ minutes: number; days: number }>(
    reading.connection,
    `SELECT (SELECT count(DISTINCT minute(__at) * 60 + second(__at)) FROM ${sample}) AS minutes,
      (SELECT count(*) FROM (SELECT 1 FROM ${sample} GROUP BY ${group})) AS days`,
  )
  if (minutes > 1) return true
  const document = columns.some((c) => conceptOf(c.name)?.concept === 'document')
  return document && days < Math.min(rows, 200_000)
}

/** Columns that no one asked for stay on record. */
function ignored(columns: readonly TableColumn[], roles: Roles, staged: readonly StagedColumn[]): StagedColumn[] {
  const have = new Set(staged.map((c) => c.source))
  return columns
    .filter((c) => !have.has(c.source) && c.name !== roles.hour)
    .map((c) =>
      stagedColumn(
        c.name,
        c.source,
        'ignored',
        TIME.test(c.type) ? 'time' : NUMBER.test(c.type) ? 'number' : 'category',
        true,
      ),
    )
}
