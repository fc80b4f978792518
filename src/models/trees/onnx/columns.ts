import type { Node, Tensor } from '../../../tensor/onnx/model.ts'
import { Rule, type TreeEnsemble } from '../ensemble.ts'

/** Where a node finds its value: columns of the input, then copies in which zeros are missing, then codes without fractions. */
export interface Columns {
  /** Position of the derived column by feature; absent where no node needs it. */
  readonly zeroMissing: ReadonlyMap<number, number>
  readonly whole: ReadonlyMap<number, number>
}

/** The derived columns that the nodes of an ensemble need. */
export function columnsOf(trees: TreeEnsemble): Columns {
  const zeros = new Set<number>()
  const codes = new Set<number>()
  for (let node = 0; node < trees.feature.length; node++) {
    const feature = trees.feature[node] as number
    const rule = trees.rule[node] as number
    if (feature < 0) continue
    if (rule & Rule.categorical) codes.add(feature)
    else if (readsZeroMissing(rule)) zeros.add(feature)
  }
  const width = trees.features.length
  const place = (set: Set<number>, from: number) => new Map([...set].sort((a, b) => a - b).map((f, i) => [f, from + i]))
  return { zeroMissing: place(zeros, width), whole: place(codes, width + zeros.size) }
}

/** Column that a node compares. */
export function columnOf(columns: Columns, trees: TreeEnsemble, node: number): number {
  const feature = trees.feature[node] as number
  const rule = trees.rule[node] as number
  if (rule & Rule.categorical) return columns.whole.get(feature) as number
  return readsZeroMissing(rule) ? (columns.zeroMissing.get(feature) as number) : feature
}

const readsZeroMissing = (rule: number) => (rule & Rule.zeroIsMissing) !== 0

/** Nodes and constants that make the columns as float64 out of the float32 input; the name of the result is `x`. */
export function columnNodes(columns: Columns, input: string, x: string): { nodes: Node[]; constants: Tensor[] } {
  const nodes: Node[] = []
  const constants: Tensor[] = []
  const parts: string[] = []
  const add = (op: string, inputs: string[], output: string) => nodes.push({ op, inputs, outputs: [output] })
  const gather = (name: string, features: Iterable<number>) => {
    const data = BigInt64Array.from([...features], BigInt)
    constants.push({ name: `${name}_features`, type: 'int64', dims: [data.length], data })
    nodes.push({
      op: 'Gather',
      inputs: ['wide', `${name}_features`],
      outputs: [name],
      attributes: { axis: { kind: 'int', value: 1 } },
    })
  }
  const derived = columns.zeroMissing.size + columns.whole.size > 0
  nodes.push({
    op: 'Cast',
    inputs: [input],
    outputs: [derived ? 'wide' : x],
    attributes: { to: { kind: 'int', value: 11 } },
  })
  if (columns.zeroMissing.size > 0) {
    gather('numbers', columns.zeroMissing.keys())
    constants.push({ name: 'zero', type: 'float64', dims: [], data: Float64Array.of(1e-35) })
    constants.push({ name: 'nothing', type: 'float64', dims: [], data: Float64Array.of(Number.NaN) })
    add('Abs', ['numbers'], 'sizes')
    add('LessOrEqual', ['sizes', 'zero'], 'are_zero')
    add('Where', ['are_zero', 'nothing', 'numbers'], 'zeros_missing')
    parts.push('zeros_missing')
  }
  if (columns.whole.size > 0) {
    gather('codes', columns.whole.keys())
    add('Sign', ['codes'], 'code_signs')
    add('Abs', ['codes'], 'code_sizes')
    add('Floor', ['code_sizes'], 'code_floors')
    add('Mul', ['code_signs', 'code_floors'], 'whole_codes')
    parts.push('whole_codes')
  }
  if (derived)
    nodes.push({
      op: 'Concat',
      inputs: ['wide', ...parts],
      outputs: [x],
      attributes: { axis: { kind: 'int', value: 1 } },
    })
  return { nodes, constants }
}
