import { ForetideError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { toOnnx } from '../graph/emit.ts'
import { gradients } from '../graph/gradients.ts'
import { add, concat, less, mul, reshape, split, sub, where } from '../graph/operators.ts'
import { sameShape, sizeOf } from '../graph/shapes.ts'
import type { Float, Value } from '../graph/value.ts'
import type { Parameters } from '../layers/parameters.ts'
import type { Model } from '../onnx/model.ts'
import { inMixedPrecision } from './mixed.ts'
import { clipping, type OptimiserOptions, slotsOf, stepped } from './optimiser.ts'
import type { Weights } from './weights.ts'

/** How a step is taken. */
export interface StepOptions {
  readonly optimiser: OptimiserOptions
  /** Length that the gradient of all parameters together has at most; as long as it is unless given. */
  readonly clip?: number
  /** Share that a moving average of the parameters keeps at every step; none is kept unless given. */
  readonly average?: number
  /**
   * Whether products are worked out in half precision, parameters staying in single: for execution providers that are quicker at that. The loss is scaled up so that
   * small gradients do not vanish, and a step whose gradient overflows is not taken.
   */
  readonly precision?: 'single' | 'mixed'
}

/** What the loss is multiplied by before gradients in half precision are taken. */
const SCALE = 1024
/** Gradients from here on have overflowed. */
const OVERFLOWN = 1e30

/** Where a parameter stands in the row of all of them. */
export interface Place {
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
export function placesOf({ all }: Parameters): readonly Place[] {
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

/** The row of all parameters as an input, and its parts in the places of the parameters. */
function rowOf({ graph, all }: Parameters, places: readonly Place[]) {
  const row = graph.input('parameters', [places.at(-1)?.to ?? 0]) as Float
  const parts = split(
    row,
    places.map(({ from, to }) => to - from),
    0,
  )
  const instead = new Map<Value, Value>()
  for (const [k, { name, shape }] of places.entries()) {
    const parameter = all.get(name)
    if (parameter) instead.set(parameter.value, reshape(parts[k] as Float, shape))
  }
  return { row, instead }
}

/** The gradient of a loss by all parameters, as a row. */
function slopeRow({ all }: Parameters, loss: Float, { precision }: StepOptions): Float {
  const mixed = precision === 'mixed'
  const slopes = gradients(
    mixed ? mul(loss, SCALE) : loss,
    [...all.values()].map(({ value }) => value),
  )
  const row = concat(
    slopes.map((slope) => reshape(slope, [-1])),
    0,
  )
  return mixed ? mul(row, 1 / SCALE) : row
}

const written = (model: Model, { precision }: StepOptions): Model =>
  precision === 'mixed' ? inMixedPrecision(model) : model

/** What an update makes of the row of parameters and their gradient, by name of the row. */
function updated(
  parameters: Parameters,
  places: readonly Place[],
  row: Float,
  slope: Float,
  { optimiser, clip, average, precision }: StepOptions,
) {
  const { graph, all } = parameters
  const size = slope.shape[0] as number
  const { factor, norm } = clipping(slope, clip)
  const pace = PACE.map((name) => graph.input(name, []))
  const [rate, correction1, correction2] = pace as unknown as readonly [Float, Float, Float]
  const decays = new Float32Array(size)
  for (const [k, { decays: does }] of [...all.values()].entries())
    if (does) decays.fill(1, places[k]?.from, places[k]?.to)
  const slots = slotsOf(optimiser).map((name) => graph.input(`optimiser.${name}`, [size]))
  const mask = graph.constant(decays, [size]) as Float
  const next = stepped(optimiser, row, slope, factor, slots, mask, { rate, correction1, correction2 })
  // No comparison with what is not a number holds: such a step is not taken either.
  const sound = precision === 'mixed' ? less(norm, OVERFLOWN) : undefined
  const taken = (after: Float, before: Float) => (sound ? where(sound, after, before) : after)
  const rows: Record<string, Float> = { parameters: taken(next.parameters, row) }
  for (const [k, name] of slotsOf(optimiser).entries())
    rows[`optimiser.${name}`] = taken(next.slots[k] as Float, slots[k] as Float)
  if (average !== undefined) {
    const before = graph.input('average', [size])
    rows.average = taken(add(before, mul(sub(next.parameters, before), 1 - average)), before)
  }
  return { rows, norm }
}

const nextOf = (rows: Readonly<Record<string, Float>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, value]) => [`next.${name}`, value]))

