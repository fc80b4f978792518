import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Calendar } from '../src/core/calendar.ts'
import { type Ask, blankForecast, type Forecast } from '../src/core/forecast.ts'
import { at, type Panel } from '../src/core/panel.ts'
import type { Window } from '../src/core/window.ts'
import type { Model } from '../src/models/model.ts'

/** Columns that a rival is given beside target, known-ahead and static ones. */
export interface PeerColumns {
  /** Past-only ones. */
  readonly past: readonly string[]
  /** Known-ahead columns that are also taken relative to their own mean of 28 periods and to their group's. */
  readonly relative: readonly string[]
  /** Static columns that a relative column is compared within. */
  readonly within: readonly string[]
}

/** A rival's program, and what it is given. */
export interface Peer {
  readonly python: string
  /** Under `bench/peers/`. */
  readonly script: string
  /** Whether it is asked for the levels; its point stands for all of them otherwise. */
  readonly quantiles: boolean
  readonly columns: PeerColumns
  /** What its program is told besides. */
  readonly options: object
  /** Where its answers are kept, so that what was interrupted goes on; every window is asked anew without. */
  readonly keep?: string
  log(line: string): void
}

/** What a rival's program says of an answer: its seconds and its versions. */
export interface PeerReport {
  readonly fitSeconds: number
  readonly forecastSeconds: number
}

/** Which column of an answer is the point: its name, or the place of a level whose quantile it is. */
export type PeerPoint = string | { readonly level: number }

/**
 * A rival's program as a model, so that a backtest scores it on the windows and by the metrics of ours.
 *
 * Models that differ in the point alone share one answer, where that is kept.
 */
export function peerModel(name: string, peer: Peer, point: PeerPoint): Model {
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'required', crossSeries: true, missing: false },
    fit: async () => ({
      forecast: (window, ask) => peerForecast(name, peer, point, window, ask),
      save: () => Promise.reject(new Error('a rival is not saved')),
    }),
    load: () => Promise.reject(new Error('a rival is not loaded')),
  }
}

