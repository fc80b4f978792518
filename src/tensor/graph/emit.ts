import type { Attribute, Model, Node, Tensor, ValueInfo } from '../onnx/model.ts'
import { sameShape } from './shapes.ts'
import type { Attributes, Op, Operation, Value } from './value.ts'

/** Opset whose operators are written: that of ONNX 1.16. */
const OPSET = 21

/** Names of values and helping constants while a graph is written. */
interface Scribe {
  nameOf(value: Value): string
  /** Whole numbers as a constant. */
  ints(values: readonly number[]): string
  float(value: number, shape?: readonly number[]): string
  /** A name for a value in between. */
  fresh(): string
}
type Rule<O extends Op> = (operation: Operation<O>, scribe: Scribe) => readonly Node[]

const int = (value: number): Attribute => ({ kind: 'int', value })
const real = (value: number): Attribute => ({ kind: 'float', value })
const flag = (value: boolean): Attribute => int(value ? 1 : 0)

/** An operator whose inputs and outputs are those of the operation. */
const plain =
  <O extends Op>(op: string, attributes?: (a: Attributes[O]) => Record<string, Attribute>): Rule<O> =>
  (operation, { nameOf }) => [
    {
      op,
      inputs: operation.inputs.map(nameOf),
      outputs: operation.outputs.map(nameOf),
      ...(attributes && { attributes: attributes(operation.attributes) }),
    },
  ]

/** An operator that takes whole numbers as a further input. */
const withInts =
  <O extends Op>(
    op: string,
    values: (a: Attributes[O], inputs: readonly Value[]) => readonly number[],
    attributes?: (a: Attributes[O]) => Record<string, Attribute>,
  ): Rule<O> =>
  (operation, { nameOf, ints }) => [
    {
      op,
      inputs: [...operation.inputs.map(nameOf), ints(values(operation.attributes, operation.inputs))],
      outputs: operation.outputs.map(nameOf),
      ...(attributes && { attributes: attributes(operation.attributes) }),
    },
  ]
const reduce = <O extends 'sum' | 'mean' | 'max'>(op: string): Rule<O> =>
  withInts(
    op,
    ({ axes }) => axes,
    ({ keep }) => ({ keepdims: flag(keep) }),
  )

const CAST = { float32: 1, int64: 7, bool: 9 } as const

/** A product of two matrices, and what is added to it, in one operator. */
function gemm({ inputs, attributes }: Operation<'matmul'>, { nameOf }: Scribe, output: string, added?: string): Node {
  const { transposeA, transposeB } = attributes
  return {
    op: 'Gemm',
    inputs: [...inputs.map(nameOf), ...(added === undefined ? [] : [added])],
    outputs: [output],
    attributes: { transA: flag(transposeA), transB: flag(transposeB) },
  }
}

/** Steep enough for 1 at every normal number above 0. */
const STEEP = 3e38

/** Operators of one or two inputs, one after the other; gives the name of the last one's output. */
function chain(scribe: Scribe, nodes: Node[]) {
  return (op: string, inputs: readonly string[], attributes?: Record<string, Attribute>, output = scribe.fresh()) => {
    nodes.push({ op, inputs, outputs: [output], ...(attributes && { attributes }) })
    return output
  }
}

/** −1, 0 or 1 by a ramp too steep to be met; the runtime's own Sign takes its numbers one at a time. */
const sign: Rule<'sign'> = ({ inputs: [x], outputs: [y] }, scribe) => {
  const nodes: Node[] = []
  const { nameOf, float } = scribe
  const next = chain(scribe, nodes)
  const ramp = next('HardSigmoid', [nameOf(x as Value)], { alpha: real(STEEP), beta: real(0.5) })
  next('Sub', [next('Mul', [ramp, float(2)]), float(1)], undefined, nameOf(y as Value))
  return nodes
}

/**
 * max(x, 0) + log(1 + exp(−|x|)); the runtime's own Softplus takes its numbers one at a time.
 *
 * Far below 0, where 1 + u is 1, u − u² / 2 stands in for log(1 + u).
 */
