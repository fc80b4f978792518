import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Calendar } from '../core/calendar.ts'
import { sharedFloat64, sharedInt32, sharedUint8 } from '../core/memory.ts'
import { at, type Column, type Panel, type StaticColumn, seriesId } from '../core/panel.ts'
import { PANEL_FILES, type PanelMeta } from './panel-meta.ts'
import type { PanelSource } from './source.ts'
import { fillNumbers, rowsOf, text } from './sql.ts'

/** Cells of a block at the most, but for a series that is longer by itself. */
const BLOCK_CELLS = 2_000_000
/** Numbers (cells × columns) up to which blocks are kept in memory once read: 1 GiB. */
const KEPT_NUMBERS = 2 ** 27

/** Reads the panel of a generation block by block; small ones are read from disk once. */
export function panelSource(folder: string): PanelSource {
  const meta = JSON.parse(readFileSync(join(folder, PANEL_FILES.meta), 'utf8')) as PanelMeta
  const small = meta.cells * (2 + meta.columns.length) <= KEPT_NUMBERS
  let kept: Promise<Panel[]> | undefined
  return {
    calendar: new Calendar(meta.calendar),
    count: meta.count,
    lastObserved: meta.lastObserved,
    first: meta.first,
    digest: meta.digest,
    async *blocks() {
      if (small) {
        kept ??= Array.fromAsync(readBlocks(folder, meta))
        yield* await kept
      } else yield* readBlocks(folder, meta)
    },
  }
}

interface SeriesRow {
  readonly start: number
  readonly length: number
  readonly [field: string]: string | number | null
}

async function* readBlocks(folder: string, meta: PanelMeta): AsyncIterable<Panel> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    const rows = await rowsOf<SeriesRow>(
      connection,
      `SELECT * FROM read_parquet(${text(join(folder, PANEL_FILES.series))}) ORDER BY s`,
    )
    const calendar = new Calendar(meta.calendar)
    for (let from = 0; from < rows.length; ) {
      let to = from
      let cells = 0
      while (to < rows.length && (to === from || cells + (rows[to] as SeriesRow).length <= BLOCK_CELLS))
        cells += (rows[to++] as SeriesRow).length
      const frame = blockFrame(meta, calendar, rows.slice(from, to))
      const columns = [...frame.columns.values()].map((c) => c.values)
      const fields = ['target', 'mask', ...meta.columns.map((c) => c.field)]
      const sql = `SELECT ${fields.join(', ')} FROM read_parquet(${text(join(folder, PANEL_FILES.cells))}) WHERE s >= ${from} AND s < ${to} ORDER BY s, period`
      await fillNumbers(connection, sql, [frame.target, frame.mask, ...columns])
      yield frame
      from = to
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A block with everything but the numbers of its cells. */
function blockFrame(meta: PanelMeta, calendar: Calendar, rows: readonly SeriesRow[]): Panel {
  const n = rows.length
  const start = sharedInt32(n)
  const offsets = sharedInt32(n + 1)
  rows.forEach((row, i) => {
    start[i] = row.start
    offsets[i + 1] = at(offsets, i) + row.length
  })
  const cells = at(offsets, n)
  const columns = new Map<string, Column>()
  for (const { name, knownAhead, categories } of meta.columns)
    columns.set(name, { name, knownAhead, values: sharedFloat64(cells), ...(categories ? { categories } : {}) })
  const statics = new Map<string, StaticColumn>()
  for (const { name, field, categories } of meta.statics) {
    const values = sharedFloat64(n)
    rows.forEach((row, i) => {
      values[i] = (row[field] as number | null) ?? Number.NaN
    })
    statics.set(name, { name, values, ...(categories ? { categories } : {}) })
  }
  const ids = rows.map((row) => seriesId(meta.keys.map((k) => String(row[`key:${k}`]))))
  return {
    calendar,
    keys: meta.keys,
    ids,
    start,
    offsets,
    target: sharedFloat64(cells),
    mask: sharedUint8(cells),
    columns,
    statics,
  }
}
