import type { Attribute, Node } from '../../../tensor/onnx/model.ts'
import { Rule, type TreeEnsemble, treeCount } from '../ensemble.ts'
import { type Columns, columnOf } from './columns.ts'

/** Numbers of the ways to branch in TreeEnsemble of ai.onnx.ml 5. */
const LESS_OR_EQUAL = 0
const LESS = 1
const MEMBER = 6

/** The attributes of a TreeEnsemble node while they are gathered. */
interface Parts {
  readonly featureids: number[]
  readonly splits: number[]
  readonly modes: number[]
  readonly missing: number[]
  readonly trueids: number[]
  readonly trueleafs: number[]
  readonly falseids: number[]
  readonly falseleafs: number[]
  readonly roots: number[]
  readonly members: number[]
  readonly targets: number[]
  readonly weights: number[]
}

/**
 * The sums of all trees as one TreeEnsemble node (ai.onnx.ml 5) from `x` [rows, columns] to `sums` [rows, outputs], in float64.
 *
 * A leaf of that operator answers one output, so that a tree with vector leaves is written once for every output.
 */
export function ensembleNode(trees: TreeEnsemble, columns: Columns, x: string, sums: string): Node {
  const parts: Parts = {
    featureids: [],
    splits: [],
    modes: [],
    missing: [],
    trueids: [],
    trueleafs: [],
    falseids: [],
    falseleafs: [],
    roots: [],
    members: [],
    targets: [],
    weights: [],
  }
  for (let t = 0; t < treeCount(trees); t++) for (let k = 0; k < trees.width; k++) addTree(parts, trees, columns, t, k)
  // The operator must have a tree; one of nothing changes nothing.
  if (parts.roots.length === 0) addConstant(parts, 0, 0)
  return {
    op: 'TreeEnsemble',
    domain: 'ai.onnx.ml',
    inputs: [x],
    outputs: [sums],
    attributes: {
      aggregate_function: { kind: 'int', value: 1 },
      post_transform: { kind: 'int', value: 0 },
      n_targets: { kind: 'int', value: trees.outputs },
      tree_roots: { kind: 'ints', value: parts.roots },
      nodes_featureids: { kind: 'ints', value: parts.featureids },
      nodes_splits: doubles(parts.splits),
      nodes_modes: {
        kind: 'tensor',
        value: { type: 'uint8', dims: [parts.modes.length], data: Uint8Array.from(parts.modes) },
      },
      nodes_missing_value_tracks_true: { kind: 'ints', value: parts.missing },
      nodes_truenodeids: { kind: 'ints', value: parts.trueids },
      nodes_trueleafs: { kind: 'ints', value: parts.trueleafs },
      nodes_falsenodeids: { kind: 'ints', value: parts.falseids },
      nodes_falseleafs: { kind: 'ints', value: parts.falseleafs },
      ...(parts.members.length > 0 && { membership_values: doubles(parts.members) }),
      leaf_targetids: { kind: 'ints', value: parts.targets },
      leaf_weights: doubles(parts.weights),
    },
  }
}

const doubles = (values: number[]): Attribute => ({
  kind: 'tensor',
  value: { type: 'float64', dims: [values.length], data: Float64Array.from(values) },
})

/** Appends a tree as it answers its k-th value. */
function addTree(parts: Parts, trees: TreeEnsemble, columns: Columns, tree: number, k: number): void {
  const from = trees.roots[tree] as number
  const to = trees.roots[tree + 1] as number
  const target = trees.width === 1 ? (trees.outputOf[tree] as number) : k
  const weight = (node: number) => trees.value[node * trees.width + k] as number
  if ((trees.feature[from] as number) < 0) {
    addConstant(parts, target, weight(from))
    return
  }
  const ids = new Int32Array(to - from)
  let nodes = parts.featureids.length
  let leaves = parts.targets.length
  parts.roots.push(nodes)
  for (let node = from; node < to; node++) {
    if ((trees.feature[node] as number) >= 0) ids[node - from] = nodes++
    else {
      ids[node - from] = leaves++
      parts.targets.push(target)
      parts.weights.push(weight(node))
    }
  }
  for (let node = from; node < to; node++) {
    if ((trees.feature[node] as number) < 0) continue
    const left = trees.left[node] as number
    const right = trees.right[node] as number
    // Where the set names those that go right, the sides change places.
    const turned = addTest(parts, trees, columns, node)
    const [yes, no] = turned ? [right, left] : [left, right]
    parts.trueids.push(ids[yes - from] as number)
    parts.trueleafs.push((trees.feature[yes] as number) < 0 ? 1 : 0)
    parts.falseids.push(ids[no - from] as number)
    parts.falseleafs.push((trees.feature[no] as number) < 0 ? 1 : 0)
  }
}

/**
 * Appends what a node asks of a row; true if it asks for those that go right.
 *
 * Codes that a set does not reach count as missing, and they have no end. So the set given is of the codes that do not
 * go where missing values go, and whatever is not in it, a missing value included, goes there.
 */
function addTest(parts: Parts, trees: TreeEnsemble, columns: Columns, node: number): boolean {
  const rule = trees.rule[node] as number
  const missingLeft = (rule & Rule.missingLeft) !== 0
  const threshold = trees.threshold[node] as number
  parts.featureids.push(columnOf(columns, trees, node))
  if (!(rule & Rule.categorical)) {
    const zeroMissing = (rule & Rule.zeroIsMissing) !== 0
    const missingTrue = rule & Rule.nanIsZero && !zeroMissing ? 0 <= threshold : missingLeft
    parts.modes.push(LESS_OR_EQUAL)
    parts.splits.push(threshold)
    parts.missing.push(missingTrue ? 1 : 0)
    return false
  }
  const before = parts.members.length
  const first = trees.categoryFrom[node] as number
  const bits = 32 * ((trees.categoryFrom[node + 1] as number) - first)
  for (let code = 0; code < bits; code++) {
    const named = (((trees.categories[first + (code >> 5)] as number) >>> (code & 31)) & 1) === 1
    if (named !== missingLeft) parts.members.push(code)
  }
  const some = parts.members.length > before
  // The sets of successive nodes end with a NaN each. Nothing is less than −∞: the test for an empty set.
  if (some) parts.members.push(Number.NaN)
  parts.modes.push(some ? MEMBER : LESS)
  parts.splits.push(some ? 0 : Number.NEGATIVE_INFINITY)
  parts.missing.push(0)
  return missingLeft
}

/** Appends a tree of one leaf: the operator wants a node, so both of its sides answer the same. */
function addConstant(parts: Parts, target: number, weight: number): void {
  const leaf = parts.targets.length
  parts.roots.push(parts.featureids.length)
  parts.featureids.push(0)
  parts.modes.push(LESS)
  parts.splits.push(Number.NEGATIVE_INFINITY)
  parts.missing.push(0)
  parts.trueids.push(leaf)
  parts.falseids.push(leaf + 1)
  parts.trueleafs.push(1)
  parts.falseleafs.push(1)
  parts.targets.push(target, target)
  parts.weights.push(weight, weight)
}
