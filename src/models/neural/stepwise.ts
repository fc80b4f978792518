import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Float } from '../../tensor/graph/value.ts'
import type { Fields, Network } from '../../tensor/train/network.ts'
import { type Predictor, predictorOf } from '../../tensor/train/predictor.ts'
import type { Weights } from '../../tensor/train/weights.ts'
import type { Architecture, Frame, StepView, Stepwise, View } from './architecture.ts'
import { batchOf } from './examples/batches.ts'
import type { PanelExamples } from './examples/examples.ts'
import { restored } from './examples/target.ts'
import { inputFields } from './forecaster.ts'
import type { Head } from './head.ts'
import type { Learned } from './learned.ts'

/** Rows that go through a step at once: paths of some series. */
const ROWS = 1024

type Sizes = Omit<Frame, 'batch'>

/** The network that reads the past. */
function startNetwork(stepwise: Stepwise, frame: Sizes): Network {
  return {
    inputs: inputFields(frame),
    labels: {},
    forward(parameters, inputs) {
      const view = inputs as unknown as View
      const state = stepwise.start(parameters, view, { batch: view.target.shape[0] as number, ...frame })
      return Object.fromEntries(state.map((x, k) => [`state${k}`, x]))
    },
    loss: ({ state0 }) => state0 as Float,
  }
}

/** The network that takes one step. */
function nextNetwork(stepwise: Stepwise, head: Head, frame: Sizes): Network {
  const { past, known, statics, categories } = frame
  const inputs: Fields = {
    ...Object.fromEntries(stepwise.state.map((shape, k) => [`state${k}`, { shape }])),
    previous: { shape: [1] },
    there: { shape: [1] },
    ...(known > 0 && { known: { shape: [known] } }),
    ...(past > 0 && { past: { shape: [past] } }),
    ...(statics > 0 && { statics: { shape: [statics] } }),
    ...(categories.length > 0 && { categories: { shape: [categories.length], type: 'int64' } }),
  }
  return {
    inputs,
    labels: {},
    forward(parameters, given) {
      const values = given as unknown as Record<string, Float>
      const batch = (values.previous as Float).shape[0] as number
      const state = stepwise.state.map((_, k) => values[`state${k}`] as Float)
      const { raw, state: after } = stepwise.next(
        parameters,
        state,
        given as unknown as StepView,
        { batch, ...frame },
        head.width,
      )
      return { outputs: head.transform(raw), ...Object.fromEntries(after.map((x, k) => [`next${k}`, x])) }
    },
    loss: ({ outputs }) => outputs as Float,
  }
}

