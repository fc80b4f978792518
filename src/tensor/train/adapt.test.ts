import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { mean, mul, sub, tanh } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import { adapted, merged } from './adapt.ts'
import type { Network } from './network.ts'
import { predictorOf } from './predictor.ts'
import { train } from './train.ts'
import { type Weights, weightOf } from './weights.ts'

const network: Network = {
  inputs: { x: { shape: [6] } },
  labels: { y: { shape: [1] } },
  forward: (p, { x }) => ({ y: dense(p.in('out'), tanh(dense(p.in('hidden'), x as Float, 12)), 1) }),
  loss(outputs, { y }) {
    const error = sub(outputs.y as Float, y as Float)
    return mean(mul(error, error))
  },
}

/** A sum of the inputs, each times its weight. */
const source = (weights: readonly number[]) => ({
  put(k: number, into: Record<string, Float32Array | BigInt64Array>) {
    const random = Random.of(k, 'adapt')
    const [x, y] = [into.x, into.y] as [Float32Array, Float32Array]
    for (let i = 0; i < y.length; i++) {
      let sum = 0
      for (let j = 0; j < 6; j++) {
        x[6 * i + j] = 0.5 * random.normal()
        sum += at(weights, j) * at(x, 6 * i + j)
      }
      y[i] = Math.tanh(sum)
    }
  },
})
const OPTIONS = { batch: 64, steps: 400, rate: 0.02, threads: 1, lanes: 1, schedule: { kind: 'cosine' } } as const
const run = runOf({ threads: 1 })
const FIRST = [1, -0.5, 0.3, 0, 0.8, -1]
const SECOND = [1, 0.5, 0.3, 0.4, 0.8, 0.2]

async function said(of: Network, weights: Weights): Promise<number[]> {
  const predictor = await predictorOf(of, weights, { batch: 32, threads: 1 })
  source(FIRST).put(99, { ...predictor.inputs, y: new Float32Array(32) } as Record<string, Float32Array>)
  await predictor.run()
  const y = [...(predictor.outputs.y as Float32Array)]
  await predictor.dispose()
  return y
}

const lastLoss = (curve: readonly { readonly loss: number }[]) => curve.at(-1)?.loss as number

test('parts learn on while others stay, and adapters learn what heads alone cannot', async () => {
  const { weights } = await train(network, source(FIRST), OPTIONS, run)
  const losses: number[] = []
  for (const options of [{ whole: ['out.'] }, { whole: ['out.'], rank: 2 }]) {
    const tuned = adapted(network, weights, options)
    // Before anything is learned it says what it said.
    const begun = await train(tuned, source(SECOND), { ...OPTIONS, steps: 1, rate: 0 }, run)
    expect(await said(tuned, begun.weights)).toEqual(await said(network, weights))
    const learned = await train(tuned, source(SECOND), OPTIONS, run)
    losses.push(lastLoss(learned.curve))
    const whole = merged(weights, learned.weights)
    const same = weightOf(whole, 'hidden.weight')?.every((w, k) => w === weightOf(weights, 'hidden.weight')?.[k])
    expect(same).toBe(options.rank === undefined)
    expect(weightOf(whole, 'hidden.bias')).toEqual(weightOf(weights, 'hidden.bias'))
    expect(weightOf(whole, 'out.weight')).not.toEqual(weightOf(weights, 'out.weight'))
    const [merge, apart] = [await said(network, whole), await said(tuned, learned.weights)]
    for (const [k, y] of merge.entries()) expect(Math.abs(y - at(apart, k))).toBeLessThan(1e-5)
  }
  expect(at(losses, 1)).toBeLessThan(0.5 * at(losses, 0))
})

test('weights of another network are refused', async () => {
  const other = { places: [{ name: 'hidden.weight', shape: [2, 2], from: 0, to: 4 }], row: new Float32Array(4) }
  await expect(train(adapted(network, other, { whole: [] }), source(FIRST), OPTIONS, run)).rejects.toThrow(
    /hidden\.weight/,
  )
})
