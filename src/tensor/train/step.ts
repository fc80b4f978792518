import type { Random } from '../../core/random.ts'
import { toOnnx } from '../graph/emit.ts'
import { gradients } from '../graph/gradients.ts'
import { add, concat, mul, reshape, split, sqrt, sub, sum } from '../graph/operators.ts'
import { sizeOf } from '../graph/shapes.ts'
import type { Float, Value } from '../graph/value.ts'
import type { Parameters } from '../layers/parameters.ts'
import type { Model } from '../onnx/model.ts'
import { clipped, type OptimiserOptions, slotsOf, stepped } from './optimiser.ts'

/** How a step is taken. */
export interface StepOptions {
  readonly optimiser: OptimiserOptions
  /** Length that the gradient of all parameters together has at most; as long as it is unless given. */
  readonly clip?: number
  /** Share that a moving average of the parameters keeps at every step; none is kept unless given. */
  readonly average?: number
}

/** Where a parameter stands in the row of all of them. */
interface Place {
  readonly name: string
  readonly shape: readonly number[]
  readonly from: number
  readonly to: number
}

/** A training step as a model: everything from parameters and a batch to the next parameters. */
export interface Step {
  readonly model: Model
  readonly places: readonly Place[]
  /** How many numbers are learned. */
  readonly size: number
  /** Inputs and outputs (`next.` before their names) that hold `size` numbers each: parameters, what the optimiser keeps, the average. */
  readonly rows: readonly string[]
}

/** Names of the inputs that are fed at every step beside rows and data. */
export const PACE = ['pace.rate', 'pace.correction1', 'pace.correction2'] as const

/** Places of all parameters in one row. */
function placesOf({ all }: Parameters): readonly Place[] {
  let from = 0
  return [...all].map(([name, { value }]) => {
    const to = from + sizeOf(value.shape)
    const place = { name, shape: value.shape, from, to }
    from = to
    return place
  })
}

/** First parameters, laid out in one row. */
export function initialRow({ all }: Parameters, random: Random): Float32Array {
  return Float32Array.from([...all.values()].flatMap(({ value, initialise }) => [...initialise(value.shape, random)]))
}

/**
 * Writes a whole training step (forward, backward, clipping, optimiser) as one model.
 *
 * All parameters travel as one row of numbers, cut into tensors within the model: the optimiser is a dozen operations whatever
 * the number of layers, and a checkpoint is a few arrays.
 */
export function trainingStep(
  parameters: Parameters,
  loss: Float,
  { optimiser, clip, average }: StepOptions,
  outputs: Readonly<Record<string, Value>> = {},
): Step {
  const { graph, all } = parameters
  const places = placesOf(parameters)
  const size = places.at(-1)?.to ?? 0
  const values = [...all.values()].map(({ value }) => value)
  const row = graph.input('parameters', [size])
  const parts = split(
    row,
    places.map(({ from, to }) => to - from),
    0,
  )
  const instead = new Map(values.map((value, k) => [value, reshape(parts[k] as Float, value.shape)]))
  const slopes = gradients(loss, values)
  const whole = concat(
    slopes.map((slope) => reshape(slope, [-1])),
    0,
  )
  const { gradient, norm } =
    clip === undefined ? { gradient: whole, norm: sqrt(sum(mul(whole, whole))) } : clipped(whole, clip)
  const pace = PACE.map((name) => graph.input(name, []))
  const [rate, correction1, correction2] = pace as unknown as readonly [Float, Float, Float]
  const decays = new Float32Array(size)
  for (const [k, { decays: does }] of [...all.values()].entries())
    if (does) decays.fill(1, places[k]?.from, places[k]?.to)
  const slots = slotsOf(optimiser).map((name) => graph.input(`optimiser.${name}`, [size]))
  const mask = graph.constant(decays, [size]) as Float
  const next = stepped(optimiser, row, gradient, slots, mask, { rate, correction1, correction2 })
  const rows: Record<string, Float> = { parameters: next.parameters }
  for (const [k, name] of slotsOf(optimiser).entries()) rows[`optimiser.${name}`] = next.slots[k] as Float
  if (average !== undefined) {
    const before = graph.input('average', [size])
    rows.average = add(before, mul(sub(next.parameters, before), 1 - average))
  }
  const named = Object.fromEntries(Object.entries(rows).map(([name, value]) => [`next.${name}`, value]))
  const model = toOnnx({ loss, 'gradient.norm': norm, ...outputs, ...named }, { instead })
  return { model, places, size, rows: Object.keys(rows) }
}
