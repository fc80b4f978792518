import { Calendar, type Period, type Unit } from '../../core/calendar.ts'
import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import type { Hierarchy } from './hierarchy.ts'
import { summingOf } from './summing.ts'

/** The periods of a horizon and the longer ones that lie wholly within it: a hierarchy whose bottoms are steps. */
export interface TemporalHierarchy extends Hierarchy {
  /** The unit (or number of steps) of each level, its first whole period and how many there are; the steps themselves last. */
  readonly spans: readonly { readonly unit: Unit | number; readonly start: Period; readonly count: number }[]
}

/**
 * What the steps of a horizon sum up to: weeks, months and so on by the calendar, or blocks of so many steps from the first on (temporal
 * hierarchies of Athanasopoulos et al., 2017).
 *
 * Only periods that lie wholly within the horizon are nodes; steps outside of them stand for themselves. Months hold as many days as they
 * have, and weeks may cross them. Refuses a unit that the calendar's periods do not fill exactly, as weeks do not fill months.
 *
 * @example
 * const days = new Calendar({ unit: 'day' })
 * const tree = temporalHierarchy(days, days.parse('2026-01-01'), 31, ['month', 'week'])
 * tree.spans.map(({ count }) => count) // → [1, 3, 31]
 */
export function temporalHierarchy(
  calendar: Calendar,
  start: Period,
  horizon: number,
  units: readonly (Unit | number)[],
): TemporalHierarchy {
  const above: Int32Array[] = []
  const spans: { unit: Unit | number; start: Period; count: number }[] = []
  const levels: { name: string; columns: string[]; from: number; to: number }[] = []
  const ids: string[] = []
  for (const unit of units) {
    const longer = longerOf(calendar, start, horizon, unit)
    const first = longer.find((period) => !Number.isNaN(period)) ?? Number.NaN
    const from = ids.length
    const count = new Set(longer.filter((period) => !Number.isNaN(period))).size
    above.push(Int32Array.from(longer, (period) => (Number.isNaN(period) ? -1 : from + period - first)))
    spans.push({ unit, start: first, count })
    for (let k = 0; k < count; k++) ids.push(`${unit}=${first + k}`)
    levels.push({ name: String(unit), columns: [], from, to: ids.length })
  }
  const uppers = ids.length
  for (let h = 0; h < horizon; h++) ids.push(String(start + h))
  levels.push({ name: calendar.unit, columns: [], from: uppers, to: uppers + horizon })
  spans.push({ unit: calendar.unit, start, count: horizon })
  return { ...summingOf(above, uppers, horizon), levels, ids, spans }
}

/** The longer period that each step lies in, NaN where it does not lie wholly within the horizon. */
function longerOf(calendar: Calendar, start: Period, horizon: number, unit: Unit | number): number[] {
  const steps = Array.from({ length: horizon }, (_, h) => start + h)
  if (typeof unit === 'number') {
    const blocks = Math.floor(horizon / unit)
    return steps.map((_, h) => (Math.floor(h / unit) < blocks ? Math.floor(h / unit) : Number.NaN))
  }
  const longer = longerCalendar(calendar, unit)
  return steps.map((step) => {
    const period = longer.of(calendar.startOf(step))
    const [first, next] = boundsOf(calendar, longer, period)
    return first >= start && next <= start + horizon ? period : Number.NaN
  })
}

/** The calendar of a longer unit, with the same weeks and clock. */
export function longerCalendar(calendar: Calendar, unit: Unit): Calendar {
  return new Calendar({ ...calendar.toJSON(), unit })
}

/** The first step of a longer period and the first after it; refuses a unit whose periods do not begin with a step. */
export function boundsOf(calendar: Calendar, longer: Calendar, period: Period): readonly [Period, Period] {
  const bounds = [period, period + 1].map((p) => {
    const wall = longer.startOf(p)
    const step = calendar.of(wall)
    if (calendar.startOf(step) !== wall)
      throw new ForetideError('hierarchy.unit', { unit: longer.unit, of: calendar.unit }, { fault: 'usage' })
    return step
  })
  return [at(bounds, 0), at(bounds, 1)]
}
