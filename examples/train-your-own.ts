/** A network of one's own, from data to a file for the browser: `node --conditions=source examples/train-your-own.ts [FOLDER]`. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Arrays,
  add,
  concat,
  dense,
  embedding,
  type Float,
  ForetideError,
  floats,
  gradients,
  maximum,
  mean,
  mul,
  type Network,
  networkModel,
  type Parameters,
  type Progress,
  parametersOf,
  predictorOf,
  Random,
  readTensors,
  relu,
  reshape,
  runOf,
  type Source,
  session,
  sigmoid,
  slice,
  storedWeights,
  sub,
  sum,
  type TrainOptions,
  tensorGraph,
  toOnnx,
  train,
  weightsOf,
  writeModel,
  writeTensors,
} from 'foretide/tensor'

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'foretide-train-')))

// Visitors of 20 shops on 300 days: Saturdays and promotions bring half as many again, a tenth is chance.
const [SHOPS, DAYS, SEEN, AHEAD] = [20, 300, 14, 7]
const LEARNED = 240
const chance = Random.of(1, 'visitors')
const promoted = Array.from({ length: SHOPS }, () => Array.from({ length: DAYS }, () => Number(chance.uniform() < 0.2)))
const expected = (shop: number, day: number, promotion: number) =>
  (50 + 20 * shop) * (day % 7 === 5 ? 1.5 : 1) * (1 + 0.5 * promotion)
const visitors = promoted.map((promotions, shop) =>
  promotions.map((on, day) => expected(shop, day, on) * (1 + 0.1 * chance.normal())),
)

// What forecasts need, and what only the loss needs: shapes are those of one example.
const inputs = {
  past: { shape: [SEEN] },
  promotions: { shape: [SEEN + AHEAD] },
  weekday: { shape: [], type: 'int64' },
} as const
const labels = { truth: { shape: [AHEAD, 1] } } as const

/** Puts an example into its place of a batch: two weeks of a shop as shares of their mean, and the week from `day` on. Gives the mean. */
function put(shop: number, day: number, place: number, into: Arrays): number {
  const values = (visitors[shop] as number[]).slice(day - SEEN, day + AHEAD)
  const level = values.slice(0, SEEN).reduce((a, b) => a + b) / SEEN
  const shares = Float32Array.from(values, (x) => x / level - 1)
  const { past, promotions, weekday, truth } = into as Record<string, Float32Array> & { weekday: BigInt64Array }
  past?.set(shares.subarray(0, SEEN), place * SEEN)
  promotions?.set((promoted[shop] as number[]).slice(day - SEEN, day + AHEAD), place * (SEEN + AHEAD))
  weekday[place] = BigInt(day % 7)
  truth?.set(shares.subarray(SEEN), place * AHEAD)
  return level
}

/** Batches of any shop and day within some; the same ones whenever the same batch is asked for. */
const drawn = (from: number, to: number, stream: string): Source => ({
  put(batch, into) {
    const random = Random.of(batch, stream)
    const examples = (into.weekday as BigInt64Array).length
    for (let place = 0; place < examples; place++)
      put(random.integer(SHOPS), from + random.integer(to - AHEAD - from), place, into)
  },
})

/** y = H(x) · T(x) + x · (1 − T(x)), the transform gate T of which begins as closed (Srivastava, Greff and Schmidhuber, 2015). */
function highway(p: Parameters, x: Float): Float {
  const width = x.shape.at(-1) as number
  const H = relu(dense(p.in('H'), x, width))
  const T = sigmoid(sub(dense(p.in('T'), x, width), 1))
  return add(mul(H, T), mul(x, sub(1, T)))
}

const LEVELS = [0.1, 0.5, 0.9]
const network: Network<typeof inputs, typeof labels, 'quantiles'> = {
  inputs,
  labels,
  forward(p, { past, promotions, weekday }) {
    const day = embedding(p.in('weekday'), weekday, 7, 4)
    let x = relu(dense(p.in('enter'), concat([past, promotions, day]), 32))
    for (const k of [1, 2]) x = highway(p.in(`highway${k}`), x)
    return { quantiles: reshape(dense(p.in('out'), x, AHEAD * LEVELS.length), [-1, AHEAD, LEVELS.length]) }
  },
  // The quantile loss (Koenker and Bassett, 1978): max(q · e, (q − 1) · e), e = y − ŷ.
  loss({ quantiles }, { truth }) {
    const q = floats(truth.from.graph, LEVELS)
    const error = sub(truth, quantiles)
    return mean(maximum(mul(q, error), mul(sub(q, 1), error)))
  },
}

const options: TrainOptions = {
  batch: 128,
  steps: 600,
  rate: 5e-3,
  threads: 1,
  optimiser: { kind: 'adamw', decay: 0.01 },
  schedule: { kind: 'one-cycle' },
  clip: 1,
  average: 0.98,
  validation: { ...drawn(LEARNED, DAYS, 'validation'), batches: 4, every: 50, patience: 6 },
  checkpoint: { folder: join(folder, 'checkpoint'), every: 100 },
  tensorboard: join(folder, 'runs', 'highway'),
}
const source = drawn(SEEN, LEARNED, 'training')

