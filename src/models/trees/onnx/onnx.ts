import type { Node, Tensor } from '../../../tensor/onnx/model.ts'
import { writeModel } from '../../../tensor/onnx/write.ts'
import { type Link, type TreeEnsemble, treeCount } from '../ensemble.ts'
import { columnNodes, columnsOf } from './columns.ts'
import { ensembleNode } from './ensemble-node.ts'

/** What is said of a model beside what it answers. */
export interface TreesToOnnxOptions {
  /** Further metadata by name; names that begin with `foretide.` are kept for what is always written. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly doc?: string
}

/** The version of the metadata's form. */
const FORM = '1'

/** The nodes of a link, from `raw` to `prediction`, with as many outputs a row. */
const LINKS: Readonly<Record<Link, (outputs: number) => { nodes: Node[]; constants?: Tensor[] }>> = {
  identity: () => ({ nodes: [{ op: 'Identity', inputs: ['raw'], outputs: ['prediction'] }] }),
  exp: () => ({ nodes: [{ op: 'Exp', inputs: ['raw'], outputs: ['prediction'] }] }),
  // Not `Sigmoid`, which ONNX Runtime computes in other ways for large scores; this is what the plain way computes.
  sigmoid: () => ({
    nodes: [
      { op: 'Neg', inputs: ['raw'], outputs: ['negative'] },
      { op: 'Exp', inputs: ['negative'], outputs: ['odds'] },
      { op: 'Add', inputs: ['odds', 'one'], outputs: ['parts'] },
      { op: 'Div', inputs: ['one', 'parts'], outputs: ['prediction'] },
    ],
    constants: [{ name: 'one', type: 'float64', dims: [], data: Float64Array.of(1) }],
  }),
  softmax: () => ({
    nodes: [
      { op: 'Softmax', inputs: ['raw'], outputs: ['prediction'], attributes: { axis: { kind: 'int', value: 1 } } },
    ],
  }),
  sorted: (outputs) => ({
    nodes: [
      {
        op: 'TopK',
        inputs: ['raw', 'all'],
        outputs: ['prediction', 'order'],
        attributes: { axis: { kind: 'int', value: 1 }, largest: { kind: 'int', value: 0 } },
      },
    ],
    constants: [{ name: 'all', type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(outputs)) }],
  }),
}

/**
 * Trained trees as an ONNX model: `features` float32 [rows, features], NaN where missing, to `prediction` float64 [rows, outputs].
 *
 * Everything past the input is float64 (TreeEnsemble of ai.onnx.ml 5), so that thresholds stay what they are and sums of many
 * trees agree with the plain way far within 1e-6. Names, kinds, levels and link are in the model's metadata under `foretide.`.
 * Trees with vector leaves are written once for every output; refuses models of 2 GiB and more.
 *
 * @example
 * await writeFile('model.onnx', treesToOnnx(trees))
 */
export function treesToOnnx(trees: TreeEnsemble, options: TreesToOnnxOptions = {}): Uint8Array {
  const columns = columnsOf(trees)
  const before = columnNodes(columns, 'features', 'x')
  const link = LINKS[trees.link](trees.outputs)
  const constants: Tensor[] = [...before.constants, row('base', trees.base), ...(link.constants ?? [])]
  const nodes: Node[] = [...before.nodes, ensembleNode(trees, columns, 'x', 'sums')]
  if (trees.averaged) {
    constants.push(row('trees_an_output', treesAnOutput(trees)))
    nodes.push({ op: 'Div', inputs: ['sums', 'trees_an_output'], outputs: ['means'] })
  }
  nodes.push({ op: 'Add', inputs: [trees.averaged ? 'means' : 'sums', 'base'], outputs: ['raw'] }, ...link.nodes)
  return writeModel({
    irVersion: 10,
    opsets: { '': 18, 'ai.onnx.ml': 5 },
    producer: 'foretide',
    ...(options.doc !== undefined && { doc: options.doc }),
    metadata: { ...options.metadata, ...described(trees) },
    graph: {
      name: 'trees',
      nodes,
      initializers: constants,
      inputs: [{ name: 'features', type: 'float32', dims: ['rows', trees.features.length] }],
      outputs: [{ name: 'prediction', type: 'float64', dims: ['rows', trees.outputs] }],
    },
  })
}

/** What a reader of the file needs to know to fill its input and to understand its output. */
function described(trees: TreeEnsemble): Record<string, string> {
  return {
    'foretide.form': FORM,
    'foretide.features': JSON.stringify(trees.features.map(({ name }) => name)),
    'foretide.categorical': JSON.stringify(trees.features.filter((f) => f.categorical).map(({ name }) => name)),
    'foretide.link': trees.link,
    ...(trees.levels && { 'foretide.levels': JSON.stringify(trees.levels) }),
  }
}

function row(name: string, values: Float64Array): Tensor {
  return { name, type: 'float64', dims: [1, values.length], data: values }
}

function treesAnOutput(trees: TreeEnsemble): Float64Array {
  const counts = new Float64Array(trees.outputs)
  if (trees.width > 1) return counts.fill(Math.max(1, treeCount(trees)))
  for (let t = 0; t < treeCount(trees); t++) {
    const output = trees.outputOf[t] as number
    counts[output] = (counts[output] as number) + 1
  }
  return counts.map((count) => Math.max(1, count))
}
