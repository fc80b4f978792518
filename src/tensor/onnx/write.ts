import { ForetideError } from '../../core/errors.ts'
import {
  ATTRIBUTE_KINDS,
  type Attribute,
  ELEMENTS,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  type ValueInfo,
} from './model.ts'
import { WireWriter } from './wire-writer.ts'

/**
 * Writes an ONNX model as the bytes of its protobuf file; a tensor is copied once, into its place.
 *
 * Refuses a tensor whose values are not as many as its dimensions say, or of another array than its type's, and a model
 * of more than 2 GiB, which protobuf does not allow. Field numbers: onnx.proto of ONNX 1.19.
 *
 * @example
 * writeModel({ irVersion: 10, opsets: { '': 21 }, graph: { name: 'g', nodes: [], inputs: [x], outputs: [x] } })
 */
export function writeModel(model: Model): Uint8Array {
  const tensors = tensorBytes(model.graph)
  if (tensors >= 2 ** 31) throw new ForetideError('onnx.tooLarge', { bytes: tensors })
  const to = new WireWriter(tensors + 256 * (model.graph.nodes.length + 16))
  const metadata = Object.entries(model.metadata ?? {})
  for (const [key, value] of metadata.reverse()) {
    const before = to.written
    to.string(2, value)
    to.string(1, key)
    to.endMessage(14, before)
  }
  for (const [domain, version] of Object.entries(model.opsets).reverse()) {
    const before = to.written
    to.int(2, version)
    to.string(1, domain)
    to.endMessage(8, before)
  }
  const before = to.written
  writeGraph(to, model.graph)
  to.endMessage(7, before)
  optional(to, 6, model.doc)
  if (model.modelVersion !== undefined) to.int(5, model.modelVersion)
  optional(to, 4, model.domain)
  optional(to, 3, model.producerVersion)
  optional(to, 2, model.producer)
  to.int(1, model.irVersion)
  return to.finish()
}

/** Bytes of a graph's tensors, those in attributes included: what the file will mostly be. */
function tensorBytes(graph: Graph): number {
  const of = (tensor: Tensor) => ('byteLength' in tensor.data ? tensor.data.byteLength : 16 * tensor.data.length)
  let bytes = 0
  for (const tensor of graph.initializers ?? []) bytes += of(tensor)
  for (const node of graph.nodes) {
    for (const attribute of Object.values(node.attributes ?? {})) {
      if (attribute.kind === 'tensor') bytes += of(attribute.value)
      else if (attribute.kind === 'ints' || attribute.kind === 'floats') bytes += 4 * attribute.value.length
      else if (attribute.kind === 'graph') bytes += tensorBytes(attribute.value)
    }
  }
  return bytes
}

function writeGraph(to: WireWriter, graph: Graph): void {
  writeAll(to, 13, graph.values ?? [], writeValueInfo)
  writeAll(to, 12, graph.outputs, writeValueInfo)
  writeAll(to, 11, graph.inputs, writeValueInfo)
  optional(to, 10, graph.doc)
  writeAll(to, 5, graph.initializers ?? [], writeTensor)
  to.string(2, graph.name)
  writeAll(to, 1, graph.nodes, writeNode)
}

function writeNode(to: WireWriter, node: Node): void {
  optional(to, 7, node.domain)
  optional(to, 6, node.doc)
  const { attributes } = node
  if (attributes) {
    for (const name of Object.keys(attributes).reverse()) {
      const before = to.written
      writeAttribute(to, name, attributes[name] as Attribute)
      to.endMessage(5, before)
    }
  }
  to.string(4, node.op)
  optional(to, 3, node.name)
  writeStrings(to, 2, node.outputs)
  writeStrings(to, 1, node.inputs)
}

function writeAttribute(to: WireWriter, name: string, attribute: Attribute): void {
  to.int(20, ATTRIBUTE_KINDS[attribute.kind])
  switch (attribute.kind) {
    case 'float':
      to.float(2, attribute.value)
      break
    case 'int':
      to.int(3, attribute.value)
      break
    case 'string':
      to.string(4, attribute.value)
      break
    case 'tensor':
      writeAll(to, 5, [attribute.value], writeTensor)
      break
    case 'graph':
      writeAll(to, 6, [attribute.value], writeGraph)
      break
    case 'floats':
      to.floats(7, attribute.value)
      break
    case 'ints':
      to.ints(8, attribute.value)
      break
    case 'strings':
      writeStrings(to, 9, attribute.value)
      break
    case 'tensors':
      writeAll(to, 10, attribute.value, writeTensor)
      break
    case 'graphs':
      writeAll(to, 11, attribute.value, writeGraph)
      break
  }
  to.string(1, name)
}

function writeTensor(to: WireWriter, tensor: Tensor): void {
  const { code, array } = ELEMENTS[tensor.type]
  const size = tensor.dims.reduce((product, d) => product * d, 1)
  const held = array === undefined ? Array.isArray(tensor.data) : tensor.data instanceof array
  if (!held || tensor.data.length !== size) {
    const details = { tensor: tensor.name, type: tensor.type, dims: tensor.dims.join('×'), has: tensor.data.length }
    throw new ForetideError('onnx.tensor', details)
  }
  optional(to, 12, tensor.doc)
  if (tensor.type === 'string') writeStrings(to, 6, tensor.data)
  else to.bytesOf(9, new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength))
  optional(to, 8, tensor.name)
  to.int(2, code)
  to.ints(1, tensor.dims)
}

function writeValueInfo(to: WireWriter, info: ValueInfo): void {
  optional(to, 3, info.doc)
  const type = to.written
  if (info.dims) {
    const shape = to.written
    for (let d = info.dims.length - 1; d >= 0; d--) {
      const dim = info.dims[d]
      const before = to.written
      if (typeof dim === 'number') to.int(1, dim)
      else if (typeof dim === 'string') to.string(2, dim)
      to.endMessage(1, before)
    }
    to.endMessage(2, shape)
  }
  to.int(1, ELEMENTS[info.type].code)
  to.endMessage(1, type)
  to.endMessage(2, type)
  to.string(1, info.name)
}

function writeAll<T>(
  to: WireWriter,
  field: number,
  items: readonly T[],
  write: (to: WireWriter, item: T) => void,
): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const before = to.written
    write(to, items[i] as T)
    to.endMessage(field, before)
  }
}

function writeStrings(to: WireWriter, field: number, texts: readonly string[]): void {
  for (let i = texts.length - 1; i >= 0; i--) to.string(field, texts[i] as string)
}

function optional(to: WireWriter, field: number, text: string | undefined): void {
  if (text !== undefined) to.string(field, text)
}
