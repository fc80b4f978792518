import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { add } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { attention, causalMask, missingMask, selfAttention } from './attention.ts'
import { evaluated, numbers } from './evaluated.case.ts'
import { learnedPositions, sinusoidalPositions, transformerBlock } from './transformer.ts'

const SHAPE = [2, 5, 8]
const x = numbers(SHAPE)

/** Weights of causal attention [2, 2, 5, 5] where some steps were not observed. */
async function weightsOf(observed: readonly number[]) {
  const { found } = await evaluated({ x: [SHAPE, x], observed: [[2, 5], observed] }, (p, v) => {
    const mask = add(causalMask(p, 5), missingMask(v.observed as Float))
    return { weights: selfAttention(p, v.x as Float, { heads: 2, mask }).weights }
  })
  return (b: number, head: number, query: number, key: number) =>
    at(found.weights, ((b * 2 + head) * 5 + query) * 5 + key)
}
const steps = [0, 1, 2, 3, 4]

test('nothing of the future and nothing missing is attended to', async () => {
  const weight = await weightsOf([1, 0, 1, 1, 0, 1, 1, 1, 1, 1])
  for (const head of [0, 1])
    for (const query of steps) {
      for (const b of [0, 1]) {
        for (const key of steps) if (key > query) expect(weight(b, head, query, key)).toBe(0)
        expect(steps.reduce((sum, key) => sum + weight(b, head, query, key), 0)).toBeCloseTo(1, 5)
      }
      expect(weight(0, head, query, 1)).toBe(0)
      expect(weight(0, head, query, 4)).toBe(0)
    }
})

test('where all of the past is missing nothing of the future is seen instead', async () => {
  const weight = await weightsOf([0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
  for (const head of [0, 1])
    for (const query of steps)
      for (const key of steps) if (key > query) for (const b of [0, 1]) expect(weight(b, head, query, key)).toBe(0)
})

test('a causal block says the same of a step whatever comes after it', async () => {
  const said = async (input: readonly number[]) => {
    const { found } = await evaluated({ x: [SHAPE, input] }, (p, v) => ({
      y: transformerBlock(p, v.x as Float, { heads: 4, hidden: 16, mask: causalMask(p, 5) }).values,
    }))
    return found.y
  }
  const changed = x.map((value, k) => (Math.floor(k / 8) % 5 > 2 ? -7 : value))
  const [before, after] = [await said(x), await said(changed)]
  let moved = 0
  for (const [k, value] of before.entries()) {
    if (Math.floor(k / 8) % 5 <= 2) expect(at(after, k)).toBeCloseTo(value, 6)
    else if (Math.abs(at(after, k) - value) > 1e-3) moved++
  }
  expect(moved).toBeGreaterThan(20)
})

test('attention over a memory does not mind the order of the memory', async () => {
  const said = async (order: readonly number[]) => {
    const memory = numbers([1, 4, 3], 2)
    const shuffled = order.flatMap((k) => memory.slice(3 * k, 3 * k + 3))
    const { found } = await evaluated({ q: [[1, 2, 8], numbers([1, 2, 8])], m: [[1, 4, 3], shuffled] }, (p, v) => ({
      y: attention(p, v.q as Float, v.m as Float, { heads: 2 }).values,
    }))
    return [...found.y]
  }
  const first = await said([0, 1, 2, 3])
  for (const [k, value] of (await said([2, 0, 3, 1])).entries()) expect(value).toBeCloseTo(first[k] as number, 5)
})

test('weights of attention are dropped while learning only', async () => {
  const build = async (training: boolean, dropout: number) => {
    const { found, parameters } = await evaluated(
      { x: [SHAPE, x] },
      (p, v) => ({ y: selfAttention(p, v.x as Float, { heads: 2, dropout }).values }),
      { training },
    )
    return { y: [...found.y], noises: [...parameters.noises.values()].map(({ value }) => value.shape) }
  }
  const [plain, forecast, learning] = [await build(true, 0), await build(false, 0.5), await build(true, 0.5)]
  expect(forecast.y).toEqual(plain.y)
  expect(forecast.noises).toEqual([])
  expect(learning.y).not.toEqual(plain.y)
  expect(learning.noises).toEqual([[2, 2, 5, 5]])
})

test('a block drops weights, what was attended to, what is inside and what is said', async () => {
  const said = async (training: boolean, dropout: number) => {
    const { found, parameters } = await evaluated(
      { x: [SHAPE, x] },
      (p, v) => ({ y: transformerBlock(p, v.x as Float, { heads: 2, hidden: 12, dropout }).values }),
      { training },
    )
    return { y: [...found.y], noises: [...parameters.noises.values()].map(({ value }) => value.shape) }
  }
  const plain = await said(true, 0)
  expect(await said(false, 0.5)).toEqual(plain)
  const learning = await said(true, 0.5)
  expect(learning.noises).toEqual([[2, 2, 5, 5], SHAPE, [2, 5, 12], SHAPE])
  expect(learning.y).not.toEqual(plain.y)
})

test('positions are sines and cosines of falling frequency, or learned for each step', async () => {
  const { found, parameters } = await evaluated({ x: [[2, 4, 5], new Array(40).fill(1)] }, (p, v) => ({
    waves: sinusoidalPositions(p, v.x as Float),
    learned: learnedPositions(p.in('place'), v.x as Float),
  }))
  for (let k = 0; k < 40; k++) {
    const [t, feature] = [Math.floor(k / 5) % 4, k % 5]
    const angle = t / 10_000 ** ((2 * Math.floor(feature / 2)) / 5)
    expect(at(found.waves, k)).toBeCloseTo(1 + (feature % 2 ? Math.cos(angle) : Math.sin(angle)), 5)
  }
  expect(parameters.all.get('place.position')?.value.shape).toEqual([4, 5])
  expect([...found.learned.slice(0, 20)]).toEqual([...found.learned.slice(20)])
  expect(new Set(found.learned).size).toBe(20)
})
