import { ForetideError } from '../../core/errors.ts'
import { signatures } from './shapes.ts'
import { simplified } from './simplify.ts'
import type { Attributes, Op, Operation, TensorGraph, Value, ValueType } from './value.ts'

/** Constants up to this size are told apart by what they hold, larger ones by which array they are. */
const SMALL = 64

/**
 * An empty graph of tensors: operations on values whose shapes are known as soon as they are made.
 *
 * The same operation on the same values is made once; what changes nothing (times one, a reshape to the same shape) is not made at all, and
 * small fixed numbers are worked out at once.
 *
 * @example
 * tensorGraph().input('x', [2, 3]).shape // → [2, 3]
 */
export function tensorGraph(): TensorGraph {
  const constants: (Float32Array | BigInt64Array)[] = []
  const inputs = new Map<string, Value>()
  const made = new Map<string, readonly Value[]>()
  const large = new Map<object, Map<string, Value>>()
  let count = 0

  const make = (
    op: Op,
    from: readonly Value[],
    attributes: Attributes[Op],
    outputs: readonly { readonly type: ValueType; readonly shape: readonly number[] }[],
  ): readonly Value[] => {
    const values: Value[] = []
    const operation: Operation = { op, inputs: from, attributes, outputs: values, graph, id: count++ }
    for (const [index, { type, shape }] of outputs.entries()) values.push({ type, shape, from: operation, index })
    return values
  }

  const graph: TensorGraph = {
    constants,
    inputs,
    input(name, shape, type) {
      if (inputs.has(name)) throw new ForetideError('tensor.twice', { name })
      const [value] = make('input', [], { name }, [{ type: type ?? 'float32', shape }])
      inputs.set(name, value as Value)
      return value as Value<NonNullable<typeof type>>
    },
    constant(data, shape) {
      const type: ValueType = data instanceof Float32Array ? 'float32' : 'int64'
      const create = () => make('constant', [], { data: constants.push(data) - 1 }, [{ type, shape }])[0] as Value
      if (data.length > SMALL) {
        const known = large.get(data) ?? new Map<string, Value>()
        large.set(data, known)
        const value = known.get(shape.join()) ?? create()
        known.set(shape.join(), value)
        return value
      }
      // −0 and 0 are not the same number to a division.
      const key = `constant ${type} [${shape}] ${[...data].map((x) => (Object.is(x, -0) ? '-0' : String(x))).join()}`
      const [known] = made.get(key) ?? []
      if (known) return known
      const value = create()
      made.set(key, [value])
      return value
    },
    apply(op, from, attributes) {
      for (const value of from) if (value.from.graph !== graph) throw new ForetideError('tensor.graph', { op })
      if (op === 'input' || op === 'constant') throw new ForetideError('tensor.graph', { op })
      const key = `${op} ${JSON.stringify(attributes)} ${from.map((v) => `${v.from.id}.${v.index}`).join()}`
      const known = made.get(key)
      if (known) return known
      const outputs = signatures(op, from, attributes as never)
      const values = simplified(graph, op, from, attributes, outputs) ?? make(op, from, attributes, outputs)
      made.set(key, values)
      return values
    },
  }
  return graph
}
