import { createHash } from 'node:crypto'
import type { Period } from '../core/calendar.ts'
import { sharedUint8 } from '../core/memory.ts'
import { at, type Column, Mask, type Panel, slicePeriods } from '../core/panel.ts'
import type { Window } from '../core/window.ts'
import type { PanelSource } from './source.ts'

/** The name of the known-ahead column (1 closed, 0 open) that plans closures into the future. */
export const CLOSED_COLUMN = 'closed'

/**
 * Cuts the Window at a cutoff out of a source: the only way by which data reaches a model.
 *
 * Series that begin after the cutoff are in it with an empty past, for models that need none.
 */
export function windowAt(source: PanelSource, cutoff: Period, horizon: number): Window {
  return {
    cutoff,
    horizon,
    calendar: source.calendar,
    digest: createHash('sha256').update(`${source.digest}:${cutoff}:${horizon}`).digest('hex').slice(0, 16),
    async *past() {
      for await (const block of source.blocks()) yield pastOf(block, cutoff)
    },
    async *known() {
      for await (const block of source.blocks()) yield knownOf(block, cutoff, horizon)
    },
  }
}

/** The newest Window: everything observed, and the periods that follow it. */
export function latestWindow(source: PanelSource, horizon: number): Window {
  return windowAt(source, source.lastObserved, horizon)
}

function pastOf(block: Panel, cutoff: Period): Panel {
  return slicePeriods(block, Number.NEGATIVE_INFINITY, cutoff + 1, true)
}

function knownOf(block: Panel, cutoff: Period, horizon: number): Panel {
  const future = slicePeriods(block, cutoff + 1, cutoff + 1 + horizon, true, true)
  const columns = new Map<string, Column>()
  for (const [name, column] of future.columns) if (column.knownAhead) columns.set(name, column)
  const mask = sharedUint8(future.target.length)
  const closed = columns.get(CLOSED_COLUMN)?.values
  if (closed) for (let k = 0; k < mask.length; k++) if (at(closed, k) > 0) mask[k] = Mask.closed
  return { ...future, columns, mask, target: future.target.fill(Number.NaN) }
}