/** Forecasts by drawing: gives sample paths of each series, in units, [paths · horizon], to whoever asks. */
export async function drawnPaths(
  { settings, preparation }: Learned,
  weights: Weights,
  architecture: Architecture & { readonly stepwise: Stepwise },
  head: Head,
  examples: PanelExamples,
  run: Run,
  member: number,
  closed: (series: number, step: number) => boolean,
  each: (series: number, paths: Float64Array) => void,
): Promise<void> {
  const { stepwise } = architecture
  const { frame } = examples
  const { context, horizon } = frame
  const { transform } = preparation.settings
  const { paths: count } = stepwise
  const some = Math.max(1, Math.min(examples.count, Math.floor(ROWS / count)))
  const threads = run.threads
  const start = await predictorOf(startNetwork(stepwise, frame), weights, { batch: some, threads })
  const next = await predictorOf(nextNetwork(stepwise, head, frame), weights, { batch: some * count, threads })
  const room = { ...batchOf(frame, some), ...start.inputs }
  const paths = new Float64Array(count * horizon)
  try {
    for (let from = 0; from < examples.count; from += some) {
      checkInterrupt(run)
      const rows = Math.min(some, examples.count - from)
      examples.fill(
        Array.from({ length: rows }, (_, r) => from + r),
        room,
      )
      await start.run()
      begin(start, next, stepwise, frame, room, count)
      const randoms = Array.from({ length: rows }, (_, r) =>
        Random.of(run.seed, `${settings.name}:${examples.ids[from + r]}:${member}`),
      )
      const drawn = new Float64Array(rows * count * horizon)
      for (let h = 0; h < horizon; h++) {
        if (next.inputs.known)
          for (let r = 0; r < some; r++) {
            const place = (r * (context + horizon) + context + h) * frame.known
            repeat(next.inputs.known as Float32Array, room.known as Float32Array, place, frame.known, r, count)
          }
        if (h === 1 && next.inputs.past) (next.inputs.past as Float32Array).fill(0)
        await next.run()
        const outputs = next.outputs.outputs as Float32Array
        for (let k = 0; k < stepwise.state.length; k++)
          (next.inputs[`state${k}`] as Float32Array).set(next.outputs[`next${k}`] as Float32Array)
        for (let r = 0; r < rows; r++)
          for (let p = 0; p < count; p++) {
            const row = r * count + p
            const x = head.sample(outputs, row * head.outputs, at(room.level, r), randoms[r] as Random)
            // A planned closure is fed as what is not known, as it was when learning.
            const shut = closed(from + r, h)
            ;(next.inputs.previous as Float32Array)[row] = shut ? 0 : x
            ;(next.inputs.there as Float32Array)[row] = shut ? 0 : 1
            drawn[row * horizon + h] = restored(transform, at(room.offset, r) + at(room.level, r) * x)
          }
      }
      for (let r = 0; r < rows; r++) {
        paths.set(drawn.subarray(r * count * horizon, (r + 1) * count * horizon))
        each(from + r, paths)
      }
      run.progress({ stage: `${settings.name}: forecast`, done: from + rows, total: examples.count })
    }
  } finally {
    await start.dispose()
    await next.dispose()
  }
}

/** Feeds the state after the past, the last observed period and the series as a whole to all paths of each series. */
function begin(
  start: Predictor,
  next: Predictor,
  stepwise: Stepwise,
  { context, past, statics, categories }: Sizes,
  room: ReturnType<typeof batchOf>,
  count: number,
): void {
  for (let r = 0; r < start.batch; r++) {
    for (const [k, [units]] of stepwise.state.entries())
      repeat(
        next.inputs[`state${k}`] as Float32Array,
        start.outputs[`state${k}`] as Float32Array,
        r * (units as number),
        units as number,
        r,
        count,
      )
    repeat(next.inputs.previous as Float32Array, room.target, (r + 1) * context - 1, 1, r, count)
    repeat(next.inputs.there as Float32Array, room.observed, (r + 1) * context - 1, 1, r, count)
    if (room.past) repeat(next.inputs.past as Float32Array, room.past, ((r + 1) * context - 1) * past, past, r, count)
    if (room.statics) repeat(next.inputs.statics as Float32Array, room.statics, r * statics, statics, r, count)
    if (room.categories) {
      const codes = room.categories.subarray(r * categories.length, (r + 1) * categories.length)
      for (let p = 0; p < count; p++)
        (next.inputs.categories as BigInt64Array).set(codes, (r * count + p) * categories.length)
    }
  }
}

/** Writes `width` numbers from a place on as rows of all paths of series `r`. */
function repeat(into: Float32Array, from: Float32Array, place: number, width: number, r: number, count: number): void {
  for (let p = 0; p < count; p++)
    for (let k = 0; k < width; k++) into[(r * count + p) * width + k] = at(from, place + k)
}

/** Writes the quantiles of ascending draws at levels, joined by lines between neighbours (definition 7 of Hyndman and Fan, 1996). */
export function quantilesOfDraws(ascending: Float64Array, levels: readonly number[], into: Float64Array): void {
  for (const [l, level] of levels.entries()) {
    const place = level * (ascending.length - 1)
    const k = Math.min(ascending.length - 2, Math.floor(place))
    const [low, high] = [at(ascending, k), at(ascending, k + 1)]
    into[l] = low + (place - k) * (high - low)
  }
}
