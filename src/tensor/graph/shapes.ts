import { ForetideError } from '../../core/errors.ts'
import type { Attributes, Op, Value, ValueType } from './value.ts'

/** Type and shape of an output. */
export interface Signature {
  readonly type: ValueType
  readonly shape: readonly number[]
}

type ShapeOp = Exclude<Op, 'input' | 'constant'>
type Rule<O extends ShapeOp> = (
  inputs: readonly Value[],
  attributes: Attributes[O],
  refuse: Refuse,
) => readonly Signature[]
type Refuse = () => never

/** The shape that two shapes broadcast to, aligned at their ends as in NumPy; undefined where they do not. */
function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let k = 0; k < rank; k++) {
    const x = a[a.length - rank + k] ?? 1
    const y = b[b.length - rank + k] ?? 1
    if (x !== y && x !== 1 && y !== 1) return undefined
    shape.push(x === 1 ? y : x)
  }
  return shape
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, k) => n === b[k])

const typed = (type: ValueType, inputs: readonly Value[], refuse: Refuse): readonly Value[] =>
  inputs.every((v) => v.type === type) ? inputs : refuse()
const shapeOf = (inputs: readonly Value[], at = 0): readonly number[] => (inputs[at] as Value).shape

const unary = (inputs: readonly Value[], _: unknown, refuse: Refuse) => {
  typed('float32', inputs, refuse)
  return [{ type: 'float32', shape: shapeOf(inputs) }] as const
}
const binaryTo =
  (from: ValueType | 'same', to: ValueType) =>
  (inputs: readonly Value[], _: unknown, refuse: Refuse): readonly Signature[] => {
    typed(from === 'same' ? (inputs[0] as Value).type : from, inputs, refuse)
    return [{ type: to, shape: broadcast(shapeOf(inputs), shapeOf(inputs, 1)) ?? refuse() }]
  }
const binary = binaryTo('float32', 'float32')
const reduce = (inputs: readonly Value[], { axes, keep }: Attributes['sum'], refuse: Refuse): readonly Signature[] => {
  typed('float32', inputs, refuse)
  const shape = shapeOf(inputs)
  if (axes.some((axis) => !(axis >= 0 && axis < shape.length))) refuse()
  return [
    {
      type: 'float32',
      shape: keep ? shape.map((n, k) => (axes.includes(k) ? 1 : n)) : shape.filter((_, k) => !axes.includes(k)),
    },
  ]
}
const alongAxis = (
  inputs: readonly Value[],
  { axis }: { readonly axis: number },
  refuse: Refuse,
): readonly Signature[] => {
  if (!(axis >= 0 && axis < shapeOf(inputs).length)) refuse()
  return unary(inputs, undefined, refuse)
}