async function peerForecast(name: string, peer: Peer, point: PeerPoint, window: Window, ask: Ask): Promise<Forecast> {
  const folder = await mkdtemp(join(tmpdir(), 'foretide-peer-'))
  try {
    const { file } = await answerOf(peer, window, ask, folder)
    const ids: string[] = []
    for await (const panel of window.past()) ids.push(...panel.ids)
    const forecast = blankForecast(
      {
        ...{ calendar: window.calendar, ids, start: window.cutoff + 1, horizon: window.horizon },
        provenance: { model: name, window: window.digest, version: '' },
      },
      ask,
    )
    await readAnswer(file, forecast, typeof point === 'string' ? point : `q${point.level}`, peer.quantiles)
    return { ...forecast, answeredBy: ids.map(() => name) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Has a rival answer a window and keeps the answer, unless that was done before; gives what it said of it. */
export async function keepAnswer(peer: Peer, window: Window, ask: Ask): Promise<PeerReport> {
  const folder = await mkdtemp(join(tmpdir(), 'foretide-peer-'))
  try {
    return (await answerOf(peer, window, ask, folder)).report
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a rival said of a window's answer, where that is kept. */
export async function keptReport(peer: Peer, window: Window, ask: Ask): Promise<PeerReport | undefined> {
  const kept = keptName(peer, window, ask)
  if (kept === undefined || !existsSync(`${kept}.parquet`)) return undefined
  return JSON.parse(await readFile(`${kept}.json`, 'utf8')) as PeerReport
}

/** The place of an answer, by the data, the cutoff, and all that the program is told. */
function keptName({ keep, script, columns, options, quantiles }: Peer, window: Window, ask: Ask): string | undefined {
  if (keep === undefined) return undefined
  const told = JSON.stringify([window.digest, columns, options, quantiles ? ask.levels : []])
  const key = createHash('sha256').update(told).digest('hex').slice(0, 12)
  return join(keep, `${script.replace('_run.py', '')}-${window.calendar.format(window.cutoff)}-${key}`)
}

/** The answer as a Parquet file, asked for in a folder that is deleted afterwards unless it is kept. */
async function answerOf(
  peer: Peer,
  window: Window,
  ask: Ask,
  folder: string,
): Promise<{ readonly file: string; readonly report: PeerReport }> {
  const kept = keptName(peer, window, ask)
  const before = await keptReport(peer, window, ask)
  if (kept !== undefined && before) return { file: `${kept}.parquet`, report: before }
  const { known, statics } = await writeWindow(folder, window, peer.columns)
  const asked = {
    ...peer.options,
    ...{ input: join(folder, 'past.parquet'), future: join(folder, 'future.parquet') },
    output: join(folder, 'out.parquet'),
    horizon: window.horizon,
    threads: 2,
    levels: peer.quantiles ? ask.levels : [],
    past: peer.columns.past,
    known,
    statics,
    unit: window.calendar.unit,
    dayOfPeriod0: dayOf(window.calendar, 0),
    scratch: folder,
  }
  const program = join(import.meta.dirname, 'peers', peer.script)
  const { stdout } = await promisify(execFile)(peer.python, [program, JSON.stringify(asked)], { maxBuffer: 1 << 28 })
  const said = stdout.trim().split('\n').at(-1) as string
  peer.log(`${peer.script}, cutoff ${window.calendar.format(window.cutoff)}: ${said}`)
  const report = JSON.parse(said) as PeerReport
  if (kept === undefined) return { file: asked.output, report }
  await mkdir(peer.keep as string, { recursive: true })
  await writeFile(`${kept}.json`, `${said}\n`)
  // The answer appears whole or not at all, and after what is said of it.
  await copyFile(asked.output, `${kept}.part`)
  await rename(`${kept}.part`, `${kept}.parquet`)
  return { file: `${kept}.parquet`, report }
}

const dayOf = (calendar: Calendar, period: number) => new Date(calendar.startOf(period)).toISOString().slice(0, 10)

/** What every rival is told of the date, as it may learn from it. */
const DATES: { readonly [unit: string]: (day: string) => Readonly<Record<string, string>> } = {
  day: () => ({ weekday: 'ds % 7' }),
  week: (day) => ({ week: `week(${day})`, month: `month(${day})` }),
}
const DAYS: { readonly [unit: string]: number } = { day: 1, week: 7 }

interface Written {
  /** Columns known ahead, those derived included. */
  readonly known: string[]
  readonly statics: string[]
}

/** Writes past and future of a window as Parquet files, the derived columns worked out over both. */
async function writeWindow(
  folder: string,
  window: Window,
  { relative, within, past: seen }: PeerColumns,
): Promise<Written> {
  const connection = await (await DuckDBInstance.create()).connect()
  try {
    const { columns, statics } = await writeCells(connection, window, seen)
    const own = 'over (partition by unique_id order by ds rows between 27 preceding and current row)'
    const group = `over (partition by ${[...within, 'ds'].map((s) => `"${s}"`)})`
    const { unit } = window.calendar
    const dates = DATES[unit]?.(`date '${dayOf(window.calendar, 0)}' + ds * ${DAYS[unit]}`) ?? {}
    const derived = [
      ...Object.entries(dates).map(([name, expression]) => `${expression} as "${name}"`),
      ...relative.flatMap((name) => [
        `"${name}" - avg("${name}") ${own} as "${name}_to_mean"`,
        `"${name}" - avg("${name}") ${group} as "${name}_in_group"`,
        `"${name}" - lag("${name}") over (partition by unique_id order by ds) as "${name}_change"`,
      ]),
    ]
    await connection.run(`create table wide as select *, ${derived} from cells`)
    const known = [
      ...columns,
      ...Object.keys(dates),
      ...relative.flatMap((n) => [`${n}_to_mean`, `${n}_in_group`, `${n}_change`]),
    ]
    const copy = (what: readonly string[], where: string, file: string) =>
      connection.run(
        `copy (select ${['unique_id', 'ds', ...what.map((name) => `"${name}"`)]} from wide where ${where}) to '${join(folder, file)}' (format parquet)`,
      )
    await copy(['y', ...seen, ...known, ...statics], `ds <= ${window.cutoff}`, 'past.parquet')
    await copy(known, `ds > ${window.cutoff}`, 'future.parquet')
    return { known, statics }
  } finally {
    connection.closeSync()
  }
}

/** Puts all cells of past and future into a table `cells`; series are told by their index. */
async function writeCells(
  connection: DuckDBConnection,
  window: Window,
  seen: readonly string[],
): Promise<{ readonly columns: readonly string[]; readonly statics: string[] }> {
  let first = 0
  let columns: string[] = []
  let statics: string[] = []
  const known = window.known()[Symbol.asyncIterator]()
  for await (const past of window.past()) {
    const future = (await known.next()).value as Panel
    if (first === 0) {
      columns = [...future.columns.keys()].filter((name) => !seen.includes(name))
      statics = [...past.statics.keys()]
      const numbers = ['y', ...columns, ...seen].map((name) => `"${name}" double`)
      await connection.run(
        `create table cells (unique_id integer, ds integer, ${[...numbers, ...statics.map((s) => `"${s}" integer`)]})`,
      )
    }
    const appender = await connection.createAppender('cells')
    for (const panel of [past, future]) appendCells(appender, panel, [...columns, ...seen], statics, first)
    appender.closeSync()
    first += past.ids.length
  }
  return { columns, statics }
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
  file: string,
  { ids, start, horizon, levels, mean, quantiles }: Forecast,
  point: string,
  withQuantiles: boolean,
): Promise<void> {
  const connection = await (await DuckDBInstance.create()).connect()
  try {
    const names = [`"${point}"`, ...(withQuantiles ? levels.map((_, l) => `q${l}`) : [])]
    const result = await connection.runAndReadAll(
      `select unique_id, ds, ${names.map((name) => `greatest(0, ${name})::double`)} from '${file}'`,
    )
    const [series, periods, points, ...grid] = result.getColumns() as number[][] as [number[], number[], ...number[][]]
    if (series.length !== ids.length * horizon) throw new Error(`the rival answered ${series.length} rows`)
    for (let r = 0; r < series.length; r++) {
      const place = (series[r] as number) * horizon + (periods[r] as number) - start
      const value = (points as number[])[r] as number
      mean[place] = value
      const said = levels.map((_, l) => (withQuantiles ? ((grid[l] as number[])[r] as number) : value))
      quantiles.set(
        said.sort((a, b) => a - b),
        place * levels.length,
      )
    }
  } finally {
    connection.closeSync()
  }
}
