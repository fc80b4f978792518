import { ForetideError } from '../../core/errors.ts'
import { sameShape, sizeOf } from './shapes.ts'
import type { Bool, Float, Int, Op, TensorGraph, Value, ValueType } from './value.ts'

/** A value, or a number that stands for one of its own. */
export type Operand = Float | number

/** The graph that values belong to; refuses numbers alone. */
function graphOf(op: Op, operands: readonly (Value | number)[]): TensorGraph {
  for (const operand of operands) if (typeof operand !== 'number') return operand.from.graph
  throw new ForetideError('tensor.numbers', { op })
}

const lifted = (graph: TensorGraph, operand: Operand): Float =>
  typeof operand === 'number' ? (graph.constant(Float32Array.of(operand), []) as Float) : operand

/** Zeros or any other number in a shape. */
export const full = (graph: TensorGraph, shape: readonly number[], x: number): Float => expand(lifted(graph, x), shape)

/** Fixed numbers as a constant. */
export const floats = (
  graph: TensorGraph,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Float => graph.constant(Float32Array.from(values), shape) as Float

/** Whole numbers as a constant, for `gather`. */
export const integers = (
  graph: TensorGraph,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Int => graph.constant(BigInt64Array.from(values, BigInt), shape) as Int

type Unary =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'erf'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'step'
  | 'gelu'
  | 'softplus'
type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum'

const unary =
  (op: Unary) =>
  (x: Float): Float =>
    x.from.graph.apply(op, [x], {})[0] as Float
const binary =
  (op: Binary) =>
  (a: Operand, b: Operand): Float => {
    const graph = graphOf(op, [a, b])
    return graph.apply(op, [lifted(graph, a), lifted(graph, b)], {})[0] as Float
  }

export const neg = unary('neg')
export const abs = unary('abs')
export const sign = unary('sign')
export const exp = unary('exp')
export const log = unary('log')
export const sqrt = unary('sqrt')
export const sin = unary('sin')
export const cos = unary('cos')
export const erf = unary('erf')
export const tanh = unary('tanh')
export const sigmoid = unary('sigmoid')
export const relu = unary('relu')
/** 1 above 0, 0 elsewhere; numbers too small for a normal single-precision one may lie between. */
export const step = unary('step')
export const softplus = unary('softplus')
export const add = binary('add')
export const sub = binary('sub')
export const mul = binary('mul')
export const div = binary('div')
export const pow = binary('pow')
export const maximum = binary('maximum')
export const minimum = binary('minimum')

/** x · Φ(x), the Gaussian error linear unit (Hendrycks and Gimpel, 2016), exactly. */
export const gelu = unary('gelu')

/** Whether a < b, element by element. */
export function less(a: Operand, b: Operand): Bool {
  const graph = graphOf('less', [a, b])
  return graph.apply('less', [lifted(graph, a), lifted(graph, b)], {})[0] as Bool
}
/** Whether a = b. */
export function equal(a: Operand, b: Operand): Bool {
  const graph = graphOf('equal', [a, b])
  return graph.apply('equal', [lifted(graph, a), lifted(graph, b)], {})[0] as Bool
}
export const not = (a: Bool): Bool => a.from.graph.apply('not', [a], {})[0] as Bool
export const and = (a: Bool, b: Bool): Bool => a.from.graph.apply('and', [a, b], {})[0] as Bool

/** `a` where the condition holds, `b` elsewhere. */
export function where(condition: Bool, a: Operand, b: Operand): Float {
  const { graph } = condition.from
  return graph.apply('where', [condition, lifted(graph, a), lifted(graph, b)], {})[0] as Float
}

export const cast = <T extends ValueType>(x: Value, to: T): Value<T> =>
  x.from.graph.apply('cast', [x], { to })[0] as Value<T>

/** Which of the factors of a product are transposed in their last two axes. */
export interface MatmulOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

/**
 * The matrix product over the last two axes, all axes before them broadcast.
 *
 * Where only the left one has further axes they are laid out below each other: one large product instead of many small ones.
 */
export function matmul(a: Float, b: Float, { transposeA = false, transposeB = false }: MatmulOptions = {}): Float {
  if (a.shape.length > 2 && b.shape.length === 2 && !transposeA) {
    const flat = reshape(a, [sizeOf(a.shape.slice(0, -1)), a.shape.at(-1) as number])
    const product = matmul(flat, b, { transposeB })
    return reshape(product, [...a.shape.slice(0, -1), product.shape[1] as number])
  }
  return a.from.graph.apply('matmul', [a, b], { transposeA, transposeB })[0] as Float
}

/** Over which axes is reduced, negative ones counted from the end; all of them unless given. */
export interface ReduceOptions {
  readonly axes?: readonly number[]
  readonly keep?: boolean
}

const axisOf = (x: Value, axis: number): number => (axis < 0 ? axis + x.shape.length : axis)
const reduce =
  (op: 'sum' | 'mean' | 'max') =>
  (x: Float, { axes, keep = false }: ReduceOptions = {}): Float => {
    const over = (axes ?? x.shape.map((_, k) => k)).map((axis) => axisOf(x, axis)).sort((a, b) => a - b)
    return x.from.graph.apply(op, [x], { axes: over, keep })[0] as Float
  }
export const sum = reduce('sum')
export const mean = reduce('mean')
export const max = reduce('max')

export const softmax = (x: Float, axis = -1): Float =>
  x.from.graph.apply('softmax', [x], { axis: axisOf(x, axis) })[0] as Float
export const logSoftmax = (x: Float, axis = -1): Float =>
  x.from.graph.apply('logSoftmax', [x], { axis: axisOf(x, axis) })[0] as Float

/** log Σ exp along an axis, which is left out, without overflow. */
export function logSumExp(x: Float, axis = -1): Float {
  const most = max(x, { axes: [axis], keep: true })
  const rest = log(sum(exp(sub(x, most)), { axes: [axis] }))
  return add(rest, reshape(most, rest.shape))
}

/** Layer normalisation over the last axis (Ba, Kiros and Hinton, 2016). */
/** gate · tanh(x), of one shape: the gated steps of a long short-term memory, with a gradient of fewer operations than that of the two apart. */
export const gatedTanh = (gate: Float, x: Float): Float => x.from.graph.apply('gatedTanh', [gate, x], {})[0] as Float
export const layerNorm = (x: Float, scale: Float, shift: Float, epsilon = 1e-5): Float =>
  x.from.graph.apply('layerNorm', [x, scale, shift], { epsilon })[0] as Float

/** Root mean square normalisation over the last axis (Zhang and Sennrich, 2019). */
export function rmsNorm(x: Float, scale: Float, epsilon = 1e-6): Float {
  const squares = mean(mul(x, x), { axes: [-1], keep: true })
  return mul(div(x, sqrt(add(squares, epsilon))), scale)
}

/** The same numbers in another shape; one length may be −1, for what remains. */
export function reshape<T extends ValueType>(x: Value<T>, shape: readonly number[]): Value<T> {
  const known = -sizeOf(shape)
  const whole = shape.map((n) => (n === -1 ? sizeOf(x.shape) / known : n))
  return x.from.graph.apply('reshape', [x], { shape: whole })[0] as Value<T>
}

/** Repeats axes of length 1, and adds axes in front. */
export const expand = <T extends ValueType>(x: Value<T>, shape: readonly number[]): Value<T> =>
  x.from.graph.apply('expand', [x], { shape })[0] as Value<T>

/** Axes in another order; the last two change places unless given. */
export function transpose<T extends ValueType>(x: Value<T>, order?: readonly number[]): Value<T> {
  const rank = x.shape.length
  const chosen = order ?? [...x.shape.keys()].map((k) => (k === rank - 1 ? rank - 2 : k === rank - 2 ? rank - 1 : k))
  return x.from.graph.apply('transpose', [x], { order: chosen })[0] as Value<T>
}

export function concat<T extends ValueType>(values: readonly Value<T>[], axis = -1): Value<T> {
  const [first] = values
  if (!first) throw new ForetideError('tensor.numbers', { op: 'concat' })
  return first.from.graph.apply('concat', values, { axis: axisOf(first, axis) })[0] as Value<T>
}

/** Parts of so many elements each along an axis. */
export const split = <T extends ValueType>(x: Value<T>, sizes: readonly number[], axis = -1): readonly Value<T>[] =>
  x.from.graph.apply('split', [x], { axis: axisOf(x, axis), sizes }) as readonly Value<T>[]

/** The elements `from … to` (exclusive, negative ones counted from the end) along an axis. */
export function slice<T extends ValueType>(x: Value<T>, axis: number, from: number, to?: number): Value<T> {
  const length = x.shape[axisOf(x, axis)] as number
  const first = from < 0 ? from + length : from
  const end = to === undefined ? length : to < 0 ? to + length : to
  const sizes = [first, end - first, length - end]
  const at = first > 0 ? 1 : 0
  return split(
    x,
    sizes.filter((n, k) => n > 0 || k === 1),
    axis,
  )[at] as Value<T>
}

/** Zeros before and after along an axis. */
export const pad = (x: Float, axis: number, before: number, after: number): Float =>
  x.from.graph.apply('pad', [x], { axis: axisOf(x, axis), before, after })[0] as Float

/** The slices of `x` along an axis that the indices name; with axis 0 the rows of a table of embeddings. */
export const gather = <T extends ValueType>(x: Value<T>, indices: Int, axis = 0): Value<T> =>
  x.from.graph.apply('gather', [x, indices], { axis: axisOf(x, axis) })[0] as Value<T>

export const cumulativeSum = (x: Float, axis = -1, reverse = false): Float =>
  x.from.graph.apply('cumulativeSum', [x], { axis: axisOf(x, axis), reverse })[0] as Float

/** Values in ascending order along an axis. */
export const sort = (x: Float, axis = -1): Float =>
  x.from.graph.apply('sort', [x], { axis: axisOf(x, axis) })[0] as Float

/** Sums over the axes in which `x` was broadcast, so that it has the shape again that it was broadcast from. */
export function unbroadcast(x: Float, shape: readonly number[]): Float {
  if (sameShape(x.shape, shape)) return x
  const lead = x.shape.length - shape.length
  const axes = [...x.shape.keys()].filter((k) => k < lead || (shape[k - lead] === 1 && x.shape[k] !== 1))
  if (axes.length > 0 && axes.length < x.shape.length && axes.every((axis, k) => axis === k)) {
    // Columns added up by a product with ones: runtimes share products out among threads better than sums.
    const rows = sizeOf(x.shape.slice(0, axes.length))
    const ones = full(x.from.graph, [1, rows], 1)
    return reshape(matmul(ones, reshape(x, [rows, -1])), shape)
  }
  return reshape(sum(x, { axes }), shape)
}
