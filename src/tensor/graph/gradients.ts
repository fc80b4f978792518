import { ForetideError } from '../../core/errors.ts'
import {
  add,
  cast,
  concat,
  cos,
  cumulativeSum,
  div,
  equal,
  erf,
  exp,
  expand,
  full,
  gather,
  log,
  matmul,
  mul,
  neg,
  not,
  pad,
  pow,
  reshape,
  sigmoid,
  sign,
  sin,
  split,
  step,
  sub,
  sum,
  transpose,
  unbroadcast,
} from './operators.ts'
import { after, reachable, recomputed } from './segment.ts'
import type { Attributes, Bool, Float, Int, Op, Operation, Value } from './value.ts'

/** Says which inputs of an operation a gradient is wanted for. */
type Needs = (input: number) => boolean
/**
 * The gradient of the loss by each input of an operation, from its gradients by the outputs; undefined for inputs that need none or
 * through which none flows.
 */
type Rule<O extends Op> = (
  operation: Operation<O>,
  upstream: readonly (Float | undefined)[],
  needs: Needs,
) => readonly (Float | undefined)[]

/** A rule of what has one input, one output, and a gradient: from that of the output `d`, the input `x` and the output `y`. */
const unary =
  <O extends Op>(rule: (d: Float, x: Float, y: Float) => Float): Rule<O> =>
  ({ inputs, outputs }, [d]) => [d && rule(d, inputs[0] as Float, outputs[0] as Float)]

/** A rule of two inputs that broadcast. */
const binary =
  <O extends Op>(
    left: (d: Float, a: Float, b: Float) => Float,
    right: (d: Float, a: Float, b: Float) => Float,
  ): Rule<O> =>
  ({ inputs }, [d], needs) => {
    const [a, b] = inputs as readonly [Float, Float]
    if (!d) return []
    return [
      needs(0) ? unbroadcast(left(d, a, b), a.shape) : undefined,
      needs(1) ? unbroadcast(right(d, a, b), b.shape) : undefined,
    ]
  }

/** What does not change with its inputs, or only by jumps. */
const flat = (): readonly undefined[] => []

/** What was reduced, stretched over the axes again. */
function stretched(d: Float, x: Float, { axes, keep }: Attributes['sum']): Float {
  return expand(keep ? d : reshape(d, kept(x.shape, axes)), x.shape)
}
const kept = (shape: readonly number[], axes: readonly number[]) => shape.map((n, k) => (axes.includes(k) ? 1 : n))

/** What is for passes that do not learn has no gradient to give. */
const refused: Rule<Op> = ({ op }, [...upstream]) => {
  if (upstream.some((d) => d)) throw new ForetideError('tensor.inference', { op })
  return []
}

/** From so many rows on, a product over them is made in halves. */
const LONG = 2048

/** aᵀ · d; over many rows as the sum of two products, which threads share out better than one. */
function acrossRows(a: Float, d: Float): Float {
  const [rows] = a.shape as readonly [number]
  if (a.shape.length > 2 || rows < LONG || rows % 2 === 1) return matmul(a, d, { transposeA: true })
  const halved = (x: Float) => reshape(x, [2, rows / 2, x.shape[1] as number])
  return sum(matmul(halved(a), halved(d), { transposeA: true }), { axes: [0] })
}

