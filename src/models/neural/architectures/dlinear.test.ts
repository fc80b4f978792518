import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Tensor } from '../../../tensor/onnx/model.ts'
import { inputsOf } from '../../../tensor/train/network.ts'
import type { Frame, View } from '../architecture.ts'
import { inputFields } from '../forecaster.ts'
import { averaging, dlinear } from './dlinear.ts'
import { type Feeds, viewByChance, worked } from './running.case.ts'

const range = (n: number) => [...Array(n).keys()]

test('the moving average repeats the ends', () => {
  // Those of three periods around each of 2, 4, 9, 1: means of (2, 2, 4), (2, 4, 9), (4, 9, 1), (9, 1, 1).
  const weights = averaging(4, 3)
  const means = range(4).map((t) => [2, 4, 9, 1].reduce((sum, y, k) => sum + y * at(weights, 4 * k + t), 0))
  for (const [t, mean] of [8 / 3, 5, 14 / 3, 11 / 3].entries()) expect(at(means, t)).toBeCloseTo(mean, 5)
})

test('an answer is that of the equations, a missing period the mean of those around it', async () => {
  const frame: Frame = { batch: 1, context: 6, horizon: 2, past: 1, known: 2, statics: 1, categories: [] }
  const width = 2
  const y = [1, 3, 0, 4, 2, 5]
  const seen = [1, 1, 0, 1, 1, 1]
  const row = (data: readonly number[]): Tensor => ({ type: 'float32', dims: [1, 6], data: Float32Array.from(data) })
  const feeds: Feeds = { ...viewByChance(frame, Random.of(1, 'dlinear')), target: row(y), observed: row(seen) }
  const { y: raw, weight } = await worked(
    (p) =>
      dlinear({ window: 3 }).forward(p, inputsOf(p.graph, inputFields(frame), 1) as unknown as View, frame, width).raw,
    feeds,
  )
  const trend = range(6).map((t) => {
    const around = [t - 1, t, t + 1].map((k) => Math.min(Math.max(k, 0), 5)).filter((k) => at(seen, k))
    return around.reduce((sum, k) => sum + at(y, k), 0) / around.length
  })
  const season = range(6).map((t) => (at(seen, t) ? at(y, t) - at(trend, t) : 0))
  const numbers = (name: 'past' | 'known' | 'statics') => feeds[name]?.data as Float32Array
  const term = (name: string, x: ArrayLike<number>, output: number, outputs: number) =>
    Array.from(x).reduce(
      (sum, value, k) => sum + value * at(weight(`${name}.weight`), k * outputs + output),
      at(weight(`${name}.bias`), output),
    )
  for (const h of range(frame.horizon))
    for (const w of range(width)) {
      const output = h * width + w
      const here = numbers('known').slice((6 + h) * 2, (7 + h) * 2)
      const expected =
        term('trend', trend, output, 4) +
        term('season', season, output, 4) +
        term('past', numbers('past'), output, 4) +
        term('known', here, w, width) +
        term('whole', numbers('statics'), w, width)
      expect(at(raw, output)).toBeCloseTo(expected, 4)
    }
})
