import { at } from '../../core/panel.ts'
import type { Gram } from './gram.ts'

/** The pattern of a sparse Cholesky factor: what is known before any number. */
export interface Pattern {
  readonly size: number
  /** The elimination tree: the first row below the diagonal of each column, −1 at a root. */
  readonly parent: Int32Array
  /** Column `j` of the factor fills `starts[j] … starts[j + 1] − 1`, its diagonal first. */
  readonly starts: Int32Array
  /** Multiplications that a factorisation takes. */
  readonly work: number
  /** Which entries of the matrix are factored. */
  readonly keeps: (k: number, j: number) => boolean
}

/** A factor L of a matrix: columns of `rows` and `values` by {@link Pattern.starts}. */
export interface Factor {
  readonly pattern: Pattern
  readonly rows: Int32Array
  readonly values: Float64Array
}

/**
 * Finds the elimination tree and the number of entries of each column (Liu, 1990; Davis, Direct Methods for Sparse Linear Systems, 2006);
 * undefined once the factor would hold more than `most` entries. Entries that `keeps` says no to are taken as zeros.
 */
export function patternOf(gram: Gram, most: number, keeps: Pattern['keeps'] = () => true): Pattern | undefined {
  const { size } = gram
  const parent = treeOf(gram, keeps)
  const counts = new Int32Array(size).fill(1)
  const mark = new Int32Array(size).fill(-1)
  const stack = new Int32Array(size)
  let entries = size
  for (let k = 0; k < size; k++) {
    for (let p = reach(gram, keeps, parent, k, mark, stack); p < size; p++) {
      const j = at(stack, p)
      counts[j] = at(counts, j) + 1
      entries++
    }
    if (entries > most) return undefined
  }
  const starts = new Int32Array(size + 1)
  let work = 0
  for (let j = 0; j < size; j++) {
    starts[j + 1] = at(starts, j) + at(counts, j)
    work += at(counts, j) ** 2
  }
  return { size, parent, starts, work, keeps }
}

function treeOf({ size, offsets, columns }: Gram, keeps: Pattern['keeps']): Int32Array {
  const parent = new Int32Array(size).fill(-1)
  const ancestor = new Int32Array(size).fill(-1)
  for (let k = 0; k < size; k++)
    for (let p = at(offsets, k); p < at(offsets, k + 1); p++) {
      let j = at(columns, p)
      if (!keeps(k, j)) continue
      while (j !== -1 && j < k) {
        const next = at(ancestor, j)
        ancestor[j] = k
        if (next === -1) parent[j] = k
        j = next
      }
    }
  return parent
}

/** The columns that row `k` of the factor has entries in, in an order to solve by: `stack[top … size − 1]`; returns top. */
function reach(
  { size, offsets, columns }: Gram,
  keeps: Pattern['keeps'],
  parent: Int32Array,
  k: number,
  mark: Int32Array,
  stack: Int32Array,
): number {
  let top = size
  mark[k] = k
  for (let p = at(offsets, k); p < at(offsets, k + 1); p++) {
    let j = at(columns, p)
    if (!keeps(k, j)) continue
    let length = 0
    while (at(mark, j) !== k) {
      stack[length++] = j
      mark[j] = k
      j = at(parent, j)
    }
    while (length > 0) stack[--top] = at(stack, --length)
  }
  return top
}

/** Factors a positive definite matrix, row by row (the up-looking method of Davis, 2006). */
export function factorOf(gram: Gram, pattern: Pattern): Factor {
  const { size, parent, starts, keeps } = pattern
  const rows = new Int32Array(at(starts, size))
  const values = new Float64Array(at(starts, size))
  const ends = starts.slice(0, size)
  const x = new Float64Array(size)
  const mark = new Int32Array(size).fill(-1)
  const stack = new Int32Array(size)
  for (let k = 0; k < size; k++) {
    const top = reach(gram, keeps, parent, k, mark, stack)
    for (let p = at(gram.offsets, k); p < at(gram.offsets, k + 1); p++) {
      const j = at(gram.columns, p)
      if (keeps(k, j)) x[j] = at(gram.values, p)
    }
    let pivot = at(gram.diagonal, k)
    for (let s = top; s < size; s++) {
      const j = at(stack, s)
      const first = at(starts, j)
      const end = at(ends, j)
      const entry = at(x, j) / at(values, first)
      x[j] = 0
      for (let p = first + 1; p < end; p++) {
        const row = at(rows, p)
        x[row] = at(x, row) - at(values, p) * entry
      }
      pivot -= entry * entry
      rows[end] = k
      values[end] = entry
      ends[j] = end + 1
    }
    const place = at(starts, k)
    rows[place] = k
    // Two nodes that say the same leave a pivot of rounding errors; a share of the diagonal keeps the factor usable.
    values[place] = Math.sqrt(Math.max(pivot, LEAST_PIVOT * at(gram.diagonal, k)))
    ends[k] = place + 1
  }
  return { pattern, rows, values }
}

const LEAST_PIVOT = 1e-14

/** Solves L L′ x = b for all columns of b (size × width, in the order of the places), in place. */
export function factorSolve(factor: Factor, b: Float64Array, width: number): Float64Array {
  if (width === 1) return factorSolveOne(factor, b)
  const { pattern, rows, values } = factor
  const { size, starts } = pattern
  for (let j = 0; j < size; j++) {
    const from = j * width
    const first = at(starts, j)
    scaleRow(b, from, width, 1 / at(values, first))
    for (let p = first + 1; p < at(starts, j + 1); p++) addRow(b, at(rows, p) * width, from, width, -at(values, p))
  }
  for (let j = size - 1; j >= 0; j--) {
    const from = j * width
    const first = at(starts, j)
    for (let p = first + 1; p < at(starts, j + 1); p++) addRow(b, from, at(rows, p) * width, width, -at(values, p))
    scaleRow(b, from, width, 1 / at(values, first))
  }
  return b
}

/** The same for a single column, without loops over one. */
function factorSolveOne({ pattern, rows, values }: Factor, b: Float64Array): Float64Array {
  const { size, starts } = pattern
  for (let j = 0; j < size; j++) {
    const first = at(starts, j)
    const value = at(b, j) / at(values, first)
    b[j] = value
    for (let p = first + 1; p < at(starts, j + 1); p++) {
      const row = at(rows, p)
      b[row] = at(b, row) - at(values, p) * value
    }
  }
  for (let j = size - 1; j >= 0; j--) {
    const first = at(starts, j)
    let sum = at(b, j)
    for (let p = first + 1; p < at(starts, j + 1); p++) sum -= at(values, p) * at(b, at(rows, p))
    b[j] = sum / at(values, first)
  }
  return b
}

function scaleRow(b: Float64Array, from: number, width: number, by: number): void {
  for (let c = from; c < from + width; c++) b[c] = at(b, c) * by
}

function addRow(b: Float64Array, into: number, from: number, width: number, times: number): void {
  for (let c = 0; c < width; c++) b[into + c] = at(b, into + c) + times * at(b, from + c)
}
