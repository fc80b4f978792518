import { trailingSizes } from './target.ts'

/** Series by cell: series `i` has the cells `offsets[i]` to `offsets[i + 1]` from period `start[i]` on. */
export interface Spread {
  readonly start: Int32Array
  readonly offsets: Int32Array
  /** Units observed by cell, NaN where missing. */
  readonly units: (cell: number) => number
  /** Periods of a series' usual size. */
  readonly context: number
}

/**
 * The mood of each series' group by cell: what the others of the group sold in the period over what they usually sell (the mean size of
 * the `context` periods before), less 1; 0 where that cannot be said. `groups` numbers the group of each series, −1 for none.
 */
export function moodsOf(spread: Spread, groups: Int32Array): Float32Array {
  const { start, offsets, units, context } = spread
  const moods = new Float32Array(offsets[offsets.length - 1] as number)
  const members = new Map<number, number[]>()
  groups.forEach((group, i) => {
    if (group < 0) return
    const known = members.get(group)
    if (known) known.push(i)
    else members.set(group, [i])
  })
  const lengthOf = (i: number) => (offsets[i + 1] as number) - (offsets[i] as number)
  for (const series of members.values()) {
    if (series.length < 2) continue
    let first = Number.POSITIVE_INFINITY
    let end = Number.NEGATIVE_INFINITY
    let longest = 0
    for (const i of series) {
      first = Math.min(first, start[i] as number)
      end = Math.max(end, (start[i] as number) + lengthOf(i))
      longest = Math.max(longest, lengthOf(i))
    }
    const demand = new Float64Array(end - first)
    const usual = new Float64Array(end - first)
    const count = new Int32Array(end - first)
    const values = new Float64Array(longest)
    const sizes = new Float64Array(longest)
    // Whoever has no usual size before a period is left out of it.
    const each = (i: number, visit: (cell: number, p: number, y: number, size: number) => void) => {
      const from = offsets[i] as number
      const length = lengthOf(i)
      for (let k = 0; k < length; k++) values[k] = units(from + k)
      trailingSizes(values, 0, length, context, sizes)
      for (let k = 0; k < length; k++) {
        const size = k > 0 ? (sizes[k - 1] as number) : 0
        const y = size > 0 ? (values[k] as number) : Number.NaN
        visit(from + k, (start[i] as number) + k - first, y, size)
      }
    }
    for (const i of series)
      each(i, (_, p, y, size) => {
        if (Number.isNaN(y)) return
        demand[p] = (demand[p] as number) + y
        usual[p] = (usual[p] as number) + size
        count[p] = (count[p] as number) + 1
      })
    for (const i of series)
      each(i, (cell, p, y, size) => {
        const own = !Number.isNaN(y)
        if ((count[p] as number) - (own ? 1 : 0) < 1) return
        const others = (demand[p] as number) - (own ? y : 0)
        moods[cell] = others / ((usual[p] as number) - (own ? size : 0)) - 1
      })
  }
  return moods
}
