import { ForetideError } from '../core/errors.ts'
import { readCsv } from './csv.ts'
import { readDuckdbFile } from './duckdb-file.ts'
import { type Format, type Found, formatOf } from './format.ts'
import { type Source, stemOf } from './inputs.ts'
import { readJson } from './json.ts'
import { readMysql } from './mysql.ts'
import { readPostgres } from './postgres.ts'
import type { Raw, Reading } from './raw.ts'
import { describe, ident, literal } from './sql.ts'
import { readSqlite } from './sqlite.ts'

type Reader = (reading: Reading, source: Source, found: Found) => Promise<Raw[]>

const READERS: { readonly [F in Format]: Reader } = {
  csv: async (reading, source, found) => [await readCsv(reading, source.path, stemOf(source.path), found)],
  json: async (reading, source, found) => [await readJson(reading, source.path, stemOf(source.path), found)],
  parquet: async (reading, source) => [await readParquet(reading, source)],
  sqlite: readSqlite,
  duckdb: readDuckdbFile,
}

/** Reads one file or database into raw tables. */
export async function readInput(reading: Reading, source: Source): Promise<Raw[]> {
  const raws =
    source.where === 'postgres'
      ? [await readPostgres(reading, source)]
      : source.where === 'mysql'
        ? [await readMysql(reading, source)]
        : await readFile(reading, source)
  return source.as ? raws.map((raw) => ({ ...raw, as: source.as as NonNullable<Raw['as']> })) : raws
}

async function readFile(reading: Reading, source: Source): Promise<Raw[]> {
  const found = await formatOf(source.path)
  return READERS[found.format](reading, source, found)
}

/** Parquet is read in place: the relation is a view over the file. */
async function readParquet(reading: Reading, source: Source): Promise<Raw> {
  const name = reading.name('parquet')
  const path = literal(source.path.replace(/[[\]*?]/g, '[$&]'))
  try {
    await reading.connection.run(
      `CREATE TEMP VIEW ${ident(name)} AS SELECT * FROM read_parquet(${path}, file_row_number = true)`,
    )
  } catch (error) {
    throw new ForetideError(
      'ingest.corrupt',
      { file: source.path, format: 'Parquet' },
      { fault: 'badInput', cause: error },
    )
  }
  reading.scratch.push(`DROP VIEW IF EXISTS ${ident(name)}`)
  const columns = (await describe(reading.connection, ident(name))).filter((c) => c.name !== 'file_row_number')
  return {
    relation: name,
    file: source.label,
    name: stemOf(source.path),
    columns: columns.map((c) => ({ ...c, source: c.name })),
    row: 'file_row_number + 1',
    notices: [],
  }
}
