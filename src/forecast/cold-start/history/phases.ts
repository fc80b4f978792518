import { type Calendar, Calendar as CalendarOf, type CalendarOptions, type Period } from '../../../core/calendar.ts'
import { at } from '../../../core/panel.ts'

const DAY = 86_400_000
const WEEKS = 52

/** Where periods stand in the week and in the year, and which ages share a bin. */
export interface Phases {
  /** Phases of the short cycle: 7 days, 168 hours, 1 where there is none. */
  readonly week: number
  /** Phases of the year: 52 weeks, 12 months, 4 quarters, 1 where there is none. */
  readonly year: number
  /** First age of each bin; the last one holds all that is grown up. */
  readonly ages: Int32Array
  weekOf(period: Period): number
  yearOf(period: Period): number
  ageBin(age: number): number
}

const AGES = [0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84]
const YEAR: { readonly [U in Calendar['unit']]: number } = {
  hour: WEEKS,
  day: WEEKS,
  week: WEEKS,
  month: 12,
  quarter: 4,
  year: 1,
}

/** The cycles of a calendar. */
export function phasesOf(options: CalendarOptions): Phases {
  const calendar = new CalendarOf(options)
  const { unit, perYear } = calendar
  const week = unit === 'day' ? 7 : unit === 'hour' ? 168 : 1
  const year = YEAR[unit]
  const ages = Int32Array.from(new Set(AGES.map((days) => Math.ceil((days * perYear) / 365.25))))
  const yearOf = (period: Period) => {
    const start = calendar.startOf(period)
    const january = Date.UTC(new Date(start).getUTCFullYear(), 0, 1)
    const share = (start - january) / DAY / 366
    return Math.min(year - 1, Math.floor(share * year))
  }
  return {
    week,
    year,
    ages,
    weekOf: (period) => ((period % week) + week) % week,
    yearOf,
    ageBin: (age) => {
      let bin = ages.length - 1
      while (bin > 0 && at(ages, bin) > age) bin--
      return bin
    },
  }
}
