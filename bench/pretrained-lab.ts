import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { backtest } from '../src/backtest/backtest.ts'
import type { LeaderboardRow } from '../src/backtest/result.ts'
import { ForetideError } from '../src/core/errors.ts'
import type { Panel } from '../src/core/panel.ts'
import { endOf } from '../src/core/panel.ts'
import { runOf } from '../src/core/run.ts'
import { keptWindow } from '../src/models/global/kept-window.ts'
import type { Model } from '../src/models/model.ts'
import { batchOf, copyBatch } from '../src/models/neural/examples/batches.ts'
import { corpusDrawer } from '../src/models/pretrained/corpus/draw.ts'
import { corpusBatches } from '../src/models/pretrained/corpus/source.ts'
import { type Ground, type GroundOptions, groundOf } from '../src/models/pretrained/ground.ts'
import { averageOver } from '../src/models/pretrained/pretrain.ts'
import { AHEAD, CONTEXT, frameAt, LEVELS } from '../src/models/pretrained/shape.ts'
import { type Pretrained, swellForecast, swellForecaster } from '../src/models/pretrained/swell.ts'
import { memorySource } from '../src/store/source.ts'
import { windowAt } from '../src/store/window.ts'
import type { Arrays } from '../src/tensor/train/arrays.ts'
import { predictorOf } from '../src/tensor/train/predictor.ts'
import { train } from '../src/tensor/train/train.ts'
import { PROTOCOLS } from './baselines.ts'
import {
  FRESH_FIRST_DAY,
  loadCarParts,
  loadFreshDaily,
  loadOnlineRetail,
  loadOrangeJuice,
  ONLINE_LAST_WEEK,
  orangeJuiceWeek,
} from './protocols.ts'

/** Real sets whose training parts a corpus may hold. */
export const CORPUS_SETS = ['fresh-daily', 'car-parts', 'orange-juice', 'online-retail'] as const
export type CorpusSet = (typeof CORPUS_SETS)[number]
export type Shares = { readonly [S in CorpusSet]?: number }

const LOADERS: { readonly [S in CorpusSet]: (data: string) => Promise<Panel> } = {
  'fresh-daily': (data) => loadFreshDaily(data),
  'car-parts': (data) => loadCarParts(data),
  'orange-juice': (data) => loadOrangeJuice(data),
  'online-retail': (data) => loadOnlineRetail(data),
}

/**
 * The last period of each set that training may see: that before the first withheld one, or, to choose by, that before the earlier windows
 * on which choices are made.
 */
const LAST_SEEN: { readonly [S in CorpusSet]: (end: number, choosing: boolean) => number } = {
  'fresh-daily': (_, choosing) => FRESH_FIRST_DAY + (choosing ? 54 : 61),
  'car-parts': (end, choosing) => end - (choosing ? 25 : 13),
  'orange-juice': (_, choosing) => orangeJuiceWeek(choosing ? 110 : 135),
  'online-retail': (_, choosing) => ONLINE_LAST_WEEK - (choosing ? 24 : 16),
}

function latest(panel: Panel): number {
  let end = Number.NEGATIVE_INFINITY
  for (let i = 0; i < panel.ids.length; i++) end = Math.max(end, endOf(panel, i))
  return end
}

/** The training parts of real sets as grounds of a corpus, each with its share of the examples. */
export async function corpusGrounds(
  data: string,
  shares: Shares,
  choosing: boolean,
): Promise<{ readonly set: CorpusSet; readonly share: number; readonly ground: Ground; readonly lastSeen: string }[]> {
  const grounds = []
  for (const set of CORPUS_SETS) {
    const share = shares[set] ?? 0
    if (share === 0) continue
    const panel = await LOADERS[set](data)
    const last = LAST_SEEN[set](latest(panel), choosing)
    // The day on which the last period that is seen begins.
    const lastSeen = new Date(panel.calendar.startOf(last)).toISOString().slice(0, 10)
    grounds.push({ set, share, lastSeen, ground: await groundOf(keptWindow(windowAt(memorySource(panel), last, 1))) })
  }
  return grounds
}