/** Gradients of all operations; one that is missing does not compile. */
export const GRADIENTS: { readonly [O in Op]: Rule<O> } = {
  input: flat,
  constant: flat,
  neg: unary((d) => neg(d)),
  abs: unary((d, x) => mul(d, sign(x))),
  sign: flat,
  exp: unary((d, _, y) => mul(d, y)),
  log: unary((d, x) => div(d, x)),
  sqrt: unary((d, _, y) => div(mul(d, 0.5), y)),
  sin: unary((d, x) => mul(d, cos(x))),
  cos: unary((d, x) => neg(mul(d, sin(x)))),
  erf: unary((d, x) => mul(d, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  tanh: unary((d, _, y) => mul(d, sub(1, mul(y, y)))),
  sigmoid: unary((d, _, y) => mul(d, mul(y, sub(1, y)))),
  relu: unary((d, _, y) => mul(d, step(y))),
  step: flat,
  // Φ(x) + x · φ(x), with 2 · φ(x) as one power of e.
  gelu: unary((d, x) => {
    const t = mul(x, Math.SQRT1_2)
    const density = exp(sub(Math.log(Math.sqrt(2 / Math.PI)), mul(t, t)))
    return mul(d, mul(add(add(mul(x, density), erf(t)), 1), 0.5))
  }),
  // What comes back to the gate serves the other side, too: g · (1 − t²) · d = g · d − y · (t · d).
  gatedTanh: ({ inputs, outputs }, [d]) => {
    const [gate] = inputs as readonly [Float, Float]
    const [y, tangent] = outputs as readonly [Float, Float]
    if (!d) return []
    const toGate = mul(d, tangent)
    return [toGate, sub(mul(d, gate), mul(y, toGate))]
  },
  softplus: unary((d, x) => mul(d, sigmoid(x))),
  add: binary(
    (d) => d,
    (d) => d,
  ),
  sub: binary(
    (d) => d,
    (d) => neg(d),
  ),
  mul: binary(
    (d, _, b) => mul(d, b),
    (d, a) => mul(d, a),
  ),
  div: binary(
    (d, _, b) => div(d, b),
    (d, a, b) => neg(div(mul(d, div(a, b)), b)),
  ),
  pow: binary(
    (d, a, b) => mul(d, mul(b, pow(a, sub(b, 1)))),
    (d, a, b) => mul(d, mul(pow(a, b), log(a))),
  ),
  // Of equals the first is the larger, and the smaller, one.
  maximum: binary(
    (d, a, b) => mul(d, sub(1, step(sub(b, a)))),
    (d, a, b) => mul(d, step(sub(b, a))),
  ),
  minimum: binary(
    (d, a, b) => mul(d, sub(1, step(sub(a, b)))),
    (d, a, b) => mul(d, step(sub(a, b))),
  ),
  less: flat,
  equal: flat,
  not: flat,
  and: flat,
  where: ({ inputs }, [d], needs) => {
    const [condition, a, b] = inputs as readonly [Bool, Float, Float]
    if (!d) return []
    return [
      undefined,
      needs(1) ? unbroadcast(mul(d, cast(condition, 'float32')), a.shape) : undefined,
      needs(2) ? unbroadcast(mul(d, cast(not(condition), 'float32')), b.shape) : undefined,
    ]
  },
  cast: flat,
  matmul: ({ inputs, attributes }, [d], needs) => {
    const [a, b] = inputs as readonly [Float, Float]
    const { transposeA, transposeB } = attributes
    if (!d) return []
    const left = () =>
      transposeA
        ? matmul(b, d, { transposeA: transposeB, transposeB: true })
        : matmul(d, b, { transposeB: !transposeB })
    const right = () =>
      transposeB
        ? matmul(d, a, { transposeA: true, transposeB: transposeA })
        : transposeA
          ? matmul(a, d)
          : acrossRows(a, d)
    return [needs(0) ? unbroadcast(left(), a.shape) : undefined, needs(1) ? unbroadcast(right(), b.shape) : undefined]
  },
  sum: ({ inputs, attributes }, [d]) => [d && stretched(d, inputs[0] as Float, attributes)],
  mean: ({ inputs, attributes }, [d]) => {
    const [x] = inputs as readonly [Float]
    const count = attributes.axes.reduce((n, axis) => n * (x.shape[axis] as number), 1)
    return [d && stretched(mul(d, 1 / count), x, attributes)]
  },
  // Equal largest ones share it.
  max: ({ inputs, outputs, attributes }, [d]) => {
    const [x] = inputs as readonly [Float]
    if (!d) return []
    const { axes } = attributes
    const most = reshape(outputs[0] as Float, kept(x.shape, axes))
    const which = cast(equal(x, most), 'float32')
    return [mul(which, div(reshape(d, most.shape), sum(which, { axes, keep: true })))]
  },
  softmax: ({ outputs, attributes: { axis } }, [d]) => {
    const [y] = outputs as readonly [Float]
    return [d && mul(y, sub(d, sum(mul(d, y), { axes: [axis], keep: true })))]
  },
  logSoftmax: ({ outputs, attributes: { axis } }, [d]) => [
    d && sub(d, mul(exp(outputs[0] as Float), sum(d, { axes: [axis], keep: true }))),
  ],
  layerNorm: ({ inputs, outputs }, [d], needs) => {
    const [x, scale, shift] = inputs as readonly [Float, Float, Float]
    const [, middle, inverse] = outputs as readonly [Float, Float, Float]
    if (!d) return []
    const normal = mul(sub(x, middle), inverse)
    const product = mul(d, normal)
    const through = () => {
      // Means over the scaled row are products with a column: no pass over all of it for each.
      const width = x.shape.at(-1) as number
      const column = mul(reshape(scale, [width, 1]), 1 / width)
      const meanOf = (v: Float) =>
        x.shape.length > 1 ? matmul(v, column) : reshape(matmul(reshape(v, [1, width]), column), [1])
      const shift = add(meanOf(d), mul(normal, meanOf(product)))
      return mul(inverse, sub(mul(d, scale), shift))
    }
    return [
      needs(0) ? through() : undefined,
      needs(1) ? unbroadcast(product, scale.shape) : undefined,
      needs(2) ? unbroadcast(d, shift.shape) : undefined,
    ]
  },
  reshape: ({ inputs }, [d]) => [d && reshape(d, (inputs[0] as Value).shape)],
  expand: ({ inputs }, [d]) => [d && unbroadcast(d, (inputs[0] as Value).shape)],
  transpose: ({ attributes: { order } }, [d]) => {
    const back = order.map((_, k) => order.indexOf(k))
    return [d && transpose(d, back)]
  },
  concat: ({ inputs, attributes: { axis } }, [d]) => {
    if (!d) return []
    return split(
      d,
      inputs.map((v) => v.shape[axis] as number),
      axis,
    )
  },
  split: ({ outputs, attributes: { axis, sizes } }, upstream) => {
    const seen = upstream.flatMap((d, k) => (d ? [k] : []))
    if (seen.length === 0) return []
    const only = seen[0] as number
    if (seen.length === 1) {
      const before = sizes.slice(0, only).reduce((a, b) => a + b, 0)
      const after = sizes.slice(only + 1).reduce((a, b) => a + b, 0)
      return [pad(upstream[only] as Float, axis, before, after)]
    }
    const { graph } = (outputs[0] as Value).from
    return [
      concat(
        upstream.map((d, k) => d ?? full(graph, (outputs[k] as Value).shape, 0)),
        axis,
      ),
    ]
  },
  pad: ({ inputs, attributes: { axis, before, after } }, [d]) => {
    const length = (inputs[0] as Value).shape[axis] as number
    const sizes = [before, length, after]
    return [
      d &&
        split(
          d,
          sizes.filter((n, k) => n > 0 || k === 1),
          axis,
        )[before > 0 ? 1 : 0],
    ]
  },
  gather: ({ inputs, attributes: { axis } }, [d]) => {
    const [x, indices] = inputs as readonly [Value, Int]
    if (!d || x.type !== 'float32') return []
    const rank = indices.shape.length
    // The axes of the indices first, for rows are what is summed up; and back.
    const order = [...d.shape.keys()]
    const front = [...order.slice(axis, axis + rank), ...order.slice(0, axis), ...order.slice(axis + rank)]
    const rows = x.shape[axis] as number
    const summed = d.from.graph.apply('scatterAdd', [transpose(d, front), indices], { rows })[0] as Float
    const back = [...x.shape.keys()].map((k) => (k === axis ? 0 : k < axis ? k + 1 : k))
    return [transpose(summed, back)]
  },
  scatterAdd: ({ inputs }, [d]) => [d && gather(d, inputs[1] as Int)],
  gatherElements: ({ inputs, attributes: { axis } }, [d]) => {
    const [x, indices] = inputs as readonly [Float, Int]
    const length = x.shape[axis] as number
    return [d && (d.from.graph.apply('scatterElements', [d, indices], { axis, length })[0] as Float)]
  },
  scatterElements: ({ inputs, attributes: { axis } }, [d]) => [
    d && (d.from.graph.apply('gatherElements', [d, inputs[1] as Int], { axis })[0] as Float),
  ],
  cumulativeSum: ({ attributes: { axis, reverse } }, [d]) => [d && cumulativeSum(d, axis, !reverse)],
  sort: ({ inputs, outputs, attributes: { axis } }, [d]) => {
    const length = (inputs[0] as Value).shape[axis] as number
    return [d && (d.from.graph.apply('scatterElements', [d, outputs[1] as Int], { axis, length })[0] as Float)]
  },
  // Recomputed from its inputs, then gone through backwards, up to its inputs and no further.
  checkpoint: ({ inputs, attributes }, upstream, needs) => {
    const given = inputs.slice(attributes.outputs)
    const again = recomputed(inputs.slice(0, attributes.outputs), given.slice(0, attributes.inputs), upstream)
    const from = given.map((value) => again.of(value) as Float)
    const wanted = from.filter((_, k) => needs(attributes.outputs + k))
    const slopes = pulledBack(
      again.outputs as readonly Float[],
      upstream,
      wanted,
      reachable(again.outputs, wanted, from),
    )
    const found = new Map(wanted.map((value, k) => [value, slopes[k]]))
    // On to what comes before only when the gradients of parameters are there: they need all of the segment.
    const inner = from.slice(attributes.inputs).map((value) => found.get(value))
    const entries = from.slice(0, attributes.inputs).flatMap((value) => {
      const d = found.get(value)
      return d ? [{ value, d }] : []
    })
    const late = after(
      entries.map(({ d }) => d),
      inner.filter((d) => d !== undefined),
    )
    for (const [k, { value }] of entries.entries()) found.set(value, late[k])
    return [...new Array<undefined>(attributes.outputs), ...from.map((value) => found.get(value))]
  },
  lstm: refused as Rule<'lstm'>,
  gru: refused as Rule<'gru'>,
}

/** Gradients that reach a value, summed up when they are asked for. */
const summed = (parts: readonly Float[]): Float => parts.reduce((a, b) => add(a, b))

/**
 * The gradients of a loss by some values of its graph, by reverse accumulation (Linnainmaa, 1970): operations that no gradient is wanted through are
 * left alone.
 *
 * Refuses nothing: what the loss does not depend on has a gradient of zeros.
 *
 * @example
 * const [slope] = gradients(sum(mul(x, x)), [x])
 */
export function gradients(loss: Float, wanted: readonly Float[]): readonly Float[] {
  const { graph } = loss.from
  const slopes = pulledBack([loss], [full(graph, loss.shape, 1)], wanted, reachable([loss], wanted))
  return wanted.map((value, k) => slopes[k] ?? full(graph, value.shape, 0))
}

/** The gradients by wanted values, from those by some outputs, through the operations `below`; undefined where none arrives. */
function pulledBack(
  outputs: readonly Float[],
  slopes: readonly (Float | undefined)[],
  wanted: readonly Float[],
  below: readonly Operation[],
): readonly (Float | undefined)[] {
  const parts = new Map<Value, Float[]>()
  const reach = (value: Value, d: Float) => {
    const list = parts.get(value)
    if (list) list.push(d)
    else parts.set(value, [d])
  }
  for (const [k, value] of outputs.entries()) {
    const d = slopes[k]
    if (d) reach(value, d)
  }
  const ends = new Set<Value>(wanted)
  const on = new Set(below)
  const needed = (input: Value) => ends.has(input) || on.has(input.from)
  for (const operation of below) {
    const upstream = operation.outputs.map((value) => {
      const list = parts.get(value)
      const d = list && summed(list)
      if (d) parts.set(value, [d])
      return d
    })
    if (upstream.every((d) => d === undefined)) continue
    const found = (GRADIENTS[operation.op] as Rule<Op>)(operation, upstream, (k) =>
      needed(operation.inputs[k] as Value),
    )
    for (const [k, d] of found.entries()) {
      const input = operation.inputs[k] as Value
      if (d && needed(input)) reach(input, d)
    }
  }
  return wanted.map((value) => {
    const list = parts.get(value)
    return list && summed(list)
  })
}
