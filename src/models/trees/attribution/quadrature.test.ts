import { expect, test } from 'vitest'
import { gaussLegendre } from './quadrature.ts'

test('the rule is exact for powers up to twice its points less one', () => {
  for (const count of [1, 2, 3, 5, 8, 13, 20, 40]) {
    const { points, weights } = gaussLegendre(count)
    for (let power = 0; power < 2 * count; power++) {
      const sum = points.reduce((s, t, g) => s + (weights[g] as number) * t ** power, 0)
      expect(sum).toBeCloseTo(1 / (power + 1), 13)
    }
    expect(weights.every((w) => w > 0)).toBe(true)
  }
})

test('no points at all are a rule for what has nothing to integrate', () => {
  expect(gaussLegendre(0).points).toHaveLength(0)
})