// Somebody pulls the plug after 250 steps …
const plug = new AbortController()
const watched = runOf({
  seed: 1,
  signal: plug.signal,
  progress: ({ done }) => done >= 250 && plug.abort(),
})
await train(network, source, options, watched).catch((error) => {
  if (!(error instanceof ForetideError && error.code === 'run.interrupted')) throw error
})
// … and the same call goes on from there, bit for bit as if nothing had been.
let resumed = options.steps
const progress = ({ done }: Progress) => {
  resumed = Math.min(resumed, done)
}
const trained = await train(network, source, options, runOf({ seed: 1, progress }))
console.log('resumed', resumed > 250)
const first = trained.curve.find(({ validation }) => validation !== undefined)
console.log('loss', first?.validation?.toFixed(4), '→', trained.validation?.toFixed(4), 'in', trained.steps, 'steps')

// Weights as safetensors, for any program that reads them; the whole network as ONNX, for any runtime.
await writeFile(
  join(folder, 'weights.safetensors'),
  writeTensors({ tensors: storedWeights(trained.weights), metadata: {} }),
)
await writeFile(join(folder, 'network.onnx'), writeModel(networkModel(network, trained.weights, SHOPS)))

// Read back: in Node as a predictor, with the days after those that were learned from.
const { tensors } = readTensors(await readFile(join(folder, 'weights.safetensors')))
const weights = weightsOf(tensors)
const predictor = await predictorOf(network, weights, { batch: SHOPS, threads: 1 })
let [inside, saturday, monday] = [0, 0, 0]
let asked = 0
for (let day = LEARNED + SEEN; day + AHEAD <= DAYS; day++) {
  const levels = visitors.map((_, shop) => put(shop, day, shop, predictor.inputs))
  await predictor.run()
  const quantiles = predictor.outputs.quantiles as Float32Array
  for (const [shop, level] of levels.entries())
    for (let h = 0; h < AHEAD; h++) {
      const [low, middle, high] = [0, 1, 2].map((k) => level * (1 + (quantiles[(shop * AHEAD + h) * 3 + k] as number)))
      const truth = visitors[shop]?.[day + h] as number
      asked++
      if (truth >= (low as number) && truth <= (high as number)) inside++
      if (promoted[shop]?.[day + h]) continue
      const share = (middle as number) / (50 + 20 * shop)
      if ((day + h) % 7 === 5) saturday += share
      if ((day + h) % 7 === 0) monday += share
    }
}
console.log('inside', (inside / asked).toFixed(3), 'saturday/monday', (saturday / monday).toFixed(3))

// The same from the ONNX file alone, as a browser would.
const levels = visitors.map((_, shop) => put(shop, DAYS - AHEAD, shop, predictor.inputs))
await predictor.run()
const model = await session(await readFile(join(folder, 'network.onnx')), { threads: 1 })
const { past, promotions, weekday } = predictor.inputs as Record<string, Float32Array> & { weekday: BigInt64Array }
const feeds = {
  past: { type: 'float32', dims: [SHOPS, SEEN], data: past as Float32Array },
  promotions: { type: 'float32', dims: [SHOPS, SEEN + AHEAD], data: promotions as Float32Array },
  weekday: { type: 'int64', dims: [SHOPS], data: weekday },
} as const
const shipped = (await model.run(feeds)).quantiles?.data as Float32Array
const apart = Math.max(...shipped.map((x, k) => Math.abs(x - (predictor.outputs.quantiles?.[k] as number))))
console.log('apart', apart.toExponential(1), 'of', levels.length, 'shops')

// What the median of the first day hangs on: its gradient by the promotions. The eighth-last flag is that of the day before.
const p = parametersOf(tensorGraph(), { training: false })
const given = {
  past: p.graph.input('past', [SHOPS, SEEN]),
  promotions: p.graph.input('promotions', [SHOPS, SEEN + AHEAD]),
  weekday: p.graph.input('weekday', [SHOPS], 'int64'),
}
const { quantiles } = network.forward(p, given)
const median = slice(slice(quantiles as Float, 1, 0, 1), 2, 1, 2)
const [slope] = gradients(sum(median), [given.promotions])
const asking = await session(writeModel(toOnnx({ slope: slope as Float })), { threads: 1 })
const named = weights.places.map(
  ({ name, shape, from, to }) =>
    [name, { type: 'float32', dims: shape, data: weights.row.subarray(from, to) }] as const,
)
const slopes = (await asking.run({ ...feeds, ...Object.fromEntries(named) })).slope?.data as Float32Array
const meanSlope = (flag: number) =>
  levels.reduce((total, _, shop) => total + (slopes[shop * (SEEN + AHEAD) + flag] as number), 0) / SHOPS
console.log('slopes', meanSlope(SEEN - 1).toFixed(2), meanSlope(SEEN).toFixed(2), meanSlope(SEEN + 1).toFixed(2))
await Promise.all([predictor.dispose(), model.dispose(), asking.dispose()])
