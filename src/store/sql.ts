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

type Numbers = Float64Array | Uint8Array | Int32Array
/** What DuckDB hands over of a numeric column: the numbers as they lie in memory, and a bit for each, or nothing where all are there. */
interface RawVector {
  readonly items?: Numbers
  readonly validity?: { readonly data: BigUint64Array | null }
}

/** Reads numeric columns of a query into typed arrays of a known length, NULL as NaN; returns how many rows there were. */
export async function fillNumbers(
  connection: DuckDBConnection,
  sql: string,
  into: readonly Numbers[],
): Promise<number> {
  const result = await connection.stream(sql)
  let from = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const rows = chunk.rowCount
    for (const [c, array] of into.entries()) {
      const vector = chunk.getColumnVector(c)
      const { items, validity } = vector as unknown as RawVector
      if (items !== undefined && validity !== undefined && items.length >= rows) {
        array.set(items.length === rows ? items : items.subarray(0, rows), from)
        if (validity.data) markMissing(array, from, rows, validity.data)
      } else for (let r = 0; r < rows; r++) array[from + r] = (vector.getItem(r) as number | null) ?? Number.NaN
    }
    from += rows
  }
  return from
}

/** Puts NaN where a bit says that there is no value; eight rows that are all there cost one comparison. */
function markMissing(array: Numbers, from: number, rows: number, validity: BigUint64Array): void {
  const bytes = new Uint8Array(validity.buffer, validity.byteOffset, validity.byteLength)
  for (let r = 0; r < rows; r++) {
    const byte = bytes[r >> 3] as number
    if (byte === 255) r |= 7
    else if (((byte >> (r & 7)) & 1) === 0) array[from + r] = Number.NaN
  }
}
