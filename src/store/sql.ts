import type { DuckDBConnection } from '@duckdb/node-api'

/** A name as an SQL identifier. */
export const ident = (name: string) => `"${name.replaceAll('"', '""')}"`
/** A text as an SQL string. */
export const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/** The rows of a small query as plain objects; whole numbers come as numbers. */
export async function rowsOf<Row>(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjectsJS().map((row) => {
    const plain: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(row)) plain[name] = typeof value === 'bigint' ? Number(value) : value
    return plain as Row
  })
}

/** The only row of a query. */
export async function rowOf<Row>(connection: DuckDBConnection, sql: string): Promise<Row> {
  const [row] = await rowsOf<Row>(connection, sql)
  return row as Row
}

/** Reads numeric columns of a query into typed arrays of a known length, NULL as NaN; returns how many rows there were. */
export async function fillNumbers(
  connection: DuckDBConnection,
  sql: string,
  into: readonly (Float64Array | Uint8Array | Int32Array)[],
): Promise<number> {
  const result = await connection.stream(sql)
  let from = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [c, array] of into.entries()) {
      const vector = chunk.getColumnVector(c)
      for (let r = 0; r < chunk.rowCount; r++) array[from + r] = (vector.getItem(r) as number | null) ?? Number.NaN
    }
    from += chunk.rowCount
  }
  return from
}
