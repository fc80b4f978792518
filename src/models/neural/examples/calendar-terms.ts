import type { Calendar, Period, Unit } from '../../../core/calendar.ts'

/** A number that the date of a period says, from 0 or −1 to 1. */
type Term = (start: Date) => number

const DAY = 86_400_000
const weekday = (date: Date) => (date.getUTCDay() + 6) % 7
const yearStart = (date: Date, later = 0) => Date.UTC(date.getUTCFullYear() + later, 0, 1)
const ofYear = (date: Date) => (date.getTime() - yearStart(date)) / (yearStart(date, 1) - yearStart(date))
const ofMonth = (date: Date) =>
  (date.getUTCDate() - 1) /
  (new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getTime() / DAY -
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY +
    1)

/** A cycle as a place on the circle, of phases from 0 to 1. */
const circle = (phase: (date: Date) => number): readonly Term[] => [
  (date) => Math.sin(2 * Math.PI * phase(date)),
  (date) => Math.cos(2 * Math.PI * phase(date)),
]
const oneHot = (count: number, of: (date: Date) => number): readonly Term[] =>
  Array.from({ length: count }, (_, k) => (date: Date) => (of(date) === k ? 1 : 0))

const WEEKDAYS = oneHot(7, weekday)
const YEAR = circle(ofYear)

const TERMS: { readonly [U in Unit]: readonly Term[] } = {
  hour: [...circle((date) => date.getUTCHours() / 24), ...circle((date) => weekday(date) / 7), ...WEEKDAYS],
  day: [...WEEKDAYS, ...circle(ofMonth), ...YEAR],
  week: YEAR,
  month: [...circle((date) => date.getUTCMonth() / 12), ...oneHot(12, (date) => date.getUTCMonth())],
  quarter: YEAR,
  year: [],
}

/** How many terms a length of period has. */
export const termCount = (unit: Unit): number => TERMS[unit].length

/**
 * Writes what the calendar says of `count` periods from `first` on, [count, terms]: weekdays, and the places in day, month and year that
 * matter for the length of period.
 */
export function writeTerms(calendar: Calendar, first: Period, count: number, into: Float32Array): void {
  const terms = TERMS[calendar.unit]
  for (let p = 0, k = 0; p < count; p++) {
    const start = new Date(calendar.startOf(first + p))
    for (const term of terms) into[k++] = term(start)
  }
}
