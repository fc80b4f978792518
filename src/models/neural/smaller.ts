import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Model as OnnxModel } from '../../tensor/onnx/model.ts'
import { readModel } from '../../tensor/onnx/read.ts'
import { writeModel } from '../../tensor/onnx/write.ts'
import { halved } from '../../tensor/smaller/halve.ts'
import { measured } from '../../tensor/smaller/measure.ts'
import { type PruneOptions, pruned, sparsityOf } from '../../tensor/smaller/prune.ts'
import { type ModelFeeds, quantised } from '../../tensor/smaller/quantise.ts'
import { tensorsOf } from '../../tensor/train/arrays.ts'
import { networkModel } from '../../tensor/train/predictor.ts'
import { keptWindow } from '../global/kept-window.ts'
import type { Dir } from '../model.ts'
import { batchesOf, batchOf } from './examples/batches.ts'
import { examplesOf } from './examples/examples.ts'
import { frameOf } from './examples/preparation.ts'
import type { Batch } from './examples.ts'
import { assembled, GRID, type Learned, type Member, planOf } from './learned.ts'
import { loadLearned } from './neural-model.ts'

/** What the networks of a model weigh and take in one form, and how well they do. */
export interface SmallerRow {
  readonly form: string
  /** Bytes of all members' files, and after gzip. */
  readonly bytes: number
  readonly zipped: number
  /** Milliseconds of a batch of 32 examples through all members, on one thread. */
  readonly milliseconds: number
  /** Mean pinball loss over the last horizon of the window, in units of the scales of its series. */
  readonly loss: number
}

/** Examples of a batch, as saved networks take them. */
const BATCH = 32
/** Batches that ranges are measured on, and that forms are compared on. */
const BATCHES = 16

/**
 * Writes the networks of a saved model in 8 bits (`network-0.int8.onnx`, ranges measured on older examples of the window) and in 16 (`network-0.half.onnx`)
 * beside those in 32, and says what each form weighs, takes and loses: over the last horizon of a window, which is to be a horizon later than what was learned from.
 *
 * @example
 * console.table(await smallerFiles({ path: 'models/mlp' }, later, run))
 */
export async function smallerFiles(dir: Dir, window: Window, run: Run): Promise<readonly SmallerRow[]> {
  const learned = await loadLearned(dir)
  const batches = await newestBatches(learned, window, run)
  const older = await newestBatches(learned, window, run, 1)
  const whole: OnnxModel[] = []
  const int8: OnnxModel[] = []
  const half: OnnxModel[] = []
  for (const k of learned.members.keys()) {
    const model = readModel(await readFile(join(dir.path, `network-${k}.onnx`)))
    const needed = new Set(model.graph.inputs.map(({ name }) => name))
    const feeds = older.map((batch) => feedsOf(learned, batch, needed))
    whole.push(model)
    int8.push(await quantised(model, feeds, { threads: run.threads }))
    half.push(halved(model))
    await writeFile(join(dir.path, `network-${k}.int8.onnx`), writeModel(int8[k] as OnnxModel))
    await writeFile(join(dir.path, `network-${k}.half.onnx`), writeModel(half[k] as OnnxModel))
  }
  const rows: SmallerRow[] = []
  for (const [form, models] of Object.entries({ float32: whole, int8, float16: half }))
    rows.push(await rowOf(form, models, learned, batches))
  return rows
}

/** What a model as it has learned weighs, takes and loses. */
export async function learnedRow(form: string, learned: Learned, window: Window, run: Run): Promise<SmallerRow> {
  const { network } = assembled(learned.settings, frameOf(learned.preparation))
  const models = learned.members.map(({ weights }) => networkModel(network, weights, BATCH))
  return rowOf(form, models, learned, await newestBatches(learned, window, run))
}

/**
 * Takes away the weights that are nearest to 0 from what a model has learned, and goes on training the others at a fifth of the rate for half as
 * many steps; smaller after gzip, but as fast as before. Answers share what is left, and the share of zeros in matrices.
 */
