import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { hash32, Random } from '../../core/random.ts'
import { type Progress, runOf } from '../../core/run.ts'
import { mean, mul, relu, sub } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense, dropout } from '../layers/dense.ts'
import type { Arrays } from './arrays.ts'
import type { Network } from './network.ts'
import { predictorOf } from './predictor.ts'
import { type Source, type TrainOptions, train } from './train.ts'
import { weightOf } from './weights.ts'

const FEATURES = 4
const EFFECTS = [2, -1, 0, 0.5]
/** y = effects · x + 1, with a hidden layer for what is not a line when asked for, and dropout. */
const network = ({
  hidden = 0,
  share = 0,
} = {}): Network<
  { readonly x: { readonly shape: readonly [number] } },
  { readonly y: { readonly shape: readonly [number] } }
> => ({
  inputs: { x: { shape: [FEATURES] } },
  labels: { y: { shape: [1] } },
  forward(p, { x }) {
    const inside = hidden > 0 ? dropout(p, relu(dense(p.in('hidden'), x, hidden)), share) : x
    return { y: dense(p.in('out'), inside, 1) }
  },
  loss({ y }, batch) {
    const error = sub(y as Float, batch.y)
    return mean(mul(error, error))
  },
})

/** Examples of the planted line: batch `k` is always the same. */
const planted = (noise = 0, salt = 'line'): Source => ({
  put(k, into) {
    const random = new Random(hash32(`${salt}:${k}`))
    const { x, y } = into as { x: Float32Array; y: Float32Array }
    for (let i = 0; i < y.length; i++) {
      let sum = 1 + noise * random.normal()
      for (let f = 0; f < FEATURES; f++) {
        x[i * FEATURES + f] = random.normal()
        sum += at(EFFECTS, f) * at(x, i * FEATURES + f)
      }
      y[i] = sum
    }
  },
})
const base: TrainOptions = { batch: 64, steps: 150, rate: 0.05, threads: 1 }
const run = (seed = 1, given = {}) => runOf({ seed, threads: 1, ...given })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foretide-train-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('training', () => {
  test('finds the planted weights, and says how it went', async () => {
    const seen: Progress[] = []
    const options: TrainOptions = { ...base, steps: 400, optimiser: { kind: 'adam' }, schedule: { kind: 'cosine' } }
    const trained = await train(network(), planted(), options, run(1, { progress: (p: Progress) => seen.push(p) }))
    const weights = weightOf(trained.weights, 'out.weight') as Float32Array
    for (const [f, effect] of EFFECTS.entries()) expect(at(weights, f)).toBeCloseTo(effect, 2)
    expect(at(weightOf(trained.weights, 'out.bias') as Float32Array, 0)).toBeCloseTo(1, 2)
    expect(trained.steps).toBe(400)
    expect(
      at(
        trained.curve.map((row) => row.loss),
        0,
      ),
    ).toBeGreaterThan(1)
    expect(trained.curve.at(-1)?.loss).toBeLessThan(1e-4)
    expect(seen.at(-1)).toMatchObject({ done: 400, total: 400 })
    expect(seen.some((p) => p.learning !== undefined && p.learning.rate > 0.049)).toBe(true)
  })

  test('the sum of several batches is the gradient of them all', async () => {
    const whole = await train(network(), joined(planted(), 4), { ...base, batch: 256, steps: 20 }, run())
    const parts = await train(network(), planted(), { ...base, accumulate: 4, steps: 20 }, run())
    for (const [k, x] of whole.weights.row.entries()) expect(at(parts.weights.row, k)).toBeCloseTo(x, 5)
  })

  test('what is learned does not depend on the threads, in lanes or without', async () => {
    const deep: TrainOptions = { ...base, lanes: 4, steps: 30 }
    const one = await train(network({ hidden: 8, share: 0.2 }), planted(1), deep, run())
    const two = await train(network({ hidden: 8, share: 0.2 }), planted(1), { ...deep, threads: 4 }, run())
    expect(two.weights.row).toEqual(one.weights.row)
    await expect(train(network(), planted(), { ...base, lanes: 3 }, run())).rejects.toThrow(
      /64 examples.*3 equal parts/,
    )
  })

  test('the weights of the least validation loss are kept, and training ends when patience does', async () => {
    const few: Source = { put: (_, into) => planted(2, 'few').put(0, into) }
    const validation = { ...planted(2, 'other'), batches: 4, every: 10, patience: 3 }
    const big = network({ hidden: 64 })
    const trained = await train(big, few, { ...base, batch: 32, rate: 0.01, steps: 2000, validation }, run())
    expect(trained.steps).toBeLessThan(2000)
    const looks = trained.curve.flatMap((row) => (row.validation === undefined ? [] : [row.validation]))
    const least = Math.min(...looks)
    expect(trained.validation).toBe(least)
    expect(looks.length - 1 - looks.indexOf(least)).toBe(3)
    expect(await lossOf(big, trained.weights, validation, 4, 32)).toBeCloseTo(least, 4)
  })

  test('the average of the weights is what is given back where one is kept', async () => {
    const noisy = { ...base, rate: 0.3, steps: 300 } as const
    const last = await train(network(), planted(2), noisy, run())
    const average = await train(network(), planted(2), { ...noisy, average: 0.98 }, run())
    const distance = (row: Float32Array) => [...EFFECTS, 1].reduce((sum, w, k) => sum + (at(row, k) - w) ** 2, 0)
    expect(distance(average.weights.row)).toBeLessThan(distance(last.weights.row))
  })

  test('a loss that is no number any more ends it, with the step and the rate', async () => {
    const broken: Source = { put: (_, into) => void (into.x as Float32Array).fill(Number.NaN) }
    await expect(train(network(), broken, base, run())).rejects.toThrow(/step 1, with a rate of 0\.05/)
  })
})

