import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Period } from '../../../core/calendar.ts'
import { CannotForecast, ForetideError } from '../../../core/errors.ts'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { checkInterrupt, type Run } from '../../../core/run.ts'
import { VERSION } from '../../../core/version.ts'
import type { Window } from '../../../core/window.ts'
import { writeModel } from '../../../tensor/onnx/write.ts'
import { networkModel, predictorOf } from '../../../tensor/train/predictor.ts'
import { readTensors, type StoredTensor, writeTensors } from '../../../tensor/train/safetensors.ts'
import type { Place } from '../../../tensor/train/step.ts'
import { train } from '../../../tensor/train/train.ts'
import type { Weights } from '../../../tensor/train/weights.ts'
import { keptWindow } from '../../global/kept-window.ts'
import type { Dir, Manifest } from '../../model.ts'
import { normalQuantile } from '../../statistical/normal.ts'
import { batchesOf, batchOf } from '../examples/batches.ts'
import { type Cells, cellsOf } from '../examples/cells.ts'
import { examplesOf } from '../examples/examples.ts'
import { fillerOf, type Laid } from '../examples/fill.ts'
import { frameOf, type Preparation, preparationOf } from '../examples/preparation.ts'
import type { Batch } from '../examples.ts'
import { autoencoderNetwork, decoderNetwork } from './network.ts'
import { type AutoencoderOptions, type AutoencoderSettings, autoencoderSettings } from './options.ts'

