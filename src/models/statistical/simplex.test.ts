import { expect, test } from 'vitest'
import { minimiseSimplex } from './simplex.ts'

test("finds the bottom of Rosenbrock's valley", () => {
  const x = Float64Array.of(-1.2, 1)
  const f = minimiseSimplex(([a = 0, b = 0]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, x, {
    lower: [-2, -2],
    upper: [2, 2],
    tolerance: 1e-12,
    iterations: 500,
  })
  expect(f).toBeLessThan(1e-8)
  expect(x[0]).toBeCloseTo(1, 3)
})

test('stays in its box, and treats what is no number as infinitely bad', () => {
  const x = Float64Array.of(0.5)
  minimiseSimplex(([v = 0]) => (v > 0.8 ? Number.NaN : -v), x, { lower: [0], upper: [1], tolerance: 1e-9 })
  expect(x[0]).toBeGreaterThan(0.79)
  expect(x[0]).toBeLessThanOrEqual(0.8)
  const wall = Float64Array.of(0.5)
  minimiseSimplex(([v = 0]) => v, wall, { lower: [0.2], upper: [1], tolerance: 1e-9 })
  expect(wall[0]).toBeCloseTo(0.2, 6)
})