/**
 * Writes a whole training step (forward, backward, clipping, optimiser) as one model.
 *
 * All parameters travel as one row of numbers, cut into tensors within the model: the optimiser is a dozen operations whatever
 * the number of layers, and a checkpoint is a few arrays.
 */
export function trainingStep(
  parameters: Parameters,
  loss: Float,
  options: StepOptions,
  outputs: Readonly<Record<string, Value>> = {},
): Step {
  const places = placesOf(parameters)
  const { row, instead } = rowOf(parameters, places)
  const { rows, norm } = updated(parameters, places, row, slopeRow(parameters, loss, options), options)
  const model = toOnnx({ loss, 'gradient.norm': norm, ...outputs, ...nextOf(rows) }, { instead })
  return { model: written(model, options), places, size: places.at(-1)?.to ?? 0, rows: Object.keys(rows) }
}

/** A step in parts, as two models: one that adds a part's gradient to those before, one that takes the step. */
export interface GradualStep {
  /** From parameters, examples and the row `gradient` to `loss` and `next.gradient`. */
  readonly adding: Model
  /** From rows, `gradient.0` and so on, one for each lane, and the pace to the next rows and `gradient.norm`. */
  readonly taking: Step
}

/** Over how much the gradient of a step is a mean. */
export interface Parts {
  /** Batches one after the other. */
  readonly batches: number
  /** Parts of each batch side by side. */
  readonly lanes: number
}

/** Writes a training step whose gradient is the mean over several batches, and over parts of them. */
export function gradualStep(
  parameters: Parameters,
  loss: Float,
  { batches, lanes }: Parts,
  options: StepOptions,
): GradualStep {
  const { graph } = parameters
  const places = placesOf(parameters)
  const { row, instead } = rowOf(parameters, places)
  const size = places.at(-1)?.to ?? 0
  const slope = mul(slopeRow(parameters, loss, options), 1 / (batches * lanes))
  const added = add(graph.input('gradient', [size]) as Float, slope)
  const all = Array.from({ length: lanes }, (_, k) => graph.input(`gradient.${k}`, [size]) as Float)
  const { rows, norm } = updated(
    parameters,
    places,
    row,
    all.reduce((a, b) => add(a, b)),
    options,
  )
  return {
    adding: written(toOnnx({ loss, 'next.gradient': added }, { instead }), options),
    taking: { model: toOnnx({ 'gradient.norm': norm, ...nextOf(rows) }), places, size, rows: Object.keys(rows) },
  }
}

/** Writes outputs as a model that is given the row of parameters, which stand in these places, anew at every run. */
export function withParameters(
  parameters: Parameters,
  places: readonly Place[],
  outputs: Readonly<Record<string, Value>>,
): Model {
  return toOnnx(outputs, { instead: rowOf(parameters, places).instead })
}

/** Writes outputs as a model that holds its weights itself: what is kept and shipped; refuses weights of another network. */
export function withWeights(
  { graph, all }: Parameters,
  { places, row }: Weights,
  outputs: Readonly<Record<string, Value>>,
  metadata: Readonly<Record<string, string>> = {},
): Model {
  const instead = new Map<Value, Value>()
  for (const [name, { value }] of all) {
    const place = places.find((p) => p.name === name)
    if (!place || !sameShape(place.shape, value.shape))
      throw new ForetideError('training.weights', { name, shape: value.shape.join(' × ') })
    instead.set(value, graph.constant(row.slice(place.from, place.to), value.shape))
  }
  return toOnnx(outputs, { instead, metadata })
}
