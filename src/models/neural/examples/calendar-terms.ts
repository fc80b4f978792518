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

/** Cycles of the calendar, and how many days they take. */
const CYCLES = { day: 1, week: 7, month: 30.44, year: 365.25 } as const
export type Cycle = keyof typeof CYCLES

const TERMS: { readonly [U in Unit]: { readonly [C in Cycle]?: readonly Term[] } } = {
  hour: {
    day: circle((date) => date.getUTCHours() / 24),
    week: [...circle((date) => weekday(date) / 7), ...WEEKDAYS],
  },
  day: { week: WEEKDAYS, month: circle(ofMonth), year: YEAR },
  week: { year: YEAR },
  month: { year: [...circle((date) => date.getUTCMonth() / 12), ...oneHot(12, (date) => date.getUTCMonth())] },
  quarter: { year: YEAR },
  year: {},
}

/** The cycles that a length of period has terms for and that so many days hold twice: of a longer one, each place would be a date of its own. */
export const cyclesWithin = (unit: Unit, days: number): readonly Cycle[] =>
  (Object.keys(TERMS[unit]) as Cycle[]).filter((cycle) => days >= 2 * CYCLES[cycle])

const termsOf = (unit: Unit, cycles: readonly Cycle[]): readonly Term[] =>
  cycles.flatMap((cycle) => TERMS[unit][cycle] ?? [])

/** How many terms the cycles have for a length of period. */
export const termCount = (unit: Unit, cycles: readonly Cycle[]): number => termsOf(unit, cycles).length

/** Writes what the cycles of a calendar say of `count` periods from `first` on, [count, terms]: weekdays, and the places in day, month and year. */
export function writeTerms(
  calendar: Calendar,
  cycles: readonly Cycle[],
  first: Period,
  count: number,
  into: Float32Array,
): void {
  const terms = termsOf(calendar.unit, cycles)
  for (let p = 0, k = 0; p < count; p++) {
    const start = new Date(calendar.startOf(first + p))
    for (const term of terms) into[k++] = term(start)
  }
}
