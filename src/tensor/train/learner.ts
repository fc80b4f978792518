import { availableParallelism } from 'node:os'
import { ForetideError } from '../../core/errors.ts'
import { sharedFloat32 } from '../../core/memory.ts'
import { Random } from '../../core/random.ts'
import { gradients } from '../graph/gradients.ts'
import { tensorGraph } from '../graph/graph.ts'
import { add, mul, sign } from '../graph/operators.ts'
import type { Float, Value } from '../graph/value.ts'
import { type Parameters, parametersOf } from '../layers/parameters.ts'
import type { Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { type SessionOptions, session } from '../runtime.ts'
import { type Arrays, arraysOf, tensorsOf } from './arrays.ts'
import { lanesOf } from './lanes.ts'
import { type Fields, inputsOf, type Network, type ValuesOf } from './network.ts'
import { noiseFeeds } from './noise.ts'
import { correctionsAt } from './optimiser.ts'
import {
  gradualStep,
  initialRow,
  PACE,
  type Parts,
  type Place,
  placesOf,
  type Step,
  type StepOptions,
  trainingStep,
  withParameters,
} from './step.ts'
import { laidOut, type Weights } from './weights.ts'

/** What is done to examples before a network sees them, so that it does not learn them by heart. */
export interface DisturbOptions {
  /** Standard deviations of noise that is added, by name of the input or label. */
  readonly noise?: Readonly<Record<string, number>>
  /** Inputs that are moved by `size` to where they hurt most, the loss being the mean of both (Goodfellow et al., 2015). */
  readonly adversarial?: { readonly inputs: readonly string[]; readonly size: number }
}

/** How a network is made ready to learn. */
export interface LearnerOptions extends StepOptions, SessionOptions, DisturbOptions {
  /** Examples of a batch. */
  readonly batch: number
  /** Batches whose mean gradient makes a step; 1 unless given. */
  readonly accumulate?: number
  /**
   * Parts that each batch is learned from in, side by side where there are threads for it. With 2 or more, what is learned does not depend on the
   * threads; with one, ONNX Runtime shares products out among them, and last digits may differ.
   *
   * Unless given, 2 for networks of many operations on large batches, such as recurrent ones: those gain by it, others lose.
   */
  readonly lanes?: number
  /** Weights to go on from, wherever they stand in their row; fresh ones under the seed unless given. */
  readonly from?: Weights
  readonly seed: number
}

/** A network that is learning: all that changes lies in its rows. */
export interface Learner {
  readonly places: readonly Place[]
  /** Where the examples of a batch are put. */
  readonly batch: Arrays
  /** Rows of numbers by name (see {@link Step.rows}); those that the last step has written. */
  readonly rows: Readonly<Record<string, Float32Array>>
  /** Learns from batches, each put into `batch` by `next`, as step `step` (counted from 0) at a rate. */
  step(step: number, rate: number, next: (k: number) => Promise<void> | void): Promise<StepResult>
  /** The loss of what `batch` holds, by parameters that are given as a row; nothing is learned, nothing drops out. */
  evaluate(row: Float32Array): Promise<number>
  dispose(): Promise<void>
}

interface StepResult {
  readonly loss: number
  /** Length of the gradient before it was clipped. */
  readonly norm: number
}

/** Compiles a network's training and its evaluation for batches of one size; rows that are given are gone on from. */
export async function learnerOf<I extends Fields, L extends Fields>(
  network: Network<I, L>,
  options: LearnerOptions,
  given: Rows = {},
): Promise<Learner> {
  const { batch: size, accumulate = 1, lanes = lanesFor(network, size), seed, optimiser } = options
  if (size % lanes !== 0) throw new ForetideError('training.lanes', { batch: size, lanes }, { fault: 'usage' })
  const part = size / lanes
  const fields: I & L = { ...network.inputs, ...network.labels }
  const batch = arraysOf(fields, size)
  const parameters = parametersOf(tensorGraph())
  const loss = disturbedLoss(network, parameters, inputsOf(parameters.graph, fields, part), options)
  const noises = Array.from({ length: lanes }, (_, lane) => noiseFeeds(parameters, seed + lane))
  const data = noises.map(({ tensors }, lane) => ({ ...tensorsOf(fields, batch, part, lane * part), ...tensors }))
  const pace = PACE.map(() => scalar())
  const paces = Object.fromEntries(PACE.map((name, k) => [name, pace[k] as Scalar]))
  const begun = given.parameters ? undefined : options.from && laidOut(options.from, placesOf(parameters))
  const rows = begun ? { ...given, parameters: begun } : given
  const way: Asked = { parameters, loss, options, data, paces, given: rows, parts: { batches: accumulate, lanes } }
  const { step, sides, take, dispose } = lanes * accumulate > 1 ? await inParts(way) : await directly(way)
  const judge = await judgeOf(network, fields, tensorsOf(fields, batch, size), options, step)
  let side: Side = 0
  return {
    places: step.places,
    batch,
    get rows() {
      return sides[side]
    },
    async step(number, rate, next) {
      for (const [k, x] of [rate, ...correctionsAt(optimiser, number + 1)].entries()) (pace[k] as Scalar).data[0] = x
      const result = await take(side, async (k) => {
        for (const noise of noises) noise.fill(number * accumulate + k)
        await next(k)
      })
      side = side === 0 ? 1 : 0
      return result
    },
    evaluate: judge.evaluate,
    async dispose() {
      await dispose()
      await judge.dispose()
    },
  }
}

/** Operations of a network, and examples of a batch, from which on halves are faster than the whole. */
const MANY = 300
const LARGE = 128

function lanesFor(network: Network, batch: number): number {
  if (batch < LARGE || batch % 2 === 1) return 1
  const parameters = parametersOf(tensorGraph())
  const values = inputsOf(parameters.graph, { ...network.inputs, ...network.labels }, batch)
  return network.loss(network.forward(parameters, values), values).from.id >= MANY ? 2 : 1
}

type Side = 0 | 1
type Rows = Readonly<Record<string, Float32Array>>
type Scalar = Tensor & { readonly data: Float32Array }

/** What both ways of stepping begin from. */
interface Asked {
  readonly parameters: Parameters
  readonly loss: Float
  readonly options: LearnerOptions
  /** Examples and noise of each lane. */
  readonly data: readonly Readonly<Record<string, Tensor>>[]
  readonly paces: Readonly<Record<string, Tensor>>
  readonly given: Rows
  readonly parts: Parts
}

/** Steps from the rows of one side to those of the other: two sets of arrays that are read and written in turn, none made anew. */
interface Stepping {
  readonly step: Pick<Step, 'places' | 'size'>
  readonly sides: readonly [Rows, Rows]
  take(side: Side, next: (k: number) => Promise<void>): Promise<StepResult>
  dispose(): Promise<void>
}

/** Every batch is a step, and a step one model. */
async function directly({ parameters, loss, options, data, paces, given }: Asked): Promise<Stepping> {
  const step = trainingStep(parameters, loss, options)
  const rows = rowsOf(step, parameters, options.seed, given)
  const model = await session(writeModel(step.model), options)
  const lossOut = scalar()
  const normOut = scalar()
  const through = SIDES.map((side) =>
    model.prepare(
      { ...data[0], ...paces, ...rows.tensors(side) },
      { loss: lossOut, 'gradient.norm': normOut, ...rows.written(side) },
    ),
  )
  return {
    step,
    sides: rows.sides,
    async take(side, next) {
      await next(0)
      await through[side]?.()
      return { loss: lossOut.data[0] as number, norm: normOut.data[0] as number }
    },
    dispose: () => model.dispose(),
  }
}

/** Gradients of parts of batches, side by side and one after the other, are added up before a step. */
async function inParts({ parameters, loss, options, data, paces, given, parts }: Asked): Promise<Stepping> {
  const { batches } = parts
  const { adding, taking } = gradualStep(parameters, loss, parts, options)
  const rows = rowsOf(taking, parameters, options.seed, given)
  const losses = data.map(() => scalar())
  // Each lane reads one row of gradients and writes the other, in turn; a step begins with zeros in the first.
  const slopes = data.map(() => SIDES.map(() => vector(sharedFloat32(taking.size))))
  const slope = (lane: number, k: number) => slopes[lane]?.[k % 2] as Scalar
  const ways = data.map((feeds, lane) =>
    SIDES.flatMap((side) =>
      SIDES.map((k) => ({
        feeds: { ...feeds, ...rows.tensors(side), gradient: slope(lane, k) },
        outputs: { loss: losses[lane] as Scalar, 'next.gradient': slope(lane, k + 1) },
      })),
    ),
  )
  const lanes = await lanesOf(writeModel(adding), ways, {
    ...options,
    threads: options.threads ?? availableParallelism(),
  })
  const takes = await session(writeModel(taking.model), options)
  const normOut = scalar()
  const sums = Object.fromEntries(data.map((_, lane) => [`gradient.${lane}`, slope(lane, batches)]))
  const takeAt = SIDES.map((side) =>
    takes.prepare({ ...paces, ...rows.tensors(side), ...sums }, { 'gradient.norm': normOut, ...rows.written(side) }),
  )
  return {
    step: taking,
    sides: rows.sides,
    async take(side, next) {
      let sum = 0
      for (const lane of data.keys()) slope(lane, 0).data.fill(0)
      for (let k = 0; k < batches; k++) {
        await next(k)
        await lanes.run(2 * side + (k % 2))
        for (const { data } of losses) sum += data[0] as number
      }
      await takeAt[side]?.()
      return { loss: sum / (batches * data.length), norm: normOut.data[0] as number }
    },
    async dispose() {
      await lanes.dispose()
      await takes.dispose()
    },
  }
}

const SIDES: readonly Side[] = [0, 1]
const scalar = (): Scalar => ({ type: 'float32', dims: [], data: sharedFloat32(1) })
const vector = (data: Float32Array): Scalar => ({ type: 'float32', dims: [data.length], data })

/** The rows of a step twice over, as tensors that are read and as tensors that are written. */
function rowsOf({ size, rows: names }: Step, parameters: Parameters, seed: number, given: Rows) {
  const start = given.parameters ?? initialRow(parameters, Random.of(seed, 'parameters'))
  const first = (name: string) =>
    given[name] ?? (name === 'parameters' || name === 'average' ? start : new Float32Array(size))
  const make = (side: Side) =>
    Object.fromEntries(
      names.map((name) => {
        const row = sharedFloat32(size)
        if (side === 0) row.set(first(name))
        return [name, row]
      }),
    )
  const sides: readonly [Rows, Rows] = [make(0), make(1)]
  return {
    sides,
    tensors: (side: Side) =>
      Object.fromEntries(Object.entries(sides[side]).map(([name, data]) => [name, vector(data)])),
    written: (from: Side) =>
      Object.fromEntries(
        Object.entries(sides[from === 0 ? 1 : 0]).map(([name, data]) => [`next.${name}`, vector(data)]),
      ),
  }
}

/** The loss of a batch, of disturbed examples where that is asked for. */
function disturbedLoss<I extends Fields, L extends Fields>(
  network: Network<I, L>,
  parameters: Parameters,
  values: ValuesOf<I & L>,
  { noise = {}, adversarial }: DisturbOptions,
): Float {
  const named = values as Readonly<Record<string, Value>>
  const noisy = { ...named }
  for (const [name, deviation] of Object.entries(noise)) {
    const value = fieldOf(named, name)
    noisy[name] = add(value, mul(parameters.noise('normal', value.shape), deviation))
  }
  const lossOf = (batch: Readonly<Record<string, Value>>) =>
    network.loss(network.forward(parameters, batch as ValuesOf<I>), batch as ValuesOf<I & L>)
  const loss = lossOf(noisy)
  if (!adversarial) return loss
  const { inputs, size } = adversarial
  const slopes = gradients(
    loss,
    inputs.map((name) => fieldOf(noisy, name)),
  )
  const moved = inputs.map((name, k) => [name, add(fieldOf(noisy, name), mul(sign(slopes[k] as Float), size))])
  return mul(add(loss, lossOf({ ...noisy, ...Object.fromEntries(moved) })), 0.5)
}

function fieldOf(values: Readonly<Record<string, Value>>, name: string): Float {
  const value = values[name]
  if (value?.type !== 'float32')
    throw new ForetideError('training.field', { name, known: Object.keys(values).join(', ') }, { fault: 'usage' })
  return value as Float
}

/** The loss of a batch as it is, by parameters that are fed. */
async function judgeOf<I extends Fields, L extends Fields>(
  network: Network<I, L>,
  fields: I & L,
  data: Readonly<Record<string, Tensor>>,
  { batch, ...options }: LearnerOptions,
  { size, places }: Pick<Step, 'size' | 'places'>,
) {
  const parameters = parametersOf(tensorGraph(), { training: false })
  const values = inputsOf(parameters.graph, fields, batch)
  const loss = network.loss(network.forward(parameters, values), values)
  const model = await session(writeModel(withParameters(parameters, places, { loss })), options)
  const row = vector(new Float32Array(size))
  const lossOut = scalar()
  const through = model.prepare({ ...data, parameters: row }, { loss: lossOut })
  return {
    async evaluate(parameters: Float32Array) {
      row.data.set(parameters)
      await through()
      return lossOut.data[0] as number
    },
    dispose: () => model.dispose(),
  }
}
