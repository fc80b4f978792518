import mysql from 'mysql2'
import { copyRows } from './copy.ts'
import type { Source } from './inputs.ts'
import { failure } from './postgres.ts'
import type { Raw, Reading } from './raw.ts'

const name = (text: string) => `\`${text.replaceAll('`', '``')}\``

/** Reads a table or query of a MySQL or MariaDB server as a stream, in a read-only transaction. */
export async function readMysql(reading: Reading, source: Source): Promise<Raw> {
  const connection = mysql.createConnection({
    uri: source.path.replace(/^mariadb:/, 'mysql:'),
    connectTimeout: 15_000,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    rowsAsArray: true,
    multipleStatements: false,
    charset: 'utf8mb4',
  })
  connection.on('error', () => {})
  try {
    await connection.promise().query('START TRANSACTION READ ONLY')
    const sql = source.query ?? `SELECT * FROM ${(source.table as string).split('.').map(name).join('.')}`
    const query = connection.query(sql)
    const columns = new Promise<string[]>((resolve, reject) => {
      query.once('fields', (fields: { name: string }[]) => resolve((fields ?? []).map((field) => field.name)))
      query.once('error', reject)
    })
    const stream = query.stream({ highWaterMark: 1000 })
    stream.on('error', () => {})
    return await copyRows(
      reading,
      { file: source.label, name: source.table ?? 'query', columns: await columns },
      stream,
    )
  } catch (error) {
    throw failure(error, source)
  } finally {
    connection.destroy()
  }
}
