import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { runOf } from '../../../core/run.ts'
import { expand, mean, reshape } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { zeros } from '../../../tensor/layers/parameters.ts'
import type { Network } from '../../../tensor/train/network.ts'
import { predictorOf } from '../../../tensor/train/predictor.ts'
import { train } from '../../../tensor/train/train.ts'
import { relativePointOf, scoresOf } from '../../global/grid.ts'
import { normalQuantile } from '../../statistical/normal.ts'
import { quantiles } from './quantiles.ts'

const levels = [0.1, 0.25, 0.5, 0.9]
const LEVELS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
const head = quantiles({ levels })

/** A network that says the same of every example: what its head learns of numbers drawn from one distribution. */
const constant: Network = {
  inputs: { x: { shape: [1] } },
  labels: { truth: { shape: [1] } },
  forward(p, { x }) {
    const batch = (x as Float).shape[0] as number
    const raw = expand(reshape(p.get('raw', [head.width], zeros), [1, 1, head.width]), [batch, 1, head.width])
    return { outputs: head.transform(raw) }
  },
  loss: ({ outputs }, { truth }) => mean(head.loss(outputs as Float, truth as Float, truth as Float)),
}

test('learns the quantiles of what it is shown', async () => {
  const draws = {
    put: (k: number, into: Record<string, Float32Array | BigInt64Array>) => {
      const random = Random.of(k, 'draws')
      const truth = into.truth as Float32Array
      for (let i = 0; i < truth.length; i++) truth[i] = 3 + 2 * random.normal()
    },
  }
  const options = {
    batch: 256,
    steps: 600,
    rate: 0.1,
    threads: 1,
    schedule: { kind: 'cosine' },
    optimiser: { kind: 'adam' },
  } as const
  const { weights } = await train(constant, draws, options, runOf({ threads: 1 }))
  const predictor = await predictorOf(constant, weights, { batch: 1, threads: 1 })
  await predictor.run()
  const said = predictor.outputs.outputs as Float32Array
  await predictor.dispose()
  for (const [k, level] of levels.entries())
    expect(Math.abs(at(said, k) - 3 - 2 * normalQuantile(level))).toBeLessThan(0.15)
  expect(Math.abs(head.mean(said, 0, 1) - 3)).toBeLessThan(0.15)
  const between = new Float64Array(3)
  head.quantiles(said, 0, 1, [0.4, 0.5, 0.75], between, 0)
  for (const [k, level] of [0.4, 0.5, 0.75].entries())
    expect(Math.abs(at(between, k) - 3 - 2 * normalQuantile(level))).toBeLessThan(0.2)
  const random = Random.of(1, 'sample')
  const drawn = Array.from({ length: 4000 }, () => head.sample(said, 0, 1, random)).sort((a, b) => a - b)
  for (const [k, level] of levels.entries())
    expect(Math.abs(at(drawn, Math.floor(4000 * level)) - at(said, k))).toBeLessThan(0.15)
})

test('never cross, whatever a network says', async () => {
  const network: Network = {
    inputs: { raw: { shape: [1, head.width] } },
    labels: {},
    forward: (_, { raw }) => ({ outputs: head.transform(raw as Float) }),
    loss: ({ outputs }) => mean(outputs as Float),
  }
  const predictor = await predictorOf(network, { places: [], row: new Float32Array(0) }, { batch: 1, threads: 1 })
  const numbers = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(numbers, async (raw) => {
      ;(predictor.inputs.raw as Float32Array).set(raw)
      await predictor.run()
      const said = [...(predictor.outputs.outputs as Float32Array)]
      expect(said).toEqual([...said].sort((a, b) => a - b))
    }),
    { numRuns: 200 },
  )
  await predictor.dispose()
})

test('the median is the point where absolute errors count; levels must ascend', () => {
  const skewed = Float32Array.of(0, 0, 1, 10)
  expect(quantiles({ levels, point: 'median' }).mean(skewed, 0, 1)).toBe(1)
  expect(quantiles({ levels }).mean(skewed, 0, 1)).toBeGreaterThan(2)
  expect(() => quantiles({ levels: [0.5, 0.1] })).toThrow(/levels: must ascend|ascend/)
})

test('the point of least relative errors of a lognormal distribution is exp(μ − σ²)', () => {
  const grid = Float64Array.from(LEVELS, (level) => Math.exp(1 + 0.5 * normalQuantile(level)))
  const found = relativePointOf(grid, 0, scoresOf(LEVELS))
  expect(Math.abs(found / Math.exp(1 - 0.25) - 1)).toBeLessThan(0.03)
  // Nothing near it does better on draws.
  const random = Random.of(3, 'lognormal')
  const draws = Array.from({ length: 20_000 }, () => Math.exp(1 + 0.5 * random.normal()))
  const errors = (point: number) => draws.reduce((sum, y) => sum + Math.abs(y - point) / y, 0)
  expect(errors(found)).toBeLessThan(errors(found * 1.1))
  expect(errors(found)).toBeLessThan(errors(found * 0.9))
  expect(relativePointOf(Float64Array.of(0, 0, 0, 0, 2), 0, scoresOf([0.1, 0.3, 0.5, 0.7, 0.9]))).toBeGreaterThan(0)
  expect(relativePointOf(new Float64Array(3), 0, scoresOf([0.1, 0.5, 0.9]))).toBe(0)
})
