import { ForetideError } from '../core/errors.ts'
import { type Source, stemOf } from './inputs.ts'
import type { Raw, Reading } from './raw.ts'
import { describe, ident, literal, rowsOf } from './sql.ts'

/** Reads the tables of a DuckDB file (one of them where `?table=` names it); the file is attached for reading only. */
export async function readDuckdbFile(reading: Reading, source: Source): Promise<Raw[]> {
  const { connection } = reading
  const base = reading.name('db')
  try {
    await connection.run(`ATTACH ${literal(source.path)} AS ${ident(base)} (READ_ONLY)`)
  } catch (error) {
    throw new ForetideError(
      'ingest.corrupt',
      { file: source.label, format: 'DuckDB' },
      { fault: 'badInput', cause: error },
    )
  }
  reading.scratch.push(`DETACH DATABASE IF EXISTS ${ident(base)}`)
  const all = await rowsOf<{ schema: string; name: string }>(
    connection,
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_catalog = ${literal(base)} ORDER BY 1, 2`,
  )
  if (all.length === 0) throw new ForetideError('ingest.noTables', { file: source.label }, { fault: 'badInput' })
  const wanted = source.table === undefined ? all : all.filter((t) => t.name === source.table)
  if (wanted.length === 0)
    throw new ForetideError(
      'ingest.tableMissing',
      { file: source.label, table: source.table, tables: all.map((t) => t.name).join(', ') },
      { fault: 'usage' },
    )
  const raws: Raw[] = []
  for (const table of wanted) {
    // A copy, so that the user's file is let go of when reading ends.
    const relation = reading.name('table')
    await connection.run(
      `CREATE TEMP TABLE ${ident(relation)} AS FROM ${ident(base)}.${ident(table.schema)}.${ident(table.name)}`,
    )
    reading.scratch.push(`DROP TABLE IF EXISTS ${ident(relation)}`)
    const columns = (await describe(connection, ident(relation))).map((c) => ({ ...c, source: c.name }))
    raws.push({
      relation,
      file: wanted.length > 1 ? `${source.label}?table=${table.name}` : source.label,
      name: wanted.length > 1 ? table.name : `${stemOf(source.path)} ${table.name}`,
      columns,
      row: 'rowid + 1',
      notices: [],
    })
  }
  return raws
}