/** A pretrained model under the contract of models, told all or less. */
export function asModel(kept: Pretrained, name: string, told: GroundOptions = {}): Model {
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'used', crossSeries: true, missing: true },
    fit: async () => ({
      forecast: (window, ask, run) => swellForecast({ ...kept, name }, window, ask, run, told),
      save() {
        throw new Error('not kept')
      },
    }),
    load() {
      throw new Error('not kept')
    },
  }
}

/** What is measured of a trial: figure by figure. */
export type Marks = Readonly<Record<string, number>>

const STORES = 100

/** Forecasts windows that end before the withheld ones: by these choices are made. */
export async function judged(
  kept: Pretrained,
  data: string,
  threads: number,
  sets: readonly CorpusSet[],
): Promise<Marks> {
  const run = runOf({ threads })
  const marks: Record<string, number> = {}
  for (const set of sets) {
    const panel = set === 'fresh-daily' ? await loadFreshDaily(data, { stores: STORES }) : await LOADERS[set](data)
    const cutoffs =
      set === 'orange-juice' ? [111, 117, 123, 129].map(orangeJuiceWeek) : [LAST_SEEN[set](latest(panel), true)]
    const told: [string, GroundOptions][] =
      set === 'car-parts'
        ? [['', {}]]
        : [
            [' alone', { covariates: false, families: false }],
            [' without covariates', { covariates: false }],
            [' with all', {}],
          ]
    const models = told.map(([name, options]) => asModel(kept, name, options))
    const { leaderboard } = await backtest(memorySource(panel), models, { ...PROTOCOLS[set].options, cutoffs }, run)
    for (const row of leaderboard) {
      const name = `${set}${row.model}`
      if (set === 'orange-juice') marks[`${name} MAPE`] = 100 * (row.mape ?? Number.NaN)
      else marks[`${name} WAPE`] = row.wape ?? Number.NaN
      marks[`${name} WQL`] = row.wql ?? Number.NaN
      marks[`${name} bias`] = row.bias ?? Number.NaN
      marks[`${name} coverage of 80 %`] = row.coverage['80'] ?? Number.NaN
    }
  }
  return marks
}

/** The loss on synthetic series that no training draws. */
export async function syntheticLoss(kept: Pretrained, threads: number): Promise<number> {
  const size = 256
  const network = kept.network?.(CONTEXT, AHEAD) ?? swellForecaster(kept.options)
  const predictor = await predictorOf(network, kept.weights, { batch: size, threads })
  const room = { ...batchOf(frameAt(), size), ...predictor.inputs }
  const draw = corpusDrawer({ grounds: [], seed: 987_654 })
  let [sum, count] = [0, 0]
  for (let step = 0; step < 12; step++) {
    draw(step, size, room)
    await predictor.run()
    const said = predictor.outputs.outputs as Float32Array
    for (let k = 0; k < size * AHEAD; k++) {
      if (room.weight[k] === 0) continue
      for (const [l, level] of LEVELS.entries()) {
        const error = (room.truth[k] as number) - (said[k * LEVELS.length + l] as number)
        sum += (2 * Math.max(level * error, (level - 1) * error)) / LEVELS.length
      }
      count++
    }
  }
  await predictor.dispose()
  return sum / count
}

/** Where trials are kept: each takes minutes, and counts for every bench that asks for it; to be emptied when what is trained on changes. */
export const TRIALS = fileURLToPath(new URL('results/trials/', import.meta.url))

/** One way to build and train. */
export interface Trial {
  readonly name: string
  readonly network?: object
  readonly make?: Pretrained['network']
  readonly shares?: Shares
  readonly batch?: number
  readonly rate?: number
}

/** Shares of the real sets in trials and in the model that is shipped. */
export const SHARES: Shares = { 'fresh-daily': 0.2, 'car-parts': 0.1, 'orange-juice': 0.1, 'online-retail': 0.1 }

interface Place {
  readonly data: string
  /** What was measured is kept here and not measured again. */
  readonly folder: string
  log(line: string): void
}

const makerOf = ({ network = {}, make }: Trial) =>
  make ?? ((context: number, horizon: number) => swellForecaster(network, context, horizon))

