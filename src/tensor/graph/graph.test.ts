import { describe, expect, test } from 'vitest'
import { toOnnx } from './emit.ts'
import { gradients } from './gradients.ts'
import { tensorGraph } from './graph.ts'
import { add, concat, div, expand, matmul, mul, neg, reshape, slice, sub, sum, tanh, transpose } from './operators.ts'
import type { Float } from './value.ts'

const start = () => {
  const graph = tensorGraph()
  return { graph, x: graph.input('x', [2, 3]), y: graph.input('y', [3]) }
}

describe('what is asked for twice, or changes nothing, is not made again', () => {
  test('the same operation on the same values', () => {
    const { x, y } = start()
    expect(add(x, y)).toBe(add(x, y))
    expect(add(x, y)).not.toBe(add(y, x))
    expect(mul(x, 2)).toBe(mul(x, 2))
    expect(div(1, x)).not.toBe(div(-1, x))
  })

  test.each<[string, (x: Float) => Float]>([
    ['plus 0', (x) => add(0, add(x, 0))],
    ['minus 0', (x) => sub(x, 0)],
    ['times 1', (x) => mul(1, mul(x, 1))],
    ['over 1', (x) => div(x, 1)],
    ['minus minus', (x) => neg(neg(x))],
    ['a shape and back', (x) => reshape(reshape(x, [6]), [2, 3])],
    ['an order and back', (x) => transpose(transpose(x))],
    ['the whole of it', (x) => slice(x, 0, 0)],
    ['one alone', (x) => concat([x], 0)],
    ['no axes', (x) => sum(x, { axes: [] })],
  ])('%s', (_, change) => {
    const { x } = start()
    expect(change(x)).toBe(x)
  })

  test('zeros that widen a value are no nothing', () => {
    const { graph, y } = start()
    const zeros = graph.constant(new Float32Array(6), [2, 3]) as Float
    expect(add(y, zeros).shape).toEqual([2, 3])
    expect(mul(expand(y, [2, 3]), 1).shape).toEqual([2, 3])
  })

  test('numbers that are known are worked out', () => {
    const { graph, x } = start()
    const four = mul(graph.constant(Float32Array.of(2), []) as Float, 2)
    expect(add(x, four)).toBe(add(x, 4))
  })
})

test('what no gradient is wanted for costs nothing', () => {
  const { graph, x, y } = start()
  const w = graph.input('w', [3, 3])
  const [dw] = gradients(sum(mul(tanh(matmul(x, w)), tanh(y))), [w]) as readonly [Float]
  const { nodes } = toOnnx({ dw }).graph
  // Tanh of each, one product for the gradient, none for x.
  expect(nodes.filter(({ op }) => op === 'Tanh')).toHaveLength(2)
  expect(nodes.filter(({ op }) => op === 'MatMul' || op === 'Gemm')).toHaveLength(2)
})

test('what the loss does not depend on has a gradient of zeros', () => {
  const { x, y } = start()
  const [dy] = gradients(sum(x), [y]) as readonly [Float]
  expect(dy.shape).toEqual([3])
  expect(toOnnx({ dy }).graph.nodes.map(({ op }) => op)).toEqual(['Expand'])
})

test('a graph some thousands of operations deep is no deeper a recursion', () => {
  const { x } = start()
  let deep: Float = x
  for (let k = 0; k < 20_000; k++) deep = tanh(deep)
  const [dx] = gradients(sum(deep), [x]) as readonly [Float]
  expect(dx.shape).toEqual([2, 3])
})

describe('refuses', () => {
  test.each<[string, (x: Float, y: Float) => unknown, RegExp]>([
    ['shapes that do not broadcast', (x) => add(x, transpose(x)), /'add'.*float32\[2, 3\], float32\[3, 2\]/],
    ['products whose lengths differ', (x) => matmul(x, x), /'matmul'/],
    ['a reshape to another size', (x) => reshape(x, [5]), /'reshape'/],
    ['values of another graph', (x) => add(x, tensorGraph().input('z', [3])), /another graph/],
    ['an input of a name that is taken', (x) => x.from.graph.input('x', [1]), /'x'/],
    ['numbers alone', () => add(1, 2), /plain numbers/],
  ])('%s', (_, wrong, message) => {
    const { x, y } = start()
    expect(() => wrong(x, y)).toThrow(message)
  })
})
