import type { Unit } from '../../core/calendar.ts'
import { sharedFloat64, sharedInt32, sharedUint8 } from '../../core/memory.ts'
import { at, type Column, endOf, Mask, type Panel } from '../../core/panel.ts'
import { boundsOf, longerCalendar } from './temporal.ts'

/** A sum over time is given where at least this share of its open periods was observed. */
const LEAST_SHARE = 0.5

/**
 * A panel summed up in time, to weeks, months and so on: only periods that a series spans wholly.
 *
 * Where some of the open periods are missing, the sum is divided by the share observed and masked as imputed; below half it is NaN. Closed
 * ones count for what was sold in them. A longer period is closed where all of it was, censored where any was. Columns of numbers
 * become their means, categories what holds throughout, else NaN.
 */
export function inTime(panel: Panel, unit: Unit): Panel {
  const calendar = longerCalendar(panel.calendar, unit)
  const n = panel.ids.length
  const start = sharedInt32(n)
  const offsets = sharedInt32(n + 1)
  for (let i = 0; i < n; i++) {
    const [first, last] = wholeOf(panel, calendar, i)
    start[i] = first
    offsets[i + 1] = at(offsets, i) + Math.max(0, last - first)
  }
  const cells = at(offsets, n)
  const target = sharedFloat64(cells)
  const mask = sharedUint8(cells)
  const columns = new Map<string, Column>()
  for (const [name, column] of panel.columns) columns.set(name, { ...column, values: sharedFloat64(cells) })
  for (let i = 0; i < n; i++)
    for (let k = at(offsets, i); k < at(offsets, i + 1); k++) {
      const bounds = boundsOf(panel.calendar, calendar, at(start, i) + k - at(offsets, i))
      const shift = at(panel.offsets, i) - at(panel.start, i)
      const [from, to] = [bounds[0] + shift, bounds[1] + shift]
      const sum = summed(panel, from, to)
      target[k] = sum.value
      mask[k] = sum.bits
      for (const [name, column] of columns) column.values[k] = overTime(panel.columns.get(name) as Column, from, to)
    }
  return { ...panel, calendar, start, offsets, target, mask, columns }
}

/** The first longer period that begins with or after a series, and the one that its end lies in. */
function wholeOf(panel: Panel, calendar: Panel['calendar'], i: number): readonly [number, number] {
  const first = calendar.of(panel.calendar.startOf(at(panel.start, i)))
  const begins = boundsOf(panel.calendar, calendar, first)[0] >= at(panel.start, i)
  return [begins ? first : first + 1, calendar.of(panel.calendar.startOf(endOf(panel, i)))]
}

function summed({ target, mask }: Panel, from: number, to: number): { value: number; bits: number } {
  let value = 0
  let seen = 0
  let absent = 0
  let closed = 0
  let bits = 0
  for (let k = from; k < to; k++) {
    const shut = (at(mask, k) & Mask.closed) !== 0
    const y = at(target, k)
    if (shut) closed++
    bits |= at(mask, k) & Mask.censored
    if (Number.isNaN(y)) absent += shut ? 0 : 1
    else {
      value += y
      seen += shut ? 0 : 1
    }
  }
  if (closed === to - from) return { value, bits: bits | Mask.closed }
  const share = seen / (seen + absent)
  if (share < LEAST_SHARE) return { value: Number.NaN, bits }
  return { value: value / share, bits: share < 1 ? bits | Mask.imputed : bits }
}

function overTime({ values, categories }: Column, from: number, to: number): number {
  const part = values.subarray(from, to).filter((v) => !Number.isNaN(v))
  if (part.length === 0) return Number.NaN
  if (categories) return part.every((v) => v === at(part, 0)) ? at(part, 0) : Number.NaN
  return part.reduce((a, b) => a + b, 0) / part.length
}
