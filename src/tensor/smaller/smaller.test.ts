import { describe, expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { tensorGraph } from '../graph/graph.ts'
import { mean, relu } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import { parametersOf } from '../layers/parameters.ts'
import type { Model, Tensor } from '../onnx/model.ts'
import { inputsOf, type Network } from '../train/network.ts'
import { networkModel } from '../train/predictor.ts'
import { initialRow, placesOf } from '../train/step.ts'
import { halved } from './halve.ts'
import { type Measured, measured } from './measure.ts'
import { dynamicallyQuantised, type ModelFeeds, quantised } from './quantise.ts'

const WIDTH = 256
const BATCH = 16
const network: Network = {
  inputs: { x: { shape: [WIDTH] } },
  labels: {},
  forward: (p, { x }) => {
    const inside = [0, 1].reduce((h, k) => relu(dense(p.in(`layer${k}`), h, WIDTH)), x as Float)
    return { y: dense(p.in('out'), inside, 8) }
  },
  loss: ({ y }) => mean(y as Float),
}
const deep = () => {
  const parameters = parametersOf(tensorGraph())
  network.forward(parameters, inputsOf(parameters.graph, network.inputs, 1))
  const row = initialRow(parameters, Random.of(1, 'smaller'))
  return networkModel(network, { places: placesOf(parameters), row }, BATCH)
}
const numbers = (dims: readonly number[], salt: string, wild = 0): Tensor => {
  const random = Random.of(3, salt)
  const draw = () => random.normal() * (random.uniform() < wild ? 100 : 1)
  return { type: 'float32', dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, draw) }
}
const calibration = [0, 1, 2, 3].map((k): ModelFeeds => ({ x: numbers([BATCH, WIDTH], `calibration ${k}`) }))
const others = [0, 1].map((k): ModelFeeds => ({ x: numbers([BATCH, WIDTH], `other ${k}`) }))

/** The root of the mean squared difference, as a share of the root of the mean square. */
function apart(a: Measured, b: Measured): number {
  let [off, all] = [0, 0]
  for (const [k, { y }] of a.outputs.entries())
    for (const [i, v] of ((y as Tensor).data as Float32Array).entries()) {
      off += (v - at(b.outputs[k]?.y?.data as Float32Array, i)) ** 2
      all += v ** 2
    }
  return Math.sqrt(off / all)
}

describe('a dense network', () => {
  test('in 8 bits says the same within 2 %, in a file a third as large or less', async () => {
    const model = deep()
    const before = await measured(model, others, { threads: 1 })
    for (const small of [await quantised(model, calibration, { threads: 1 }), dynamicallyQuantised(model)]) {
      expect(small.graph.nodes.filter(({ op }) => op === 'MatMulInteger')).toHaveLength(3)
      const after = await measured(small, others, { threads: 1 })
      expect(apart(before, after)).toBeLessThan(0.02)
      expect(apart(before, after)).toBeGreaterThan(0)
      expect(before.bytes / after.bytes).toBeGreaterThan(3)
      expect(before.zipped / after.zipped).toBeGreaterThan(3)
    }
  })

  test('that is kept in 16 bits says the same to 3 digits, in half the file', async () => {
    const model = deep()
    const [before, after] = [await measured(model, others), await measured(halved(model), others)]
    expect(apart(before, after)).toBeLessThan(1e-3)
    expect(before.bytes / after.bytes).toBeGreaterThan(1.9)
  })
})

/** y = x · weight, one product; turned, the weights lie the other way round. */
function product(weight: Float32Array, turned: boolean): Model {
  const side = Math.sqrt(weight.length)
  const inputs = ['x', 'w', ...(turned ? ['c'] : [])]
  const c: Tensor = { type: 'float32', dims: [side], data: new Float32Array(side).fill(2), name: 'c' }
  return {
    irVersion: 10,
    opsets: { '': 21 },
    graph: {
      name: 'product',
      inputs: [{ name: 'x', type: 'float32', dims: [null, side] }],
      outputs: [{ name: 'y', type: 'float32' }],
      initializers: [{ type: 'float32', dims: [side, side], data: weight, name: 'w' }, ...(turned ? [c] : [])],
      nodes: [
        turned
          ? { op: 'Gemm', inputs, outputs: ['y'], attributes: { transB: { kind: 'int', value: 1 } } }
          : { op: 'MatMul', inputs, outputs: ['y'] },
      ],
    },
  }
}

test.each([false, true])('columns have scales of their own, weights turned: %s', async (turned) => {
  const side = 16
  // Columns whose sizes are a million apart: one scale for all would leave nothing of the small.
  const random = Random.of(5, 'columns')
  const weight = new Float32Array(side * side)
  for (let r = 0; r < side; r++)
    for (let c = 0; c < side; c++)
      weight[turned ? c * side + r : r * side + c] = random.normal() * (c % 2 === 0 ? 1e3 : 1e-3)
  const feeds: ModelFeeds = { x: numbers([8, side], 'x') }
  const { outputs } = await measured(await quantised(product(weight, turned), [feeds]), [feeds])
  const said = outputs[0]?.y?.data as Float32Array
  const x = feeds.x?.data as Float32Array
  for (let b = 0; b < 8; b++)
    for (let c = 0; c < side; c++) {
      let sum = 0
      for (let r = 0; r < side; r++) sum += at(x, b * side + r) * at(weight, turned ? c * side + r : r * side + c)
      const size = c % 2 === 0 ? 1e3 : 1e-3
      expect(Math.abs(at(said, b * side + c) - (turned ? 2 : 0) - sum)).toBeLessThan(0.2 * size)
    }
})

test('rare numbers far out cost less where the range leaves them out', async () => {
  const model = deep()
  const wild = [0, 1].map((k): ModelFeeds => ({ x: numbers([BATCH, WIDTH], `wild ${k}`, 0.001) }))
  const before = await measured(model, others)
  const whole = apart(before, await measured(await quantised(model, wild), others))
  const cut = apart(before, await measured(await quantised(model, wild, { beyond: 0.002 }), others))
  expect(cut).toBeLessThan(whole / 2)
})
