import pg from 'pg'
import { ForetideError } from '../core/errors.ts'
import { copyRows } from './copy.ts'
import type { Source } from './inputs.ts'
import type { Raw, Reading } from './raw.ts'
import { ident } from './sql.ts'

const BATCH = 10_000

/** Reads a table or query of a PostgreSQL server through a cursor, in a read-only transaction. */
export async function readPostgres(reading: Reading, source: Source): Promise<Raw> {
  const client = new pg.Client({
    connectionString: source.path,
    connectionTimeoutMillis: 15_000,
    types: { getTypeParser: () => (text: string) => text } as never,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('BEGIN TRANSACTION READ ONLY')
    await client.query("SET LOCAL datestyle = 'ISO'")
    const sql = source.query ?? `SELECT * FROM ${(source.table as string).split('.').map(ident).join('.')}`
    await client.query(`DECLARE foretide_rows NO SCROLL CURSOR FOR ${sql}`)
    const fetch = () => client.query({ text: `FETCH ${BATCH} FROM foretide_rows`, rowMode: 'array' })
    const first = await fetch()
    const rows = async function* () {
      for (let batch = first; batch.rows.length > 0; batch = await fetch()) yield* batch.rows as unknown[][]
    }
    const columns = first.fields.map((field) => field.name)
    return await copyRows(reading, { file: source.label, name: source.table ?? 'query', columns }, rows())
  } catch (error) {
    throw failure(error, source)
  } finally {
    await client.end().catch(() => {})
  }
}

/** A database's own words, without the address that holds the password. */
export function failure(error: unknown, source: Source): Error {
  if (error instanceof ForetideError) return error
  const { code, message } = error as { code?: string; message?: string }
  const password = decodeURIComponent(new URL(source.path).password)
  let why = message || code || ''
  for (const secret of [source.path, password]) if (secret) why = why.replaceAll(secret, '***')
  return new ForetideError('ingest.database', { file: source.label, why }, { fault: 'badInput' })
}
