import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Attribute, ELEMENTS, type ElementType, type Graph, type Model, type Node, type Tensor } from './model.ts'
import { readModel } from './read.ts'
import { writeModel } from './write.ts'

const text = fc.string({ unit: 'binary', maxLength: 40 })
const float32 = fc.float().map((v) => (Object.is(v, -0) ? 0 : v))
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n)),
)
const maybe = <T extends object>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(arbitraries, { requiredKeys: [] })

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    type: fc.constantFrom(...(Object.keys(ELEMENTS) as ElementType[])),
    dims: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    bytes: fc.uint8Array({ minLength: 512, maxLength: 512 }),
    texts: fc.array(text, { minLength: 64, maxLength: 64 }),
    names: maybe({ name: text, doc: text }),
  })
  .map(({ type, dims, bytes, texts, names }) => {
    const size = dims.reduce((product, d) => product * d, 1)
    const { array } = ELEMENTS[type]
    const data = array ? new array(bytes.buffer as ArrayBuffer, 0, size) : texts.slice(0, size)
    return { type, dims, data, ...names } as Tensor
  })

const { graph } = fc.letrec<{ attribute: Attribute; node: Node; graph: Graph }>((tie) => ({
  attribute: fc.oneof(
    { maxDepth: 2 },
    kind('float', float32),
    kind('int', integer),
    kind('string', text),
    kind('tensor', tensor),
    kind('floats', fc.array(float32)),
    kind('ints', fc.array(integer)),
    kind('strings', fc.array(text)),
    kind('tensors', fc.array(tensor, { maxLength: 2 })),
    kind('graph', tie('graph')),
    kind('graphs', fc.array(tie('graph'), { maxLength: 1 })),
  ) as fc.Arbitrary<Attribute>,
  node: fc
    .record({
      op: text,
      inputs: fc.array(text, { maxLength: 3 }),
      outputs: fc.array(text, { maxLength: 3 }),
      names: maybe({ domain: text, name: text, doc: text }),
      attributes: fc.dictionary(text, tie('attribute'), { maxKeys: 3 }),
    })
    .map(({ names, attributes, ...node }) => ({
      ...node,
      ...names,
      ...(Object.keys(attributes).length > 0 && { attributes }),
    })),
  graph: fc
    .record({
      name: text,
      nodes: fc.array(tie('node'), { maxLength: 3 }),
      inputs: fc.array(valueInfo(), { maxLength: 3 }),
      outputs: fc.array(valueInfo(), { maxLength: 3 }),
      more: maybe({
        doc: text,
        initializers: fc.array(tensor, { minLength: 1, maxLength: 3 }),
        values: fc.array(valueInfo(), { minLength: 1, maxLength: 2 }),
      }),
    })
    .map(({ more, ...graph }) => ({ ...graph, ...more })),
}))

function kind<K extends string, V>(name: K, value: fc.Arbitrary<V>) {
  return fc.record({ kind: fc.constant(name), value })
}

function valueInfo() {
  const dim = fc.oneof(fc.nat(), text, fc.constant(null))
  const type = fc.constantFrom(...(Object.keys(ELEMENTS) as ElementType[]))
  return fc
    .record({ name: text, type, more: maybe({ dims: fc.array(dim, { maxLength: 3 }), doc: text }) })
    .map(({ more, ...info }) => ({ ...info, ...more }))
}

const model: fc.Arbitrary<Model> = fc
  .record({
    irVersion: fc.nat(),
    opsets: fc.dictionary(text, fc.nat(), { maxKeys: 3 }),
    graph,
    more: maybe({
      producer: text,
      producerVersion: text,
      domain: text,
      modelVersion: integer,
      doc: text,
      metadata: fc.dictionary(text, text, { minKeys: 1, maxKeys: 3 }),
    }),
  })
  .map(({ more, ...model }) => ({ ...model, ...more }))

test('what is written is read again, every kind of value', () => {
  fc.assert(
    fc.property(model, fc.nat({ max: 7 }), (model, shift) => {
      const bytes = writeModel(model)
      // The same bytes wherever they lie in memory: aligned tensors are views, others are copies.
      const moved = new Uint8Array(bytes.length + shift).subarray(shift)
      moved.set(bytes)
      expect(plain(readModel(moved))).toEqual(plain(model))
    }),
    { numRuns: 300 },
  )
})