const PLAN = {
  ...{ clip: 1, lanes: 1 },
  optimiser: { kind: 'adamw', decay: 0.01 },
  schedule: { kind: 'one-cycle', warm: 0.05 },
} as const

function keptOr<T>(file: string, folder: string): { readonly found?: T; keep(what: T): T } {
  const path = join(folder, `${file.replaceAll(/\W+/g, '-')}.json`)
  return {
    ...(existsSync(path) && { found: JSON.parse(readFileSync(path, 'utf8')) as T }),
    keep(what) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(path, `${JSON.stringify(what, null, 2)}\n`)
      return what
    },
  }
}

/** Milliseconds of a step on one thread, drawing aside; to be taken with nothing else running. */
export async function paceOf(trial: Trial, { folder }: Pick<Place, 'folder'>): Promise<number> {
  const { found, keep } = keptOr<number>(`pace ${trial.name}`, folder)
  if (found !== undefined) return found
  const { batch = 256 } = trial
  const room = batchOf(frameAt(), batch)
  corpusDrawer({ grounds: [], seed: 1 })(0, batch, room)
  const source = { put: (_: number, into: Arrays) => copyBatch(room, into) }
  const steps = 24
  const { seconds } = await train(
    makerOf(trial)(CONTEXT, AHEAD),
    source,
    { ...PLAN, average: averageOver(steps), batch, steps, rate: 1e-4 },
    runOf({ threads: 1 }),
  )
  return keep((1000 * seconds) / steps)
}

/** Trains one way on one thread for so many steps, on what may be seen when choosing, and judges it. */
export async function trialMarks(trial: Trial, steps: number, { data, folder, log }: Place): Promise<Marks> {
  const { name, network = {}, make, shares = SHARES, batch = 256, rate = 1e-3 } = trial
  const { found, keep } = keptOr<Marks>(`${name} ${steps}`, folder)
  if (found) return found
  const corpus = { seed: 1, grounds: await corpusGrounds(data, shares, true) }
  const source = corpusBatches(corpus, { size: batch, context: CONTEXT, horizon: AHEAD })
  try {
    log(`${name}: ${steps} steps`)
    const trained = await train(
      makerOf(trial)(CONTEXT, AHEAD),
      source,
      { ...PLAN, average: averageOver(steps), batch, steps, rate },
      runOf({ threads: 1 }),
    )
    const kept: Pretrained = { name, options: network, weights: trained.weights, ...(make && { network: make }) }
    const marks = keep({
      parameters: trained.weights.row.length,
      steps,
      seconds: trained.seconds,
      'synthetic loss': await syntheticLoss(kept, 1),
      ...(await judged(kept, data, 1, ['fresh-daily', 'car-parts', 'orange-juice'])),
    })
    log(`${name}: ${JSON.stringify(marks)}`)
    return marks
  } catch (error) {
    if (!(error instanceof ForetideError) || error.code !== 'training.diverged') throw error
    log(`${name}: ${error.message}`)
    return keep({ steps, 'diverged at step': Number(error.details.step) })
  } finally {
    await source.close()
  }
}

/** The model that is measured: that of the package, or of the folder that `FORETIDE_SWELL` names. */
export const swellFrom = (): { readonly from?: string } =>
  process.env.FORETIDE_SWELL ? { from: process.env.FORETIDE_SWELL } : {}

/** Rows of a leaderboard by the model's name. */
export const rowsOf = (leaderboard: readonly LeaderboardRow[]) => (name: string) => {
  const row = leaderboard.find(({ model }) => model === name)
  if (!row) throw new Error(`no row of ${name}`)
  return row
}

/** A cutoff whose forecast ends before anything that a protocol withholds. */
export const earlierCutoff = (
  set: keyof typeof PROTOCOLS,
  panel: { readonly start: ArrayLike<number>; readonly offsets: ArrayLike<number> },
) =>
  set === 'online-retail'
    ? ONLINE_LAST_WEEK - 24
    : set === 'car-parts'
      ? (panel.start[0] as number) + (panel.offsets[1] as number) - 25
      : (PROTOCOLS[set].options.cutoffs[0] as number) - 14
