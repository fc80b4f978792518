import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { leastSquares } from './least-squares.ts'

test("finds the bottom of Rosenbrock's valley, a sum of two squares", () => {
  const x = Float64Array.of(-1.2, 1)
  const valley = (v: Float64Array, r: Float64Array) => {
    r[0] = 1 - at(v, 0)
    r[1] = 10 * (at(v, 1) - at(v, 0) ** 2)
    return at(r, 0) ** 2 + at(r, 1) ** 2
  }
  expect(leastSquares(valley, x, 2, { lower: [-2, -2], upper: [2, 2], gain: 1e-12, steps: 200 })).toBeLessThan(1e-10)
  expect(x[0]).toBeCloseTo(1, 4)
})

test('fits a decay through points, and stays in its box', () => {
  const truth = [3, 0.7]
  const decay = (v: Float64Array, r: Float64Array) => {
    let sum = 0
    for (let t = 0; t < 10; t++) {
      r[t] = at(v, 0) * at(v, 1) ** t - at(truth, 0) * at(truth, 1) ** t
      sum += at(r, t) ** 2
    }
    return sum
  }
  const free = Float64Array.of(1, 0.3)
  leastSquares(decay, free, 10, { lower: [0, 0], upper: [10, 1], gain: 1e-10 })
  expect(free[0]).toBeCloseTo(3, 5)
  expect(free[1]).toBeCloseTo(0.7, 5)
  const walled = Float64Array.of(1, 0.3)
  leastSquares(decay, walled, 10, { lower: [0, 0], upper: [10, 0.5], gain: 1e-10 })
  expect(walled[1]).toBe(0.5)
  expect(at(walled, 0)).toBeGreaterThan(3)
})
