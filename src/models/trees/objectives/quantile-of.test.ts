import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantileOf } from './quantile-of.ts'

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 200 })
const level = fc.double({ min: 0.01, max: 0.99, noNaN: true })

/** Linear interpolation between sorted neighbours. */
function plain(given: number[], q: number): number {
  const sorted = [...given].sort((a, b) => a - b)
  const h = (given.length - 1) * q
  const low = sorted[Math.floor(h)] as number
  return low + (h - Math.floor(h)) * ((sorted[Math.ceil(h)] as number) - low)
}

test('quantiles are those of linear interpolation', () => {
  fc.assert(
    fc.property(values, level, (given, q) => {
      expect(quantileOf(Float64Array.from(given), undefined, given.length, q)).toBeCloseTo(plain(given, q), 9)
    }),
  )
})

test('quantiles of many values are the same, whatever their order and however often they repeat', () => {
  const shapes: ((i: number) => number)[] = [
    (i) => Math.sin(i * i) * 10,
    (i) => i,
    (i) => -i,
    (i) => i % 2,
    (i) => Math.floor(Math.sin(i) * 3),
    () => 4,
    (i) => (i === 77 ? 1e9 : Math.cos(i)),
  ]
  for (const shape of shapes)
    for (const count of [1001, 5000, 20_000])
      for (const q of [0.001, 0.1, 0.5, 0.83, 0.999]) {
        const given = Array.from({ length: count }, (_, i) => shape(i))
        expect(quantileOf(Float64Array.from(given), undefined, count, q)).toBeCloseTo(plain(given, q), 9)
      }
})

test('rows of the same weight count as without, and weights of 0 do not count', () => {
  fc.assert(
    fc.property(values, level, fc.integer({ min: 0, max: 5 }), (given, q, none) => {
      const padded = Float64Array.from([...new Array<number>(none).fill(1e6), ...given])
      const weights = Float64Array.from(padded, (v) => (v === 1e6 ? 0 : 0.3))
      expect(quantileOf(padded, weights, padded.length, q)).toBeCloseTo(plain(given, q), 9)
    }),
  )
})

test('weighted quantiles are the mean of the sorted values between two shares of the weight', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 })), { minLength: 1 }),
      level,
      (rows, q) => {
        const total = rows.reduce((sum, [, w]) => sum + w, 0)
        const effective = total ** 2 / rows.reduce((sum, [, w]) => sum + w * w, 0)
        const from = ((effective - 1) * q) / effective
        let before = 0
        let mean = 0
        for (const [v, w] of [...rows].sort(([a], [b]) => a - b)) {
          const overlap = Math.min(before + w / total, from + 1 / effective) - Math.max(before, from)
          mean += Math.max(0, overlap) * effective * v
          before += w / total
        }
        const found = (scale: number) =>
          quantileOf(
            Float64Array.from(rows, ([v]) => v),
            Float64Array.from(rows, ([, w]) => w * scale),
            rows.length,
            q,
          )
        expect(found(1)).toBeCloseTo(mean, 8)
        expect(found(7)).toBeCloseTo(mean, 8)
      },
    ),
  )
})
