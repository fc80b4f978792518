import { describe, expect, test } from 'vitest'
import { hash32, Random } from './random.ts'

const draws = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw)
const meanOf = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length
const varianceOf = (v: readonly number[], mean = meanOf(v)) => meanOf(v.map((x) => (x - mean) ** 2))

describe('Random', () => {
  test('is the same under seed and name, and another under any other', () => {
    const take = (seed: number, stream: string) =>
      draws(5, () => 0).map((_, __, ___) => Random.of(seed, stream).uint32())
    expect(take(1, 'a')).toEqual(take(1, 'a'))
    expect(take(1, 'a')[0]).not.toBe(take(2, 'a')[0])
    expect(take(1, 'a')[0]).not.toBe(take(1, 'b')[0])
    expect(hash32('abc')).toBe(hash32('abc'))
  })

  test('uniform numbers fill [0, 1) evenly', () => {
    const random = new Random(5)
    const cells = new Array<number>(20).fill(0)
    for (let k = 0; k < 40_000; k++) {
      const u = random.uniform()
      cells[Math.floor(u * 20)] = (cells[Math.floor(u * 20)] as number) + 1
    }
    const chiSquared = cells.reduce((a, n) => a + (n - 2000) ** 2 / 2000, 0)
    expect(chiSquared).toBeLessThan(43.8) // the 0.999 quantile at 19 degrees of freedom
  })

  const cases: readonly [string, (r: Random) => number, number, number][] = [
    ['normal', (r) => r.normal(), 0, 1],
    ['gamma 0.4', (r) => r.gamma(0.4), 0.4, 0.4],
    ['gamma 9', (r) => r.gamma(9), 9, 9],
    ['poisson 3', (r) => r.poisson(3), 3, 3],
    ['poisson 200', (r) => r.poisson(200), 200, 200],
    ['binomial 50 of 0.3', (r) => r.binomial(50, 0.3), 15, 10.5],
    ['negative binomial 6, r 2', (r) => r.negativeBinomial(6, 2), 6, 24],
  ]
  test.each(cases)('%s has its mean and variance', (_, draw, mean, variance) => {
    const random = new Random(17)
    const sample = draws(60_000, () => draw(random))
    expect(Math.abs(meanOf(sample) - mean)).toBeLessThan(5 * Math.sqrt(variance / sample.length))
    expect(varianceOf(sample) / variance).toBeGreaterThan(0.94)
    expect(varianceOf(sample) / variance).toBeLessThan(1.06)
  })

  test('shuffles into every order alike', () => {
    const random = new Random(2)
    const seen = new Map<string, number>()
    for (let k = 0; k < 6000; k++) {
      const order = random.shuffle([1, 2, 3]).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect(seen.size).toBe(6)
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})
