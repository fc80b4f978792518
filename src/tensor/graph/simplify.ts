import { type Signature, sameShape, sizeOf } from './shapes.ts'
import type { Attributes, Op, TensorGraph, Value } from './value.ts'

/** Constants up to this size are worked out at once. */
const FOLDED = 1024

type Scalar = (...x: readonly number[]) => number

const FOLDS: Partial<Record<Op, Scalar>> = {
  neg: (x) => -(x as number),
  abs: (x) => Math.abs(x as number),
  exp: (x) => Math.exp(x as number),
  log: (x) => Math.log(x as number),
  sqrt: (x) => Math.sqrt(x as number),
  add: (a, b) => (a as number) + (b as number),
  sub: (a, b) => (a as number) - (b as number),
  mul: (a, b) => (a as number) * (b as number),
  div: (a, b) => (a as number) / (b as number),
}

/** The numbers of a constant; undefined for what is none. */
function constantOf(value: Value): Float32Array | BigInt64Array | undefined {
  const { op, attributes, graph } = value.from
  return op === 'constant' ? graph.constants[(attributes as Attributes['constant']).data] : undefined
}

/** The number that all elements of a constant are; undefined for what is none. */
function uniform(value: Value | undefined): number | undefined {
  const data = value && constantOf(value)
  if (!(data instanceof Float32Array) || data.length === 0) return undefined
  const first = data[0] as number
  return data.every((x) => x === first) ? first : undefined
}

/** What an operation comes to without being made: a value that is there already, or a constant; undefined where it must be made. */
export function simplified(
  graph: TensorGraph,
  op: Op,
  inputs: readonly Value[],
  attributes: Attributes[Op],
  outputs: readonly Signature[],
): readonly Value[] | undefined {
  const [a, b] = inputs as readonly [Value, Value | undefined]
  const [{ shape, type }] = outputs as readonly [Signature]
  const unchanged = (value: Value) => (value.type === type && sameShape(value.shape, shape) ? [value] : undefined)
  const again = <O extends Op>(name: O, values: readonly Value[], as: Attributes[O]) => graph.apply(name, values, as)
  switch (op) {
    case 'add':
      if (uniform(b) === 0 && unchanged(a)) return [a]
      if (uniform(a) === 0 && b && unchanged(b)) return [b]
      break
    case 'sub':
      if (uniform(b) === 0 && unchanged(a)) return [a]
      break
    case 'mul':
      if (uniform(b) === 1 && unchanged(a)) return [a]
      if (uniform(a) === 1 && b && unchanged(b)) return [b]
      break
    case 'div':
      if (uniform(b) === 1 && unchanged(a)) return [a]
      break
    case 'neg':
      if (a.from.op === 'neg') return [a.from.inputs[0] as Value]
      break
    case 'cast':
    case 'expand':
      if (unchanged(a)) return [a]
      break
    case 'reshape':
      if (unchanged(a)) return [a]
      if (a.from.op === 'reshape') return again('reshape', [a.from.inputs[0] as Value], { shape })
      break
    case 'transpose': {
      const { order } = attributes as Attributes['transpose']
      if (order.every((axis, k) => axis === k)) return [a]
      if (a.from.op === 'transpose') {
        const before = (a.from.attributes as Attributes['transpose']).order
        return again('transpose', [a.from.inputs[0] as Value], { order: order.map((k) => before[k] as number) })
      }
      break
    }
    case 'sum':
    case 'mean':
    case 'max':
      if ((attributes as Attributes['sum']).axes.length === 0) return [a]
      break
    case 'concat':
    case 'split':
      if (inputs.length === 1 && outputs.length === 1) return [a]
      break
    case 'pad': {
      const { before, after } = attributes as Attributes['pad']
      if (before === 0 && after === 0) return [a]
      break
    }
    default:
  }
  return folded(graph, op, inputs, shape)
}

function folded(
  graph: TensorGraph,
  op: Op,
  inputs: readonly Value[],
  shape: readonly number[],
): readonly Value[] | undefined {
  const fold = FOLDS[op]
  if (!fold || sizeOf(shape) > FOLDED) return undefined
  const data = inputs.map(constantOf)
  if (!data.every((d) => d instanceof Float32Array)) return undefined
  // Only what broadcasts in the plainest way: the same shape, or a single number.
  if (!inputs.every((v, k) => sameShape(v.shape, shape) || data[k]?.length === 1)) return undefined
  const out = new Float32Array(sizeOf(shape))
  for (let i = 0; i < out.length; i++) out[i] = fold(...data.map((d) => (d.length === 1 ? d[0] : d[i]) as number))
  return [graph.constant(out, shape)]
}