export async function prunedLearned(
  learned: Learned,
  window: Window,
  options: PruneOptions,
  run: Run,
): Promise<{ readonly learned: Learned; readonly sparsity: number }> {
  const { settings, preparation } = learned
  const { network } = assembled(settings, frameOf(preparation))
  const examples = await examplesOf(keptWindow(window), preparation, { seed: run.seed })
  const plan = planOf(settings, examples.count)
  const { snapshots, ...rest } = plan
  const tuning = { ...rest, rate: plan.rate / 5, steps: Math.ceil(plan.steps / 2), stage: `${settings.name}: prune` }
  const members: Member[] = []
  for (const { weights, curve } of learned.members) {
    const drawn = batchesOf(examples, { seed: run.seed, size: plan.batch })
    members.push({ curve, weights: await pruned(network, weights, drawn, { ...tuning, ...options }, run) })
  }
  const sparsity = members.reduce((sum, { weights }) => sum + sparsityOf(weights), 0) / members.length
  return { learned: { ...learned, members }, sparsity }
}

/** Batches of the last horizon of a window, one example a series, or of as many a few horizons before. */
async function newestBatches(
  { preparation }: Learned,
  window: Window,
  run: Run,
  before = 0,
): Promise<readonly Batch[]> {
  const { horizon } = preparation.settings
  const settings = { ...preparation.settings, maxExamples: BATCH * BATCHES }
  const origin = window.cutoff - (1 + before) * horizon
  const selection = { seed: run.seed, origins: [origin, origin] } as const
  const examples = await examplesOf(keptWindow(window), { ...preparation, settings }, selection)
  return Array.from({ length: Math.min(BATCHES, Math.ceil(examples.count / BATCH)) }, (_, k) => {
    const room = batchOf(examples.frame, BATCH)
    const rows = Array.from({ length: BATCH }, (_, r) => (k * BATCH + r) % examples.count)
    examples.fill(rows, room)
    return room
  })
}

/** What a saved network reads of a batch. */
function feedsOf({ settings, preparation }: Learned, batch: Batch, needed: ReadonlySet<string>): ModelFeeds {
  const { network } = assembled(settings, frameOf(preparation))
  const all = tensorsOf(network.inputs, { ...batch }, BATCH)
  return Object.fromEntries(Object.entries(all).filter(([name]) => needed.has(name)))
}

async function rowOf(
  form: string,
  models: readonly OnnxModel[],
  learned: Learned,
  batches: readonly Batch[],
): Promise<SmallerRow> {
  const { head } = assembled(learned.settings, frameOf(learned.preparation))
  const { horizon } = learned.preparation.settings
  const n = GRID.length
  const cells = BATCH * horizon
  const grids = batches.map(() => new Float64Array(cells * n))
  const own = new Float64Array(n)
  let [bytes, zipped, milliseconds] = [0, 0, 0]
  for (const model of models) {
    const needed = new Set(model.graph.inputs.map(({ name }) => name))
    const found = await measured(
      model,
      batches.map((batch) => feedsOf(learned, batch, needed)),
      { threads: 1 },
    )
    bytes += found.bytes
    zipped += found.zipped
    milliseconds += found.milliseconds
    for (const [b, grid] of grids.entries()) {
      const said = found.outputs[b]?.outputs?.data as Float32Array
      for (let k = 0; k < cells; k++) {
        head.quantiles(said, k * head.outputs, at((batches[b] as Batch).level, Math.floor(k / horizon)), GRID, own, 0)
        for (let l = 0; l < n; l++) grid[k * n + l] = at(grid, k * n + l) + at(own, l) / models.length
      }
    }
  }
  let [sum, count] = [0, 0]
  for (const [b, { truth, weight }] of batches.entries())
    for (let k = 0; k < cells; k++) {
      if (at(weight, k) === 0) continue
      for (const [l, level] of GRID.entries()) {
        const error = at(truth, k) - at(grids[b] as Float64Array, k * n + l)
        sum += 2 * Math.max(level * error, (level - 1) * error)
        count++
      }
    }
  return { form, bytes, zipped, milliseconds, loss: sum / count }
}
