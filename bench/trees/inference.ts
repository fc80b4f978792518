import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOf } from '../../src/core/run.ts'
import { lightgbmModel } from '../../src/models/trees/lightgbm/lightgbm.ts'
import { predictBlock } from '../../src/models/trees/predict/predict.ts'
import { atMost, type Bench, type BenchContext, type Figure, Skip, shown } from '../bench.ts'
import { childJson, median } from '../child.ts'
import { type PlantedFiles, writePlanted } from '../planted.ts'

const SCRIPT = join(import.meta.dirname, '../peers/lightgbm_predict.py')
const THREADS = [1, 2] as const
const SETTINGS = { leaves: 63, bins: 255 } as const

/** One of our predictions, in a process of its own. */
interface Ask {
  readonly model: string
  readonly threads: number
  readonly table: PlantedFiles
  /** LightGBM's predictions, little-endian Float64. */
  readonly answers: string
}

interface Answer {
  readonly seconds: number
  /** Greatest difference from LightGBM's predictions relative to their size, or to 1 where they are small. */
  readonly apart: number
}

const bench: Bench = {
  about: 'predictions of 1,000,000 rows × 40 by 500 trees of 63 leaves that LightGBM trained, beside its own',
  async measure(context) {
    if (!context.python) throw new Skip('LightGBM trains the trees: set up bench/peers, see its README.md')
    const folder = await mkdtemp(join(tmpdir(), 'foretide-inference-'))
    try {
      return await compare(context, context.python, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
export default bench

async function compare({ smoke, log }: BenchContext, python: string, folder: string): Promise<Figure[]> {
  const trees = smoke ? 20 : 500
  const repeats = smoke ? 1 : 3
  const model = join(folder, 'model.txt')
  const answers = join(folder, 'answers.f64')
  const train = writePlanted(folder, 'train', smoke ? 5000 : 200_000, 1)
  const table = writePlanted(folder, 'rows', smoke ? 20_000 : 1_000_000, 2)
  log(`LightGBM trains ${trees} trees on ${train.rows} rows`)
  const { version } = await childJson<{ version: string }>(python, [
    SCRIPT,
    JSON.stringify({ task: 'train', model, trees, threads: 2, ...SETTINGS, table: train }),
  ])
  const figures: Figure[] = []
  let apart = 0
  for (const threads of THREADS) {
    const ask: Ask = { model, threads, table, answers }
    const theirs: number[] = []
    const ours: number[] = []
    for (let k = 0; k < repeats; k++) {
      const rival = JSON.stringify({ task: 'predict', ...ask })
      theirs.push((await childJson<{ seconds: number }>(python, [SCRIPT, rival])).seconds)
      const here = [fileURLToPath(import.meta.url), JSON.stringify(ask)]
      const answer = await childJson<Answer>(process.execPath, here)
      ours.push(answer.seconds)
      apart = Math.max(apart, answer.apart)
      log(`${threads} threads: LightGBM ${theirs[k]?.toFixed(2)} s, ours ${answer.seconds.toFixed(2)} s`)
    }
    const by = threads === 1 ? '1 thread' : `${threads} threads`
    const title = `${table.rows.toLocaleString('en')} × ${table.columns}, ${trees} trees, ${by}`
    const [we, they] = [median(ours), median(theirs)]
    figures.push(shown(`${title}: seconds`, we, 's', `LightGBM ${version}: ${they.toFixed(2)} s`))
    figures.push(atMost(`${title}: share of the time of LightGBM`, we / they, 1, ''))
  }
  return [...figures, atMost('greatest relative difference of a prediction', apart, 1e-12, '', 'LightGBM')]
}

async function predictHere({ model, threads, table, answers }: Ask): Promise<Answer> {
  const trees = lightgbmModel(await readFile(model, 'utf8'))
  const { rows } = table
  const x = new SharedArrayBuffer(rows * table.columns * 4)
  new Uint8Array(x).set(await readFile(table.x))
  const columns = Array.from({ length: table.columns }, (_, f) => new Float32Array(x, f * rows * 4, rows))
  const run = runOf({ threads })
  // A first call on a few rows, as LightGBM has one; its threads, too, are there already then.
  const few = 20_000
  await predictBlock(trees, { rows: Math.min(rows, few), columns: columns.map((c) => c.subarray(0, few)) }, run)
  const start = performance.now()
  const made = await predictBlock(trees, { rows, columns }, run)
  const seconds = (performance.now() - start) / 1000
  const wanted = new Float64Array(Uint8Array.from(await readFile(answers)).buffer)
  let apart = made.length === wanted.length ? 0 : Number.POSITIVE_INFINITY
  for (let i = 0; i < wanted.length; i++) {
    const theirs = wanted[i] as number
    apart = Math.max(apart, Math.abs((made[i] as number) - theirs) / Math.max(1, Math.abs(theirs)))
  }
  return { seconds, apart }
}

if (import.meta.main) console.log(JSON.stringify(await predictHere(JSON.parse(process.argv[2] as string))))
