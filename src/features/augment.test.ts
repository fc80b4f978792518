import { expect, test } from 'vitest'
import { Random } from '../core/random.ts'
import { jitter, mixUp, scaling, warpWindow } from './augment.ts'

const series = Float64Array.from({ length: 200 }, (_, k) => 10 + Math.sin(k / 5) * 4)
const gappy = series.map((x, k) => (k % 9 === 4 ? Number.NaN : x))
const random = (stream: string) => Random.of(1, stream)

test('the same seed gives the same series, another seed another one', () => {
  for (const make of [
    (r: Random) => jitter(series, {}, r),
    (r: Random) => scaling(series, {}, r),
    (r: Random) => warpWindow(series, {}, r),
    (r: Random) => mixUp(series, gappy, {}, r).values,
  ]) {
    expect(make(random('a'))).toEqual(make(random('a')))
    expect(make(random('a'))).not.toEqual(make(random('b')))
  }
})

test('jitter has the share of spread asked for and leaves gaps', () => {
  const out = jitter(gappy, { share: 0.1 }, random('jitter'))
  const noise = [...out].map((x, k) => x - (gappy[k] as number)).filter((x) => !Number.isNaN(x))
  expect(out.filter(Number.isNaN).length).toBe(gappy.filter(Number.isNaN).length)
  const spread = Math.sqrt(noise.reduce((a, b) => a + b * b, 0) / noise.length)
  // The spread of the sine is 4 / √2; with some 180 draws its estimate is within 20 %.
  expect(Math.abs(spread / (0.1 * 2.83) - 1)).toBeLessThan(0.2)
})

test('scaling multiplies all by one factor', () => {
  const out = scaling(gappy, { spread: 0.5 }, random('scale'))
  const factors = [...out].map((x, k) => x / (gappy[k] as number)).filter((x) => !Number.isNaN(x))
  expect(Math.max(...factors) - Math.min(...factors)).toBeLessThan(1e-12)
  expect(factors[0]).not.toBe(1)
})

test('a warp keeps length, ends and range, and a straight line stays rising', () => {
  const line = Float64Array.from({ length: 101 }, (_, k) => k)
  for (const stream of ['a', 'b', 'c', 'd']) {
    const out = warpWindow(line, { share: 0.2, factors: [0.5, 2] }, random(stream))
    expect(out.length).toBe(101)
    expect(out[0]).toBe(0)
    expect(out[100]).toBeCloseTo(100, 9)
    for (let k = 1; k < 101; k++) expect(out[k] as number).toBeGreaterThan(out[k - 1] as number)
    expect(out).not.toEqual(line)
  }
  expect(warpWindow(Float64Array.of(1, 2), { share: 1 }, random('short'))).toEqual(Float64Array.of(1, 2))
})

test('a mix lies between its parts by the share that it names', () => {
  const a = Float64Array.of(1, 2, Number.NaN)
  const b = Float64Array.of(3, 6, 1)
  const shares: number[] = []
  const source = random('mix')
  for (let n = 0; n < 300; n++) {
    const { values, share } = mixUp(a, b, { alpha: 0.2 }, source)
    expect(values[0]).toBeCloseTo(3 - 2 * share, 12)
    expect(values[2]).toBeNaN()
    shares.push(share)
  }
  // Beta(0.2, 0.2) has mean 1/2 and variance 1 / (4 · 1.4).
  const mean = shares.reduce((x, y) => x + y, 0) / shares.length
  const variance = shares.reduce((x, y) => x + (y - mean) ** 2, 0) / shares.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.08)
  expect(Math.abs(variance - 1 / 5.6)).toBeLessThan(0.04)
})