describe('an interrupted training goes on bit for bit', () => {
  const options: TrainOptions = {
    ...base,
    steps: 60,
    rate: 0.02,
    schedule: { kind: 'one-cycle' },
    average: 0.9,
    clip: 1,
    noise: { x: 0.1, y: 0.05 },
    validation: { ...planted(1, 'other'), batches: 2, every: 10 },
  }
  const net = network({ hidden: 16, share: 0.2 })

  test.each([1, 2])('with gradients of %i batches a step', async (accumulate) => {
    const path = join(folder, `cut-${accumulate}`)
    const whole = await train(net, planted(1), { ...options, accumulate }, run(7))
    const checkpoint = { folder: path, every: 25 }
    const abort = new AbortController()
    const cut: Source = {
      put(k, into) {
        if (k === 37 * accumulate) abort.abort()
        return planted(1).put(k, into)
      },
    }
    await expect(
      train(net, cut, { ...options, accumulate, checkpoint }, run(7, { signal: abort.signal })),
    ).rejects.toThrow(/interrupt/i)
    let first = Number.POSITIVE_INFINITY
    const rest: Source = {
      put(k, into) {
        first = Math.min(first, k)
        return planted(1).put(k, into)
      },
    }
    const resumed = await train(net, rest, { ...options, accumulate, checkpoint }, run(7))
    expect(first).toBe(38 * accumulate)
    expect(resumed.weights.row).toEqual(whole.weights.row)
    expect(resumed.validation).toBe(whole.validation)
    expect(resumed.curve.map(({ seconds, ...row }) => row)).toEqual(whole.curve.map(({ seconds, ...row }) => row))
    const lines = (await readFile(join(path, 'curve.jsonl'), 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(whole.curve.length)
  })

  test('a checkpoint of another training is refused', async () => {
    const path = join(folder, 'other')
    const checkpoint = { folder: path, every: 10 }
    await train(net, planted(1), { ...options, checkpoint }, run(7))
    await expect(train(net, planted(1), { ...options, checkpoint }, run(8))).rejects.toThrow(/seed|other/i)
    await expect(
      train(network({ hidden: 8, share: 0.2 }), planted(1), { ...options, checkpoint }, run(7)),
    ).rejects.toThrow()
  })
})

test('examples moved to where they hurt most are learned from, too', async () => {
  const options: TrainOptions = { ...base, steps: 300, adversarial: { inputs: ['x'], size: 0.3 } }
  const robust = await train(network(), planted(2), options, run())
  const plain = await train(network(), planted(2), { ...base, steps: 300 }, run())
  const size = ({ weights }: typeof plain) =>
    (weightOf(weights, 'out.weight') as Float32Array).reduce((sum, w) => sum + Math.abs(w), 0)
  // A line that may be moved along each input by ε is learned as with a penalty on Σ|w|: smaller, as a whole.
  expect(size(robust)).toBeLessThan(0.85 * size(plain))
  const other: TrainOptions = { ...base, adversarial: { inputs: ['z'], size: 0.1 } }
  await expect(train(network(), planted(), other, run())).rejects.toThrow(/'z'.*x, y/)
})

test('a network predicts, and dropping out by chance spreads what it says', async () => {
  const net = network({ hidden: 32, share: 0.3 })
  const { weights } = await train(net, planted(), { ...base, steps: 200, rate: 0.01 }, run())
  const said = async (chance?: { seed: number }, passes = 1) => {
    const predictor = await predictorOf(net, weights, { batch: 1, threads: 1, ...(chance && { chance }) })
    ;(predictor.inputs.x as Float32Array).set([1, 1, 1, 1])
    const all: number[] = []
    for (let k = 0; k < passes; k++) {
      await predictor.run(k)
      all.push(at(predictor.outputs.y as Float32Array, 0))
    }
    await predictor.dispose()
    return all
  }
  const [sure] = (await said()) as [number]
  expect(sure).toBeCloseTo(2.5, 0)
  const draws = await said({ seed: 3 }, 400)
  const middle = draws.reduce((a, b) => a + b, 0) / draws.length
  const spread = Math.sqrt(draws.reduce((a, b) => a + (b - middle) ** 2, 0) / draws.length)
  expect(spread).toBeGreaterThan(0.05)
  expect(Math.abs(middle - sure)).toBeLessThan(0.35)
  expect(await said({ seed: 3 }, 400)).toEqual(draws)
})

/** Several batches of a source as one. */
function joined(source: Source, count: number): Source {
  return {
    async put(k, into) {
      for (let part = 0; part < count; part++) {
        const cut = Object.fromEntries(
          Object.entries(into).map(([name, data]) => {
            const length = data.length / count
            return [name, data.subarray(part * length, (part + 1) * length)]
          }),
        ) as Arrays
        await source.put(k * count + part, cut)
      }
    },
  }
}

/** The mean loss of batches by a predictor, which knows nothing of how it was trained. */
async function lossOf(
  net: ReturnType<typeof network>,
  weights: Parameters<typeof predictorOf>[1],
  source: Source,
  batches: number,
  batch: number,
) {
  const predictor = await predictorOf(net, weights, { batch, threads: 1 })
  let sum = 0
  for (let k = 0; k < batches; k++) {
    const y = new Float32Array(batch)
    await source.put(k, { x: predictor.inputs.x as Float32Array, y })
    await predictor.run()
    const said = predictor.outputs.y as Float32Array
    sum += y.reduce((s, v, i) => s + (v - at(said, i)) ** 2, 0) / batch
  }
  await predictor.dispose()
  return sum / batches
}
