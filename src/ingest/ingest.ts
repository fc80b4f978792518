import type { DuckDBConnection } from '@duckdb/node-api'
import { ForetideError } from '../core/errors.ts'
import { checkInterrupt, type Run } from '../core/run.ts'
import { headerDate } from './dates.ts'
import { expandInputs } from './inputs.ts'
import { bareName, kindOf } from './names.ts'
import type { IngestOptions, Input } from './options.ts'
import { closeReading, note, openReading, type Raw } from './raw.ts'
import { readInput } from './read.ts'
import { stage } from './stage.ts'
import { type Staged, TABLE_KINDS, type TableKind } from './staged.ts'
import { unpivot } from './wide.ts'

/**
 * Reads files, folders by glob, and databases into typed relations of a DuckDB connection, one a kind of table.
 *
 * Files of one kind are united by column name. Rows that cannot be read go to a quarantine file, with the reason; every other row
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
      const group = kinds.get(kind)
      if (!group) continue
      const keys = staged[0]?.kind === 'sales' ? staged[0].keys : []
      try {
        const long = kind === 'sales' ? await Promise.all(group.map((raw) => unpivot(reading, raw))) : group
        staged.push(await stage(reading, kind, long, { columns, keys }))
      } catch (error) {
        throw explained(error, group)
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
    if (!raw.as) note(notices, 'ingest.guessedKind', { file: raw.file, kind })
    kinds.set(kind, [...(kinds.get(kind) ?? []), { ...raw, notices }])
  }
  if (kinds.size === 0) throw new ForetideError('ingest.nothing', {}, { fault: 'usage' })
  return kinds
}

/** A file may turn out to be damaged only when its cells are read; then the engine's words are the reason. */
function explained(error: unknown, group: readonly Raw[]): unknown {
  if (error instanceof ForetideError || !(error instanceof Error)) return error
  const file = group.map((raw) => raw.file).join(', ')
  return new ForetideError('ingest.unreadable', { file, why: error.message.split('\n')[0] }, { cause: error })
}
