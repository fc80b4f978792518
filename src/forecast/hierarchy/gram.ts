import { at } from '../../core/panel.ts'
import type { Summing } from './summing.ts'

/**
 * The symmetric matrix of the upper nodes that every projection solves with, as the rows of its lower triangle.
 *
 * Nodes are numbered anew (`position`), those of the levels with most nodes first: two nodes of one level share no bottom, so that
 * their rows hold only what comes from other levels, and a tree fills in nothing at all when it is eliminated in this order.
 */
export interface Gram {
  readonly size: number
  /** The place of each upper node. */
  readonly position: Int32Array
  /** The level (index into `above`) of each place. */
  readonly levelOf: Int32Array
  /** Row `k` holds the columns `columns[offsets[k] … offsets[k + 1] − 1]`, all below `k`. */
  readonly offsets: Int32Array
  readonly columns: Int32Array
  readonly values: Float64Array
  readonly diagonal: Float64Array
}

/** The sparse product A diag(bottom variances) A′ + diag(upper variances), A being what sums bottoms up. */
export function gramOf(summing: Summing, variances: Float64Array): Gram {
  const { uppers: size, offsets: from, children, above } = summing
  const { position, nodeAt, levelOf, rank } = orderOf(summing)
  const offsets = new Int32Array(size + 1)
  const columns: number[] = []
  const values: number[] = []
  const diagonal = new Float64Array(size)
  const work = new Float64Array(size)
  const seen = new Int32Array(size).fill(-1)
  for (let k = 0; k < size; k++) {
    const node = at(nodeAt, k)
    const finer = above.filter((_, l) => at(rank, l) < at(rank, at(levelOf, k)))
    const row: number[] = []
    let own = at(variances, node)
    for (let c = at(from, node); c < at(from, node + 1); c++) {
      const i = at(children, c)
      const variance = at(variances, size + i)
      own += variance
      for (const level of finer) {
        const other = at(level, i)
        if (other < 0) continue
        const j = at(position, other)
        if (at(seen, j) !== k) {
          seen[j] = k
          work[j] = 0
          row.push(j)
        }
        work[j] = at(work, j) + variance
      }
    }
    row.sort((a, b) => a - b)
    for (const j of row) {
      columns.push(j)
      values.push(at(work, j))
    }
    diagonal[k] = own
    offsets[k + 1] = columns.length
  }
  return {
    ...{ size, position, levelOf, offsets, diagonal },
    columns: Int32Array.from(columns),
    values: Float64Array.from(values),
  }
}

/** Places of the upper nodes, those of the level with most nodes first, and the rank of each level. */
function orderOf({ above, uppers }: Summing) {
  const nodes = above.map((level) => [...new Set(level)].filter((node) => node >= 0).sort((a, b) => a - b))
  const order = above.map((_, l) => l).sort((a, b) => (nodes[b]?.length ?? 0) - (nodes[a]?.length ?? 0) || b - a)
  const position = new Int32Array(uppers)
  const nodeAt = new Int32Array(uppers)
  const levelOf = new Int32Array(uppers)
  const rank = new Int32Array(above.length)
  let place = 0
  for (const [r, l] of order.entries()) {
    rank[l] = r
    for (const node of nodes[l] ?? []) {
      position[node] = place
      nodeAt[place] = node
      levelOf[place++] = l
    }
  }
  return { position, nodeAt, levelOf, rank }
}

/** The matrix times x (size × columns, in the order of the places). */
export function gramTimes(gram: Gram, x: Float64Array, width: number): Float64Array {
  const { size, offsets, columns, values, diagonal } = gram
  if (width === 1) return gramTimesOne(gram, x)
  const y = new Float64Array(size * width)
  for (let k = 0; k < size; k++) {
    const row = k * width
    for (let c = 0; c < width; c++) y[row + c] = at(y, row + c) + at(diagonal, k) * at(x, row + c)
    for (let p = at(offsets, k); p < at(offsets, k + 1); p++) {
      const other = at(columns, p) * width
      const value = at(values, p)
      for (let c = 0; c < width; c++) {
        y[row + c] = at(y, row + c) + value * at(x, other + c)
        y[other + c] = at(y, other + c) + value * at(x, row + c)
      }
    }
  }
  return y
}

/** The same for a single column, three times as fast as with loops over one. */
function gramTimesOne({ size, offsets, columns, values, diagonal }: Gram, x: Float64Array): Float64Array {
  const y = new Float64Array(size)
  for (let k = 0; k < size; k++) {
    const own = at(x, k)
    let sum = at(diagonal, k) * own
    for (let p = at(offsets, k); p < at(offsets, k + 1); p++) {
      const j = at(columns, p)
      const value = at(values, p)
      sum += value * at(x, j)
      y[j] = at(y, j) + value * own
    }
    y[k] = sum
  }
  return y
}