/** Types and shapes of the outputs of every operation. */
const SHAPES: { readonly [O in ShapeOp]: Rule<O> } = {
  neg: unary,
  abs: unary,
  sign: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  sin: unary,
  cos: unary,
  erf: unary,
  tanh: unary,
  sigmoid: unary,
  relu: unary,
  step: unary,
  gelu: unary,
  gatedTanh: ([gate, x], _, refuse) => {
    if (gate?.type !== 'float32' || x?.type !== 'float32' || !sameShape(gate.shape, x.shape)) return refuse()
    return [
      { type: 'float32', shape: x.shape },
      { type: 'float32', shape: x.shape },
    ]
  },
  softplus: unary,
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  pow: binary,
  maximum: binary,
  minimum: binary,
  less: binaryTo('same', 'bool'),
  equal: binaryTo('same', 'bool'),
  not: (inputs, _, refuse) => [{ type: 'bool', shape: (typed('bool', inputs, refuse)[0] as Value).shape }],
  and: binaryTo('bool', 'bool'),
  where: ([condition, a, b], _, refuse) => {
    if (condition?.type !== 'bool' || a?.type !== 'float32' || b?.type !== 'float32') return refuse()
    const both = broadcast(a.shape, b.shape) ?? refuse()
    return [{ type: 'float32', shape: broadcast(condition.shape, both) ?? refuse() }]
  },
  cast: (inputs, { to }) => [{ type: to, shape: shapeOf(inputs) }],
  matmul: (inputs, { transposeA, transposeB }, refuse) => {
    typed('float32', inputs, refuse)
    const a = shapeOf(inputs)
    const b = shapeOf(inputs, 1)
    if (a.length < 2 || b.length < 2) return refuse()
    const [rows, inner] = ends(a, transposeA)
    const [inner2, columns] = ends(b, transposeB)
    const batch = broadcast(a.slice(0, -2), b.slice(0, -2))
    if (inner !== inner2 || !batch) return refuse()
    return [{ type: 'float32', shape: [...batch, rows, columns] }]
  },
  sum: reduce,
  mean: reduce,
  max: reduce,
  softmax: alongAxis,
  logSoftmax: alongAxis,
  layerNorm: ([x, scale, shift], _, refuse) => {
    const width = x?.shape.at(-1)
    if (x?.type !== 'float32' || width === undefined) return refuse()
    for (const v of [scale, shift]) if (v?.type !== 'float32' || !sameShape(v.shape, [width])) refuse()
    const one = [...x.shape.slice(0, -1), 1]
    return [
      { type: 'float32', shape: x.shape },
      { type: 'float32', shape: one },
      { type: 'float32', shape: one },
    ]
  },
  reshape: (inputs, { shape }, refuse) => {
    const [x] = inputs as readonly [Value]
    return [{ type: x.type, shape: sizeOf(shape) === sizeOf(x.shape) ? shape : refuse() }]
  },
  expand: (inputs, { shape }, refuse) => {
    const [x] = inputs as readonly [Value]
    const to = broadcast(x.shape, shape)
    return [{ type: x.type, shape: to && sameShape(to, shape) ? shape : refuse() }]
  },
  transpose: (inputs, { order }, refuse) => {
    const [x] = inputs as readonly [Value]
    if (
      !sameShape(
        [...order].sort((a, b) => a - b),
        x.shape.map((_, k) => k),
      )
    )
      refuse()
    return [{ type: x.type, shape: order.map((k) => x.shape[k] as number) }]
  },
  concat: (inputs, { axis }, refuse) => {
    const [first] = inputs as readonly [Value]
    const rest = (v: Value) => v.shape.map((n, k) => (k === axis ? -1 : n))
    if (!(axis >= 0 && axis < first.shape.length)) refuse()
    if (inputs.some((v) => v.type !== first.type || !sameShape(rest(v), rest(first)))) refuse()
    const length = inputs.reduce((sum, v) => sum + (v.shape[axis] as number), 0)
    return [{ type: first.type, shape: first.shape.with(axis, length) }]
  },
  split: (inputs, { axis, sizes }, refuse) => {
    const [x] = inputs as readonly [Value]
    if (sizes.reduce((a, b) => a + b, 0) !== x.shape[axis] || sizes.some((n) => !(n > 0))) refuse()
    return sizes.map((n) => ({ type: x.type, shape: x.shape.with(axis, n) }))
  },
  pad: (inputs, { axis, before, after }, refuse) => {
    const [x] = typed('float32', inputs, refuse) as readonly [Value]
    const length = x.shape[axis]
    if (length === undefined || before < 0 || after < 0) return refuse()
    return [{ type: 'float32', shape: x.shape.with(axis, length + before + after) }]
  },
  gather: ([x, indices], { axis }, refuse) => {
    if (!x || indices?.type !== 'int64' || !(axis >= 0 && axis < x.shape.length)) return refuse()
    return [{ type: x.type, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }]
  },
  scatterAdd: ([updates, indices], { rows }, refuse) => {
    if (updates?.type !== 'float32' || indices?.type !== 'int64') return refuse()
    const rank = indices.shape.length
    if (!sameShape(updates.shape.slice(0, rank), indices.shape)) refuse()
    return [{ type: 'float32', shape: [rows, ...updates.shape.slice(rank)] }]
  },
  gatherElements: ([x, indices], { axis }, refuse) => {
    if (x?.type !== 'float32' || indices?.type !== 'int64') return refuse()
    if (!sameShape(x.shape.with(axis, 0), indices.shape.with(axis, 0))) refuse()
    return [{ type: 'float32', shape: indices.shape }]
  },
  scatterElements: ([updates, indices], { axis, length }, refuse) => {
    if (updates?.type !== 'float32' || indices?.type !== 'int64') return refuse()
    if (!sameShape(updates.shape, indices.shape) || updates.shape[axis] === undefined) refuse()
    return [{ type: 'float32', shape: updates.shape.with(axis, length) }]
  },
  cumulativeSum: alongAxis,
  sort: (inputs, { axis }, refuse) => {
    const [values] = alongAxis(inputs, { axis }, refuse)
    return [values as Signature, { type: 'int64', shape: shapeOf(inputs) }]
  },
  checkpoint: (inputs, { outputs }) => inputs.slice(0, outputs).map(({ type, shape }) => ({ type, shape })),
  lstm: (inputs, { units }, refuse) => recurrent(inputs, units, 4, 2, refuse),
  gru: (inputs, { units }, refuse) => recurrent(inputs, units, 3, 1, refuse),
}

/** Inputs and outputs of the recurrent operators of ONNX, in one direction. */
function recurrent(inputs: readonly Value[], units: number, gates: number, states: number, refuse: Refuse) {
  typed('float32', inputs, refuse)
  const [time, batch, features] = shapeOf(inputs) as readonly [number, number, number]
  const width = gates * units
  const state = [1, batch, units]
  const wanted = [
    [time, batch, features],
    [1, width, features],
    [1, width, units],
    [1, 2 * width],
  ]
  const begun = inputs.length > wanted.length
  for (const [k, shape] of [...wanted, ...(begun ? new Array<readonly number[]>(states).fill(state) : [])].entries())
    if (!inputs[k] || !sameShape(inputs[k].shape, shape)) refuse()
  return [[time, 1, batch, units], ...new Array<readonly number[]>(states).fill(state)].map(
    (shape) => ({ type: 'float32', shape }) as const,
  )
}

const ends = (shape: readonly number[], transposed: boolean): readonly [number, number] => {
  const [a, b] = shape.slice(-2) as [number, number]
  return transposed ? [b, a] : [a, b]
}

/** Types and shapes of an operation's outputs; refuses inputs that it does not take, naming it and their shapes. */
export function signatures<O extends ShapeOp>(
  op: O,
  inputs: readonly Value[],
  attributes: Attributes[O],
): readonly Signature[] {
  return SHAPES[op](inputs, attributes, () => {
    const given = inputs.map((v) => `${v.type}[${v.shape.join(', ')}]`).join(', ')
    throw new ForetideError('tensor.shape', { op, given, attributes: JSON.stringify(attributes) })
  })
}
