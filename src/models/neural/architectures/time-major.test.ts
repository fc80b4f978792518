import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { worked } from './running.case.ts'
import { alongTime, channelDropout, convolved, last } from './time-major.ts'

const [TIME, BATCH, FEATURES] = [6, 2, 3]
const random = Random.of(1, 'time')
const X = {
  type: 'float32',
  dims: [TIME, BATCH, FEATURES],
  data: Float32Array.from({ length: TIME * BATCH * FEATURES }, () => random.normal()),
} as const
const x = (t: number, b: number, f: number) => at(X.data, (t * BATCH + b) * FEATURES + f)
const range = (n: number) => [...Array(n).keys()]

test('weights over time are those of a sum over periods, alike for all features', async () => {
  const { y, dims, weight } = await worked((p) => alongTime(p, p.graph.input('x', X.dims), 4), { x: X })
  expect(dims).toEqual([4, BATCH, FEATURES])
  for (const s of range(4))
    for (const b of range(BATCH))
      for (const f of range(FEATURES)) {
        const sum = range(TIME).reduce((z, t) => z + at(weight('weight'), s * TIME + t) * x(t, b, f), 0)
        expect(at(y, (s * BATCH + b) * FEATURES + f)).toBeCloseTo(sum + at(weight('bias'), s), 5)
      }
})

test.each([
  [2, 1],
  [3, 2],
  [1, 1],
])('a causal convolution of %i periods, %i apart, is that of its equation', async (kernel, dilation) => {
  const units = 2
  const { y, dims, weight } = await worked(
    (p) => convolved(p, p.graph.input('x', X.dims), units, { kernel, dilation }),
    { x: X },
  )
  const before = (kernel - 1) * dilation
  expect(dims).toEqual([TIME - before, BATCH, units])
  for (let t = before; t < TIME; t++)
    for (const b of range(BATCH))
      for (const u of range(units)) {
        let sum = at(weight('bias'), u)
        for (const k of range(kernel))
          for (const f of range(FEATURES))
            sum += at(weight('weight'), (k * FEATURES + f) * units + u) * x(t - (kernel - 1 - k) * dilation, b, f)
        expect(at(y, ((t - before) * BATCH + b) * units + u)).toBeCloseTo(sum, 5)
      }
})

test('the last periods, zeros before them where there are too few', async () => {
  const each = BATCH * FEATURES
  const few = await worked(({ graph }) => last(graph.input('x', X.dims), 2), { x: X })
  expect([...few.y]).toEqual([...X.data.slice(4 * each)])
  const many = await worked(({ graph }) => last(graph.input('x', X.dims), 8), { x: X })
  expect([...many.y]).toEqual([...new Float32Array(2 * each), ...X.data])
})

test('a channel is dropped in all periods or kept and raised in all', async () => {
  const chance = {
    type: 'float32',
    dims: [1, BATCH, FEATURES],
    data: Float32Array.of(0, 0.6, 0.3, 0.9, 0.1, 0.51),
  } as const
  const feeds = { x: X, 'noise.0': chance }
  const dropped = await worked((p) => channelDropout(p, p.graph.input('x', X.dims), 0.5), feeds, true)
  for (const [k, value] of X.data.entries())
    expect(at(dropped.y, k)).toBeCloseTo(at(chance.data, k % 6) < 0.5 ? 0 : 2 * value, 5)
  const kept = await worked((p) => channelDropout(p, p.graph.input('x', X.dims), 0.5), { x: X })
  expect(kept.y).toEqual(X.data)
})
