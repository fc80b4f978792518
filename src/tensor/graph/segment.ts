import { add, gather, integers, mul, reshape, step } from './operators.ts'
import type { Attributes, Float, Op, Operation, Value } from './value.ts'

/**
 * The operations on the ways from `sources` to outputs, the last ones first; no way leads through `cuts`.
 *
 * Without recursion: unrolled networks are thousands of operations deep.
 */
export function reachable(
  outputs: readonly Value[],
  sources: readonly Value[],
  cuts: readonly Value[] = [],
): readonly Operation[] {
  const ends = new Set<Value>(sources)
  const closed = new Set<Value>(cuts)
  const open = (values: readonly Value[]) => values.filter((v) => !closed.has(v)).map((v) => v.from)
  const leads = new Map<Operation, boolean>()
  const order: Operation[] = []
  const stack = [...open(outputs)]
  while (stack.length > 0) {
    const operation = stack.at(-1) as Operation
    if (leads.has(operation)) {
      stack.pop()
      continue
    }
    const before = open(operation.inputs).filter((from) => !leads.has(from))
    if (before.length > 0) {
      stack.push(...before)
      continue
    }
    stack.pop()
    const on = operation.inputs.some((v) => ends.has(v) || leads.get(v.from) === true)
    leads.set(operation, on)
    if (on) order.push(operation)
  }
  return order.sort((a, b) => b.id - a.id)
}

/**
 * The outputs of a segment made once more from its inputs, once gradients by them are there and not before: each input has nothing added to it, a
 * nothing that is worked out from those gradients. Neither the graph nor ONNX Runtime then takes the operations for those of the first time,
 * which would be kept in memory until now. What the segment reads beside its inputs is kept as it is.
 */
export function recomputed(
  outputs: readonly Value[],
  inputs: readonly Value[],
  slopes: readonly (Float | undefined)[],
): { readonly outputs: readonly Value[]; of(value: Value): Value } {
  const given = inputs.filter((value) => value.type === 'float32') as readonly Float[]
  const late = after(
    given,
    slopes.filter((d) => d !== undefined),
  )
  const instead = new Map<Value, Value>(given.map((value, k) => [value, late[k] as Value]))
  const of = (value: Value) => instead.get(value) ?? value
  for (const { op, inputs: from, attributes, outputs: made, graph } of reachable(
    outputs,
    inputs,
    inputs,
  ).toReversed()) {
    const again = graph.apply(op, from.map(of), attributes as Attributes[Op])
    for (const [k, value] of made.entries()) instead.set(value, again[k] as Value)
  }
  return { outputs: outputs.map(of), of }
}

/**
 * Values that are the same, but not known before others are: to each is added a 0 that is worked out from those; 0 also where they are infinite,
 * as a ramp ends at 1.
 */
export function after(values: readonly Float[], others: readonly Float[]): readonly Float[] {
  if (others.length === 0) return values
  const first = others.map((d) => gather(reshape(d, [-1]), integers(d.from.graph, [0])))
  const nothing = reshape(mul(step(first.reduce((a, b) => add(a, b))), 0), [])
  return values.map((value) => add(value, nothing))
}
