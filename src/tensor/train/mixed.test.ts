import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { tensorGraph } from '../graph/graph.ts'
import { mean, mul, sub, tanh } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import { parametersOf } from '../layers/parameters.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { arraysOf, tensorsOf } from './arrays.ts'
import { inputsOf, type Network } from './network.ts'
import { initialRow, PACE, trainingStep } from './step.ts'
import { train } from './train.ts'

const network: Network = {
  inputs: { x: { shape: [4] } },
  labels: { y: { shape: [1] } },
  forward: (p, { x }) => ({ y: dense(p.in('out'), tanh(dense(p.in('hidden'), x as Float, 16)), 1) }),
  loss(outputs, { y }) {
    const error = sub(outputs.y as Float, y as Float)
    return mean(mul(error, error))
  },
}

/** What is to be learned: a product and a sum. */
const source = (huge = false) => ({
  put(k: number, into: Record<string, Float32Array | BigInt64Array>) {
    const random = Random.of(k, 'mixed')
    const [x, y] = [into.x, into.y] as [Float32Array, Float32Array]
    for (let i = 0; i < y.length; i++) {
      for (let j = 0; j < 4; j++) x[4 * i + j] = random.normal()
      y[i] = 0.6 * at(x, 4 * i) * at(x, 4 * i + 1) + at(x, 4 * i + 2) + (huge ? 1e25 : 0)
    }
  },
})

const OPTIONS = { batch: 64, steps: 1500, rate: 0.01, threads: 1, schedule: { kind: 'cosine' } } as const

test('what is learned in mixed precision is as good as in single, its products written in half', async () => {
  const lossOf = async (precision: 'single' | 'mixed') => {
    const { curve } = await train(network, source(), { ...OPTIONS, precision, lanes: 1 }, runOf({ threads: 1 }))
    return curve.slice(-10).reduce((sum, { loss }) => sum + loss / 10, 0)
  }
  const [single, mixed] = [await lossOf('single'), await lossOf('mixed')]
  expect(single).toBeLessThan(0.02)
  // The processor has no products in half precision: the runtime takes numbers that are turned there and back as they were.
  expect(mixed).toBeCloseTo(single, 3)
  const parameters = parametersOf(tensorGraph())
  const values = inputsOf(parameters.graph, { ...network.inputs, ...network.labels }, 64)
  const loss = network.loss(network.forward(parameters, values), values)
  const { model } = trainingStep(parameters, loss, { optimiser: { kind: 'adamw' }, precision: 'mixed' })
  const made = new Map(model.graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])))
  const products = model.graph.nodes.filter(({ op }) => op === 'MatMul' || op === 'Gemm')
  expect(products.length).toBeGreaterThan(4)
  for (const { inputs } of products)
    for (const name of inputs) expect(made.get(name)?.attributes?.to).toEqual({ kind: 'int', value: 10 })
})

test('a step whose gradient overflows is not taken', async () => {
  const parameters = parametersOf(tensorGraph())
  const fields = { ...network.inputs, ...network.labels }
  const values = inputsOf(parameters.graph, fields, 8)
  const loss = network.loss(network.forward(parameters, values), values)
  const step = trainingStep(parameters, loss, { optimiser: { kind: 'adamw' }, precision: 'mixed' })
  const row = initialRow(parameters, Random.of(1, 'row'))
  const arrays = arraysOf(fields, 8)
  const model = await session(writeModel(step.model), { threads: 1 })
  const after = async (huge: boolean) => {
    source(huge).put(0, arrays as Record<string, Float32Array>)
    const rows = step.rows.map((name) => [
      name,
      { type: 'float32', dims: [step.size], data: name === 'parameters' ? row : new Float32Array(step.size) },
    ])
    const pace = PACE.map((name) => [name, { type: 'float32', dims: [], data: Float32Array.of(0.1) }])
    const out = await model.run({ ...tensorsOf(fields, arrays, 8), ...Object.fromEntries([...rows, ...pace]) })
    return out['next.parameters']?.data as Float32Array
  }
  expect(await after(true)).toEqual(row)
  expect(await after(false)).not.toEqual(row)
  await model.dispose()
})
