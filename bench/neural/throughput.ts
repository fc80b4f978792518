import { toOnnx } from '../../src/tensor/graph/emit.ts'
import { tensorGraph } from '../../src/tensor/graph/graph.ts'
import { matmul, mean, mul, relu, sub } from '../../src/tensor/graph/operators.ts'
import type { Float } from '../../src/tensor/graph/value.ts'
import { dense } from '../../src/tensor/layers/dense.ts'
import { lstm, stepsOf } from '../../src/tensor/layers/recurrent.ts'
import { writeModel } from '../../src/tensor/onnx/write.ts'
import { session } from '../../src/tensor/runtime.ts'
import { type Learner, learnerOf } from '../../src/tensor/train/learner.ts'
import type { Network } from '../../src/tensor/train/network.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { median } from '../child.ts'

const WIDTH = 1024
const LAYERS = 3
const THREADS = 2

const bench: Bench = {
  about: 'dense training as a share of what ONNX Runtime multiplies at best, and memory over 10,000 steps',
  async measure({ smoke, log }) {
    const batch = smoke ? 64 : 1024
    const repeats = smoke ? 3 : 15
    const product = await productSeconds(batch, repeats)
    const peak = (2 * batch * WIDTH * WIDTH) / product / 1e9
    log(`one product: ${peak.toFixed(0)} GFLOP/s`)
    const step = await stepSeconds(batch, repeats)
    // A product forward, and two backward but for the first layer, whose inputs need no gradient.
    const training = ((3 * LAYERS - 1) * 2 * batch * WIDTH * WIDTH) / step / 1e9
    const { early, late } = await growth(smoke ? 200 : 10_000)
    return [
      shown('products at best', peak, 'GFLOP/s'),
      shown('dense training', training, 'GFLOP/s'),
      { ...shown('share of the best', training / peak, ''), goal: '≥ 0.7', met: training / peak >= 0.7 },
      atMost('memory after 10,000 steps over that after 1,000', late / early, 1.05, '×', `${early.toFixed(0)} MiB`),
    ]
  },
}
export default bench

const ramp = (array: Float32Array) => {
  for (let k = 0; k < array.length; k++) array[k] = 0.1 * Math.sin(1.7 * k)
}

/** Seconds of the product that training consists of, alone. */
async function productSeconds(batch: number, repeats: number): Promise<number> {
  const graph = tensorGraph()
  const y = matmul(graph.input('a', [batch, WIDTH]) as Float, graph.input('b', [WIDTH, WIDTH]) as Float)
  const model = await session(writeModel(toOnnx({ y })), { threads: THREADS })
  const tensor = (rows: number) => {
    const data = new Float32Array(rows * WIDTH)
    ramp(data)
    return { type: 'float32', dims: [rows, WIDTH], data } as const
  }
  const through = model.prepare({ a: tensor(batch), b: tensor(WIDTH) }, { y: tensor(batch) })
  const seconds = await timed(through, repeats)
  await model.dispose()
  return seconds
}

async function stepSeconds(batch: number, repeats: number): Promise<number> {
  const learner = await learnerOf(perceptron, {
    batch,
    threads: THREADS,
    seed: 1,
    optimiser: { kind: 'sgd' },
  })
  for (const array of Object.values(learner.batch)) ramp(array as Float32Array)
  let step = 0
  const seconds = await timed(async () => {
    await learner.step(step++, 1e-4, () => {})
  }, repeats)
  await learner.dispose()
  return seconds
}

async function timed(run: () => Promise<void>, repeats: number): Promise<number> {
  const seconds: number[] = []
  for (let k = 0; k < repeats + 3; k++) {
    const begun = performance.now()
    await run()
    if (k >= 3) seconds.push((performance.now() - begun) / 1000)
  }
  return median(seconds)
}

const loss: Network['loss'] = ({ y }, batch) => {
  const error = sub(y as Float, batch.t as Float)
  return mean(mul(error, error))
}

const perceptron: Network = {
  inputs: { x: { shape: [WIDTH] } },
  labels: { t: { shape: [WIDTH] } },
  forward(p, { x }) {
    let y = x as Float
    for (let k = 0; k < LAYERS; k++) y = dense(p.in(`layer${k}`), k > 0 ? relu(y) : y, WIDTH)
    return { y }
  },
  loss,
}

const recurrent: Network = {
  inputs: { x: { shape: [8, 4] } },
  labels: { t: { shape: [1] } },
  forward: (p, { x }) => ({ y: dense(p.in('out'), lstm(p, stepsOf(x as Float), 16).steps.at(-1) as Float, 1) }),
  loss,
}

/** Resident memory in MiB after a tenth of the steps, and after all. */
async function growth(steps: number): Promise<{ readonly early: number; readonly late: number }> {
  const learner: Learner = await learnerOf(recurrent, {
    batch: 32,
    threads: THREADS,
    seed: 1,
    optimiser: { kind: 'adam' },
  })
  let early = 0
  for (let k = 0; k < steps; k++) {
    await learner.step(k, 1e-3, () => {})
    if (k === Math.floor(steps / 10)) early = resident()
  }
  const late = resident()
  await learner.dispose()
  return { early, late }
}

function resident(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss / 2 ** 20
}
