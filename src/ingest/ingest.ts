import type { DuckDBConnection } from '@duckdb/node-api'
import { ForetideError } from '../core/errors.ts'
import { checkInterrupt, type Run } from '../core/run.ts'
import { headerDate } from './dates.ts'
import { expandInputs } from './inputs.ts'
import { bareName, columnFor, isCalendar, kindOf } from './names.ts'
import type { IngestOptions, Input } from './options.ts'
import { closeReading, note, openReading, type Raw } from './raw.ts'
import { readInput } from './read.ts'
import { stage } from './stage.ts'
import { type Staged, TABLE_KINDS, type TableKind } from './staged.ts'
import { unpivot } from './wide.ts'

/**
 * Reads files, folders by glob, and databases into typed relations of a DuckDB connection, one a kind of table.
 *
 * Files of one kind that are named by the same keys are united by column name. Rows that cannot be read go to a quarantine file, with the reason; every other row
 * loads. Refuses what is no table at all, and columns that can neither be found nor guessed. Whatever is guessed is in
 * `notices`. The relations live as long as the connection.
 *
 * @example
 * const [sales] = await ingest(connection, ['sales.csv'], {}, runOf())
 */
export async function ingest(
  connection: DuckDBConnection,
  inputs: readonly (string | Input)[],
  options: IngestOptions,
  run: Run,
): Promise<Staged[]> {
  const sources = expandInputs(inputs, options)
  const reading = openReading(connection, options, run)
  try {
    const raws: Raw[] = []
    for (const [done, source] of sources.entries()) {
      checkInterrupt(run)
      run.progress({ stage: 'import', done, total: sources.length })
      raws.push(...(await readInput(reading, source)))
    }
    const kinds = sorted(raws, options)
    const columns = new Set(raws.flatMap((raw) => raw.columns.map((c) => bareName(c.name))))
    const staged: Staged[] = []
    for (const kind of TABLE_KINDS) {
      for (const group of grouped(kind, kinds.get(kind) ?? [], options)) {
        const keys = staged[0]?.kind === 'sales' ? staged[0].keys : []
        // A calendar by its name; sales over the holidays are called so too, and are no plan.
        const known = kind === 'signals' && group.every((raw) => isCalendar(raw.name))
        try {
          const long = kind === 'sales' ? await Promise.all(group.map((raw) => unpivot(reading, raw))) : group
          staged.push(await stage(reading, kind, long, { columns, keys, known }))
        } catch (error) {
          throw explained(error, group)
        }
      }
    }
    run.progress({ stage: 'import', done: sources.length, total: sources.length })
    return staged
  } finally {
    await closeReading(reading)
  }
}

/** Tables by kind, stated or guessed. */
function sorted(raws: readonly Raw[], options: IngestOptions): Map<TableKind, Raw[]> {
  const kinds = new Map<TableKind, Raw[]>()
  for (const raw of raws) {
    const names = raw.columns.map((c) => c.name)
    // Columns named by dates can only be a wide table of sales.
    const wide = raw.melted || options.wide || raw.columns.filter((c) => headerDate(c.source) !== undefined).length >= 3
    const kind = raw.as ?? (wide ? 'sales' : kindOf(raw.name, names))
    const notices = [...raw.notices]
    // Where columns are guessed too, one line says both.
    if (!raw.as && options.id && options.date) note(notices, 'ingest.guessedKind', { file: raw.file, kind })
    kinds.set(kind, [...(kinds.get(kind) ?? []), { ...raw, notices }])
  }
  if (kinds.size === 0) throw new ForetideError('ingest.nothing', {}, { fault: 'usage' })
  return kinds
}

/**
 * Files of one kind that speak of the same things: those by product apart from those by shop, by date, or by nothing, and calendars,
 * which are plans, apart from signals, which are observed. Sales are always one table.
 */
function grouped(kind: TableKind, raws: readonly Raw[], options: IngestOptions): Raw[][] {
  if (kind === 'sales') return raws.length > 0 ? [[...raws]] : []
  const groups = new Map<string, Raw[]>()
  for (const raw of raws) {
    const names = raw.columns.map((c) => c.name)
    const stated = (options.id ?? []).filter((id) => names.some((name) => bareName(name) === bareName(id)))
    const has = (['location', 'item', 'date'] as const).filter((concept) => columnFor(names, concept) !== undefined)
    const about = JSON.stringify([stated, has, isCalendar(raw.name)])
    groups.set(about, [...(groups.get(about) ?? []), raw])
  }
  return [...groups.values()]
}

/** A file may turn out to be damaged only when its cells are read; then the engine's words are the reason. */
function explained(error: unknown, group: readonly Raw[]): unknown {
  if (error instanceof ForetideError || !(error instanceof Error)) return error
  const file = group.map((raw) => raw.file).join(', ')
  return new ForetideError('ingest.unreadable', { file, why: error.message.split('\n')[0] }, { cause: error })
}
