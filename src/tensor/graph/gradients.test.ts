import { afterAll, expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { writeModel } from '../onnx/write.ts'
import { type Session, session } from '../runtime.ts'
import { toOnnx } from './emit.ts'
import { GRADIENTS, gradients } from './gradients.ts'
import { tensorGraph } from './graph.ts'
import * as op from './operators.ts'
import { sizeOf } from './shapes.ts'
import type { Float, Int, Op, TensorGraph } from './value.ts'

/** A function to differentiate: shapes of its inputs, where their numbers lie, and what it does. */
interface Case {
  readonly shapes: readonly (readonly number[])[]
  /** Numbers from here on; −1.5 unless given. */
  readonly from?: number
  readonly to?: number
  /** Numbers at least so far apart, so that no step of the difference changes their order. */
  readonly apart?: number
  build(inputs: readonly Float[], graph: TensorGraph): Float
}

const one = (build: (x: Float, graph: TensorGraph) => Float, rest: Partial<Case> = {}): Case => ({
  shapes: [[3, 4]],
  ...rest,
  build: ([x], graph) => build(x as Float, graph),
})
const two = (build: (a: Float, b: Float) => Float, rest: Partial<Case> = {}): Case => ({
  shapes: [
    [3, 4],
    [2, 1, 4],
  ],
  ...rest,
  build: ([a, b]) => build(a as Float, b as Float),
})
const positive = { from: 0.5, to: 2 }
const INDICES = [2, 0, 2, 1]
const whole = (graph: TensorGraph, values: readonly number[], shape: readonly number[]) =>
  op.integers(graph, values, shape)

/** At least one case for each operation that has a gradient. */
const CASES: Readonly<Record<string, Case>> = {
  neg: one(op.neg),
  abs: one(op.abs, { apart: 0.1 }),
  exp: one(op.exp),
  log: one(op.log, positive),
  sqrt: one(op.sqrt, positive),
  sin: one(op.sin),
  cos: one(op.cos),
  erf: one(op.erf),
  gelu: one(op.gelu),
  tanh: one(op.tanh),
  sigmoid: one(op.sigmoid),
  relu: one(op.relu, { apart: 0.1 }),
  softplus: one(op.softplus),
  gatedTanh: two(op.gatedTanh, {
    shapes: [
      [3, 4],
      [3, 4],
    ],
  }),
  add: two(op.add),
  sub: two(op.sub),
  mul: two(op.mul),
  div: two(op.div, positive),
  pow: two(op.pow, positive),
  maximum: two(op.maximum, {
    shapes: [
      [3, 4],
      [3, 4],
    ],
    apart: 0.05,
  }),
  minimum: two(op.minimum, {
    shapes: [
      [3, 4],
      [3, 4],
    ],
    apart: 0.05,
  }),
  where: two((a, b) => op.where(op.less(0, op.sin(op.mul(b, 0))), a, op.mul(a, op.mul(b, b)))),
  'where, both ways': two((a, b) => op.where(op.not(op.and(op.less(a, 0), op.equal(a, a))), a, b), {
    shapes: [[3, 4], [4]],
    apart: 0.1,
  }),
  matmul: two((a, b) => op.matmul(a, b), {
    shapes: [
      [3, 4],
      [4, 2],
    ],
  }),
  'matmul, left transposed': two((a, b) => op.matmul(a, b, { transposeA: true }), {
    shapes: [
      [4, 3],
      [4, 2],
    ],
  }),
  'matmul, right transposed': two((a, b) => op.matmul(a, b, { transposeB: true }), {
    shapes: [
      [3, 4],
      [2, 4],
    ],
  }),
  'matmul, both transposed': two((a, b) => op.matmul(a, b, { transposeA: true, transposeB: true }), {
    shapes: [
      [4, 3],
      [2, 4],
    ],
  }),
  'matmul, many rows': two((a, b) => op.matmul(a, b), {
    shapes: [
      [2, 3, 4],
      [4, 2],
    ],
  }),
  'matmul, batches': two((a, b) => op.matmul(a, b, { transposeA: true, transposeB: true }), {
    shapes: [
      [2, 1, 4, 2],
      [3, 2, 4],
    ],
  }),
  sum: one((x) => op.sum(op.exp(x), { axes: [-1] })),
  'sum, kept': one((x) => op.mul(x, op.sum(x, { axes: [0], keep: true }))),
  mean: one((x) => op.mul(x, op.mean(x, { axes: [1], keep: true }))),
  max: one((x) => op.mul(op.max(x, { axes: [1] }), op.max(x)), { apart: 0.05 }),
  softmax: one((x) => op.softmax(x)),
  'softmax, first axis': one((x) => op.softmax(x, 0)),
  logSoftmax: one((x) => op.logSoftmax(x)),
  logSumExp: one((x) => op.logSumExp(x), { apart: 0.05 }),
  layerNorm: {
    shapes: [[2, 3, 5], [5], [5]],
    build: ([x, scale, shift]) => op.layerNorm(x as Float, scale as Float, shift as Float),
  },
  rmsNorm: two(op.rmsNorm, { shapes: [[3, 4], [4]] }),
  reshape: one((x) => op.exp(op.reshape(x, [2, -1]))),
  expand: one((x) => op.exp(op.expand(op.reshape(x, [3, 1, 4]), [2, 3, 2, 4]))),
  transpose: one((x) => op.exp(op.transpose(x, [2, 0, 1])), { shapes: [[2, 3, 2]] }),
  concat: two((a, b) => op.exp(op.concat([a, b, a], 0)), {
    shapes: [
      [3, 4],
      [1, 4],
    ],
  }),
  split: one((x) => {
    const [a, b] = op.split(x, [1, 2, 1]) as readonly [Float, Float]
    return op.mul(a, b)
  }),
  slice: one((x) => op.exp(op.slice(x, 1, 1, -1))),
  'slice to the end': one((x) => op.exp(op.slice(x, 0, 2))),
  pad: one((x) => op.exp(op.pad(x, -1, 2, 1))),
  gather: one((x, graph) => op.exp(op.gather(x, whole(graph, INDICES, [2, 2])))),
  'gather, second axis': one((x, graph) => op.exp(op.gather(x, whole(graph, INDICES, [2, 2]), 1)), {
    shapes: [[2, 3, 2]],
  }),
  scatterAdd: one((x, graph) =>
    op.exp(graph.apply('scatterAdd', [x, whole(graph, [1, 4, 1], [3])], { rows: 5 })[0] as Float),
  ),
  gatherElements: one((x, graph) =>
    op.exp(graph.apply('gatherElements', [x, ELEMENTS(graph)], { axis: 1 })[0] as Float),
  ),
  scatterElements: one((x, graph) =>
    op.exp(graph.apply('scatterElements', [op.slice(x, 1, 0, 2), ELEMENTS(graph)], { axis: 1, length: 6 })[0] as Float),
  ),
  cumulativeSum: one((x) => op.exp(op.cumulativeSum(op.mul(x, 0.3)))),
  'cumulativeSum, reversed': one((x) => op.exp(op.cumulativeSum(op.mul(x, 0.3), 0, true))),
  sort: one((x) => op.mul(op.sort(x), op.reshape(op.sort(op.reshape(x, [12])), [3, 4])), { apart: 0.05 }),
}
const ELEMENTS = (graph: TensorGraph): Int => whole(graph, [0, 0, 3, 1, 2, 2], [3, 2])

/** Operations without a gradient, or through which none flows. */
// Those of recurrent layers are for passes that do not learn (src/tensor/layers/fused.test.ts); segments have tests of their own.
const WITHOUT: readonly Op[] = [
  'input',
  'constant',
  'sign',
  'step',
  'less',
  'equal',
  'not',
  'and',
  'cast',
  'lstm',
  'gru',
  'checkpoint',
]

const open: Session[] = []
afterAll(async () => {
  for (const model of open) await model.dispose()
})

/** Step of the differences, and how far float32 may lead them astray. */
const STEP = 0.01
const FAR = 5e-3

test.each(Object.entries(CASES))(
  'the gradient of %s is that of finite differences',
  async (name, { shapes, from = -1.5, to = 1.5, apart = 0, build }) => {
    const random = Random.of(7, name)
    const graph = tensorGraph()
    const inputs = shapes.map((shape, k) => graph.input(`x${k}`, shape) as Float)
    const made = build(inputs, graph)
    // Each element of what was made counts differently, or a mistake in one could make up for that in another.
    const weights = graph.constant(numbers(random, sizeOf(made.shape), -1, 1, 0), made.shape) as Float
    const loss = op.sum(op.mul(made, weights))
    const found = gradients(loss, inputs)
    const outputs = Object.fromEntries(found.map((d, k) => [`d${k}`, d]))
    const model = await session(writeModel(toOnnx({ loss, ...outputs })), { threads: 1 })
    open.push(model)
    const total = shapes.reduce((n, shape) => n + sizeOf(shape), 0)
    const all = numbers(random, total, from, to, apart)
    let before = 0
    const data = shapes.map((shape) => {
      before += sizeOf(shape)
      return all.slice(before - sizeOf(shape), before)
    })
    const run = () =>
      model.run(
        Object.fromEntries(
          shapes.map((dims, k) => [`x${k}`, { type: 'float32', dims, data: data[k] as Float32Array }]),
        ),
      )
    const slopes = await run()
    for (const [k, values] of data.entries())
      for (let i = 0; i < values.length; i++) {
        const kept = at(values, i)
        values[i] = kept + STEP
        const up = Number((await run()).loss?.data[0])
        values[i] = kept - STEP
        const down = Number((await run()).loss?.data[0])
        values[i] = kept
        const slope = Number(slopes[`d${k}`]?.data[i])
        const expected = (up - down) / (2 * STEP)
        expect(Math.abs(slope - expected), `${k}[${i}]: ${slope} for ${expected}`).toBeLessThan(
          FAR * (1 + Math.abs(expected)),
        )
      }
  },
)

test('every operation that has a gradient is among the cases', () => {
  const known = new Set<string>([...Object.keys(CASES), ...WITHOUT])
  expect(Object.keys(GRADIENTS).filter((name) => !known.has(name))).toEqual([])
})

/** Numbers by chance, `apart` from each other and from zero. */
function numbers(random: Random, count: number, from: number, to: number, apart: number): Float32Array {
  const made: number[] = []
  while (made.length < count) {
    const x = from + (to - from) * random.uniform()
    if (apart === 0 || [0, ...made].every((y) => Math.abs(x - y) > apart)) made.push(x)
  }
  return Float32Array.from(made)
}