/** How unlike what was to be expected each period of a series is. */
export interface SeriesAnomalies {
  readonly id: string
  readonly start: Period
  /** How many usual deviations a period lies off, by the series' own; NaN where nothing was observed. */
  readonly scores: Float64Array
  /** What would have been like the series, and the range of its central 95 %, in units. */
  readonly expected: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/** What has learned how windows of series look. */
export interface Autoencoder {
  /** Every period of a window's series beside what the network makes of the windows that it is in. */
  anomalies(window: Window, run: Run): Promise<readonly SeriesAnomalies[]>
  /** New windows as those that were learned, [context] units each; refused by one that is not variational. */
  synthetic(count: number, seed: number): Promise<readonly Float64Array[]>
  /** The numbers of the latent space that stand for each series' latest window. */
  embed(
    window: Window,
    run: Run,
  ): Promise<{ readonly ids: readonly string[]; readonly vectors: readonly Float32Array[] }>
  save(dir: Dir): Promise<Manifest>
}

/** Everything that is saved. */
interface Learned {
  readonly settings: AutoencoderSettings
  readonly preparation: Preparation
  readonly weights: Weights
  /** Levels of learned windows and what was known of them, by chance: what new ones are made with. */
  readonly levels: readonly number[]
  readonly known: readonly (readonly number[])[]
  /** Whether anything below 0 was seen, and whether all was whole. */
  readonly signed: boolean
  readonly whole: boolean
  readonly window: string
}

const BATCH = 256
/** Windows whose levels and calendars are kept. */
const KEPT = 500
const STATE = 'state.json'
const WEIGHTS = 'weights.safetensors'
const CENTRAL = normalQuantile(0.975)
/** The median size of a standard normal number. */
const USUAL = normalQuantile(0.75)

/**
 * Learns how windows of all series of a panel look, each in units of its own level, with the calendar and the columns known ahead beside it: to find what is unlike them, to
 * make new ones, and to tell series apart by a few numbers (Hinton and Salakhutdinov, 2006; Kingma and Welling, 2014).
 *
 * Refuses options that there are not and windows in which nothing is observed.
 *
 * @example
 * const encoder = await learnAutoencoder(window, { latent: 4 }, run)
 * const [first] = await encoder.anomalies(window, run)
 */
export async function learnAutoencoder(window: Window, options: AutoencoderOptions, run: Run): Promise<Autoencoder> {
  const settings = autoencoderSettings(options)
  const kept = keptWindow(window)
  const { context, without } = settings
  const examplesOptions = { context, without, horizon: 1, age: false, size: false, gaps: false }
  const preparation = await preparationOf(kept, examplesOptions)
  const cells = await cellsOf(kept, preparation)
  const examples = await examplesOf(cells, preparation, { seed: run.seed })
  if (examples.count === 0) throw new CannotForecast('noValues')
  const batch = 2 * Math.max(1, Math.min(settings.batch, examples.count) >> 1)
  const wanted = (settings.epochs * examples.count) / batch
  const steps = Math.round(Math.min(settings.mostSteps, Math.max(settings.leastSteps, wanted)))
  const { weights } = await train(
    autoencoderNetwork(settings, examples.frame),
    batchesOf(examples, { seed: run.seed, size: batch }),
    {
      ...{ batch, steps, rate: settings.rate, clip: 1, average: 0.99, lanes: 2, stage: 'autoencoder: fit' },
      schedule: { kind: 'one-cycle', warm: 0.15 },
      ...(settings.noise > 0 && { noise: { target: settings.noise } }),
    },
    run,
  )
  const room = batchOf(examples.frame, 1)
  const random = Random.of(run.seed, 'autoencoder')
  const [levels, known]: [number[], number[][]] = [[], []]
  for (let k = 0; k < KEPT; k++) {
    examples.fill([random.integer(examples.count)], room)
    levels.push(at(room.level, 0))
    known.push([...(room.known ?? [])])
  }
  const seen = cells.arrays.seen.filter((y) => !Number.isNaN(y))
  return autoencoderOf({
    ...{ settings, preparation, weights, levels, known, window: window.digest },
    signed: seen.some((y) => y < 0),
    whole: seen.every((y) => Number.isInteger(y)),
  })
}

/** Reads back what {@link Autoencoder.save} wrote; its answers are the same to the last bit. */
export async function loadAutoencoder(dir: Dir): Promise<Autoencoder> {
  const saved = JSON.parse(await readFile(join(dir.path, STATE), 'utf8')) as Omit<Learned, 'weights'> & {
    readonly places: readonly Place[]
  }
  const file = join(dir.path, WEIGHTS)
  const { tensors } = readTensors(await readFile(file), file)
  const { places, ...rest } = saved
  const row = new Float32Array(places.at(-1)?.to ?? 0)
  for (const { name, shape, from } of places) {
    const stored = tensors.get(name)
    if (!stored) throw new ForetideError('training.weights', { name, shape: shape.join(' × ') })
    row.set(stored.data as Float32Array, from)
  }
  return autoencoderOf({ ...rest, weights: { places, row } })
}

function autoencoderOf(learned: Learned): Autoencoder {
  return {
    anomalies: (window, run) => anomalies(learned, window, run),
    synthetic: (count, seed) => synthetic(learned, count, seed),
    async embed(window, run) {
      const cells = await cellsOf(keptWindow(window), learned.preparation)
      const vectors: Float32Array[] = []
      const lasts = cells.ids.map((_, i) => at(cells.arrays.offsets, i + 1) - at(cells.arrays.offsets, i) - 1)
      const { latent } = learned.settings
      await through(learned, cells, Int32Array.from(lasts.keys()), Int32Array.from(lasts), run, (_, row, said) => {
        vectors.push((said.latent as Float32Array).slice(row * latent, (row + 1) * latent))
      })
      return { ids: cells.ids, vectors }
    },
    save: (dir) => save(learned, dir),
  }
}

/** Sends windows of series, by series and last cell, through the network. */
async function through(
  { settings, preparation, weights }: Learned,
  { arrays, cutoff }: Cells,
  series: Int32Array,
  origin: Int32Array,
  run: Run,
  visit: (window: number, row: number, said: Readonly<Record<string, Float32Array>>, room: Batch) => void,
): Promise<void> {
  const frame = frameOf(preparation)
  const laid: Laid = { preparation, arrays, series, origin, last: cutoff, weight: 1 }
  const fill = fillerOf(laid)
  const batch = Math.max(1, Math.min(BATCH, series.length))
  const predictor = await predictorOf(autoencoderNetwork(settings, frame), weights, { batch, threads: run.threads })
  const room = { ...batchOf(frame, batch), ...predictor.inputs }
  try {
    for (let from = 0; from < series.length; from += batch) {
      checkInterrupt(run)
      const rows = Math.min(batch, series.length - from)
      fill(
        Array.from({ length: rows }, (_, r) => from + r),
        room,
      )
      await predictor.run()
      for (let r = 0; r < rows; r++) visit(from + r, r, predictor.outputs, room)
      run.progress({ stage: 'autoencoder', done: from + rows, total: series.length })
    }
  } finally {
    await predictor.dispose()
  }
}

async function anomalies(learned: Learned, window: Window, run: Run): Promise<readonly SeriesAnomalies[]> {
  const { context } = learned.settings
  const cells = await cellsOf(keptWindow(window), learned.preparation)
  const { offsets, start, seen } = cells.arrays
  const stride = Math.max(1, context >> 2)
  const [series, origin]: [number[], number[]] = [[], []]
  for (let i = 0; i < cells.ids.length; i++) {
    const length = at(offsets, i + 1) - at(offsets, i)
    // From the last window on back, and the first one whole, so that every period is in one at the least.
    const first = Math.min(length, context) - 1
    for (let o = length - 1; o > first; o -= stride) {
      series.push(i)
      origin.push(o)
    }
    if (length > 0) {
      series.push(i)
      origin.push(first)
    }
  }
  const count = seen.length
  const [sums, variances, times] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  await through(learned, cells, Int32Array.from(series), Int32Array.from(origin), run, (w, row, said, room) => {
    const last = at(offsets, series[w] as number) + (origin[w] as number)
    const level = at(room.level, row)
    for (let t = 0; t < context; t++) {
      const cell = last + 1 - context + t
      if (cell < at(offsets, series[w] as number)) continue
      sums[cell] = at(sums, cell) + level * at(said.mean as Float32Array, row * context + t)
      variances[cell] = at(variances, cell) + (level * at(said.deviation as Float32Array, row * context + t)) ** 2
      times[cell] = at(times, cell) + 1
    }
  })
  return cells.ids.map((id, i) => {
    const [from, to] = [at(offsets, i), at(offsets, i + 1)]
    const length = to - from
    const expected = new Float64Array(length)
    const deviation = new Float64Array(length)
    const off = new Float64Array(length)
    for (let k = 0; k < length; k++) {
      expected[k] = at(sums, from + k) / at(times, from + k)
      deviation[k] = Math.sqrt(at(variances, from + k) / at(times, from + k))
      off[k] = Math.abs(at(seen, from + k) - at(expected, k)) / at(deviation, k)
    }
    const sizes = off.filter((x) => !Number.isNaN(x)).sort()
    const usual = sizes.length > 0 ? Math.max(1e-6, at(sizes, sizes.length >> 1) / USUAL) : 1
    const bound = (sign: number) =>
      expected.map((x, k) => {
        const y = x + sign * CENTRAL * usual * at(deviation, k)
        return learned.signed ? y : Math.max(0, y)
      })
    return {
      ...{ id, start: at(start, i), scores: off.map((x) => x / usual) },
      ...{ expected: learned.signed ? expected : expected.map((x) => Math.max(0, x)), low: bound(-1), high: bound(1) },
    }
  })
}

async function synthetic(learned: Learned, count: number, seed: number): Promise<readonly Float64Array[]> {
  const { settings, preparation, weights, levels, known, signed, whole } = learned
  if (!settings.variational) throw new ForetideError('autoencoder.synthetic', {}, { fault: 'usage' })
  const { context, latent } = settings
  const random = Random.of(seed, 'synthetic')
  const batch = Math.max(1, Math.min(BATCH, count))
  const predictor = await predictorOf(decoderNetwork(settings, frameOf(preparation)), weights, { batch, threads: 1 })
  const made: Float64Array[] = []
  try {
    while (made.length < count) {
      const rows = Math.min(batch, count - made.length)
      const scales: number[] = []
      for (let r = 0; r < rows; r++) {
        for (let k = 0; k < latent; k++) (predictor.inputs.latent as Float32Array)[r * latent + k] = random.normal()
        const like = known[random.integer(known.length)] ?? []
        if (predictor.inputs.known) (predictor.inputs.known as Float32Array).set(like, r * like.length)
        scales.push(levels[random.integer(levels.length)] as number)
      }
      await predictor.run()
      const { mean, deviation } = predictor.outputs as Record<'mean' | 'deviation', Float32Array>
      for (let r = 0; r < rows; r++)
        made.push(
          Float64Array.from({ length: context }, (_, t) => {
            const k = r * context + t
            const y = (scales[r] as number) * (at(mean, k) + at(deviation, k) * random.normal())
            const kept = signed ? y : Math.max(0, y)
            return whole ? Math.round(kept) : kept
          }),
        )
    }
  } finally {
    await predictor.dispose()
  }
  return made
}

async function save(learned: Learned, dir: Dir): Promise<Manifest> {
  const { settings, preparation, weights, window, ...rest } = learned
  const frame = frameOf(preparation)
  await mkdir(dir.path, { recursive: true })
  const tensors = new Map<string, StoredTensor>()
  for (const { name, shape, from, to } of weights.places)
    tensors.set(name, { type: 'F32', shape, data: weights.row.slice(from, to) })
  await writeFile(join(dir.path, WEIGHTS), writeTensors({ tensors, metadata: { model: 'autoencoder' } }))
  const files = [STATE, WEIGHTS]
  for (const [file, network] of [
    ['autoencoder.onnx', autoencoderNetwork(settings, frame)],
    ['decoder.onnx', decoderNetwork(settings, frame)],
  ] as const) {
    await writeFile(join(dir.path, file), writeModel(networkModel(network, weights, 1)))
    files.push(file)
  }
  const state = { settings, preparation, window, ...rest, places: weights.places }
  await writeFile(join(dir.path, STATE), JSON.stringify(state))
  const manifest: Manifest = { model: 'autoencoder', version: VERSION, options: settings, window, files }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}
