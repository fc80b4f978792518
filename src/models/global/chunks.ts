import { sharedInt32 } from '../../core/memory.ts'
import { at, type Column, type Panel, type StaticColumn } from '../../core/panel.ts'

/** Series `from` to `to` of a panel, in order, their cells views of the same memory. */
export function sliceSeries(panel: Panel, from: number, to: number): Panel {
  const first = at(panel.offsets, from)
  const end = at(panel.offsets, to)
  const offsets = sharedInt32(to - from + 1)
  for (let i = from; i <= to; i++) offsets[i - from] = at(panel.offsets, i) - first
  const columns = new Map<string, Column>()
  for (const [name, column] of panel.columns)
    columns.set(name, { ...column, values: column.values.subarray(first, end) })
  const statics = new Map<string, StaticColumn>()
  for (const [name, column] of panel.statics) statics.set(name, { ...column, values: column.values.subarray(from, to) })
  return {
    ...panel,
    ids: panel.ids.slice(from, to),
    start: panel.start.subarray(from, to),
    offsets,
    target: panel.target.subarray(first, end),
    mask: panel.mask.subarray(first, end),
    columns,
    statics,
  }
}

/** Ends of runs of neighbouring series with about so many cells each, a series counting at most `longest`. */
export function chunkEnds(panel: Panel, cells: number, longest: number): number[] {
  const ends: number[] = []
  let held = 0
  for (let i = 0; i < panel.ids.length; i++) {
    held += 1 + Math.min(longest, at(panel.offsets, i + 1) - at(panel.offsets, i))
    if (held < cells) continue
    ends.push(i + 1)
    held = 0
  }
  if (panel.ids.length > 0 && ends.at(-1) !== panel.ids.length) ends.push(panel.ids.length)
  return ends
}
