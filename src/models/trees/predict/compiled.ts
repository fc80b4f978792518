import { readFileSync } from 'node:fs'
import { Rule, type TreeEnsemble, treeCount } from '../ensemble.ts'
import { addTreeRows } from './plain.ts'

/** Rows that go down one tree after the other while they stay in the cache; a multiple of 8. */
const ROWS = 128
const NODE = 16

interface PredictKernel {
  addTree(
    nodes: number,
    root: number,
    rows: number,
    stride: number,
    count: number,
    missing: number,
    values: number,
    width: number,
    scores: number,
    apart: number,
  ): void
}

let kernelModule: WebAssembly.Module | undefined

/** Adds up the leaf values of rows `from` … `to`, trees in their order, into `into[(row − from) · outputs + k]`. */
export type AddRows = (columns: readonly Float32Array[], from: number, to: number, into: Float64Array) => void

const known = new WeakMap<TreeEnsemble, AddRows>()

/** An ensemble laid out for the kernel; made once for each. Trees that the kernel cannot take (sets of categories) go the plain way. */
export function compiled(trees: TreeEnsemble): AddRows {
  const made = known.get(trees) ?? compile(trees)
  known.set(trees, made)
  return made
}

function compile(trees: TreeEnsemble): AddRows {
  const { width, outputs, outputOf, roots, features } = trees
  const nodes = trees.feature.length
  const stride = Math.max(4, features.length * 4)
  const nodesAt = 65_536
  const valuesAt = nodesAt + nodes * NODE
  const rowsAt = align(valuesAt + nodes * width * 8)
  const scoresAt = align(rowsAt + ROWS * stride)
  const pages = Math.ceil((scoresAt + ROWS * outputs * 8) / 65_536)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true })
  kernelModule ??= new WebAssembly.Module(readFileSync(new URL('../kernels/predict.wasm', import.meta.url)))
  const kernel = new WebAssembly.Instance(kernelModule, { env: { memory } }).exports as unknown as PredictKernel
  const zeroes = zeroRules(trees)
  writeNodes(trees, new DataView(memory.buffer, nodesAt))
  new Float64Array(memory.buffer, valuesAt, nodes * width).set(trees.value)
  const block = new Float32Array(memory.buffer, rowsAt, (ROWS * stride) / 4)
  const scores = new Float64Array(memory.buffer, scoresAt, ROWS * outputs)
  const quick = Array.from({ length: treeCount(trees) }, (_, t) => isQuick(trees, t, zeroes))

  return (columns, from, to, into) => {
    for (let first = from; first < to; first += ROWS) {
      const count = Math.min(ROWS, to - first)
      const missing = transpose(columns, first, count, zeroes, block)
      const eights = Math.ceil(count / 8) * 8
      scores.fill(0)
      for (let t = 0; t < quick.length; t++) {
        const output = width === 1 ? (outputOf[t] as number) : 0
        if (quick[t]) {
          const root = nodesAt + (roots[t] as number) * NODE
          const scoreAt = scoresAt + output * 8
          kernel.addTree(nodesAt, root, rowsAt, stride, eights, missing, valuesAt, width, scoreAt, outputs * 8)
        } else addTreeRows(trees, t, columns, first, count, scores)
      }
      into.set(scores.subarray(0, count * outputs), (first - from) * outputs)
    }
  }
}

const align = (address: number) => Math.ceil(address / 64) * 64

/** What becomes of zeros and missing values of a feature before they are compared: the same at all of its nodes, or undefined. */
function zeroRules(trees: TreeEnsemble): (number | undefined)[] {
  const rules: (number | undefined)[] = new Array(trees.features.length).fill(-1)
  trees.feature.forEach((feature, node) => {
    const rule = trees.rule[node] as number
    if (feature < 0 || rule & Rule.categorical) return
    const zero = rule & (Rule.nanIsZero | Rule.zeroIsMissing)
    if (rules[feature] === -1) rules[feature] = zero
    else if (rules[feature] !== zero) rules[feature] = undefined
  })
  return rules
}

function isQuick(trees: TreeEnsemble, tree: number, zeroes: readonly (number | undefined)[]): boolean {
  const end = trees.roots[tree + 1] as number
  for (let node = trees.roots[tree] as number; node < end; node++) {
    const feature = trees.feature[node] as number
    if (feature < 0) continue
    if ((trees.rule[node] as number) & Rule.categorical || zeroes[feature] === undefined || feature >= 16_384)
      return false
  }
  return true
}

/** Writes rows next to each other; says whether any value is missing (1) or none (0). */
function transpose(
  columns: readonly Float32Array[],
  first: number,
  count: number,
  zeroes: readonly (number | undefined)[],
  block: Float32Array,
): number {
  const width = columns.length
  let missing = 0
  for (let f = 0; f < width; f++) {
    const zero = zeroes[f] ?? 0
    // No tree looks at the feature.
    if (zero === -1) continue
    const column = columns[f] as Float32Array
    let at = f
    for (let i = first; i < first + count; i++) {
      let value = column[i] as number
      if (Number.isNaN(value)) {
        if (zero & Rule.nanIsZero) value = 0
        else missing = 1
      } else if (zero & Rule.zeroIsMissing && Math.abs(value) <= 1e-35) {
        value = Number.NaN
        missing = 1
      }
      block[at] = value
      at += width
    }
  }
  return missing
}

function writeNodes(trees: TreeEnsemble, view: DataView): void {
  const { feature, threshold, rule, left, right } = trees
  for (let node = 0; node < feature.length; node++) {
    const at = node * NODE
    const f = feature[node] as number
    const leaf = f < 0
    view.setFloat32(at, leaf ? 0 : floorToFloat32(threshold[node] as number), true)
    view.setUint16(at + 4, leaf ? 0 : (f * 4) & 0xffff, true)
    view.setUint16(at + 6, (rule[node] as number) & Rule.missingLeft ? 1 : 0, true)
    view.setUint32(at + 8, (leaf ? node : (left[node] as number)) * NODE, true)
    view.setUint32(at + 12, (leaf ? node : (right[node] as number)) * NODE, true)
  }
}

const single = new Float32Array(1)
const bits = new Int32Array(single.buffer)

/** The greatest Float32 value that is not above a number: Float32 values are ≤ the one exactly if they are ≤ the other. */
function floorToFloat32(value: number): number {
  single[0] = value
  if ((single[0] as number) <= value || Number.isNaN(value)) return single[0] as number
  if ((single[0] as number) === 0) return -1.401298464324817e-45
  bits[0] = (bits[0] as number) + ((single[0] as number) > 0 ? -1 : 1)
  return single[0] as number
}
