import { expect, test } from 'vitest'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { toOnnx } from './emit.ts'
import { gradients } from './gradients.ts'
import { tensorGraph } from './graph.ts'
import { matmul, mul, relu, sign, softplus, step, sum } from './operators.ts'
import type { Float } from './value.ts'

const X = [-3e30, -90, -17, -1, -1e-30, -0, 0, 1e-30, 1e-3, 1, 17, 90, 3e30]

/** What an expression of one input gives for numbers. */
async function given(make: (x: Float) => Float, numbers: readonly number[]): Promise<Float32Array> {
  const x = tensorGraph().input('x', [numbers.length])
  const model = await session(writeModel(toOnnx({ y: make(x) })), { threads: 1 })
  const { y } = await model.run({ x: { type: 'float32', dims: [numbers.length], data: Float32Array.from(numbers) } })
  await model.dispose()
  return y?.data as Float32Array
}

test('signs and steps are exact, at zero and far away from it', async () => {
  expect([...(await given(sign, X))]).toEqual(X.map((x) => (Math.sign(x) === 0 ? 0 : Math.sign(x))))
  expect([...(await given(step, X))]).toEqual(X.map((x) => (x > 0 ? 1 : 0)))
  const slope = (x: Float) => gradients(sum(relu(x)), [x])[0] as Float
  expect([...(await given(slope, X))]).toEqual(X.map((x) => (x > 0 ? 1 : 0)))
})

test('softplus is right to single precision, and never 0 where it is not', async () => {
  const found = await given(softplus, X)
  for (const [k, x] of X.entries()) {
    const expected = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
    expect(Math.abs((found[k] as number) - expected)).toBeLessThan(1.2e-7 * Math.max(1, expected))
  }
  expect(found[1]).toBeGreaterThan(0)
})

test('a gradient over many rows, made in halves, is that of the whole', async () => {
  const rows = 4096
  const graph = tensorGraph()
  const x = graph.input('x', [rows, 2])
  const w = graph.input('w', [2, 3])
  const [slope] = gradients(sum(mul(matmul(x, w), matmul(x, w))), [w]) as readonly [Float]
  const model = await session(writeModel(toOnnx({ slope })), { threads: 2 })
  const data = Float32Array.from({ length: 2 * rows }, (_, k) => Math.sin(k) / 64)
  const weights = Float32Array.of(1, -2, 3, 0.5, 4, -1)
  const found = await model.run({
    x: { type: 'float32', dims: [rows, 2], data },
    w: { type: 'float32', dims: [2, 3], data: weights },
  })
  await model.dispose()
  const numbers = found.slope?.data as Float32Array
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 3; j++) {
      let expected = 0
      for (let r = 0; r < rows; r++) {
        const product = [0, 1].reduce((y, k) => y + (data[2 * r + k] as number) * (weights[3 * k + j] as number), 0)
        expected += 2 * product * (data[2 * r + i] as number)
      }
      expect(numbers[3 * i + j]).toBeCloseTo(expected, 5)
    }
})
