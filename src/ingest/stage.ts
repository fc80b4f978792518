import { checkInterrupt, type Notice } from '../core/run.ts'
import { areTransactions, staticsOf } from './character.ts'
import { materialise } from './make.ts'
import { columnFor } from './names.ts'
import { note, type Raw, type Reading } from './raw.ts'
import { column, PRESUMED, type Roles, rolesOf, stagedColumn, type TableColumn } from './roles.ts'
import { describe, ident, literal, rowOf } from './sql.ts'
import type { Staged, StagedColumn, TableKind } from './staged.ts'
import { castsOf, NUMBER, sharedName, TIME } from './typing.ts'
import { whenOf } from './when.ts'

/** What is known of the tables beside this one. */
export interface Around {
  /** The columns of all tables, by bare name. */
  readonly columns: ReadonlySet<string>
  /** The keys of the sales table, after which keys of the same meaning are named. */
  readonly keys: readonly string[]
  /** Whether the table is a plan, so that its columns are known ahead unless something else is said. */
  readonly known?: boolean
}

/** Turns all raw tables of one kind into one typed relation; bad rows go to quarantine, and nothing else is lost. */
export async function stage(
  reading: Reading,
  kind: TableKind,
  raws: readonly Raw[],
  around: Around = { columns: new Set(), keys: [] },
): Promise<Staged> {
  const { connection, options, run } = reading
  checkInterrupt(run)
  const notices = raws.flatMap((raw) => raw.notices)
  const files = [...new Set(raws.map((raw) => raw.file))]
  const file = files.join(', ')
  const { relation, columns, hasOrigin } = await combine(reading, raws)
  const settled = { ...options, ...meltedNames(raws, options.id) }
  const roles = rolesOf(kind, columns, settled, file, around.columns, around.known ? 'known' : PRESUMED[kind])
  reportGuess(roles, kind, file, notices)
  const keyNames = new Map(roles.keys.map((key) => [key, sharedName(key, around.keys)]))
  const when = roles.date
    ? await whenOf(connection, relation, column(columns, roles.date), options, notices)
    : undefined
  const { casts, checks } = await castsOf(reading, { kind, relation, columns, roles, when, raws, notices, keyNames })
  const cheap = isCheap(columns, roles) && raws.every((raw) => !raw.melted)
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
    cheap,
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
    keys: roles.keys.map((key) => keyNames.get(key) ?? key),
    files,
    rows,
    rejected,
    hasOrigin: hasOrigin && !cheap,
    transactions,
    notices,
  }
}

/** What the columns of a file that was wide are called; keys that stand beside columns of dates are guessed as ever. */
function meltedNames(
  raws: readonly Raw[],
  id: readonly string[] | undefined,
): { id: readonly string[]; date: string; target: string } | undefined {
  const wide = raws.find((raw) => raw.melted)
  if (!wide) return undefined
  const [head, value] = wide.columns.slice(-2).map((c) => c.name) as [string, string]
  const beside = wide.columns.slice(0, -2).map((c) => c.name)
  if (wide.melted?.over === 'series') return { id: [head], date: beside[0] as string, target: value }
  const known = [columnFor(beside, 'location'), columnFor(beside, 'item')].filter((name) => name !== undefined)
  return { id: id ?? (known.length > 0 ? known : beside), date: head, target: value }
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
