import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { add, mean, mul, relu, sub } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import type { Network } from '../train/network.ts'
import { networkModel } from '../train/predictor.ts'
import { type Source, type TrainOptions, train } from '../train/train.ts'
import { weightOf } from '../train/weights.ts'
import { measured } from './measure.ts'
import { magnitudeMask, pruned, sparsityOf } from './prune.ts'

const FEATURES = 12
const network: Network = {
  inputs: { x: { shape: [FEATURES] } },
  labels: { y: { shape: [1] } },
  forward(p, { x }) {
    const inside = relu(dense(p.in('hidden'), x as Float, 32))
    return { y: add(dense(p.in('out'), inside, 1), dense(p.in('line'), x as Float, 1)) }
  },
  loss({ y }, batch) {
    const error = sub(y as Float, batch.y as Float)
    return mean(mul(error, error))
  },
}
/** Three features of twelve matter, one of them by its size alone. */
const planted: Source = {
  put(k, into) {
    const random = Random.of(k, 'planted')
    const { x, y } = into as { x: Float32Array; y: Float32Array }
    for (let i = 0; i < y.length; i++) {
      for (let f = 0; f < FEATURES; f++) x[i * FEATURES + f] = random.normal()
      y[i] = 2 * at(x, i * FEATURES) - at(x, i * FEATURES + 1) + Math.abs(at(x, i * FEATURES + 2))
    }
  },
}
const options: TrainOptions = {
  batch: 64,
  lanes: 1,
  threads: 1,
  steps: 500,
  rate: 0.01,
  schedule: { kind: 'cosine' },
  validation: { put: (k, into) => planted.put(10_000 + k, into), batches: 4, every: 500 },
}
const run = runOf({ seed: 1, threads: 1 })

test('the mask takes the least numbers, of all matrices or of each, and no biases', () => {
  const places = [
    { name: 'a', shape: [2, 2], from: 0, to: 4 },
    { name: 'bias', shape: [2], from: 4, to: 6 },
    { name: 'b', shape: [4, 1], from: 6, to: 10 },
  ]
  const row = Float32Array.of(1, -2, 3, 4, 0, 0, 0.1, -0.2, 0.3, -5)
  expect([...magnitudeMask({ places, row }, { share: 0.5 })]).toEqual([0, 1, 1, 1, 1, 1, 0, 0, 0, 1])
  expect([...magnitudeMask({ places, row }, { share: 0.5, scope: 'layer' })]).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 1, 1])
})

test('what is taken away stays 0 while the rest learns to do without', async () => {
  const dense = await train(network, planted, options, run)
  const share = 0.75
  const mask = magnitudeMask(dense.weights, { share })
  const small = await pruned(network, dense.weights, planted, { ...options, share, steps: 250 }, run)
  expect(sparsityOf(dense.weights)).toBe(0)
  expect(sparsityOf(small)).toBeCloseTo(share, 2)
  for (const [k, keeps] of mask.entries()) if (keeps === 0) expect(small.row[k]).toBe(0)
  // The others have moved, and what the line sees of the first feature is among them.
  expect(small.row.filter((w, k) => w !== 0 && w !== dense.weights.row[k]).length).toBeGreaterThan(50)
  expect(at(weightOf(small, 'line.weight') as Float32Array, 0)).not.toBe(0)

  const lossOf = async (row: Float32Array) => {
    const { outputs } = await measured(networkModel(network, { places: small.places, row }, 512), [feeds], {
      threads: 1,
    })
    const said = outputs[0]?.y?.data as Float32Array
    return said.reduce((sum, v, i) => sum + (v - at(truth, i)) ** 2, 0) / 512
  }
  const x = new Float32Array(512 * FEATURES)
  const truth = new Float32Array(512)
  planted.put(20_000, { x, y: truth })
  const feeds = { x: { type: 'float32', dims: [512, FEATURES], data: x } } as const
  const cut = await lossOf(dense.weights.row.map((w, k) => w * at(mask, k)))
  expect(await lossOf(small.row)).toBeLessThan(cut / 2)
  expect(await lossOf(small.row)).toBeLessThan(0.05)
  const [before, after] = [networkModel(network, dense.weights, 1), networkModel(network, small, 1)]
  expect((await measured(after, [])).zipped).toBeLessThan(0.7 * (await measured(before, [])).zipped)
})
