import { at } from '../../core/panel.ts'

/** What sums up to what: bottoms, and levels of upper nodes each of which is the sum of some bottoms. */
export interface Summing {
  readonly uppers: number
  readonly bottoms: number
  /** Uppers, level by level, then the bottoms. */
  readonly nodes: number
  /** For each upper level the upper node that a bottom lies in, −1 where none; at most one a level. */
  readonly above: readonly Int32Array[]
  /** The bottoms within upper node `u` are `children[offsets[u] … offsets[u + 1] − 1]`, ascending. */
  readonly offsets: Int32Array
  readonly children: Int32Array
}

/** Lays out the nodes that bottoms lie in: for each level the node of each bottom, numbered over all levels, −1 where none. */
export function summingOf(above: readonly Int32Array[], uppers: number, bottoms: number): Summing {
  const offsets = new Int32Array(uppers + 1)
  for (const level of above) for (const node of level) if (node >= 0) offsets[node + 1] = at(offsets, node + 1) + 1
  for (let u = 0; u < uppers; u++) offsets[u + 1] = at(offsets, u + 1) + at(offsets, u)
  const children = new Int32Array(at(offsets, uppers))
  const next = offsets.slice(0, uppers)
  for (const level of above)
    for (let i = 0; i < bottoms; i++) {
      const node = at(level, i)
      if (node < 0) continue
      const place = at(next, node)
      children[place] = i
      next[node] = place + 1
    }
  return { uppers, bottoms, nodes: uppers + bottoms, above, offsets, children }
}

/** How many bottoms each node is the sum of. */
export function sizesOf({ uppers, nodes, offsets }: Summing): Float64Array {
  const sizes = new Float64Array(nodes).fill(1)
  for (let u = 0; u < uppers; u++) sizes[u] = at(offsets, u + 1) - at(offsets, u)
  return sizes
}

/** Sums bottoms (bottoms × columns) up to the upper nodes (uppers × columns). */
function uppersOf(summing: Summing, bottoms: Float64Array, columns: number): Float64Array {
  const { uppers, offsets, children } = summing
  const sums = new Float64Array(uppers * columns)
  for (let u = 0; u < uppers; u++)
    for (let k = at(offsets, u); k < at(offsets, u + 1); k++) {
      const from = at(children, k) * columns
      const into = u * columns
      for (let c = 0; c < columns; c++) sums[into + c] = at(sums, into + c) + at(bottoms, from + c)
    }
  return sums
}

/** Adds to each bottom (bottoms × columns) its scale times the values (uppers × columns) of the nodes that it lies in. */
export function addFromAbove(
  summing: Summing,
  values: Float64Array,
  scale: Float64Array,
  into: Float64Array,
  columns: number,
): void {
  for (const level of summing.above)
    for (let i = 0; i < summing.bottoms; i++) {
      const node = at(level, i)
      if (node < 0) continue
      const factor = at(scale, i)
      const from = node * columns
      const to = i * columns
      for (let c = 0; c < columns; c++) into[to + c] = at(into, to + c) + factor * at(values, from + c)
    }
}

/** All nodes (nodes × columns) of bottoms (bottoms × columns): coherent by construction. */
export function summedUp(summing: Summing, bottoms: Float64Array, columns: number): Float64Array {
  const all = new Float64Array(summing.nodes * columns)
  all.set(uppersOf(summing, bottoms, columns))
  all.set(bottoms, summing.uppers * columns)
  return all
}

/**
 * The largest gap between an upper node and the sum of its bottoms, as a share of the sum of their sizes; 0 where all is coherent.
 */
export function incoherence(summing: Summing, values: Float64Array, columns: number): number {
  const { uppers, offsets, children } = summing
  let worst = 0
  for (let u = 0; u < uppers; u++)
    for (let c = 0; c < columns; c++) {
      let sum = 0
      let size = Math.abs(at(values, u * columns + c))
      for (let k = at(offsets, u); k < at(offsets, u + 1); k++) {
        const value = at(values, (uppers + at(children, k)) * columns + c)
        sum += value
        size += Math.abs(value)
      }
      const gap = Math.abs(sum - at(values, u * columns + c))
      if (!(gap <= worst * size)) worst = gap / size
    }
  return worst
}

/** By how much each upper node exceeds the sum of its bottoms (uppers × columns). */
export function missesOf(summing: Summing, values: Float64Array, columns: number): Float64Array {
  const { uppers } = summing
  const misses = uppersOf(summing, values.subarray(uppers * columns), columns)
  for (let k = 0; k < misses.length; k++) misses[k] = at(values, k) - at(misses, k)
  return misses
}
