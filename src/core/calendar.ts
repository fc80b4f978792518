import { ForetideError } from './errors.ts'

/** A count of whole periods since the one that holds 1970-01-01, in the units of a {@link Calendar}. */
export type Period = number

/** The lengths of period that a panel can have. */
export const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export type Unit = (typeof UNITS)[number]

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** 1970-01-01 was a Thursday; weekdays count from Monday = 0. */
const EPOCH_WEEKDAY = 3

interface UnitRule {
  /** Wall-clock milliseconds → period; `weekStart` is 0 for Monday … 6 for Sunday. */
  readonly of: (wall: number, weekStart: number) => Period
  /** Period → wall-clock milliseconds of its first instant. */
  readonly startOf: (period: Period, weekStart: number) => number
  /** Seasonal cycles worth modelling, in periods, the main one first. */
  readonly seasons: readonly number[]
  /** How many periods a year has, for widening and annualising. */
  readonly perYear: number
}

const monthIndex = (wall: number) => {
  const date = new Date(wall)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}
const monthStart = (months: number) => Date.UTC(1970 + Math.floor(months / 12), ((months % 12) + 12) % 12, 1)
const weekShift = (weekStart: number) => ((EPOCH_WEEKDAY - weekStart + 7) % 7) * DAY

const RULES: { readonly [U in Unit]: UnitRule } = {
  hour: { of: (w) => Math.floor(w / HOUR), startOf: (p) => p * HOUR, seasons: [24, 168], perYear: 8766 },
  day: { of: (w) => Math.floor(w / DAY), startOf: (p) => p * DAY, seasons: [7, 365.25], perYear: 365.25 },
  week: {
    of: (w, s) => Math.floor((w + weekShift(s)) / (7 * DAY)),
    startOf: (p, s) => p * 7 * DAY - weekShift(s),
    seasons: [52],
    perYear: 52.18,
  },
  month: { of: monthIndex, startOf: monthStart, seasons: [12], perYear: 12 },
  quarter: { of: (w) => Math.floor(monthIndex(w) / 3), startOf: (p) => monthStart(p * 3), seasons: [4], perYear: 4 },
  year: {
    of: (w) => new Date(w).getUTCFullYear() - 1970,
    startOf: (p) => monthStart(p * 12),
    seasons: [1],
    perYear: 1,
  },
}

/** What can be chosen of a calendar; `weekStart` is 0 for Monday … 6 for Sunday. */
export interface CalendarOptions {
  readonly unit: Unit
  readonly weekStart?: number
  readonly zone?: string
}

/**
 * Turns dates into whole numbers and back, for one length of period.
 *
 * A period is counted on the shop's wall clock: time stamps with an offset are first moved to `zone`, ones without are
 * taken as they stand. An hour that the clock skips in spring is an empty period, the hour that it repeats in autumn holds
 * both, since demand follows opening hours and not UTC. Refuses an unknown unit, zone or week start.
 *
 * @example
 * const days = new Calendar({ unit: 'day' })
 * days.format(days.parse('2026-11-22') + 1) // → '2026-11-23'
 */
export class Calendar {
  readonly unit: Unit
  readonly weekStart: number
  readonly zone: string
  /** Seasonal cycles in periods, the main one first. */
  readonly seasons: readonly number[]
  readonly perYear: number
  readonly #rule: UnitRule

  constructor({ unit, weekStart = 0, zone = 'UTC' }: CalendarOptions) {
    const rule = (RULES as Partial<Record<string, UnitRule>>)[unit]
    if (!rule) throw new ForetideError('calendar.unit', { unit: String(unit), units: UNITS.join(', ') })
    if (!Number.isInteger(weekStart) || weekStart < 0 || weekStart > 6)
      throw new ForetideError('calendar.weekStart', { weekStart })
    if (!isZone(zone)) throw new ForetideError('calendar.zone', { zone })
    this.unit = unit
    this.weekStart = weekStart
    this.zone = zone
    this.seasons = rule.seasons
    this.perYear = rule.perYear
    this.#rule = rule
  }

  /** The main seasonal cycle in periods (1 where there is none). */
  get season(): number {
    return this.seasons[0] ?? 1
  }

  /** The period that holds a wall-clock time, given as milliseconds since 1970 as if the wall clock were UTC. */
  of(wall: number): Period {
    return this.#rule.of(wall, this.weekStart)
  }

  /** The wall-clock time, in milliseconds as for {@link of}, at which a period begins. */
  startOf(period: Period): number {
    return this.#rule.startOf(period, this.weekStart)
  }

  /** The period of an absolute instant, seen on the clock of this calendar's zone. */
  ofInstant(instant: Date): Period {
    return this.of(wallClock(instant, this.zone))
  }

  /** Reads an ISO date or time stamp (`2026-11-22`, `2026-11-22T10:00`, `…Z`, `…+08:00`); refuses anything else. */
  parse(text: string): Period {
    const match = ISO.exec(text.trim())
    const instant = match ? Date.parse(match[5] ? text.trim() : `${match[1]}T${match[2] ?? '00:00:00'}Z`) : Number.NaN
    if (!match || Number.isNaN(instant) || !isRealDate(match[1] as string))
      throw new ForetideError('calendar.date', { value: text })
    return match[5] ? this.ofInstant(new Date(instant)) : this.of(instant)
  }

  /** Writes the start of a period as `YYYY-MM-DD`, hours as `YYYY-MM-DD HH:00`. */
  format(period: Period): string {
    const iso = new Date(this.startOf(period)).toISOString()
    return this.unit === 'hour' ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}` : iso.slice(0, 10)
  }

  /** The plain data from which an equal calendar can be made. */
  toJSON(): Required<CalendarOptions> {
    return { unit: this.unit, weekStart: this.weekStart, zone: this.zone }
  }
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(:\d{2}(\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/

function isRealDate(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}

const formatters = new Map<string, Intl.DateTimeFormat>()
function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone)
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
      hourCycle: 'h23',
    })
    formatters.set(zone, found)
  }
  return found
}

function isZone(zone: string): boolean {
  try {
    formatter(zone)
    return true
  } catch {
    return false
  }
}

/** The wall-clock milliseconds that clocks in `zone` show at an instant. */
export function wallClock(instant: Date, zone: string): number {
  if (zone === 'UTC') return instant.getTime()
  const part: Record<string, number> = {}
  for (const { type, value } of formatter(zone).formatToParts(instant)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) + (instant.getTime() % 1000)
}
