import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { toOnnx } from '../graph/emit.ts'
import { tensorGraph } from '../graph/graph.ts'
import { concat } from '../graph/operators.ts'
import { sizeOf } from '../graph/shapes.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { type Parameters, parameterCount, parametersOf } from './parameters.ts'
import { gru, lstm, type Recurrence, stepsOf } from './recurrent.ts'

const BATCH = 2
const TIME = 4
const FEATURES = 3
const UNITS = 5

/** Runs a layer on numbers by chance: what it gave, its parameters and the input, all as plain arrays. */
async function ran(layer: (parameters: Parameters, steps: ReturnType<typeof stepsOf>) => Recurrence) {
  const random = Random.of(4, 'recurrent')
  const parameters = parametersOf(tensorGraph())
  const x = parameters.graph.input('x', [BATCH, TIME, FEATURES])
  const { steps } = layer(parameters, stepsOf(x))
  const model = await session(writeModel(toOnnx({ y: concat(steps, 0) })), { threads: 1 })
  const data = Float32Array.from({ length: BATCH * TIME * FEATURES }, () => random.normal())
  const p: Record<string, Float32Array> = {}
  const feeds = [...parameters.all].map(([name, { value, initialise }]) => {
    const numbers = initialise(value.shape, random)
    expect(numbers).toHaveLength(sizeOf(value.shape))
    p[name] = numbers
    return [name, { type: 'float32', dims: value.shape, data: numbers }] as const
  })
  const { y } = await model.run({
    x: { type: 'float32', dims: [BATCH, TIME, FEATURES], data },
    ...Object.fromEntries(feeds),
  })
  await model.dispose()
  return {
    p,
    x: (b: number, t: number, f: number) => at(data, (b * TIME + t) * FEATURES + f),
    y: y?.data as Float32Array,
    parameters,
  }
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const product = (w: Float32Array, width: number, column: number, v: readonly number[]) =>
  v.reduce((sum, x, k) => sum + x * at(w, k * width + column), 0)
const units = [...Array(UNITS).keys()]

test('a long short-term memory is that of its equations', async () => {
  const { p, x, y, parameters } = await ran((parameters, steps) => lstm(parameters, steps, UNITS))
  expect(parameterCount(parameters)).toBe(4 * UNITS * (FEATURES + UNITS + 1))
  for (let b = 0; b < BATCH; b++) {
    let h = units.map(() => 0)
    let c = units.map(() => 0)
    for (let t = 0; t < TIME; t++) {
      const input = [0, 1, 2].map((f) => x(b, t, f))
      const before = h
      const z = (gate: number, u: number) =>
        product(p.input as Float32Array, 4 * UNITS, gate * UNITS + u, input) +
        product(p.hidden as Float32Array, 4 * UNITS, gate * UNITS + u, before) +
        at(p.bias as Float32Array, gate * UNITS + u)
      c = c.map((old, u) => sigmoid(z(1, u)) * old + sigmoid(z(0, u)) * Math.tanh(z(3, u)))
      h = c.map((cell, u) => sigmoid(z(2, u)) * Math.tanh(cell))
      for (const u of units) expect(Math.abs(at(y, (t * BATCH + b) * UNITS + u) - at(h, u))).toBeLessThan(1e-6)
    }
  }
})

test('a gated recurrent unit is that of its equations', async () => {
  const { p, x, y } = await ran((parameters, steps) => gru(parameters, steps, UNITS))
  for (let b = 0; b < BATCH; b++) {
    let h = units.map(() => 0)
    for (let t = 0; t < TIME; t++) {
      const input = [0, 1, 2].map((f) => x(b, t, f))
      const before = h
      const zi = (gate: number, u: number) =>
        product(p.input as Float32Array, 3 * UNITS, gate * UNITS + u, input) +
        at(p.bias as Float32Array, gate * UNITS + u)
      const zh = (gate: number, u: number) =>
        product(p.hidden as Float32Array, 3 * UNITS, gate * UNITS + u, before) +
        at(p.hiddenBias as Float32Array, gate * UNITS + u)
      h = h.map((old, u) => {
        const update = sigmoid(zi(1, u) + zh(1, u))
        const fresh = Math.tanh(zi(2, u) + sigmoid(zi(0, u) + zh(0, u)) * zh(2, u))
        return (1 - update) * fresh + update * old
      })
      for (const u of units) expect(Math.abs(at(y, (t * BATCH + b) * UNITS + u) - at(h, u))).toBeLessThan(1e-6)
    }
  }
})

test.each([lstm, gru])('a sequence in two halves goes on from the state of the first: %o', async (layer) => {
  const whole = await ran((parameters, steps) => layer(parameters, steps, UNITS))
  const halves = await ran((parameters, steps) => {
    const first = layer(parameters, steps.slice(0, 2), UNITS)
    const second = layer(parameters, steps.slice(2), UNITS, first.state)
    return { steps: [...first.steps, ...second.steps], state: second.state }
  })
  for (const [k, value] of whole.y.entries()) expect(at(halves.y, k)).toBeCloseTo(value, 6)
})

test('a parameter of a name cannot be of two shapes', () => {
  const p = parametersOf(tensorGraph()).in('layer')
  const zeros = () => new Float32Array(4)
  expect(p.get('w', [2, 2], zeros)).toBe(p.get('w', [2, 2], zeros))
  expect(() => p.get('w', [4], zeros)).toThrow(/'layer\.w' is 2 × 2.*as 4/)
})
