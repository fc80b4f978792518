import type { JobMaker } from '../../../core/parallel.ts'
import { type TreeEnsemble, treeCount } from '../ensemble.ts'
import { Interventional } from './interventional-game.ts'
import { type LeafGame, MOST_BITS } from './leaf-game.ts'
import type { LeafPath, Walk } from './path.ts'
import { PathDependent } from './path-dependent.ts'
import { SubtreeTable } from './subtree-table.ts'
import { type SubtreeVisitor, sweepLeaves } from './sweep.ts'

/** What the threads share. */
export interface AttributeShared {
  readonly trees: TreeEnsemble
  /** One a feature, on shared memory. */
  readonly columns: readonly Float32Array[]
  /** `rows × outputs × features`, on shared memory. */
  readonly values: Float64Array
  /** Conditions of a path that a table is laid out for. */
  readonly bits: number
  /** Rows to compare with, and how much each counts; absent for path-dependent values. */
  readonly background?: { readonly columns: readonly Float32Array[]; readonly weights: Float64Array }
}

/** Bits that a subtree's table is made smaller than a leaf's by: each of its patterns takes the adding up of several leaves. Measured. */
const FEWER = 4

/** Rows `from` to `to`. */
export type RowRange = readonly [from: number, to: number]

/** The job of SHAP values: writes those of a range of rows and returns what each output answers when no feature is known. @public */
export const attributeRows: JobMaker<AttributeShared, RowRange, Float64Array> = (shared) => {
  const { trees, columns, values, bits, background } = shared
  const { outputs, features } = trees
  const scale = outputScales(trees)
  return ([from, to]) => {
    const rows = to - from
    const seen = background ? background.weights.length : 0
    const here = columns.map((column, f) => {
      if (!background) return column.subarray(from, to)
      // The rows compared with run along, behind those to be explained.
      const both = new Float32Array(rows + seen)
      both.set(column.subarray(from, to))
      both.set((background.columns[f] as Float32Array).subarray(0, seen), rows)
      return both
    })
    const game = background ? new Interventional(rows, background.weights) : new PathDependent()
    const sums = new Float64Array(outputs * features.length * rows)
    const base = new Float64Array(outputs)
    const leaf = new LeafSums(trees, game, rows, rows + seen, bits, sums, base)
    sweepLeaves(trees, here, rows + seen, (path) => leaf.add(path), leaf.bits > 0 ? leaf : undefined)
    for (let k = 0; k < outputs; k++) {
      base[k] = (trees.base[k] as number) + (base[k] as number) * (scale[k] as number)
      for (let f = 0; f < features.length; f++) {
        const at = (k * features.length + f) * rows
        for (let r = 0; r < rows; r++)
          values[((from + r) * outputs + k) * features.length + f] = (sums[at + r] as number) * (scale[k] as number)
      }
    }
    return base
  }
}

/** What the sum over trees is multiplied with, an output. */
export function outputScales(trees: TreeEnsemble): Float64Array {
  const scale = new Float64Array(trees.outputs).fill(1)
  if (!trees.averaged) return scale
  if (trees.width > 1) return scale.fill(1 / Math.max(1, treeCount(trees)))
  const count = new Float64Array(trees.outputs)
  for (const k of trees.outputOf) count[k] = (count[k] as number) + 1
  return count.map((n) => 1 / Math.max(1, n))
}

/** Output that the first value of a tree's leaves goes to. */
export const firstOutput = (trees: TreeEnsemble, tree: number) =>
  trees.width === 1 ? (trees.outputOf[tree] as number) : 0

class LeafSums implements SubtreeVisitor {
  readonly bits: number
  readonly #subtree: SubtreeTable
  readonly #trees: TreeEnsemble
  readonly #game: LeafGame
  readonly #rows: number
  readonly #stride: number
  readonly #leafBits: number
  readonly #sums: Float64Array
  readonly #base: Float64Array
  readonly #one: Float64Array

  constructor(
    trees: TreeEnsemble,
    game: LeafGame,
    rows: number,
    stride: number,
    bits: number,
    sums: Float64Array,
    base: Float64Array,
  ) {
    this.#trees = trees
    this.#game = game
    this.#rows = rows
    this.#stride = stride
    this.#leafBits = bits
    this.bits = Math.min(bits - FEWER, MOST_BITS)
    this.#subtree = new SubtreeTable(trees, game, rows, stride, this.bits)
    this.#sums = sums
    this.#base = base
    this.#one = new Float64Array(trees.features.length)
  }

  subtree(path: Walk, node: number, splits: number, patterns: Int32Array): boolean {
    if (!this.#game.fits(path, this.bits)) return false
    const { width, features } = this.#trees
    const table = this.#subtree
    const first = firstOutput(this.#trees, path.tree)
    table.fill(path, node, splits, patterns)
    const bits = path.length + splits
    for (let k = 0; k < width; k++) {
      this.#base[first + k] = (this.#base[first + k] as number) + (table.mean[k] as number)
      for (let i = 0; i < table.count; i++) {
        const place = ((first + k) * features.length + (table.features[i] as number)) * this.#rows
        addLooked(this.#sums, place, table.sums, (i * width + k) << bits, patterns, this.#rows, 1)
      }
    }
    return true
  }

  add(path: LeafPath): void {
    const { width, value, features } = this.#trees
    const game = this.#game
    const first = firstOutput(this.#trees, path.tree)
    const at = path.leaf * width
    const m = path.length
    const rows = this.#rows
    const tabled = game.fits(path, this.#leafBits)
    const table = tabled ? game.table(path) : undefined
    if (!tabled) game.begin(path)
    const mean = game.mean(path)
    for (let k = 0; k < width; k++)
      this.#base[first + k] = (this.#base[first + k] as number) + (value[at + k] as number) * mean
    const place = (k: number, i: number) => ((first + k) * features.length + (path.feature[i] as number)) * rows
    if (table) {
      for (let k = 0; k < width; k++)
        for (let i = 0; i < m; i++)
          addLooked(this.#sums, place(k, i), table, i << m, path.masks, rows, value[at + k] as number)
      return
    }
    for (let r = 0; r < rows; r++) {
      game.row(path, this.#stride, r, this.#one)
      for (let k = 0; k < width; k++)
        for (let i = 0; i < m; i++) {
          const cell = place(k, i) + r
          this.#sums[cell] = (this.#sums[cell] as number) + (value[at + k] as number) * (this.#one[i] as number)
        }
    }
  }
}

/** Adds what a table says of each row's pattern, times a leaf's value: the innermost loop. */
function addLooked(
  sums: Float64Array,
  at: number,
  table: Float64Array,
  from: number,
  patterns: Int32Array,
  rows: number,
  value: number,
): void {
  for (let r = 0; r < rows; r++)
    sums[at + r] = (sums[at + r] as number) + value * (table[from + (patterns[r] as number)] as number)
}
