import type { Random } from '../../../core/random.ts'
import type { FeatureBins } from '../bins.ts'
import type { Crew } from './crew.ts'
import { type LeafBounds, leafOutput, sharedColumns } from './growth.ts'
import { ROWS_A_MERGE } from './kernel.ts'
import { COLUMN_BYTES, type Layout, RECORD } from './layout.ts'
import { LEAF_PARAMETER_COUNT, LEAF_PARAMETERS, Split, STEP_PARAMETER } from './scan.ts'
import { Op, SLOT } from './thread.ts'

/** How a node parts its rows, in terms of bins. */
interface GrownSplit {
  readonly column: number
  /** Last bin that goes left; a set of bins instead for a category. */
  readonly bin: number
  readonly missingLeft: boolean
  readonly set: Uint32Array | undefined
  readonly gain: number
  readonly left: number
  readonly right: number
  /** Number of its table of bins. */
  readonly table: number
}

/** A node of a tree that has just been grown; children come after their parents. */
export interface GrownNode extends LeafBounds {
  readonly rows: number
  /** What it answers as a leaf, by its rounded sums. */
  readonly output: number
  /** L2 penalty that its answer was found under. */
  readonly l2: number
  split: GrownSplit | undefined
  /** Number of its leaf, in the order of `GrownTree.leaves`; −1 where it was split. */
  leaf: number
}

/** A tree by bins, with the rows of each leaf as segments of the layout's order. */
export interface GrownTree {
  readonly nodes: GrownNode[]
  /** Node of each leaf. */
  readonly leaves: number[]
}

/** What a tree is grown from beside the layout. */
export interface GrowOrder {
  /** How many rows at the beginning of the order take part. */
  readonly rows: number
  /** Worth of a step of the rounded gradients and hessians. */
  readonly gStep: number
  readonly hStep: number
  readonly random: Random
}

/** Below so many rows parting them is not worth sharing out. */
const SHARE_ROWS = 4096
/**
 * Below so many rows threads share a histogram out by columns: then its memory stays with one processor, which is worth more than
 * reading each row only once.
 */
const BY_COLUMNS_ROWS = 8000

interface Leaf {
  readonly node: number
  readonly from: number
  readonly to: number
  readonly depth: number
  readonly g: number
  readonly h: number
  /** Columns on the way to it, where that matters. */
  readonly path: readonly number[]
  /** Slot of its histogram, or −1. */
  slot: number
  /** Its best split, or undefined where there is none. */
  best: Float64Array | undefined
}

