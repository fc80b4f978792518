import type { CalendarOptions, Unit } from '../../core/calendar.ts'

/** Seconds by which a week's start lies before the Thursday on which 1970 began. */
const weekShift = (weekStart: number) => ((3 - weekStart + 7) % 7) * 86_400

const SQL: { readonly [U in Unit]: (at: string, weekStart: number) => string } = {
  hour: (at) => `floor(epoch(${at}) / 3600)`,
  // Whole numbers of days are quicker than fractions of seconds, which matters over tens of millions of rows.
  day: (at) => `(${at}::DATE - DATE '1970-01-01')`,
  week: (at, s) => `floor((epoch(${at}) + ${weekShift(s)}) / 604800)`,
  month: (at) => `((year(${at}) - 1970) * 12 + month(${at}) - 1)`,
  quarter: (at) => `floor(((year(${at}) - 1970) * 12 + month(${at}) - 1) / 3)`,
  year: (at) => `(year(${at}) - 1970)`,
}

/** SQL for the period, as {@link Calendar.of} counts it, of a wall-clock time stamp. */
export function periodSql(at: string, { unit, weekStart = 0 }: CalendarOptions): string {
  return `(${SQL[unit](at, weekStart)})::INTEGER`
}
