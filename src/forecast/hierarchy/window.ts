import { sharedFloat64, sharedInt32, sharedUint8 } from '../../core/memory.ts'
import { at, type Column, type Panel, type StaticColumn } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import { aggregated } from './aggregated.ts'
import { type Hierarchy, hierarchyOf } from './hierarchy.ts'

/** What a window shows of the nodes of a hierarchy. */
export interface HierarchyWindow {
  readonly hierarchy: Hierarchy
  /** The same window over all nodes, as one block: fit and forecast any model on it. */
  readonly window: Window
}

/**
 * The hierarchy of a window's series, and the window over its nodes (see {@link hierarchyOf} for levels, {@link aggregated} for sums).
 *
 * The blocks of the window are held in memory together, as every node needs all of its series.
 */
export async function hierarchyWindow(
  window: Window,
  levels: readonly (readonly string[])[],
): Promise<HierarchyWindow> {
  const whole = await joined(window.past())
  const hierarchy = hierarchyOf(whole, levels)
  const past = aggregated(whole, hierarchy)
  return {
    hierarchy,
    window: {
      ...{ cutoff: window.cutoff, horizon: window.horizon, calendar: window.calendar },
      digest: `${window.digest}-${levels.map((columns) => columns.join('+')).join(',')}`,
      async *past() {
        yield past
      },
      async *known() {
        yield aggregated(await joined(window.known()), hierarchy)
      },
    },
  }
}

/** The blocks of one side of a window as one panel. */
async function joined(blocks: AsyncIterable<Panel>): Promise<Panel> {
  const all = await Array.fromAsync(blocks)
  const [first] = all
  if (!first || all.length === 1) return first as Panel
  const start = sharedInt32(all.reduce((sum, block) => sum + block.ids.length, 0))
  const offsets = sharedInt32(start.length + 1)
  let series = 0
  for (const block of all)
    for (let i = 0; i < block.ids.length; i++) {
      start[series] = at(block.start, i)
      offsets[series + 1] = at(offsets, series) + at(block.offsets, i + 1) - at(block.offsets, i)
      series++
    }
  const target = fill(all.map((block) => block.target))
  const mask = sharedUint8(target.length)
  let cell = 0
  for (const block of all) {
    mask.set(block.mask, cell)
    cell += block.mask.length
  }
  const columns = new Map<string, Column>()
  for (const [name, column] of first.columns)
    columns.set(name, { ...column, values: fill(all.map((block) => (block.columns.get(name) as Column).values)) })
  const statics = new Map<string, StaticColumn>()
  for (const [name, column] of first.statics)
    statics.set(name, { ...column, values: fill(all.map((block) => (block.statics.get(name) as StaticColumn).values)) })
  return { ...first, ids: all.flatMap((block) => block.ids), start, offsets, target, mask, columns, statics }
}

function fill(parts: readonly Float64Array[]): Float64Array {
  const whole = sharedFloat64(parts.reduce((sum, part) => sum + part.length, 0))
  let from = 0
  for (const part of parts) {
    whole.set(part, from)
    from += part.length
  }
  return whole
}
