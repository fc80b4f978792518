import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Calendar } from '../../core/calendar.ts'
import { writeWhole } from '../files.ts'
import { PANEL_FILES, type PanelMeta } from '../panel-meta.ts'
import { ident, rowOf, rowsOf, text } from '../sql.ts'
import type { CellColumn, SeriesColumn } from './cells.ts'

/** Writes `series` and `cells` as Parquet, texts as numbers into dictionaries that the meta file holds. */
export async function writePanel(
  connection: DuckDBConnection,
  folder: string,
  calendar: Calendar,
  keys: readonly string[],
  columns: readonly CellColumn[],
  statics: readonly SeriesColumn[],
  lastObserved: number,
): Promise<PanelMeta> {
  const coded = async (
    relation: string,
    field: string,
    category: boolean,
  ): Promise<{ sql: string; categories?: string[] }> => {
    if (!category) return { sql: `${relation}.${field}::DOUBLE` }
    const rows = await rowsOf<{ v: string }>(
      connection,
      `SELECT DISTINCT ${field}::VARCHAR AS v FROM ${relation} WHERE ${field} IS NOT NULL ORDER BY v`,
    )
    const name = `codes_${relation}_${field.replaceAll('"', '').replace(/\W/g, '_')}_${++sequence}`
    await connection.run(
      `CREATE TEMP TABLE ${name} AS SELECT v, (row_number() OVER (ORDER BY v) - 1)::DOUBLE AS code FROM (SELECT DISTINCT ${field}::VARCHAR AS v FROM ${relation} WHERE ${field} IS NOT NULL)`,
    )
    return {
      sql: `(SELECT code FROM ${name} WHERE v = ${relation}.${field}::VARCHAR)`,
      categories: rows.map((r) => r.v),
    }
  }
  const madeColumns = await Promise.all(
    columns.map(async (c, k) => ({
      ...(await coded('cells', `c${k}`, c.category)),
      name: c.name,
      field: `c${k}`,
      knownAhead: c.knownAhead,
    })),
  )
  const madeStatics = await Promise.all(
    statics.map(async (c, k) => ({
      ...(await coded('series', ident(c.name), c.category)),
      name: c.name,
      field: `s${k}`,
    })),
  )
  const fields = [
    '__s AS s',
    '__period AS period',
    'target',
    'mask',
    ...madeColumns.map((c) => `${c.sql} AS ${c.field}`),
  ]
  const to = (file: string) =>
    `TO ${text(join(folder, file))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`
  await connection.run(
    `COPY (SELECT * FROM (SELECT ${fields.join(', ')} FROM cells) ORDER BY s, period) ${to(PANEL_FILES.cells)}`,
  )
  const spans = '(SELECT __s, min(__period) AS start, count(*)::INTEGER AS length FROM cells GROUP BY __s)'
  const rows = [
    'series.__s AS s',
    'spans.start',
    'spans.length',
    ...keys.map((k) => `series.${ident(k)} AS ${ident(`key:${k}`)}`),
    ...madeStatics.map((c) => `${c.sql} AS ${c.field}`),
  ]
  await connection.run(
    `COPY (SELECT ${rows.join(', ')} FROM series JOIN ${spans} AS spans USING (__s) ORDER BY series.__s) ${to(PANEL_FILES.series)}`,
  )
  const all = (file: string) => `read_parquet(${text(join(folder, file))})`
  const hashed = await rowOf<{ a: string; b: string; cells: number; first: number }>(
    connection,
    `SELECT (SELECT bit_xor(hash(c))::VARCHAR FROM ${all(PANEL_FILES.cells)} AS c) AS a, (SELECT bit_xor(hash(c))::VARCHAR FROM ${all(PANEL_FILES.series)} AS c) AS b,
      (SELECT count(*) FROM cells) AS cells, (SELECT min(__period) FROM cells) AS first`,
  )
  const { count } = await rowOf<{ count: number }>(connection, 'SELECT count(*) AS count FROM series')
  const bare = {
    calendar: calendar.toJSON(),
    keys,
    count,
    cells: hashed.cells,
    first: hashed.first,
    lastObserved,
    columns: madeColumns.map(({ sql: _, ...c }) => c),
    statics: madeStatics.map(({ sql: _, ...c }) => c),
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([bare, hashed.a, hashed.b]))
    .digest('hex')
    .slice(0, 16)
  const meta: PanelMeta = { ...bare, digest }
  writeWhole(join(folder, PANEL_FILES.meta), JSON.stringify(meta))
  return meta
}

let sequence = 0
