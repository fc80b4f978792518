import type { Graph, Node, Tensor } from '../onnx/model.ts'

/** A matrix of weights as rows of numbers that come in, and columns of numbers that go out. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

/** A product with weights: what is multiplied, by which matrix, and what is added. */
export interface Product {
  readonly node: Node
  readonly given: string
  readonly weight: string
  readonly matrix: Matrix
  readonly added?: string
  readonly result: string
}

/** Weights of fewer numbers gain nothing by being made small. */
export const LEAST = 256

/** All products of a graph with matrices that it holds: `MatMul`, and `Gemm` without factors. */
export function productsOf({ nodes, initializers = [] }: Graph): ReadonlyMap<Node, Product> {
  const held = new Map(initializers.map((tensor) => [tensor.name, tensor]))
  const found = new Map<Node, Product>()
  for (const node of nodes) {
    if (node.domain || (node.op !== 'MatMul' && (node.op !== 'Gemm' || !plain(node)))) continue
    const [given = '', weight = '', added] = node.inputs
    const tensor = held.get(weight)
    if (tensor?.type !== 'float32' || tensor.dims.length !== 2 || tensor.data.length < LEAST) continue
    const matrix = flag(node, 'transB') ? turned(tensor) : matrixOf(tensor)
    found.set(node, { node, given, weight, matrix, ...(added && { added }), result: node.outputs[0] as string })
  }
  return found
}

const flag = ({ attributes = {} }: Node, name: string) =>
  attributes[name]?.kind === 'int' && attributes[name].value !== 0
const factor = ({ attributes = {} }: Node, name: string) =>
  attributes[name]?.kind === 'float' ? attributes[name].value : 1
const plain = (node: Node) => !flag(node, 'transA') && factor(node, 'alpha') === 1 && factor(node, 'beta') === 1

type Float32Tensor = Extract<Tensor, { type: 'float32' }>

const matrixOf = ({ dims, data }: Float32Tensor): Matrix => {
  const [rows, columns] = dims as readonly [number, number]
  return { rows, columns, data }
}

function turned({ dims, data }: Float32Tensor): Matrix {
  const [columns, rows] = dims as readonly [number, number]
  const out = new Float32Array(data.length)
  for (let c = 0; c < columns; c++) for (let r = 0; r < rows; r++) out[r * columns + c] = data[c * rows + r] as number
  return { rows, columns, data: out }
}

/** A graph without the tensors that none of its nodes needs any more. */
export function swept(graph: Graph): Graph {
  const needed = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)])
  return { ...graph, initializers: (graph.initializers ?? []).filter(({ name }) => name && needed.has(name)) }
}
