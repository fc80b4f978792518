import { z } from 'zod'
import type { Unit } from '../core/calendar.ts'
import { DAY } from './days.ts'
import { type FeatureFamily, knownFeature } from './family.ts'

/** What a term reads: a period's first instant, and the first of the next, as dates on the shop's wall clock. */
type Term = (start: Date, next: Date) => number

const daysInMonth = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
const weekday = (date: Date) => (date.getUTCDay() + 6) % 7
const dayOfYear = (date: Date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY)
const yearLength = (date: Date) =>
  (Date.UTC(date.getUTCFullYear() + 1, 0, 1) - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY
const TURN = 2 * Math.PI

/** The ISO 8601 week of the year: week 1 holds the year's first Thursday. */
function isoWeek(date: Date): number {
  const thursday = new Date(date.getTime() + (3 - weekday(date)) * DAY)
  return 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * DAY))
}

/** Days of a period that fall on a Saturday or Sunday; for hours 1 or 0. */
function weekendDays(start: Date, next: Date): number {
  let count = 0
  for (let t = Math.floor(start.getTime() / DAY) * DAY; t < next.getTime(); t += DAY)
    if (weekday(new Date(t)) >= 5) count++
  return count
}

/** Every calendar term by name; weekdays count from Monday = 0, the others as on the wall. */
const TERMS = {
  hour: (d) => d.getUTCHours(),
  dayOfWeek: weekday,
  dayOfMonth: (d) => d.getUTCDate(),
  dayOfYear: (d) => dayOfYear(d) + 1,
  daysInMonth,
  weekOfYear: isoWeek,
  weekOfMonth: (d) => Math.floor((d.getUTCDate() - 1) / 7) + 1,
  month: (d) => d.getUTCMonth() + 1,
  quarter: (d) => Math.floor(d.getUTCMonth() / 3) + 1,
  year: (d) => d.getUTCFullYear(),
  weekend: weekendDays,
  monthStart: (d) => (d.getUTCDate() === 1 ? 1 : 0),
  monthEnd: (d) => (d.getUTCDate() === daysInMonth(d) ? 1 : 0),
  hourSin: (d) => Math.sin((TURN * d.getUTCHours()) / 24),
  hourCos: (d) => Math.cos((TURN * d.getUTCHours()) / 24),
  dayOfWeekSin: (d) => Math.sin((TURN * weekday(d)) / 7),
  dayOfWeekCos: (d) => Math.cos((TURN * weekday(d)) / 7),
  dayOfMonthSin: (d) => Math.sin((TURN * (d.getUTCDate() - 1)) / daysInMonth(d)),
  dayOfMonthCos: (d) => Math.cos((TURN * (d.getUTCDate() - 1)) / daysInMonth(d)),
  dayOfYearSin: (d) => Math.sin((TURN * dayOfYear(d)) / yearLength(d)),
  dayOfYearCos: (d) => Math.cos((TURN * dayOfYear(d)) / yearLength(d)),
  monthSin: (d) => Math.sin((TURN * d.getUTCMonth()) / 12),
  monthCos: (d) => Math.cos((TURN * d.getUTCMonth()) / 12),
} satisfies Record<string, Term>
type TermName = keyof typeof TERMS
const NAMES = Object.keys(TERMS) as [TermName, ...TermName[]]

/** The terms worth having for each length of period. */
const DEFAULT_TERMS: { readonly [U in Unit]: readonly TermName[] } = {
  hour: ['hour', 'hourSin', 'hourCos', 'dayOfWeek', 'dayOfMonth', 'weekOfYear', 'month', 'weekend'],
  day: ['dayOfWeek', 'dayOfMonth', 'weekOfYear', 'month', 'quarter', 'weekend', 'monthStart', 'monthEnd'],
  week: ['weekOfYear', 'weekOfMonth', 'month', 'quarter', 'dayOfYearSin', 'dayOfYearCos'],
  month: ['month', 'quarter', 'year', 'daysInMonth', 'weekend', 'monthSin', 'monthCos'],
  quarter: ['quarter', 'year'],
  year: ['year'],
}

const schema = z.strictObject({
  /** Which terms; those that suit the length of period unless given. */
  terms: z.array(z.enum(NAMES)).optional(),
})

/** Terms of the date on which a period begins. */
export const calendar: FeatureFamily<z.infer<typeof schema>> = {
  name: 'calendar',
  knownAhead: true,
  schema,
  plan({ terms }, context) {
    const chosen = terms ?? DEFAULT_TERMS[context.calendar.unit]
    return [
      {
        kind: 'period',
        features: chosen.map((name) => knownFeature('calendar', name)),
        fill({ starts, count }, lines) {
          for (let p = 0; p < count; p++) {
            const start = new Date(starts[p] as number)
            const next = new Date(starts[p + 1] as number)
            chosen.forEach((name, f) => {
              ;(lines[f] as Float32Array)[p] = (TERMS[name] as Term)(start, next)
            })
          }
        },
      },
    ]
  },
}