/** Grows one tree leaf by leaf, always splitting where the most is gained (Shi, 2007; Ke et al., LightGBM, 2017). */
export function growTree(crew: Crew, layout: Layout, order: GrowOrder): GrownTree {
  const { growth, bins } = layout
  const { buffer } = layout.memory
  const columns = bins.length
  const p = crew.parameters
  const results = new Float64Array(buffer, layout.results, 4 * layout.threads)
  const segments = new Float64Array(buffer, layout.segments, 2 * growth.leaves)
  const allowed = new Uint8Array(buffer, layout.allowed, 2 * columns)
  const byTree = chosen(columns, growth.featureShare, order.random)
  const active = new Int32Array(buffer, layout.active, columns + 1)
  activate()
  const records = Array.from(
    { length: 2 * layout.threads },
    (_, i) => new Float64Array(buffer, layout.splits + i * RECORD * 8, RECORD),
  )
  const nodes: GrownNode[] = []
  const leaves: Leaf[] = []
  const free = Array.from({ length: layout.slots }, (_, i) => layout.slots - 1 - i)

  const takeSlot = (): number => {
    const slot = free.pop()
    if (slot !== undefined) return slot
    // The least promising leaf gives its histogram up; should it be split after all, its children are counted anew.
    const poorest = leaves.filter((l) => l.slot >= 0).sort((a, b) => gainOf(a) - gainOf(b))[0] as Leaf
    const given = poorest.slot
    poorest.slot = -1
    return given
  }
  const release = (leaf: Leaf) => {
    if (leaf.slot >= 0) free.push(leaf.slot)
    leaf.slot = -1
  }
  const sumUp = (leaf: Leaf, parent: number, scans: readonly Leaf[]) => {
    p[SLOT] = leaf.slot
    p[SLOT + 1] = 0
    p[SLOT + 2] = parent
    p[SLOT + 3] = 0
    p[0] = leaf.from
    p[1] = leaf.to
    if (layout.threads > 1 && leaf.to - leaf.from < BY_COLUMNS_ROWS) {
      prepareScan(scans)
      crew.all(Op.byColumns)
      return
    }
    const step = ROWS_A_MERGE * layout.threads
    for (let at = leaf.from; at < leaf.to; at += step) {
      const end = Math.min(leaf.to, at + step)
      p[0] = at
      p[1] = end
      crew.all(Op.histogram)
      if (end === leaf.to) prepareScan(scans)
      crew.all(Op.merge)
      p[SLOT + 1] = 1
    }
  }
  const prepareScan = (scans: readonly Leaf[]) => {
    p[SLOT + 3] = scans.length
    scans.forEach((leaf, child) => {
      const { rows, output, lower, upper } = nodes[leaf.node] as GrownNode
      const seed = growth.extra ? order.random.uint32() : 0
      const at = LEAF_PARAMETERS + child * LEAF_PARAMETER_COUNT
      // Children are smoothed towards this leaf's own answer.
      p.set([leaf.slot, leaf.g, leaf.h, rows, output, lower, upper, seed], at)
      const mask = allowed.subarray(child * columns, (child + 1) * columns)
      if (maySplit(leaf)) allowColumns(mask, leaf)
      else mask.fill(0)
    })
    p[STEP_PARAMETER] = order.gStep
    p[STEP_PARAMETER + 1] = order.hStep
  }
  const collect = (scans: readonly Leaf[]) => {
    scans.forEach((leaf, child) => {
      leaf.best = undefined
      for (let t = 0; t < layout.threads; t++) {
        const record = records[t * 2 + child] as Float64Array
        if ((record[Split.column] as number) >= 0 && (record[Split.gain] as number) > gainOf(leaf))
          leaf.best = record.slice()
      }
      if (!leaf.best) release(leaf)
    })
  }
  const maySplit = (leaf: Leaf) =>
    leaf.depth < growth.depth && (nodes[leaf.node] as GrownNode).rows >= 2 * growth.minRows
  const allowColumns = (mask: Uint8Array, leaf: Leaf) => {
    mask.set(byTree)
    if (growth.groups) {
      const open = growth.groups.filter((group) => leaf.path.every((column) => group.includes(column))).flat()
      for (let c = 0; c < columns; c++) if (!open.includes(c)) mask[c] = 0
    }
    if (growth.featureShareByNode < 1) {
      const left = [...mask.keys()].filter((c) => mask[c])
      const keep = chosen(left.length, growth.featureShareByNode, order.random)
      left.forEach((c, i) => {
        mask[c] = keep[i] as number
      })
    }
  }

  const whole: GrownNode = {
    rows: order.rows,
    output: 0,
    l2: growth.l2,
    parentOutput: 0,
    ...FREE,
    split: undefined,
    leaf: -1,
  }
  const root: Leaf = { node: 0, from: 0, to: order.rows, depth: 0, g: 0, h: 0, path: [], slot: -1, best: undefined }
  nodes.push(whole)
  leaves.push(root)
  if (columns > 0 && growth.leaves > 1 && maySplit(root)) {
    root.slot = takeSlot()
    sumUp(root, -1, [])
    const first = new Float64Array(buffer, layout.histograms + root.slot * columns * COLUMN_BYTES, 512)
    let g = 0
    let h = 0
    for (let bin = 0; bin < (bins[active[1] as number] as FeatureBins).bins; bin++) {
      g += first[2 * bin] as number
      h += first[2 * bin + 1] as number
    }
    const output = leafOutput(growth, g * order.gStep, h * order.hStep, order.rows, whole)
    nodes[0] = { ...whole, output, parentOutput: output }
    leaves[0] = { ...root, g, h }
    const scans = [leaves[0]]
    prepareScan(scans)
    crew.all(Op.scan)
    collect(scans)
  }

  for (let split = 0; leaves.length < growth.leaves; ) {
    let which = -1
    let most = 0
    for (let i = 0; i < leaves.length; i++) {
      const gain = gainOf(leaves[i] as Leaf)
      if (gain > most) {
        most = gain
        which = i
      }
    }
    if (which < 0) break
    const leaf = leaves[which] as Leaf
    const record = leaf.best as Float64Array
    fillTable(layout, record, split)
    const middle = leaf.from + part(leaf, record, split)
    if (middle === leaf.from || middle === leaf.to) {
      // Rows were estimated from hessians, and the estimate was wrong.
      leaf.best = undefined
      release(leaf)
      continue
    }
    split++
    const [left, right] = splitLeaf(leaf, record, middle, split - 1)
    leaves[which] = left
    leaves.push(right)
    if (leaves.length === growth.leaves) break
    const [small, large] = middle - leaf.from <= leaf.to - middle ? [left, right] : [right, left]
    if (!maySplit(left) && !maySplit(right)) {
      release(leaf)
      continue
    }
    small.slot = takeSlot()
    if (leaf.slot >= 0) {
      large.slot = leaf.slot
      sumUp(small, leaf.slot, [small, large])
      collect([small, large])
    } else {
      sumUp(small, -1, [small])
      collect([small])
      if (maySplit(large)) {
        large.slot = takeSlot()
        sumUp(large, -1, [large])
        collect([large])
      }
    }
  }

  leaves.forEach((leaf, i) => {
    ;(nodes[leaf.node] as GrownNode).leaf = i
    segments[2 * i] = leaf.from
    segments[2 * i + 1] = leaf.to
  })
  return { nodes, leaves: leaves.map((leaf) => leaf.node) }

  /** Says which columns the tree may split by, and lays out their cells where they can be chosen from. */
  function activate(): void {
    let count = 0
    for (let c = 0; c < columns; c++) if (!layout.chosenCells || byTree[c]) active[++count] = c
    active[0] = count
    if (layout.chosenCells) crew.all(Op.compact)
  }

  function part(leaf: Leaf, record: Float64Array, split: number): number {
    p[0] = leaf.from
    p[1] = leaf.to
    p[2] = record[Split.column] as number
    p[3] = split
    if (layout.threads === 1 || leaf.to - leaf.from < SHARE_ROWS) {
      crew.alone(Op.part)
      return results[0] as number
    }
    crew.all(Op.part)
    let left = 0
    for (let t = 0; t < layout.threads; t++) left += results[t] as number
    crew.all(Op.gather)
    return left
  }

  function splitLeaf(leaf: Leaf, record: Float64Array, middle: number, table: number): [Leaf, Leaf] {
    const node = nodes[leaf.node] as GrownNode
    const { gStep, hStep } = order
    const column = record[Split.column] as number
    const categorical = record[Split.categorical] === 1
    const l2 = categorical && (bins[column] as FeatureBins).bins > 4 ? growth.l2 + growth.categoryL2 : growth.l2
    const above = { ...node, parentOutput: node.output }
    const side = (g: number, h: number, rows: number) => leafOutput(growth, g * gStep, h * hStep, rows, above, l2)
    const gl = record[Split.g] as number
    const hl = record[Split.h] as number
    const lefts = middle - leaf.from
    const rights = leaf.to - middle
    const leftOutput = side(gl, hl, lefts)
    const rightOutput = side(leaf.g - gl, leaf.h - hl, rights)
    const sign = growth.monotone?.[column] ?? 0
    const between = (leftOutput + rightOutput) / 2
    const bounds = (rising: boolean): Pick<LeafBounds, 'lower' | 'upper'> =>
      sign === 0
        ? { lower: node.lower, upper: node.upper }
        : rising
          ? { lower: between, upper: node.upper }
          : { lower: node.lower, upper: between }
    const child = (output: number, rows: number, rising: boolean): GrownNode => ({
      rows,
      output,
      l2,
      parentOutput: node.output,
      ...bounds(rising),
      split: undefined,
      leaf: -1,
    })
    node.split = {
      column,
      bin: record[Split.bin] as number,
      missingLeft: record[Split.missingLeft] === 1,
      set: categorical ? Uint32Array.from(record.subarray(Split.set, Split.set + 8)) : undefined,
      gain: record[Split.gain] as number,
      left: nodes.length,
      right: nodes.length + 1,
      table,
    }
    nodes.push(child(leftOutput, lefts, sign < 0), child(rightOutput, rights, sign > 0))
    const path = growth.groups ? [...leaf.path, column] : leaf.path
    const common = { depth: leaf.depth + 1, path, slot: -1, best: undefined }
    return [
      { ...common, node: nodes.length - 2, from: leaf.from, to: middle, g: gl, h: hl },
      { ...common, node: nodes.length - 1, from: middle, to: leaf.to, g: leaf.g - gl, h: leaf.h - hl },
    ]
  }
}

