import { closeSync, openSync, readSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOf } from '../../src/core/run.ts'
import { type TableBlock, tableOf } from '../../src/models/table.ts'
import { boosting } from '../../src/models/trees/boosting.ts'
import { atMost, type Bench, type BenchContext, type Figure, shown } from '../bench.ts'
import { childJson, median, peakGiB } from '../child.ts'
import { type PlantedFiles, writePlanted } from '../planted.ts'

/** What all three are told. */
interface Ask {
  readonly threads: number
  readonly rounds: number
  readonly leaves: number
  readonly bins: number
  readonly learningRate: number
  readonly minRows: number
  readonly train: PlantedFiles
  readonly held: PlantedFiles
}

interface Trained {
  readonly binning: number
  readonly training: number
  /** Mean squared error on the held-out rows. */
  readonly loss: number
  readonly peakGiB: number
}

const SETTINGS = { leaves: 63, bins: 255, learningRate: 0.1, minRows: 20 } as const
const ROUNDS = 200
const HELD = 100_000
const SIZES = [
  { rows: 500_000, repeats: 3 },
  { rows: 5_000_000, repeats: 1 },
] as const
const RIVALS = ['lightgbm', 'xgboost'] as const
const THREADS = [1, 2] as const
type Who = (typeof RIVALS)[number] | 'ours'

const bench: Bench = {
  about:
    'training time of boosting, 500,000 and 5,000,000 rows × 40, beside LightGBM and XGBoost with one and two threads',
  async measure(context) {
    const folder = await mkdtemp(join(tmpdir(), 'foretide-training-'))
    const figures: Figure[] = []
    try {
      for (const { rows, repeats } of context.smoke ? [{ rows: 20_000, repeats: 1 }] : SIZES) {
        context.log(`${rows} rows: writing the table`)
        const train = writePlanted(folder, 'train', rows, 1)
        const held = writePlanted(folder, 'held', context.smoke ? 5000 : HELD, 2)
        const ask = { ...SETTINGS, rounds: context.smoke ? 5 : ROUNDS, train, held }
        figures.push(...(await compare(context, ask, repeats)))
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return figures
  },
}
export default bench

async function compare(context: BenchContext, ask: Omit<Ask, 'threads'>, repeats: number): Promise<Figure[]> {
  const { python, log } = context
  if (!python) log('the rivals are not set up, see bench/peers/README.md: ours alone')
  const who: readonly Who[] = python ? [...RIVALS, 'ours'] : ['ours']
  const runs = new Map<string, Trained[]>()
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const threads of THREADS)
      for (const name of who) {
        const done = await train(name, python, { ...ask, threads })
        runs.set(`${name} ${threads}`, [...(runs.get(`${name} ${threads}`) ?? []), done])
        log(
          `${ask.train.rows} rows, ${threads} threads, ${name}: training ${done.training.toFixed(2)} s, binning ${done.binning.toFixed(2)} s, ` +
            `loss ${done.loss.toFixed(5)}, ${done.peakGiB.toFixed(2)} GiB`,
        )
      }
  const of = (name: Who, threads: number, what: keyof Trained) =>
    median((runs.get(`${name} ${threads}`) ?? []).map((t) => t[what]))
  const rivals = (threads: number, what: keyof Trained, digits: number) =>
    python ? RIVALS.map((name) => `${name} ${of(name, threads, what).toFixed(digits)}`).join(', ') : undefined
  const title = `${ask.train.rows.toLocaleString('en')} × ${ask.train.columns}`
  const figures: Figure[] = []
  for (const threads of THREADS) {
    const named = (what: string) => `${title}, ${threads === 1 ? '1 thread' : `${threads} threads`}: ${what}`
    figures.push(shown(named('training'), of('ours', threads, 'training'), 's', rivals(threads, 'training', 2)))
    if (python)
      for (const name of RIVALS) {
        const ratio = of('ours', threads, 'training') / of(name, threads, 'training')
        const what = named(`share of the time of ${name}`)
        figures.push(name === 'lightgbm' ? atMost(what, ratio, 1, '') : shown(what, ratio, ''))
      }
    figures.push(
      shown(named('binning'), of('ours', threads, 'binning'), 's', rivals(threads, 'binning', 2)),
      shown(named('peak memory'), of('ours', threads, 'peakGiB'), 'GiB', rivals(threads, 'peakGiB', 2)),
    )
  }
  figures.push(shown(`${title}: held-out squared error`, of('ours', 1, 'loss'), '', rivals(1, 'loss', 5)))
  if (python)
    figures.push(
      atMost(`${title}: the same over that of lightgbm`, of('ours', 1, 'loss') / of('lightgbm', 1, 'loss'), 1.005, ''),
    )
  return [...figures, scaling(title, (name) => of(name, 1, 'training') / of(name, 2, 'training'), python !== undefined)]
}

function scaling(title: string, of: (name: Who) => number, withRivals: boolean): Figure {
  const value = of('ours')
  const against = RIVALS.map((name) => `${name} ${of(name).toFixed(2)}`).join(', ')
  return {
    ...{ figure: `${title}: speed of 2 threads over 1`, value, unit: '×', goal: '≥ 1.7', met: value >= 1.7 },
    ...(withRivals ? { against } : {}),
  }
}

function train(name: Who, python: string | undefined, ask: Ask): Promise<Trained> {
  if (name === 'ours') return childJson(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(ask)])
  const script = join(import.meta.dirname, '../peers/boosting_train.py')
  return childJson(python as string, [script, JSON.stringify({ ...ask, rival: name })])
}

/** The child: ours in a process of its own. */
async function trainHere({ train, held, threads, ...options }: Ask): Promise<Trained> {
  const run = runOf({ threads })
  const names = Array.from({ length: train.columns }, (_, c) => `x${c}`)
  const fitted = await boosting({ ...options, objective: { loss: 'l2' } }).fit(tableOf(names, readPlanted(train)), run)
  const peak = peakGiB()
  const block = readPlanted(held)
  const truth = block.target as Float32Array
  const answer = await fitted.predict(block, run)
  let sum = 0
  for (let r = 0; r < truth.length; r++) sum += ((answer[r] as number) - (truth[r] as number)) ** 2
  return { ...fitted.seconds, loss: sum / truth.length, peakGiB: peak }
}

function readPlanted({ rows, columns, x, y }: PlantedFiles): TableBlock {
  const whole = readFloats(x, rows * columns)
  return {
    rows,
    columns: Array.from({ length: columns }, (_, c) => whole.subarray(c * rows, (c + 1) * rows)),
    target: readFloats(y, rows),
  }
}

function readFloats(path: string, count: number): Float32Array {
  const into = new Float32Array(count)
  const bytes = new Uint8Array(into.buffer)
  const file = openSync(path, 'r')
  // A single read brings 2 GiB at the most.
  for (let from = 0; from < bytes.length; )
    from += readSync(file, bytes, from, Math.min(2 ** 30, bytes.length - from), null)
  closeSync(file)
  return into
}

if (import.meta.main) console.log(JSON.stringify(await trainHere(JSON.parse(process.argv[2] as string) as Ask)))
