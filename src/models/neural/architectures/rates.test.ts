import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { interpolation, knots, pooled } from './rates.ts'
import { worked } from './running.case.ts'

const X = {
  type: 'float32',
  dims: [2, 7],
  data: Float32Array.of(1, 5, 2, 4, 3, 9, -7, 0, -1, -2, -3, -4, -5, -6),
} as const

test.each([
  [3, 'max', [1, 5, 9, 0, -1, -4]],
  [3, 'mean', [1, 11 / 3, 5 / 3, 0, -2, -5]],
  [7, 'max', [9, 0]],
  [10, 'mean', [17 / 7, -3]],
  [1, 'max', [...X.data]],
] as const)('%i periods pooled by their %s, the odd ones first', async (pool, how, expected) => {
  const { y } = await worked(({ graph }) => pooled(graph.input('x', [2, 7]) as Float, pool, how), { x: X })
  expect(y).toHaveLength(expected.length)
  for (const [k, value] of expected.entries()) expect(at(y, k)).toBeCloseTo(value, 5)
})

// What torch.nn.functional.interpolate(…, mode='linear', align_corners=False) gives.
test.each([
  [[0, 1], 4, [0, 0.25, 0.75, 1]],
  [[0, 1, 2], 5, [0, 0.4, 1, 1.6, 2]],
  [[3], 3, [3, 3, 3]],
  [[1, -1], 2, [1, -1]],
] as const)('lines between knots %j over %i periods', (heights, time, expected) => {
  const weights = interpolation(heights.length, time)
  for (const [t, value] of expected.entries())
    expect(heights.reduce<number>((sum, h, k) => sum + h * at(weights, k * time + t), 0)).toBeCloseTo(value, 6)
})

test('knots are a dense layer of the state, the periods of one number together', async () => {
  const state = { type: 'float32', dims: [1, 2], data: Float32Array.of(0.5, -1) } as const
  const make = (every: number) =>
    worked((p) => knots(p, p.graph.input('state', [1, 2]) as Float, 4, every, 3), { state })
  const { y, dims, weight } = await make(2)
  expect(dims).toEqual([1, 3, 4])
  const height = (k: number) => 0.5 * at(weight('weight'), k) - at(weight('weight'), 6 + k) + at(weight('bias'), k)
  for (let w = 0; w < 3; w++)
    for (const [t, share] of [0, 0.25, 0.75, 1].entries())
      expect(at(y, 4 * w + t)).toBeCloseTo((1 - share) * height(2 * w) + share * height(2 * w + 1), 5)
})
