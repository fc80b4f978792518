import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Period } from '../src/core/calendar.ts'
import { askOf } from '../src/core/forecast.ts'
import { at, endOf, type Panel, pickSeries, slicePeriods, valuesOf } from '../src/core/panel.ts'
import { runOf } from '../src/core/run.ts'
import type { Model } from '../src/models/model.ts'
import { memorySource } from '../src/store/source.ts'
import { windowAt } from '../src/store/window.ts'
import { atMost, type BenchContext, type Figure, Skip, shown } from './bench.ts'

/** The quantile levels that are compared. */
const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const
const THREADS = 2
const SMOKE_SERIES = 200

/** What {@link compareWithStatsforecast} is told. */
export interface Comparison {
  /** A class of statsforecast.models, such as `AutoETS`. */
  readonly model: string
  /** Its arguments, such as `{ season_length: 7 }`. */
  readonly options: Readonly<Record<string, unknown>>
  /** Whether it has no quantiles; every one is then its point. */
  readonly pointOnly?: boolean
  /** Our answer to it. */
  readonly ours: () => Model
  readonly panel: Panel
  /** The last period of training, one a window. */
  readonly cutoffs: readonly Period[]
  readonly horizon: number
  /** Of the scale of MASE. */
  readonly season: number
  /** At most this share of their time, and this multiple of their MASE. */
  readonly goals: { readonly time: number; readonly mase: number }
  /** Compare on so many series, spread evenly over the panel, where the rival is too slow for all; named in the figures. */
  readonly series?: number
}

interface Answered {
  readonly seconds: number
  readonly mean: Float64Array
  /** `[(i · horizon + h) · levels + l]` */
  readonly quantiles: Float64Array
}

/**
 * Runs one of our models and one of statsforecast's in turn on the same windows, two threads against two processes, and
 * gives seconds, MASE, weighted quantile loss and coverage of the central 80 % of both.
 */
export async function compareWithStatsforecast(context: BenchContext, comparison: Comparison): Promise<Figure[]> {
  const { cutoffs, horizon, season, goals, model } = comparison
  // Both see the target alone, so that neither pays for columns that it does not read.
  const bare = { ...comparison.panel, columns: new Map() }
  const panel = spread(bare, context.smoke ? SMOKE_SERIES : comparison.series)
  const count = panel.ids.length
  const sides = { ours: new Score(), theirs: new Score() }
  for (const cutoff of cutoffs) {
    const train = slicePeriods(panel, Number.NEGATIVE_INFINITY, cutoff + 1)
    const truth = slicePeriods(panel, cutoff + 1, cutoff + 1 + horizon, true, true).target
    context.log(`cutoff ${cutoff}: ours on ${count} series`)
    sides.ours.add(train, truth, horizon, season, await runOurs(comparison.ours(), panel, cutoff, horizon))
    if (!context.python) continue
    context.log(`cutoff ${cutoff}: statsforecast's ${model} on ${count} series`)
    sides.theirs.add(train, truth, horizon, season, await runTheirs(context.python, comparison, train))
  }
  const { ours, theirs } = sides
  const named = (what: string) => `${what}, ${count} series × ${cutoffs.length}`
  if (!context.python) {
    context.log('the rival is not set up, see bench/peers/README.md: ours alone')
    return alone(ours, named)
  }
  const rival = (value: number, digits = 4) => `statsforecast ${value.toFixed(digits)}`
  return [
    shown(named('seconds'), ours.seconds, 's', rival(theirs.seconds, 1)),
    shown('seconds per 1,000 forecasts', (ours.seconds / count / cutoffs.length) * 1000, 's'),
    atMost('share of the time of statsforecast', ours.seconds / theirs.seconds, goals.time, ''),
    shown('MASE', ours.mase, '', rival(theirs.mase)),
    atMost('MASE over that of statsforecast', ours.mase / theirs.mase, goals.mase, ''),
    shown('WQL, levels 0.1 … 0.9', ours.wql, '', rival(theirs.wql)),
    shown('coverage of the central 80 %', ours.coverage, '', rival(theirs.coverage)),
    shown('series not answered', ours.missing, '', rival(theirs.missing, 0)),
  ]
}

function alone(ours: Score, named: (what: string) => string): Figure[] {
  return [
    shown(named('seconds'), ours.seconds, 's'),
    shown('MASE', ours.mase, ''),
    shown('WQL, levels 0.1 … 0.9', ours.wql, ''),
    shown('coverage of the central 80 %', ours.coverage, ''),
    shown('series not answered', ours.missing, ''),
  ]
}

function spread(panel: Panel, wanted: number | undefined): Panel {
  const n = panel.ids.length
  if (wanted === undefined || wanted >= n) return panel
  return pickSeries(
    panel,
    Array.from({ length: wanted }, (_, k) => Math.floor((k * n) / wanted)),
  )
}

async function runOurs(model: Model, panel: Panel, cutoff: Period, horizon: number): Promise<Answered> {
  const run = runOf({ threads: THREADS })
  const window = windowAt(memorySource(panel), cutoff, horizon)
  const start = performance.now()
  const fitted = await model.fit(window, run)
  const { mean, quantiles } = await fitted.forecast(window, askOf({ levels: [...LEVELS] }), run)
  return { seconds: (performance.now() - start) / 1000, mean, quantiles }
}

