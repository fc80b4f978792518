import { ForetideError } from '../core/errors.ts'
import type { MessageCode } from '../core/messages/index.ts'
import { bareName, columnFor, conceptOf, looksLikeCode } from './names.ts'
import type { IngestOptions } from './options.ts'
import type { ColumnRole, StagedColumn, TableKind } from './staged.ts'

/** A column of the combined table. */
export interface TableColumn {
  readonly name: string
  readonly source: string
  readonly type: string
}

/** The column of a name that is known to be there. */
export const column = (columns: readonly TableColumn[], name: string) =>
  columns.find((c) => c.name === name) as TableColumn

/** What each column of a table is for. */
export interface Roles {
  readonly keys: readonly string[]
  readonly date?: string
  /** A column with the hour of the day beside a date column. */
  readonly hour?: string
  readonly target?: string
  /** The rest, with the role that is stated or presumed. */
  readonly others: readonly { readonly name: string; readonly role: ColumnRole; readonly guessed: boolean }[]
  readonly guessed: ReadonlySet<string>
}

/** Which tables must have a date. */
const DATED: { readonly [K in TableKind]: boolean } = {
  sales: true,
  items: false,
  prices: false,
  stock: true,
  promotions: false,
  events: true,
  ads: true,
  signals: true,
}

/** The role that unnamed columns of a table have, when nothing else is said. */
export const PRESUMED: { readonly [K in TableKind]: ColumnRole } = {
  sales: 'past',
  items: 'static',
  prices: 'known',
  stock: 'past',
  promotions: 'known',
  events: 'past',
  ads: 'past',
  signals: 'past',
}

/** Finds which column is which, by what the user states, else by common names; refuses where neither says enough. */
export function rolesOf(
  kind: TableKind,
  columns: readonly TableColumn[],
  options: IngestOptions,
  file: string,
  elsewhere: ReadonlySet<string> = new Set(),
  presume: ColumnRole = PRESUMED[kind],
): Roles {
  const names = columns.map((column) => column.name)
  const guessed = new Set<string>()
  const strict = kind === 'sales'
  const stated = (wanted: string | undefined, flag: string, anywhere = false): string | undefined => {
    if (wanted === undefined) return undefined
    const found =
      columns.find((c) => c.name === wanted || c.source === wanted) ??
      columns.find((c) => bareName(c.name) === bareName(wanted))
    if (!found && strict && !(anywhere && elsewhere.has(bareName(wanted))))
      throw noColumn('ingest.noColumn', file, names, { column: wanted, flag })
    return found?.name
  }
  const guess = (name: string | undefined) => {
    if (name !== undefined) guessed.add(name)
    return name
  }
  // The dates of an item (its launch) are properties of it, not times of rows.
  const date = kind === 'items' ? undefined : (stated(options.date, '--date') ?? guess(dateColumn(columns)))
  const target = strict
    ? (stated(options.target, '--target') ?? guess(targetColumn(names, columns, options, date)))
    : undefined
  const idsStated = options.id?.map((id) => stated(id, '--id')).filter((id) => id !== undefined) ?? []
  const idsGuessed = [columnFor(names, 'location'), columnFor(names, 'item')].filter(
    (id) => id !== undefined && id !== date && id !== target,
  )
  const keys = idsStated.length > 0 ? idsStated : (idsGuessed.map(guess) as string[])
  const hour = date
    ? guess(
        columnFor(
          names.filter((n) => n !== date && n !== target && !keys.includes(n)),
          'hour',
        ),
      )
    : undefined
  if (DATED[kind] && date === undefined) throw noColumn('ingest.noDate', file, names)
  if (strict && target === undefined) throw noColumn('ingest.noTarget', file, names)
  if (kind === 'items' && keys.length === 0) throw noColumn('ingest.noKey', file, names)
  const used = new Set([...keys, date, target, hour])
  const lists: readonly (readonly [ColumnRole, readonly string[] | undefined, string])[] = [
    ['known', options.known, '--known'],
    ['past', options.past, '--past'],
    ['static', options.static, '--static'],
  ]
  const told = new Map<string, ColumnRole>()
  for (const [role, list, flag] of lists)
    for (const wanted of list ?? []) {
      const name = stated(wanted, flag, true)
      if (name !== undefined) told.set(name, role)
    }
  const others = names
    .filter((name) => !used.has(name))
    .map((name) => ({ name, role: told.get(name) ?? presumed(kind, name, presume), guessed: !told.has(name) }))
  return { keys, ...(date ? { date } : {}), ...(hour ? { hour } : {}), ...(target ? { target } : {}), others, guessed }
}

/** The refusal that names the columns seen and the flag to give. */
export function noColumn(code: MessageCode, file: string, names: readonly string[], details = {}): ForetideError {
  const columns = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '')
  return new ForetideError(
    code,
    { file, columns, ...details },
    { fault: code === 'ingest.noColumn' ? 'usage' : 'badInput' },
  )
}

function presumed(kind: TableKind, name: string, presume: ColumnRole): ColumnRole {
  const concept = conceptOf(name)?.concept
  if (concept === 'text') return 'text'
  if (concept === 'document' && kind === 'sales') return 'ignored'
  return presume
}

/** The best-named column of dates; a column that DuckDB already calls a date counts too, whatever its name. */
function dateColumn(columns: readonly TableColumn[]): string | undefined {
  const typed = columns.filter((c) => /^(DATE|TIMESTAMP)/.test(c.type))
  return (
    columnFor(
      typed.map((c) => c.name),
      'date',
    ) ??
    columnFor(
      columns.map((c) => c.name),
      'date',
    ) ??
    (typed.length === 1 ? typed[0]?.name : undefined)
  )
}

/** The best-named column of units; where none is, revenue; where none is, the only number that is left. */
function targetColumn(
  names: readonly string[],
  columns: readonly TableColumn[],
  options: IngestOptions,
  date: string | undefined,
): string | undefined {
  const taken = new Set([
    ...(options.id ?? []),
    ...(options.known ?? []),
    ...(options.past ?? []),
    ...(options.static ?? []),
    date,
  ])
  const free = names.filter((name) => !taken.has(name))
  const named = columnFor(free, 'units') ?? columnFor(free, 'revenue')
  if (named) return named
  const left = columns.filter((c) => free.includes(c.name) && conceptOf(c.name) === undefined && !looksLikeCode(c.name))
  return left.length === 1 && columns.length <= 3 ? left[0]?.name : undefined
}

/** The staged description of a column. */
export function stagedColumn(
  name: string,
  source: string,
  role: ColumnRole,
  type: StagedColumn['type'],
  guessed: boolean,
): StagedColumn {
  return { name, source, role, type, guessed }
}
