import { Random } from '../../../core/random.ts'
import { toOnnx } from '../../../tensor/graph/emit.ts'
import { mean, mul, sub } from '../../../tensor/graph/operators.ts'
import type { Tensor } from '../../../tensor/onnx/model.ts'
import { writeModel } from '../../../tensor/onnx/write.ts'
import { session } from '../../../tensor/runtime.ts'
import { correctionsAt } from '../../../tensor/train/optimiser.ts'
import { initialRow, PACE, trainingStep } from '../../../tensor/train/step.ts'
import type { Architecture, Frame } from '../architecture.ts'
import { built, cut, type Feeds } from './running.case.ts'

const OPTIMISER = { kind: 'adam' } as const
const CONTEXT = 21
const HORIZON = 7

/** A series by chance that keeps a rule: its periods from the first of the context to the last of the horizon, and its column. */
type Rule = (random: Random) => { readonly y: (t: number) => number; readonly known?: (t: number) => number }

/** Rules that a forecaster should find. */
export const RULES = {
  /** Every week is as the one before, whatever it was. */
  lag(random) {
    const week = Array.from({ length: 7 }, () => random.normal())
    return { y: (t) => week[t % 7] as number }
  },
  /** A promotion doubles demand, whose level is the series' own. */
  promotion(random) {
    const level = 0.5 + random.uniform()
    const on = Array.from({ length: CONTEXT + HORIZON }, () => (random.uniform() < 0.3 ? 1 : 0))
    return { y: (t) => level * (1 + (on[t] as number)), known: (t) => on[t] as number }
  },
  /** A wave of 12 periods, of any phase and height, with noise. */
  season(random) {
    const [phase, height] = [random.uniform(), 0.5 + random.uniform()]
    return { y: (t) => height * Math.sin(2 * Math.PI * (t / 12 + phase)) + 0.1 * random.normal() }
  },
} satisfies Record<string, Rule>

const frameOf = (rule: Rule, batch: number): Frame => {
  const { known } = rule(Random.of(0, 'kind'))
  return { batch, context: CONTEXT, horizon: HORIZON, past: 0, known: known ? 1 : 0, statics: 0, categories: [] }
}

/** Fresh examples of a rule. */
function examples(rule: Rule, { batch, known: columns }: Frame, random: Random): Feeds {
  const target = new Float32Array(batch * CONTEXT)
  const truth = new Float32Array(batch * HORIZON)
  const column = new Float32Array(batch * (CONTEXT + HORIZON))
  for (let b = 0; b < batch; b++) {
    const { y, known } = rule(random)
    for (let t = 0; t < CONTEXT + HORIZON; t++) {
      if (t < CONTEXT) target[b * CONTEXT + t] = y(t)
      else truth[b * HORIZON + t - CONTEXT] = y(t)
      if (known) column[b * (CONTEXT + HORIZON) + t] = known(t)
    }
  }
  const numbers = (data: Float32Array, ...rest: readonly number[]): Tensor => ({
    type: 'float32',
    dims: [batch, ...rest],
    data,
  })
  return {
    target: numbers(target, CONTEXT),
    observed: numbers(new Float32Array(batch * CONTEXT).fill(1), CONTEXT),
    truth: numbers(truth, HORIZON, 1),
    ...(columns > 0 && { known: numbers(column, CONTEXT + HORIZON, 1) }),
  }
}

/** How long is learned. */
interface Learning {
  readonly steps?: number
  readonly rate?: number
}

/** An architecture learns a rule from fresh examples: its mean squared error on others, as a share of that of their mean. */
export async function learned(
  architecture: Architecture,
  rule: Rule,
  { steps = 300, rate = 0.005 }: Learning = {},
): Promise<number> {
  const random = Random.of(1, `learned ${architecture.name}`)
  const batch = 64
  const { parameters, raw } = built(architecture, frameOf(rule, batch), 1, true)
  const error = sub(raw, parameters.graph.input('truth', [batch, HORIZON, 1]))
  const step = trainingStep(parameters, mean(mul(error, error)), { optimiser: OPTIMISER, clip: 1 })
  const model = await session(writeModel(step.model), { threads: 1 })
  const row = (data: Float32Array): Tensor => ({ type: 'float32', dims: [step.size], data })
  let rows: Record<string, Tensor> = Object.fromEntries(
    step.rows.map((name) => [
      name,
      row(name === 'parameters' ? initialRow(parameters, random) : new Float32Array(step.size)),
    ]),
  )
  for (let t = 1; t <= steps; t++) {
    // The rate falls to nothing along half a cosine, so that the last steps settle.
    const now = (rate / 2) * (1 + Math.cos((Math.PI * t) / steps))
    const pace = [now, ...correctionsAt(OPTIMISER, t)].map((x, k) => [
      PACE[k],
      { type: 'float32', dims: [], data: Float32Array.of(x) },
    ])
    const noise = [...parameters.noises].map(([name, { value, kind }]) => {
      const data = Float32Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, () =>
        kind === 'uniform' ? random.uniform() : random.normal(),
      )
      return [name, { type: 'float32', dims: value.shape, data }]
    })
    const all = { ...Object.fromEntries([...pace, ...noise]), ...examples(rule, frameOf(rule, batch), random), ...rows }
    const out = await model.run(Object.fromEntries(model.inputs.map((name) => [name, all[name]])))
    rows = Object.fromEntries(step.rows.map((name) => [name, out[`next.${name}`] as Tensor]))
  }
  await model.dispose()
  return remaining(architecture, rule, rows.parameters as Tensor, random)
}

/** The mean squared error that is left, as a share of that of the mean. */
async function remaining(architecture: Architecture, rule: Rule, row: Tensor, random: Random): Promise<number> {
  const frame = frameOf(rule, 256)
  const { parameters, raw } = built(architecture, frame, 1)
  const model = await session(writeModel(toOnnx({ raw })), { threads: 1 })
  const feeds = examples(rule, frame, random)
  const all: Record<string, Tensor> = { ...feeds, ...cut(parameters, row.data as Float32Array) }
  const said = (await model.run(Object.fromEntries(model.inputs.map((name) => [name, all[name] as Tensor])))).raw
  await model.dispose()
  const truth = [...((feeds.truth as Tensor).data as Float32Array)]
  const middle = truth.reduce((a, b) => a + b, 0) / truth.length
  const squares = (from: (k: number) => number) => truth.reduce((sum, y, k) => sum + (y - from(k)) ** 2, 0)
  return squares((k) => Number(said?.data[k])) / squares(() => middle)
}
