import type { DuckDBConnection } from '@duckdb/node-api'

/** A name as SQL writes it. */
export const ident = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A text as SQL writes it. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Rows of a query as plain objects: numbers as numbers, whole numbers of 64 bits too. */
export async function rowsOf<T extends Record<string, unknown>>(
  connection: DuckDBConnection,
  sql: string,
): Promise<T[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjects().map((row) => {
    for (const [name, value] of Object.entries(row)) if (typeof value === 'bigint') row[name] = Number(value) as never
    return row as T
  })
}

/** The first row of a query that always has one. */
export async function rowOf<T extends Record<string, unknown>>(connection: DuckDBConnection, sql: string): Promise<T> {
  return (await rowsOf<T>(connection, sql))[0] as T
}

/** Names and types of a relation's columns. */
export async function describe(
  connection: DuckDBConnection,
  relation: string,
): Promise<{ readonly name: string; readonly type: string }[]> {
  const rows = await rowsOf<{ column_name: string; column_type: string }>(connection, `DESCRIBE FROM ${relation}`)
  return rows.map((row) => ({ name: row.column_name, type: row.column_type }))
}
