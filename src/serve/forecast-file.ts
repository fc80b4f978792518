import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { ForetideError } from '../core/errors.ts'
import { DEFAULT_LEVELS, type Forecast } from '../core/forecast.ts'
import { at, seriesParts } from '../core/panel.ts'
import { writeWhole } from '../store/files.ts'
import type { PanelSource } from '../store/source.ts'
import { text } from '../store/sql.ts'

/** A cell that a spreadsheet would run as a formula gets a leading apostrophe; negative numbers are no formulas. */
const inert = (cell: string) => (/^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell)
const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const ENDINGS = ['.csv', '.parquet', '.json']

/** Refuses a file to write forecasts to whose ending does not say how, before any work is done for it. */
export function checkEnding(path: string | undefined, command: string): void {
  if (path === undefined || ENDINGS.includes(extname(path).toLowerCase())) return
  const details = { option: 'out', value: path, problem: ENDINGS.join(' | '), command }
  throw new ForetideError('usage.value', details, { fault: 'usage' })
}

/**
 * Writes a forecast as a table, one row a series and period: the identity's parts, `date`, `mean`, a column a quantile (`q0.1` …) and `model`.
 *
 * The file's ending says how: `.csv`, `.parquet` or `.json` (an array of rows). It is there whole or not at all.
 */
export async function writeForecast(
  path: string,
  forecast: Forecast,
  source: PanelSource,
  wanted: readonly number[] | undefined,
): Promise<void> {
  let keys: readonly string[] = ['series']
  for await (const block of source.blocks()) {
    keys = block.keys
    break
  }
  const levels = (wanted ?? DEFAULT_LEVELS).filter((level) => forecast.levels.some((l) => Math.abs(l - level) < 1e-9))
  const ending = extname(path).toLowerCase()
  if (ending === '.csv') return writeWhole(path, [...csvRows(forecast, keys, levels, inert)].join(''))
  const temp = mkdtempSync(join(tmpdir(), 'foretide-out-'))
  try {
    const csv = join(temp, 'rows.csv')
    const file = openSync(csv, 'w')
    for (const row of csvRows(forecast, keys, levels, (cell) => cell)) writeSync(file, row)
    closeSync(file)
    const types = Object.fromEntries([
      ...keys.map((k) => [k, 'VARCHAR']),
      ['model', 'VARCHAR'],
      ['date', forecast.calendar.unit === 'hour' ? 'TIMESTAMP' : 'DATE'],
    ])
    const read = `read_csv(${text(csv)}, header = true, types = {${Object.entries(types)
      .map(([k, t]) => `${text(k)}: ${text(t as string)}`)
      .join(', ')}})`
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const made = join(temp, `made${ending}`)
    const how = ending === '.json' ? 'FORMAT json, ARRAY true' : 'FORMAT parquet, COMPRESSION zstd'
    await connection.run(`COPY (SELECT * FROM ${read}) TO ${text(made)} (${how})`)
    connection.closeSync()
    instance.closeSync()
    writeWhole(path, readFileSync(made))
  } finally {
    rmSync(temp, { recursive: true, force: true })
  }
}

function* csvRows(
  forecast: Forecast,
  keys: readonly string[],
  levels: readonly number[],
  safe: (cell: string) => string,
): Iterable<string> {
  const places = levels.map((level) => forecast.levels.findIndex((l) => Math.abs(l - level) < 1e-9))
  yield `${[...keys.map((k) => quoted(safe(k))), 'date', 'mean', ...levels.map((l) => `q${l}`), 'model'].join(',')}\n`
  const { horizon, calendar, start } = forecast
  const dates = Array.from({ length: horizon }, (_, h) => calendar.format(start + h))
  const digits = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(9))) : '')
  for (let i = 0; i < forecast.ids.length; i++) {
    const parts = seriesParts(forecast.ids[i] as string)
    // A sum over series is no series: its name stands in the first column.
    const whole =
      parts.length === keys.length ? parts : keys.map((_, k) => (k === 0 ? (forecast.ids[i] as string) : ''))
    const id = whole.map((part) => quoted(safe(part)))
    for (let h = 0; h < horizon; h++) {
      const base = (i * horizon + h) * forecast.levels.length
      const numbers = [at(forecast.mean, i * horizon + h), ...places.map((l) => at(forecast.quantiles, base + l))].map(
        digits,
      )
      yield `${[...id, dates[h], ...numbers, forecast.answeredBy[i] ?? ''].join(',')}\n`
    }
  }
}
