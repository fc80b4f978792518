import type { Model, Node } from '../onnx/model.ts'

/** Operators whose products are worked out in half precision. */
const PRODUCTS = new Set(['MatMul', 'Gemm', 'Conv'])
const [FLOAT, HALF] = [1, 10]

/**
 * A model whose products are worked out in half precision, everything else in single (mixed precision, Micikevicius et al., 2018).
 *
 * For execution providers that have such products. ONNX Runtime has none for the processor: there it takes the numbers as they were, and works in single precision.
 */
export function inMixedPrecision(model: Model): Model {
  const halves = new Map<string, string>()
  const nodes: Node[] = []
  const cast = (from: string, to: string, type: number): Node => ({
    op: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: { kind: 'int', value: type } },
  })
  const half = (name: string) => {
    const known = halves.get(name)
    if (known !== undefined) return known
    const made = `${name}.half`
    halves.set(name, made)
    nodes.push(cast(name, made, HALF))
    return made
  }
  for (const node of model.graph.nodes) {
    if (!PRODUCTS.has(node.op)) {
      nodes.push(node)
      continue
    }
    const [output] = node.outputs as readonly [string]
    nodes.push({ ...node, inputs: node.inputs.map(half), outputs: [`${output}.product`] })
    nodes.push(cast(`${output}.product`, output, FLOAT))
  }
  return { ...model, graph: { ...model.graph, nodes } }
}
