import { createHash } from 'node:crypto'
import type { Calendar, Period } from '../core/calendar.ts'
import type { Column, Panel } from '../core/panel.ts'
import { at, endOf } from '../core/panel.ts'

/** Where windows are cut from: a panel in blocks, each readable any number of times in the same order. */
export interface PanelSource {
  readonly calendar: Calendar
  /** How many series all blocks hold together. */
  readonly count: number
  /** The last period with an observed target in any series. */
  readonly lastObserved: Period
  /** The first period of any series. */
  readonly first: Period
  /** Names the content; equal digests mean equal content. */
  readonly digest: string
  blocks(): AsyncIterable<Panel>
}

/** A source of one block over a panel in memory. */
export function memorySource(panel: Panel): PanelSource {
  let lastObserved = Number.NEGATIVE_INFINITY
  let first = Number.POSITIVE_INFINITY
  for (let i = 0; i < panel.ids.length; i++) {
    const from = at(panel.offsets, i)
    let end = at(panel.offsets, i + 1) - 1
    while (end >= from && Number.isNaN(at(panel.target, end))) end--
    if (end >= from) lastObserved = Math.max(lastObserved, at(panel.start, i) + end - from)
    if (endOf(panel, i) > at(panel.start, i)) first = Math.min(first, at(panel.start, i))
  }
  return {
    calendar: panel.calendar,
    count: panel.ids.length,
    lastObserved,
    first,
    digest: digestPanel(panel),
    async *blocks() {
      yield panel
    },
  }
}

/** A digest of everything in a panel that a model could see. */
function digestPanel(panel: Panel): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([panel.calendar, panel.keys, panel.ids]))
  const bytes = (array: Float64Array | Int32Array | Uint8Array) =>
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  bytes(panel.start)
  bytes(panel.offsets)
  bytes(panel.target)
  bytes(panel.mask)
  for (const column of panel.columns.values()) {
    hash.update(JSON.stringify([column.name, (column as Column).knownAhead, column.categories]))
    bytes(column.values)
  }
  for (const column of panel.statics.values()) {
    hash.update(JSON.stringify([column.name, column.categories]))
    bytes(column.values)
  }
  return hash.digest('hex').slice(0, 16)
}