const softplus: Rule<'softplus'> = ({ inputs: [value], outputs: [y] }, scribe) => {
  const nodes: Node[] = []
  const { nameOf, float } = scribe
  const next = chain(scribe, nodes)
  const x = nameOf(value as Value)
  const u = next('Exp', [next('Neg', [next('Abs', [x])])])
  const large = next('Log', [next('Add', [u, float(1)])])
  const small = next('Mul', [u, next('Add', [next('Mul', [u, float(-0.5)]), float(1)])])
  next('Add', [next('Relu', [x]), next('Max', [large, small])], undefined, nameOf(y as Value))
  return nodes
}

/** A recurrent operator of one direction: what is between the weights and the first state is the lengths of sequences, all the same here. */
const recurrent =
  <O extends 'lstm' | 'gru'>(op: string, attributes: Record<string, Attribute> = {}): Rule<O> =>
  (operation, { nameOf }) => {
    const [x, w, r, b, ...state] = operation.inputs.map(nameOf) as [string, string, string, string, ...string[]]
    return [
      {
        op,
        inputs: [x, w, r, b, ...(state.length > 0 ? ['', ...state] : [])],
        outputs: operation.outputs.map(nameOf),
        attributes: { hidden_size: int(operation.attributes.units), ...attributes },
      },
    ]
  }

/** How every operation is written in ONNX. */
const RULES: { readonly [O in Op]: Rule<O> } = {
  input: () => [],
  constant: () => [],
  neg: plain('Neg'),
  abs: plain('Abs'),
  sign,
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  sin: plain('Sin'),
  cos: plain('Cos'),
  erf: plain('Erf'),
  tanh: plain('Tanh'),
  sigmoid: plain('Sigmoid'),
  relu: plain('Relu'),
  // Neither the runtime's own Sign nor its Softplus works on several numbers at once; these do.
  step: plain('HardSigmoid', () => ({ alpha: real(STEEP), beta: real(0) })),
  softplus,
  gelu: plain('Gelu'),
  gatedTanh: ({ inputs, outputs }, { nameOf }) => {
    const [gate, x] = inputs.map(nameOf) as [string, string]
    const [y, tangent] = outputs.map(nameOf) as [string, string]
    return [
      { op: 'Tanh', inputs: [x], outputs: [tangent] },
      { op: 'Mul', inputs: [gate, tangent], outputs: [y] },
    ]
  },
  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  pow: plain('Pow'),
  maximum: plain('Max'),
  minimum: plain('Min'),
  less: plain('Less'),
  equal: plain('Equal'),
  not: plain('Not'),
  and: plain('And'),
  where: plain('Where'),
  cast: plain('Cast', ({ to }) => ({ to: int(CAST[to]) })),
  matmul: (operation, scribe) => {
    const [a, b] = operation.inputs as readonly [Value, Value]
    const { transposeA, transposeB } = operation.attributes
    const outputs = operation.outputs.map(scribe.nameOf)
    if (a.shape.length === 2 && b.shape.length === 2 && (transposeA || transposeB))
      return [gemm(operation, scribe, outputs[0] as string)]
    const nodes: Node[] = []
    const side = (value: Value, transposed: boolean) => {
      if (!transposed) return scribe.nameOf(value)
      const name = scribe.fresh()
      const rank = value.shape.length
      const order = [...value.shape.keys()].map((k) => (k === rank - 1 ? rank - 2 : k === rank - 2 ? rank - 1 : k))
      nodes.push({
        op: 'Transpose',
        inputs: [scribe.nameOf(value)],
        outputs: [name],
        attributes: { perm: { kind: 'ints', value: order } },
      })
      return name
    }
    const inputs = [side(a, transposeA), side(b, transposeB)]
    return [...nodes, { op: 'MatMul', inputs, outputs }]
  },
  sum: reduce('ReduceSum'),
  mean: reduce('ReduceMean'),
  max: reduce('ReduceMax'),
  softmax: plain('Softmax', ({ axis }) => ({ axis: int(axis) })),
  logSoftmax: plain('LogSoftmax', ({ axis }) => ({ axis: int(axis) })),
  layerNorm: plain('LayerNormalization', ({ epsilon }) => ({
    axis: int(-1),
    epsilon: real(epsilon),
  })),
  reshape: withInts('Reshape', ({ shape }) => shape),
  expand: withInts('Expand', ({ shape }) => shape),
  transpose: plain('Transpose', ({ order }) => ({ perm: { kind: 'ints', value: order } })),
  concat: plain('Concat', ({ axis }) => ({ axis: int(axis) })),
  split: withInts(
    'Split',
    ({ sizes }) => sizes,
    ({ axis }) => ({ axis: int(axis) }),
  ),
  pad: withInts('Pad', ({ axis, before, after }, [x]) => {
    const rank = (x as Value).shape.length
    const pads = new Array<number>(2 * rank).fill(0)
    pads[axis] = before
    pads[rank + axis] = after
    return pads
  }),
  gather: plain('Gather', ({ axis }) => ({ axis: int(axis) })),
  scatterAdd: (operation, { nameOf, ints, float, fresh }) => {
    const [updates, indices] = operation.inputs as readonly [Value, Value]
    const [out] = operation.outputs as readonly [Value]
    const column = fresh()
    return [
      { op: 'Reshape', inputs: [nameOf(indices), ints([...indices.shape, 1])], outputs: [column] },
      {
        op: 'ScatterND',
        inputs: [float(0, out.shape), column, nameOf(updates)],
        outputs: [nameOf(out)],
        attributes: { reduction: { kind: 'string', value: 'add' } },
      },
    ]
  },
  gatherElements: plain('GatherElements', ({ axis }) => ({ axis: int(axis) })),
  scatterElements: (operation, { nameOf, float }) => {
    const [updates, indices] = operation.inputs as readonly [Value, Value]
    const [out] = operation.outputs as readonly [Value]
    return [
      {
        op: 'ScatterElements',
        inputs: [float(0, out.shape), nameOf(indices), nameOf(updates)],
        outputs: [nameOf(out)],
        attributes: { axis: int(operation.attributes.axis), reduction: { kind: 'string', value: 'add' } },
      },
    ]
  },
  cumulativeSum: (operation, { nameOf, ints }) => [
    {
      op: 'CumSum',
      inputs: [...operation.inputs.map(nameOf), ints([operation.attributes.axis])],
      outputs: operation.outputs.map(nameOf),
      attributes: { reverse: flag(operation.attributes.reverse) },
    },
  ],
  sort: (operation, { nameOf, ints }) => {
    const { axis } = operation.attributes
    const [x] = operation.inputs as readonly [Value]
    return [
      {
        op: 'TopK',
        inputs: [nameOf(x), ints([x.shape[axis] as number])],
        outputs: operation.outputs.map(nameOf),
        attributes: { axis: int(axis), largest: int(0) },
      },
    ]
  },
  checkpoint: ({ inputs, outputs }, { nameOf }) =>
    outputs.map((value, k) => ({ op: 'Identity', inputs: [nameOf(inputs[k] as Value)], outputs: [nameOf(value)] })),
  lstm: recurrent('LSTM'),
  gru: recurrent('GRU', { linear_before_reset: int(1) }),
}

