import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { toOnnx } from '../graph/emit.ts'
import { gradients } from '../graph/gradients.ts'
import { tensorGraph } from '../graph/graph.ts'
import { concat, sum, transpose } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { type Parameters, parametersOf } from './parameters.ts'
import { gru, lstm, stepsOf } from './recurrent.ts'

const BATCH = 3
const TIME = 7
const FEATURES = 4
const UNITS = 6

interface Case {
  readonly layer: typeof lstm
  readonly op: 'LSTM' | 'GRU'
  readonly states: number
}
const CASES: readonly Case[] = [
  { layer: lstm, op: 'LSTM', states: 2 },
  { layer: gru, op: 'GRU', states: 1 },
]

/** Numbers that a model with parameters by chance gives, and its operators; the same numbers whatever the pass is for. */
async function ran(training: boolean, build: (p: Parameters, x: Float) => Float) {
  const parameters = parametersOf(tensorGraph(), { training })
  const x = parameters.graph.input('x', [BATCH, TIME, FEATURES])
  const model = toOnnx({ y: build(parameters, x) })
  const random = Random.of(7, 'fused')
  const numbers = (shape: readonly number[]) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal())
  const names = [...parameters.graph.inputs].sort(([a], [b]) => (a < b ? -1 : 1))
  const feeds = Object.fromEntries(
    names.map(([name, { shape }]) => [name, { type: 'float32', dims: shape, data: numbers(shape) } as const]),
  )
  const loaded = await session(writeModel(model), { threads: 1 })
  const { y } = await loaded.run(feeds)
  await loaded.dispose()
  return { y: y?.data as Float32Array, ops: model.graph.nodes.map(({ op }) => op), names: [...parameters.all.keys()] }
}

/** Compares both forms of a network, and gives the operators of the one that does not learn. */
async function alike(build: (p: Parameters, x: Float) => Float) {
  const unrolled = await ran(true, build)
  const fused = await ran(false, build)
  expect(fused.y).toHaveLength(unrolled.y.length)
  for (const [k, value] of unrolled.y.entries()) expect(Math.abs(at(fused.y, k) - value)).toBeLessThan(1e-5)
  expect(Math.max(...unrolled.y) - Math.min(...unrolled.y)).toBeGreaterThan(0.5)
  expect(fused.names).toEqual(unrolled.names)
  return fused.ops
}

for (const { layer, op, states } of CASES) {
  test(`${op}: every step and the last state are those of the unrolled form`, async () => {
    const ops = await alike((p, x) => {
      const { steps, state } = layer(p, stepsOf(x), UNITS)
      return concat([...steps, ...state], 0)
    })
    expect(ops.filter((name) => name === op)).toHaveLength(1)
    expect(ops).not.toContain('Tanh')
  })

  test(`${op}: a state to begin from`, async () => {
    await alike((p, x) => {
      const state = Array.from({ length: states }, (_, k) => p.graph.input(`state${k}`, [BATCH, UNITS]) as Float)
      const last = layer(p, stepsOf(x), UNITS, state)
      return concat([...last.steps, ...last.state], 0)
    })
  })

  test(`${op}: layers upon layers hand the sequence on uncut`, async () => {
    const ops = await alike((p, x) => {
      let steps = stepsOf(x)
      for (let l = 0; l < 3; l++) steps = layer(p.in(`layer${l}`), steps, UNITS).steps
      return steps.at(-1) as Float
    })
    expect(ops.filter((name) => name === op)).toHaveLength(3)
    // One cutting apart for the last step alone.
    expect(ops.filter((name) => name === 'Split').length).toBeLessThanOrEqual(1 + 3 * 4)
  })

  test(`${op}: steps in another order, some of them, and a single one`, async () => {
    await alike((p, x) => concat(layer(p, stepsOf(x).toReversed(), UNITS).steps, 0))
    await alike((p, x) => concat(layer(p, stepsOf(x).slice(2), UNITS).steps, 0))
    await alike((p, x) => concat(layer(p, stepsOf(x).slice(0, 1), UNITS).steps, 0))
    // As many steps as there are examples, cut along the other axis.
    await alike((p, x) => concat(layer(p, stepsOf(transpose(x, [1, 0, 2])), UNITS).steps, 0))
  })

  test(`${op}: the form that does not learn refuses gradients, by its name`, () => {
    const p = parametersOf(tensorGraph(), { training: false })
    const x = p.graph.input('x', [BATCH, TIME, FEATURES])
    const loss = sum(layer(p, stepsOf(x), UNITS).steps.at(-1) as Float)
    expect(() => gradients(loss, [x])).toThrow(expect.objectContaining({ code: 'tensor.inference' }))
  })
}

test('a gated recurrent unit over many examples stays unrolled, as that is quicker', () => {
  const opsOf = (batch: number) => {
    const p = parametersOf(tensorGraph(), { training: false })
    const { steps } = gru(p, stepsOf(p.graph.input('x', [batch, TIME, FEATURES])), UNITS)
    return toOnnx({ y: steps.at(-1) as Float }).graph.nodes.map(({ op }) => op)
  }
  expect(opsOf(64)).toContain('GRU')
  expect(opsOf(65)).not.toContain('GRU')
})
