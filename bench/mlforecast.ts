import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type Ask, blankForecast, type Forecast } from '../src/core/forecast.ts'
import { at, type Panel } from '../src/core/panel.ts'
import type { Window } from '../src/core/window.ts'
import type { Model } from '../src/models/model.ts'

/** How the rival forecasts. */
export interface MlforecastOptions {
  readonly name: string
  readonly loss: 'tweedie' | 'regression_l1' | 'regression'
  /** Each step fed back into the next with one model, or a model for each step. */
  readonly strategy: 'recursive' | 'direct'
  /** Whether there is a LightGBM quantile model for each level; the mean stands for all of them otherwise. */
  readonly quantiles: boolean
  readonly rounds: number
  /** Parameters of LightGBM, by its names. */
  readonly params: Readonly<Record<string, number>>
  /** Known-ahead columns that are also taken relative to their own mean of 28 periods and to their group's. */
  readonly relative: readonly string[]
  /** Static columns whose values together name groups with rolling means of their own. */
  readonly groups: readonly (readonly string[])[]
  /** Static columns that a relative column is compared within. */
  readonly within: readonly string[]
}

/**
 * LightGBM through mlforecast as a model, so that a backtest scores it on the windows and by the metrics of ours.
 *
 * It sees the known-ahead columns with the same derived ones as ours, static columns as categories, the weekday, and mlforecast's own
 * lags, rolling, seasonal, exponential and group features (`bench/peers/mlforecast_run.py`).
 */
export function mlforecast(python: string, options: MlforecastOptions, log: (line: string) => void): Model {
  return {
    name: options.name,
    needs: { minHistory: 1, knownAhead: 'required', crossSeries: true, missing: false },
    fit: async () => ({
      forecast: (window, ask) => runTheirs(python, options, window, ask, log),
      save: () => Promise.reject(new Error('a rival is not saved')),
    }),
    load: () => Promise.reject(new Error('a rival is not loaded')),
  }
}

function runTheirs(
  python: string,
  options: MlforecastOptions,
  window: Window,
  ask: Ask,
  log: (line: string) => void,
): Promise<Forecast> {
  const { name, relative, within, quantiles, loss, ...rest } = options
  const derived = { relative, within, past: [] }
  return runPeer({ name, python, script: 'mlforecast_run.py', point: loss, quantiles, derived, log }, window, ask, {
    ...rest,
    losses: [loss],
  })
}

/** Columns that a rival is given. */
interface PeerColumns extends Pick<MlforecastOptions, 'relative' | 'within'> {
  /** Past-only ones. */
  readonly past: readonly string[]
}

/** A rival's program, and what it is given. */
interface Peer {
  readonly name: string
  readonly python: string
  /** Under `bench/peers/`. */
  readonly script: string
  /** The column of its answer that is the point. */
  readonly point: string
  readonly quantiles: boolean
  readonly derived: PeerColumns
  log(line: string): void
}