/** What is said of a model that is written beside its graph. */
export interface EmitOptions {
  readonly metadata?: Readonly<Record<string, string>>
  readonly doc?: string
  /** Values that others stand in for, wherever they are needed. */
  readonly instead?: ReadonlyMap<Value, Value>
}

/**
 * Writes what named outputs need of their graph as an ONNX model; inputs of the graph that none of them needs are left out.
 *
 * @example
 * const bytes = writeModel(toOnnx({ loss, slope }))
 */
export function toOnnx(outputs: Readonly<Record<string, Value>>, options: EmitOptions = {}): Model {
  const resolve = (value: Value) => options.instead?.get(value) ?? value
  const operations = needed(Object.values(outputs), resolve)
  const names = new Map<Value, string>()
  const nodes: Node[] = []
  const initializers = new Map<string, Tensor>()
  const inputs: ValueInfo[] = []
  let count = 0
  const keep = (key: string, make: (name: string) => Tensor) => {
    const name = `c_${key}`
    if (!initializers.has(name)) initializers.set(name, make(name))
    return name
  }
  const scribe: Scribe = {
    nameOf(asked) {
      const value = resolve(asked)
      let name = names.get(value)
      if (name === undefined) {
        name = `v${value.from.id}${value.index > 0 ? `_${value.index}` : ''}`
        names.set(value, name)
      }
      return name
    },
    ints: (values) =>
      keep(`i${values.join('_')}`, (name) => ({
        name,
        type: 'int64',
        dims: [values.length],
        data: BigInt64Array.from(values, BigInt),
      })),
    float: (value, shape = []) =>
      keep(`f${value}_${shape.join('_')}`, (name) => ({
        name,
        type: 'float32',
        dims: shape,
        data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
      })),
    fresh: () => `t${count++}`,
  }
  // What is made for an output alone gets its name at once; inputs, constants and what is an output twice keep their own.
  const direct = new Set<string>()
  for (const [name, asked] of Object.entries(outputs)) {
    const value = resolve(asked)
    if (names.has(value) || value.from.op === 'input' || value.from.op === 'constant') continue
    names.set(value, name)
    direct.add(name)
  }
  const { within, swallowed } = sumsOfProducts(operations, outputs, resolve)
  for (const operation of operations) {
    const [value] = operation.outputs as readonly [Value]
    if (swallowed.has(operation)) continue
    const sum = within.get(operation)
    if (sum) nodes.push(gemm(sum.product, scribe, scribe.nameOf(value), scribe.nameOf(sum.added)))
    else if (operation.op === 'input') {
      const { name } = operation.attributes as Attributes['input']
      names.set(value, name)
      inputs.push({ name, type: value.type, dims: value.shape })
    } else if (operation.op === 'constant') {
      const data = operation.graph.constants[(operation.attributes as Attributes['constant']).data]
      const name = scribe.nameOf(value)
      initializers.set(name, { name, type: value.type, dims: value.shape, data } as Tensor)
    } else nodes.push(...(RULES[operation.op] as Rule<Op>)(operation, scribe))
  }
  for (const [name, value] of Object.entries(outputs))
    if (!direct.has(name)) nodes.push({ op: 'Identity', inputs: [scribe.nameOf(value)], outputs: [name] })
  return {
    irVersion: 10,
    opsets: { '': OPSET },
    producer: 'foretide',
    ...(options.doc !== undefined && { doc: options.doc }),
    ...(options.metadata && { metadata: options.metadata }),
    graph: {
      name: 'tensors',
      nodes,
      initializers: [...initializers.values()],
      inputs,
      outputs: Object.entries(outputs).map(([name, { type, shape }]) => ({ name, type, dims: shape })),
    },
  }
}

