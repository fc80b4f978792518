import { sharedFloat64, sharedInt32, sharedUint8 } from '../../core/memory.ts'
import { at, type Column, endOf, Mask, type Panel, type StaticColumn } from '../../core/panel.ts'
import { checkLength, type Hierarchy, levelOfNodes } from './hierarchy.ts'

/** A sum is given while series that make up at least this share of a node's usual demand were observed. */
const LEAST_SHARE = 0.5

/**
 * A panel of all nodes of a hierarchy, uppers first, on which any model can make base forecasts.
 *
 * A node spans its series. Where some of them are missing in a period, the sum of the others is divided by the share of the usual
 * demand (mean of what was observed) that they make up, and masked as imputed; below half it is NaN. A series counts for nothing before it
 * begins, where it was closed, and after its last value once that is longer ago than a season, since it has ended then. A node is
 * closed where all its series are, censored where any is. Columns of numbers become their means over the series, categories and statics
 * what all series share, else NaN; a static column `level` is added. Refuses a panel with other series than the hierarchy's.
 */
export function aggregated(panel: Panel, hierarchy: Hierarchy): Panel {
  checkLength('The panel', '面板', panel.ids, hierarchy.bottoms)
  const { nodes, uppers } = hierarchy
  const start = sharedInt32(nodes)
  const offsets = sharedInt32(nodes + 1)
  for (let node = 0; node < nodes; node++) {
    const [from, to] = spanOf(panel, hierarchy, node)
    start[node] = from
    offsets[node + 1] = at(offsets, node) + to - from
  }
  const cells = at(offsets, nodes)
  const target = sharedFloat64(cells)
  const mask = sharedUint8(cells)
  const usual = usualOf(panel)
  for (let u = 0; u < uppers; u++) {
    const [from, to] = [at(offsets, u), at(offsets, u + 1)]
    sumInto(target.subarray(from, to), mask.subarray(from, to), panel, hierarchy, u, at(start, u), usual)
  }
  target.set(panel.target, at(offsets, uppers))
  mask.set(panel.mask, at(offsets, uppers))
  const columns = new Map<string, Column>()
  for (const [name, column] of panel.columns) {
    const values = sharedFloat64(cells)
    for (let u = 0; u < uppers; u++)
      together(values.subarray(at(offsets, u), at(offsets, u + 1)), panel, column, hierarchy, u, at(start, u))
    values.set(column.values, at(offsets, uppers))
    columns.set(name, { ...column, values })
  }
  return { ...panel, ids: hierarchy.ids, start, offsets, target, mask, columns, statics: staticsOf(panel, hierarchy) }
}

/** The first period of any series of a node, and the one after the last. */
function spanOf(panel: Panel, hierarchy: Hierarchy, node: number): readonly [number, number] {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const i of seriesIn(hierarchy, node)) {
    if (endOf(panel, i) === at(panel.start, i)) continue
    from = Math.min(from, at(panel.start, i))
    to = Math.max(to, endOf(panel, i))
  }
  if (from <= to) return [from, to]
  const first = at(panel.start, at([...seriesIn(hierarchy, node)], 0))
  return [first, first]
}

function seriesIn({ uppers, offsets, children }: Hierarchy, node: number): Int32Array {
  return node < uppers ? children.subarray(offsets[node], offsets[node + 1]) : Int32Array.of(node - uppers)
}

/** What each series usually sells a period, and the period from which on it counts for nothing. */
function usualOf(panel: Panel): { readonly means: Float64Array; readonly ends: Float64Array } {
  const means = new Float64Array(panel.ids.length)
  const ends = new Float64Array(panel.ids.length)
  for (let i = 0; i < means.length; i++) {
    let sum = 0
    let count = 0
    let last = -1
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      const y = at(panel.target, k)
      if (Number.isNaN(y)) continue
      last = k
      if ((at(panel.mask, k) & Mask.closed) !== 0) continue
      sum += y
      count++
    }
    means[i] = count > 0 ? sum / count : 0
    const silent = at(panel.offsets, i + 1) - 1 - last
    ends[i] = silent > panel.calendar.season ? endOf(panel, i) - silent : endOf(panel, i)
    if (last < 0) ends[i] = endOf(panel, i)
  }
  return { means, ends }
}

function sumInto(
  target: Float64Array,
  mask: Uint8Array,
  panel: Panel,
  hierarchy: Hierarchy,
  node: number,
  start: number,
  { means, ends }: ReturnType<typeof usualOf>,
): void {
  const here = new Float64Array(target.length)
  const absent = new Float64Array(target.length)
  const observed = new Int32Array(target.length)
  const open = new Int32Array(target.length)
  const shut = new Int32Array(target.length)
  for (const i of seriesIn(hierarchy, node)) {
    const mean = Math.abs(at(means, i))
    const from = at(panel.start, i) - start
    const length = at(ends, i) - at(panel.start, i)
    for (let k = 0; k < length; k++) {
      const cell = at(panel.offsets, i) + k
      const t = from + k
      const y = at(panel.target, cell)
      const closed = (at(panel.mask, cell) & Mask.closed) !== 0
      const counts = closed ? shut : open
      counts[t] = at(counts, t) + 1
      mask[t] = at(mask, t) | (at(panel.mask, cell) & Mask.censored)
      if (!Number.isNaN(y)) {
        target[t] = at(target, t) + y
        observed[t] = at(observed, t) + 1
        here[t] = at(here, t) + mean
      } else if (!closed) absent[t] = at(absent, t) + mean
    }
  }
  for (let t = 0; t < target.length; t++) {
    if (at(shut, t) > 0 && at(open, t) === 0) mask[t] = at(mask, t) | Mask.closed
    const share = at(absent, t) > 0 ? at(here, t) / (at(here, t) + at(absent, t)) : 1
    if (at(observed, t) === 0 || share < LEAST_SHARE) target[t] = Number.NaN
    else if (share < 1) {
      target[t] = at(target, t) / share
      mask[t] = at(mask, t) | Mask.imputed
    }
  }
}

/** Means of a column over the series of a node, or the category that they share. */
function together(
  values: Float64Array,
  panel: Panel,
  column: Column,
  hierarchy: Hierarchy,
  node: number,
  start: number,
): void {
  const counts = new Int32Array(values.length)
  for (const i of seriesIn(hierarchy, node))
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      const value = at(column.values, k)
      if (Number.isNaN(value)) continue
      const t = at(panel.start, i) - start + k - at(panel.offsets, i)
      const count = at(counts, t)
      if (column.categories) values[t] = count === 0 || at(values, t) === value ? value : Number.NaN
      else values[t] = at(values, t) + (value - at(values, t)) / (count + 1)
      counts[t] = count + 1
    }
  for (let t = 0; t < values.length; t++) if (at(counts, t) === 0) values[t] = Number.NaN
}

function staticsOf(panel: Panel, hierarchy: Hierarchy): Map<string, StaticColumn> {
  const statics = new Map<string, StaticColumn>()
  for (const [name, column] of panel.statics) {
    const values = sharedFloat64(hierarchy.nodes)
    for (let node = 0; node < hierarchy.nodes; node++) {
      const series = seriesIn(hierarchy, node)
      const first = at(column.values, at(series, 0))
      values[node] = series.every((i) => at(column.values, i) === first) ? first : Number.NaN
    }
    statics.set(name, { ...column, values })
  }
  const level = sharedFloat64(hierarchy.nodes)
  level.set(levelOfNodes(hierarchy))
  return statics.set('level', { name: 'level', values: level, categories: hierarchy.levels.map(({ name }) => name) })
}
