import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runOf } from '../../src/core/run.ts'
import { shapValues } from '../../src/models/trees/attribution/shap.ts'
import { readTrees, type WrittenTrees } from '../../src/models/trees/attribution/written.case.ts'
import { atMost, type Bench, type BenchContext, type Figure, Skip, shown } from '../bench.ts'

const THREADS = [1, 2]
const FEATURES = 40
const GOAL = 1
/** What the values may differ by from LightGBM's. */
const DIFFERENCE = 1e-9

async function measure({ python, smoke, log }: BenchContext): Promise<readonly Figure[]> {
  if (!python) throw new Skip('LightGBM trains the trees: set up bench/peers, see its README.md')
  const rows = smoke ? 200 : 10_000
  const trees = smoke ? 20 : 500
  const repeats = smoke ? 1 : 3
  const training = smoke ? 5000 : 100_000
  const folder = await mkdtemp(join(tmpdir(), 'foretide-shap-'))
  try {
    log(
      `LightGBM trains ${trees} trees and explains ${rows} rows with ${THREADS.join(' and ')} threads, ${repeats} times`,
    )
    const ask = { folder, rows, trees, training, repeats, features: FEATURES, leaves: 63, threads: THREADS }
    const script = fileURLToPath(new URL('../peers/lightgbm_contrib.py', import.meta.url))
    const { stdout } = await promisify(execFile)(python, [script, JSON.stringify(ask)])
    const theirs = JSON.parse(stdout.trim().split('\n').at(-1) as string) as {
      readonly seconds: Record<string, number>
      readonly version: string
    }
    const ensemble = readTrees(JSON.parse(await readFile(join(folder, 'trees.json'), 'utf8')) as WrittenTrees)
    const cells = new Float32Array((await bytes(join(folder, 'rows.f32'))).buffer)
    const columns = Array.from({ length: FEATURES }, (_, f) => cells.subarray(f * rows, (f + 1) * rows))
    const contrib = new Float64Array((await bytes(join(folder, 'contrib.f64'))).buffer)
    const figures: Figure[] = []
    let apart = 0
    for (const threads of THREADS) {
      const times: number[] = []
      for (let k = 0; k < repeats; k++) {
        const start = performance.now()
        const { values, base } = await shapValues(ensemble, { rows, columns }, runOf({ threads }))
        times.push((performance.now() - start) / 1000)
        apart = Math.max(apart, furthest(values, base[0] as number, contrib, rows))
      }
      const ours = times.sort((a, b) => a - b)[repeats >> 1] as number
      const rival = theirs.seconds[threads] as number
      const by = threads === 1 ? '1 thread' : `${threads} threads`
      const lightgbm = `LightGBM ${theirs.version}: ${rival.toPrecision(4)} s`
      figures.push(shown(`SHAP values, ${rows} rows × ${trees} trees, ${by}`, ours, 's', lightgbm))
      figures.push(atMost(`share of the time of LightGBM, ${by}`, ours / rival, GOAL, ''))
    }
    return [...figures, atMost('greatest difference of a value', apart, DIFFERENCE, '', 'pred_contrib')]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A file on memory of its own, so that it can be looked at as numbers. */
async function bytes(file: string): Promise<Uint8Array> {
  return Uint8Array.from(await readFile(file))
}

function furthest(values: Float64Array, base: number, contrib: Float64Array, rows: number): number {
  let most = 0
  for (let r = 0; r < rows; r++)
    for (let f = 0; f <= FEATURES; f++) {
      const ours = f < FEATURES ? (values[r * FEATURES + f] as number) : base
      most = Math.max(most, Math.abs(ours - (contrib[r * (FEATURES + 1) + f] as number)))
    }
  return most
}

export default {
  about: "seconds of exact SHAP values of 10,000 rows × 500 trees, beside LightGBM's pred_contrib, 1 and 2 threads",
  measure,
} satisfies Bench