/** Has a rival's program forecast a window: past and future in Parquet files, an answer in another. */
export async function runPeer(
  { name, python, script, point, quantiles, derived, log }: Peer,
  window: Window,
  ask: Ask,
  options: object,
): Promise<Forecast> {
  const folder = await mkdtemp(join(tmpdir(), 'foretide-peer-'))
  const connection = await (await DuckDBInstance.create()).connect()
  try {
    const { ids, known, statics } = await writeWindow(connection, folder, window, derived)
    const asked = {
      ...options,
      ...{ input: join(folder, 'past.parquet'), future: join(folder, 'future.parquet') },
      output: join(folder, 'out.parquet'),
      horizon: window.horizon,
      threads: 2,
      levels: quantiles ? ask.levels : [],
      past: derived.past,
      known,
      statics,
    }
    const program = join(import.meta.dirname, 'peers', script)
    const { stdout } = await promisify(execFile)(python, [program, JSON.stringify(asked)], { maxBuffer: 1 << 28 })
    log(`${name}, cutoff ${window.calendar.format(window.cutoff)}: ${stdout.trim().split('\n').at(-1)}`)
    const forecast = blankForecast(
      {
        ...{ calendar: window.calendar, ids, start: window.cutoff + 1, horizon: window.horizon },
        provenance: { model: name, window: window.digest, version: '' },
      },
      ask,
    )
    await readAnswer(connection, asked.output, forecast, point, quantiles)
    return { ...forecast, answeredBy: ids.map(() => name) }
  } finally {
    connection.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Written {
  readonly ids: string[]
  /** Columns known ahead, those derived included. */
  readonly known: string[]
  readonly statics: string[]
}

/** Writes past and future of a window as Parquet files, the derived columns worked out over both. */
async function writeWindow(
  connection: DuckDBConnection,
  folder: string,
  window: Window,
  { relative, within, past: seen }: PeerColumns,
): Promise<Written> {
  const ids: string[] = []
  let columns: string[] = []
  let statics: string[] = []
  const known = window.known()[Symbol.asyncIterator]()
  for await (const past of window.past()) {
    const future = (await known.next()).value as Panel
    if (columns.length === 0) {
      columns = [...future.columns.keys()].filter((name) => !seen.includes(name))
      statics = [...past.statics.keys()]
      const numbers = ['y', ...columns, ...seen].map((name) => `"${name}" double`)
      await connection.run(
        `create table cells (unique_id integer, ds integer, ${[...numbers, ...statics.map((s) => `"${s}" integer`)]})`,
      )
    }
    const appender = await connection.createAppender('cells')
    for (const panel of [past, future]) appendCells(appender, panel, [...columns, ...seen], statics, ids.length)
    appender.closeSync()
    ids.push(...past.ids)
  }
  const own = 'over (partition by unique_id order by ds rows between 27 preceding and current row)'
  const group = `over (partition by ${[...within, 'ds'].map((s) => `"${s}"`)})`
  const derived = [
    'ds % 7 as weekday',
    ...relative.flatMap((name) => [
      `"${name}" - avg("${name}") ${own} as "${name}_to_mean"`,
      `"${name}" - avg("${name}") ${group} as "${name}_in_group"`,
      `"${name}" - lag("${name}") over (partition by unique_id order by ds) as "${name}_change"`,
    ]),
  ]
  await connection.run(`create table wide as select *, ${derived} from cells`)
  const all = [...columns, 'weekday', ...relative.flatMap((n) => [`${n}_to_mean`, `${n}_in_group`, `${n}_change`])]
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`)
  const copy = (what: readonly string[], where: string, file: string) =>
    connection.run(
      `copy (select ${['unique_id', 'ds', ...quoted(what)]} from wide where ${where}) to '${join(folder, file)}' (format parquet)`,
    )
  await copy(['y', ...seen, ...all, ...statics], `ds <= ${window.cutoff}`, 'past.parquet')
  await copy(all, `ds > ${window.cutoff}`, 'future.parquet')
  return { ids, known: all, statics }
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>

function appendCells(
  appender: Appender,
  panel: Panel,
  columns: readonly string[],
  statics: readonly string[],
  first: number,
): void {
  const none = new Float64Array(panel.target.length).fill(Number.NaN)
  const values = [panel.target, ...columns.map((name) => panel.columns.get(name)?.values ?? none)]
  const fixed = statics.map((name) => panel.statics.get(name)?.values as Float64Array)
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      appender.appendInteger(first + i)
      appender.appendInteger(at(panel.start, i) + k - at(panel.offsets, i))
      for (const column of values) appender.appendDouble(at(column, k))
      for (const column of fixed) appender.appendInteger(at(column, i))
      appender.endRow()
    }
}

/** Reads what the rival said; quantiles that cross are put in order, and nothing stays below zero. */
async function readAnswer(
  connection: DuckDBConnection,
  file: string,
  { ids, start, horizon, levels, mean, quantiles }: Forecast,
  loss: string,
  withQuantiles: boolean,
): Promise<void> {
  const names = [`"${loss}"`, ...(withQuantiles ? levels.map((_, l) => `q${l}`) : [])]
  const result = await connection.runAndReadAll(
    `select unique_id, ds, ${names.map((name) => `greatest(0, ${name})::double`)} from '${file}'`,
  )
  const [series, periods, point, ...grid] = result.getColumns() as number[][] as [number[], number[], ...number[][]]
  if (series.length !== ids.length * horizon) throw new Error(`the rival answered ${series.length} rows`)
  for (let r = 0; r < series.length; r++) {
    const place = (series[r] as number) * horizon + (periods[r] as number) - start
    const value = (point as number[])[r] as number
    mean[place] = value
    const said = levels.map((_, l) => (withQuantiles ? ((grid[l] as number[])[r] as number) : value))
    quantiles.set(
      said.sort((a, b) => a - b),
      place * levels.length,
    )
  }
}
