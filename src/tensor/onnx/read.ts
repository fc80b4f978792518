import { ForetideError } from '../../core/errors.ts'
import {
  ATTRIBUTE_KINDS,
  type Attribute,
  type ElementType,
  type Graph,
  type Integer,
  type Model,
  type Node,
  type Tensor,
  type ValueInfo,
} from './model.ts'
import { elementType, readTensor } from './read-tensor.ts'
import { WireReader } from './wire-reader.ts'

const KINDS = new Map(
  Object.entries(ATTRIBUTE_KINDS).map(([kind, code]) => [code as number, kind as Attribute['kind']]),
)

type Draft<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Reads the bytes of an ONNX model. Tensors are views of the bytes where these lie aligned, so keep the bytes unchanged.
 *
 * Refuses what it would otherwise lose: data outside of the file, functions, sparse tensors, values that are no tensors.
 *
 * @example
 * readModel(bytes).graph.nodes.map((node) => node.op) // such as ['Cast', 'TreeEnsemble', 'Add']
 */
export function readModel(bytes: Uint8Array): Model {
  const from = new WireReader(bytes)
  const model: Draft<Partial<Model>> = {}
  // Pairs, not an object filled by name: a domain may be called `__proto__`.
  const opsets: [string, number][] = []
  const metadata: [string, string][] = []
  while (from.next()) {
    if (from.field === 1) model.irVersion = from.number()
    else if (from.field === 2) model.producer = from.string()
    else if (from.field === 3) model.producerVersion = from.string()
    else if (from.field === 4) model.domain = from.string()
    else if (from.field === 5) model.modelVersion = from.int()
    else if (from.field === 6) model.doc = from.string()
    else if (from.field === 7) model.graph = readGraph(from.message())
    else if (from.field === 8) opsets.push(readOpset(from.message()))
    else if (from.field === 14) metadata.push(readEntry(from.message()))
    else if (from.field === 20) throw unsupported('training information')
    else if (from.field === 25) throw unsupported('functions')
    else from.skip()
  }
  const { irVersion, graph } = model
  if (irVersion === undefined || graph === undefined)
    throw new ForetideError('onnx.broken', { at: bytes.length }, { fault: 'badInput' })
  return {
    ...model,
    irVersion,
    graph,
    opsets: Object.fromEntries(opsets),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  }
}

function readOpset(from: WireReader): [string, number] {
  let domain = ''
  let version = 0
  while (from.next()) {
    if (from.field === 1) domain = from.string()
    else if (from.field === 2) version = from.number()
    else from.skip()
  }
  return [domain, version]
}

function readEntry(from: WireReader): [string, string] {
  const entry: [string, string] = ['', '']
  while (from.next()) {
    if (from.field === 1 || from.field === 2) entry[from.field - 1] = from.string()
    else from.skip()
  }
  return entry
}

function readGraph(from: WireReader): Graph {
  const nodes: Node[] = []
  const initializers: Tensor[] = []
  const inputs: ValueInfo[] = []
  const outputs: ValueInfo[] = []
  const values: ValueInfo[] = []
  const named: { name: string; doc?: string } = { name: '' }
  while (from.next()) {
    if (from.field === 1) nodes.push(readNode(from.message()))
    else if (from.field === 2) named.name = from.string()
    else if (from.field === 5) initializers.push(readTensor(from.message()))
    else if (from.field === 10) named.doc = from.string()
    else if (from.field === 11) inputs.push(readValueInfo(from.message()))
    else if (from.field === 12) outputs.push(readValueInfo(from.message()))
    else if (from.field === 13) values.push(readValueInfo(from.message()))
    else if (from.field === 15) throw unsupported('sparse tensors')
    else from.skip()
  }
  const some = { ...(initializers.length > 0 && { initializers }), ...(values.length > 0 && { values }) }
  return { ...named, nodes, inputs, outputs, ...some }
}

function readNode(from: WireReader): Node {
  const node: Draft<Partial<Node>> = {}
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: [string, Attribute][] = []
  while (from.next()) {
    if (from.field === 1) inputs.push(from.string())
    else if (from.field === 2) outputs.push(from.string())
    else if (from.field === 3) node.name = from.string()
    else if (from.field === 4) node.op = from.string()
    else if (from.field === 5) attributes.push(readAttribute(from.message()))
    else if (from.field === 6) node.doc = from.string()
    else if (from.field === 7) node.domain = from.string()
    else from.skip()
  }
  const given = attributes.length > 0 && { attributes: Object.fromEntries(attributes) }
  return { ...node, op: node.op ?? '', inputs, outputs, ...given }
}

function readAttribute(from: WireReader): [string, Attribute] {
  const floats: number[] = []
  const ints: Integer[] = []
  const strings: string[] = []
  const tensors: Tensor[] = []
  const graphs: Graph[] = []
  const single: { float: number; int: Integer; string: string; tensor?: Tensor; graph?: Graph } = {
    float: 0,
    int: 0,
    string: '',
  }
  let name = ''
  let code = 0
  while (from.next()) {
    if (from.field === 1) name = from.string()
    else if (from.field === 2) single.float = from.float()
    else if (from.field === 3) single.int = from.int()
    else if (from.field === 4) single.string = from.string()
    else if (from.field === 5) single.tensor = readTensor(from.message())
    else if (from.field === 6) single.graph = readGraph(from.message())
    else if (from.field === 7) from.floats(floats)
    else if (from.field === 8) from.ints(ints)
    else if (from.field === 9) strings.push(from.string())
    else if (from.field === 10) tensors.push(readTensor(from.message()))
    else if (from.field === 11) graphs.push(readGraph(from.message()))
    else if (from.field === 20) code = from.number()
    else from.skip()
  }
  const kind = KINDS.get(code)
  const value = kind && { ...single, floats, ints, strings, tensors, graphs }[kind]
  if (value === undefined) throw unsupported(`attribute '${name}' of type ${code}`)
  return [name, { kind, value } as Attribute]
}

function readValueInfo(from: WireReader): ValueInfo {
  const info: { name: string; doc?: string } = { name: '' }
  let type: Pick<ValueInfo, 'type' | 'dims'> | undefined
  while (from.next()) {
    if (from.field === 1) info.name = from.string()
    else if (from.field === 2) type = readType(from.message())
    else if (from.field === 3) info.doc = from.string()
    else from.skip()
  }
  if (!type) throw unsupported(`value '${info.name}' without a tensor type`)
  return { ...info, ...type }
}

function readType(from: WireReader): Pick<ValueInfo, 'type' | 'dims'> | undefined {
  let type: ElementType | undefined
  let dims: (number | string | null)[] | undefined
  while (from.next()) {
    if (from.field !== 1) {
      from.skip()
      continue
    }
    const tensor = from.message()
    while (tensor.next()) {
      if (tensor.field === 1) type = elementType(tensor.number())
      else if (tensor.field === 2) dims = readShape(tensor.message())
      else tensor.skip()
    }
  }
  return type && { type, ...(dims && { dims }) }
}

function readShape(from: WireReader): (number | string | null)[] {
  const dims: (number | string | null)[] = []
  while (from.next()) {
    if (from.field !== 1) {
      from.skip()
      continue
    }
    const dim = from.message()
    let size: number | string | null = null
    while (dim.next()) {
      if (dim.field === 1) size = dim.number()
      else if (dim.field === 2) size = dim.string()
      else dim.skip()
    }
    dims.push(size)
  }
  return dims
}

const unsupported = (what: string) => new ForetideError('onnx.unsupported', { what }, { fault: 'badInput' })