test('a model that is cut off or damaged is refused or read as another, and nothing else', () => {
  fc.assert(
    fc.property(model, fc.nat(), fc.nat({ max: 255 }), (model, at, byte) => {
      const bytes = writeModel(model)
      const damaged = bytes.slice()
      damaged[at % bytes.length] = byte
      for (const given of [bytes.subarray(0, at % bytes.length), damaged]) {
        try {
          readModel(given)
        } catch (error) {
          expect(error).toMatchObject({ name: 'ForetideError', code: expect.stringMatching(/^onnx\./) })
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('the bytes are those of the protobuf definition', () => {
  // By hand after onnx.proto: ir_version 8; graph { node { input "x" output "y" op "Abs" } name "g" }; opset 21.
  const node = [0x0a, 1, 0x78, 0x12, 1, 0x79, 0x22, 3, 0x41, 0x62, 0x73]
  const graph = [0x0a, node.length, ...node, 0x12, 1, 0x67]
  const expected = [0x08, 8, 0x3a, graph.length, ...graph, 0x42, 4, 0x0a, 0, 0x10, 21]
  const nodes = [{ op: 'Abs', inputs: ['x'], outputs: ['y'] }]
  const written = writeModel({ irVersion: 8, opsets: { '': 21 }, graph: { name: 'g', nodes, inputs: [], outputs: [] } })
  expect([...written]).toEqual(expected)
})

test('lists of values and unpacked numbers, as other writers have them, are read', () => {
  // A tensor { dims 2 (unpacked) data_type FLOAT float_data [1, 2] (packed) name "w" } and { dims 1 INT64 int64_data −1 }.
  const floats = [0x08, 2, 0x10, 1, 0x22, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0x42, 1, 0x77]
  const ints = [0x0a, 1, 1, 0x10, 7, 0x38, ...Array(9).fill(0xff), 1]
  const graph = [0x2a, floats.length, ...floats, 0x2a, ints.length, ...ints]
  const { initializers } = readModel(Uint8Array.from([0x08, 8, 0x3a, graph.length, ...graph])).graph
  expect(initializers).toEqual([
    { type: 'float32', dims: [2], data: Float32Array.of(1, 2), name: 'w' },
    { type: 'int64', dims: [1], data: BigInt64Array.of(-1n) },
  ])
})

test('tensors that are not what they say, and what cannot be kept, are refused', () => {
  const wrong = { type: 'float32', dims: [3], data: new Float32Array(2), name: 'w' } as const
  const graph = { name: 'g', nodes: [], inputs: [], outputs: [], initializers: [wrong] }
  expect(() => writeModel({ irVersion: 8, opsets: {}, graph })).toThrow("The tensor 'w' is of type float32 and 3")
  expect(() => readModel(Uint8Array.of(0x08, 8, 0xca, 1, 0))).toThrow('functions')
})

test('a tensor is copied once, and a graph of thousands of nodes is written in moments', () => {
  const size = 2 ** 22
  const big: Tensor = { type: 'float32', dims: [size], data: new Float32Array(size).fill(1), name: 'big' }
  const nodes = Array.from({ length: 5000 }, (_, i) => ({
    op: 'Add',
    inputs: [`v${i}`, 'big'],
    outputs: [`v${i + 1}`],
    attributes: { axis: { kind: 'int', value: 1 } } as const,
  }))
  const graph = { name: 'g', nodes, inputs: [], outputs: [], initializers: [big] }
  const bytes = writeModel({ irVersion: 8, opsets: { '': 21 }, graph })
  // One allocation holds it all: it was neither outgrown nor much too large.
  expect(bytes.buffer.byteLength).toBeLessThan(1.1 * bytes.length)
  expect(readModel(bytes).graph.nodes).toEqual(nodes)
})

/** Typed arrays as lists, so that values are compared whatever memory they lie in; a −0 and 0 are told apart no more. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, String)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

test('an operator set may be called as a property of every object is', () => {
  const opsets = JSON.parse('{"__proto__": 3, "constructor": 4}') as Record<string, number>
  const model: Model = { irVersion: 10, opsets, graph: { name: 'g', nodes: [], inputs: [], outputs: [] } }
  expect(Object.entries(readModel(writeModel(model)).opsets).sort()).toEqual(Object.entries(opsets).sort())
})

test('numbers are read from bytes at any place, those of a Buffer too', () => {
  const weights: Tensor = { type: 'float32', dims: [3], data: Float32Array.of(1, -2, 0.5), name: 'w' }
  const model = { irVersion: 10, opsets: { '': 21 } }
  const bytes = writeModel({
    ...model,
    graph: { name: 'g', nodes: [], inputs: [], outputs: [], initializers: [weights] },
  })
  for (const from of [0, 1, 2, 3]) {
    const held = Buffer.from(new ArrayBuffer(bytes.length + from)).subarray(from)
    held.set(bytes)
    expect(readModel(held).graph.initializers?.[0]?.data).toEqual(weights.data)
  }
})