/** A sum that is written as part of the product that it is added to. */
interface SumOfProduct {
  readonly product: Operation<'matmul'>
  readonly added: Value
}

/** Sums of a product of matrices that nothing else needs: the product starts out from what is added. */
function sumsOfProducts(
  operations: readonly Operation[],
  outputs: Readonly<Record<string, Value>>,
  resolve: (value: Value) => Value,
) {
  const uses = new Map<Value, number>()
  const use = (value: Value) => uses.set(resolve(value), (uses.get(resolve(value)) ?? 0) + 1)
  for (const operation of operations) for (const value of operation.inputs) use(value)
  for (const value of Object.values(outputs)) use(value)
  const within = new Map<Operation, SumOfProduct>()
  const swallowed = new Set<Operation>()
  for (const operation of operations) {
    if (operation.op !== 'add') continue
    const [a, b] = operation.inputs.map(resolve) as [Value, Value]
    const pairs: readonly (readonly [Value, Value])[] = [
      [a, b],
      [b, a],
    ]
    for (const [{ from }, added] of pairs) {
      const alone = from.op === 'matmul' && uses.get(from.outputs[0] as Value) === 1 && added.from !== from
      if (!alone || from.inputs.some((v) => v.shape.length !== 2) || added.shape.length > 2) continue
      // What is added is stretched to the product, not the product to it.
      if (!sameShape((operation.outputs[0] as Value).shape, (from.outputs[0] as Value).shape)) continue
      within.set(operation, { product: from as Operation<'matmul'>, added })
      swallowed.add(from)
      break
    }
  }
  return { within, swallowed }
}

/** The operations that values need, each after those that it needs itself. */
function needed(values: readonly Value[], resolve: (value: Value) => Value): readonly Operation[] {
  const done = new Set<Operation>()
  const stack = values.map((v) => resolve(v).from)
  while (stack.length > 0) {
    const operation = stack.at(-1) as Operation
    const open = done.has(operation)
      ? []
      : operation.inputs.map((v) => resolve(v).from).filter((from) => !done.has(from))
    if (open.length > 0) {
      stack.push(...open)
      continue
    }
    stack.pop()
    done.add(operation)
  }
  return [...done]
}