const FREE = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }

const gainOf = (leaf: Leaf): number => (leaf.best ? (leaf.best[Split.gain] as number) : 0)

/** Which bins go left, one byte each. */
function fillTable(layout: Layout, record: Float64Array, split: number): void {
  const table = new Uint8Array(layout.memory.buffer, layout.tables + split * 256, 256)
  const { bins, missing } = layout.bins[record[Split.column] as number] as FeatureBins
  if (record[Split.categorical] === 1) {
    for (let bin = 0; bin < 256; bin++) table[bin] = ((record[Split.set + (bin >> 5)] as number) >>> (bin & 31)) & 1
    return
  }
  table.fill(0)
  table.fill(1, 0, (record[Split.bin] as number) + 1)
  if (missing) table[bins - 1] = record[Split.missingLeft] as number
}

/** A share of so many columns by chance, at least one: 1 for those chosen. */
function chosen(count: number, share: number, random: Random): Uint8Array {
  if (share >= 1) return new Uint8Array(count).fill(1)
  const mask = new Uint8Array(count)
  const order = Array.from({ length: count }, (_, i) => i)
  const wanted = sharedColumns(count, share)
  for (let k = 0; k < wanted && k < count; k++) {
    const other = k + random.integer(count - k)
    const swap = order[other] as number
    order[other] = order[k] as number
    order[k] = swap
    mask[swap] = 1
  }
  return mask
}