async function runTheirs(python: string, comparison: Comparison, train: Panel): Promise<Answered> {
  const { model, options, horizon, pointOnly = false } = comparison
  const folder = await mkdtemp(join(tmpdir(), 'foretide-rival-'))
  try {
    const input = join(folder, 'in.parquet')
    const output = join(folder, 'out.parquet')
    await writeSeries(train, input)
    const ask = { model, options, input, output, horizon, jobs: THREADS, levels: LEVELS, pointOnly }
    const script = join(dirname(fileURLToPath(import.meta.url)), 'peers/statsforecast_run.py')
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
    const { stdout } = await promisify(execFile)(python, [script, JSON.stringify(ask)], { env, maxBuffer: 1 << 28 })
    const { seconds } = JSON.parse(stdout.trim().split('\n').at(-1) as string) as { seconds: number }
    return { seconds, ...(await readAnswer(output, train.ids.length, horizon)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the observed part of every series as unique_id (its index), ds, y; refuses gaps, which the rival cannot take. */
async function writeSeries(panel: Panel, file: string): Promise<void> {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run('create table series (unique_id integer, ds integer, y double)')
  const appender = await connection.createAppender('series')
  for (let i = 0; i < panel.ids.length; i++) {
    const values = valuesOf(panel, i)
    for (let t = 0; t < values.length; t++) {
      if (Number.isNaN(at(values, t))) throw new Skip(`series ${panel.ids[i]} has a gap`)
      appender.appendInteger(i)
      appender.appendInteger(endOf(panel, i) - values.length + t)
      appender.appendDouble(at(values, t))
      appender.endRow()
    }
  }
  appender.closeSync()
  await connection.run(`copy series to '${file}' (format parquet)`)
  connection.closeSync()
}

async function readAnswer(file: string, count: number, horizon: number): Promise<Omit<Answered, 'seconds'>> {
  const connection = await (await DuckDBInstance.create()).connect()
  const names = ['mean', ...LEVELS.map((_, l) => `q${l}`)]
  const result = await connection.runAndReadAll(
    `select ${names.join(', ')} from '${file}' order by unique_id, row_number() over (partition by unique_id order by ds)`,
  )
  const columns = result.getColumns() as number[][]
  connection.closeSync()
  const mean = Float64Array.from(columns[0] as number[])
  if (mean.length !== count * horizon) throw new Error(`the rival answered ${mean.length} rows of ${count * horizon}`)
  const quantiles = new Float64Array(mean.length * LEVELS.length)
  for (let l = 0; l < LEVELS.length; l++)
    for (let r = 0; r < mean.length; r++) quantiles[r * LEVELS.length + l] = columns[l + 1]?.[r] as number
  return { mean, quantiles }
}

/** Sums errors over windows; series without an answer count as missing and score as a forecast of zero. */
class Score {
  seconds = 0
  missing = 0
  #scaled = 0
  #scales = 0
  #pinball = 0
  #total = 0
  #inside = 0
  #cells = 0

  add(train: Panel, truth: Float64Array, horizon: number, season: number, answer: Answered): void {
    this.seconds += answer.seconds
    const levels = LEVELS.length
    for (let i = 0; i < train.ids.length; i++) {
      const scale = naiveScale(valuesOf(train, i), season)
      if (Number.isNaN(at(answer.mean, i * horizon))) this.missing++
      for (let h = 0; h < horizon; h++) {
        const cell = i * horizon + h
        const y = at(truth, cell)
        if (Number.isNaN(y)) continue
        const point = zeroIfMissing(at(answer.mean, cell))
        if (scale > 0) {
          this.#scaled += Math.abs(y - point) / scale
          this.#scales++
        }
        for (let l = 0; l < levels; l++) {
          const miss = y - zeroIfMissing(at(answer.quantiles, cell * levels + l))
          const level = LEVELS[l] as number
          this.#pinball += Math.max(level * miss, (level - 1) * miss)
        }
        const low = at(answer.quantiles, cell * levels)
        const high = at(answer.quantiles, cell * levels + levels - 1)
        if (y >= low && y <= high) this.#inside++
        this.#total += Math.abs(y)
        this.#cells++
      }
    }
  }

  get mase(): number {
    return this.#scaled / this.#scales
  }
  get wql(): number {
    return (2 * this.#pinball) / this.#total / LEVELS.length
  }
  get coverage(): number {
    return this.#inside / this.#cells
  }
}

const zeroIfMissing = (x: number) => (Number.isNaN(x) ? 0 : x)

/** The mean absolute difference between values a season apart, the scale of MASE. */
function naiveScale(values: Float64Array, season: number): number {
  let sum = 0
  let count = 0
  for (let t = season; t < values.length; t++) {
    const gap = Math.abs(at(values, t) - at(values, t - season))
    if (Number.isNaN(gap)) continue
    sum += gap
    count++
  }
  return count > 0 ? sum / count : Number.NaN
}
