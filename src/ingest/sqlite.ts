import { DatabaseSync } from 'node:sqlite'
import { ForetideError } from '../core/errors.ts'
import { copyRows } from './copy.ts'
import { type Source, stemOf } from './inputs.ts'
import type { Raw, Reading } from './raw.ts'
import { ident } from './sql.ts'

/** Reads the tables of a SQLite file (one of them where `?table=` names it), row by row. */
export async function readSqlite(reading: Reading, source: Source): Promise<Raw[]> {
  const corrupt = (cause: unknown) =>
    new ForetideError('ingest.corrupt', { file: source.label, format: 'SQLite' }, { fault: 'badInput', cause })
  let database: DatabaseSync
  try {
    database = new DatabaseSync(source.path, { readOnly: true })
  } catch (error) {
    throw corrupt(error)
  }
  try {
    const tables = tablesOf(database, source)
    const raws: Raw[] = []
    for (const table of tables) {
      const statement = database.prepare(`SELECT * FROM ${ident(table)}`)
      statement.setReturnArrays(true)
      statement.setReadBigInts(true)
      const columns = statement.columns().map((c) => c.name)
      const label = tables.length > 1 ? `${source.label}?table=${table}` : source.label
      const name = tables.length > 1 ? table : `${stemOf(source.path)} ${table}`
      raws.push(
        await copyRows(reading, { file: label, name, columns }, statement.iterate() as unknown as Iterable<unknown[]>),
      )
    }
    return raws
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_SQLITE_ERROR' ? corrupt(error) : error
  } finally {
    database.close()
  }
}

function tablesOf(database: DatabaseSync, source: Source): string[] {
  const all = database
    .prepare(
      `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    )
    .all()
    .map((row) => String(row.name))
  if (all.length === 0) throw new ForetideError('ingest.noTables', { file: source.label }, { fault: 'badInput' })
  if (source.table === undefined) return all
  if (!all.includes(source.table))
    throw new ForetideError(
      'ingest.tableMissing',
      { file: source.label, table: source.table, tables: all.join(', ') },
      { fault: 'usage' },
    )
  return [source.table]
}
