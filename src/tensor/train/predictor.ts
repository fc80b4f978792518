import { tensorGraph } from '../graph/graph.ts'
import { sizeOf } from '../graph/shapes.ts'
import { type Parameters, parametersOf } from '../layers/parameters.ts'
import type { Model } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { type SessionOptions, session } from '../runtime.ts'
import { type Arrays, arraysOf, tensorsOf } from './arrays.ts'
import { type Fields, inputsOf, type Network } from './network.ts'
import { noiseFeeds } from './noise.ts'
import { withWeights } from './step.ts'
import type { Weights } from './weights.ts'

/** How a network is made ready to predict. */
export interface PredictorOptions extends SessionOptions {
  /** Examples that go through at once; 256 unless given. */
  readonly batch?: number
  /** Whether what drops out by chance in training does so still (Gal and Ghahramani, 2016). */
  readonly chance?: { readonly seed: number }
}

/** A network that predicts, a batch at a time. */
export interface Predictor {
  readonly batch: number
  /** Where the inputs of a batch are put, example after example. */
  readonly inputs: Arrays
  /** Where the outputs lie after {@link run}; overwritten by the next. */
  readonly outputs: Readonly<Record<string, Float32Array>>
  /** Predicts what the inputs hold; `pass` tells draws by chance apart. */
  run(pass?: number): Promise<void>
  dispose(): Promise<void>
}

/** The parts of a network's graph for a pass that does not learn (or only drops out). */
function drawn<I extends Fields>(network: Network<I>, batch: number, training: boolean) {
  const parameters: Parameters = parametersOf(tensorGraph(), { training })
  const outputs = network.forward(parameters, inputsOf(parameters.graph, network.inputs, batch))
  return { parameters, outputs }
}

/** A network with its weights as an ONNX model that takes batches of so many examples: what is kept and shipped. */
export function networkModel<I extends Fields>(
  network: Network<I>,
  weights: Weights,
  batch: number,
  metadata: Readonly<Record<string, string>> = {},
): Model {
  const { parameters, outputs } = drawn(network, batch, false)
  return withWeights(parameters, weights, outputs, metadata)
}

/** Makes a network with its weights ready to predict. */
export async function predictorOf<I extends Fields>(
  network: Network<I>,
  weights: Weights,
  { batch = 256, chance, ...options }: PredictorOptions = {},
): Promise<Predictor> {
  const { parameters, outputs } = drawn(network, batch, chance !== undefined)
  const model = await session(writeModel(withWeights(parameters, weights, outputs)), options)
  const inputs = arraysOf(network.inputs, batch)
  const noise = noiseFeeds(parameters, chance?.seed ?? 0)
  const held = Object.fromEntries(
    Object.entries(outputs).map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]),
  )
  const feeds = { ...tensorsOf(network.inputs, inputs, batch), ...noise.tensors }
  const fetches = Object.fromEntries(
    Object.entries(outputs).map(([name, { shape }]) => [
      name,
      { type: 'float32', dims: shape, data: held[name] as Float32Array } as const,
    ]),
  )
  const through = model.prepare(feeds, fetches)
  return {
    batch,
    inputs,
    outputs: held,
    async run(pass = 0) {
      noise.fill(pass)
      await through()
    },
    dispose: () => model.dispose(),
  }
}
