import type { Period } from '../core/calendar.ts'
import { DAYS } from './options.ts'

/** The days of a simulation, history then horizon, numbered from 0. */
export interface Days {
  /** Day 0 as a period of the daily calendar. */
  readonly first: Period
  /** Days of history. */
  readonly history: number
  /** History and horizon together. */
  readonly total: number
  /** Monday 0 … Sunday 6. */
  readonly weekday: Uint8Array
  readonly dayOfMonth: Uint8Array
  readonly daysInMonth: Uint8Array
  readonly dayOfYear: Uint16Array
  /** `2024-01-01` for each day. */
  readonly text: readonly string[]
}

const DAY = 86_400_000

/** Lays out the days from `start` on. */
export function daysOf(start: string, history: number, horizon: number): Days {
  const first = DAYS.parse(start)
  const total = history + horizon
  const days: Days = {
    first,
    history,
    total,
    weekday: new Uint8Array(total),
    dayOfMonth: new Uint8Array(total),
    daysInMonth: new Uint8Array(total),
    dayOfYear: new Uint16Array(total),
    text: Array.from({ length: total }, (_, t) => DAYS.format(first + t)),
  }
  for (let t = 0; t < total; t++) {
    const date = new Date((first + t) * DAY)
    const year = date.getUTCFullYear()
    const month = date.getUTCMonth()
    days.weekday[t] = (date.getUTCDay() + 6) % 7
    days.dayOfMonth[t] = date.getUTCDate()
    days.daysInMonth[t] = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    days.dayOfYear[t] = Math.round((date.getTime() - Date.UTC(year, 0, 1)) / DAY) + 1
  }
  return days
}

/** The years that the days touch, one more at either end so that effects of festivals reach in. */
export function yearsOf(days: Days): number[] {
  const from = Number(days.text[0]?.slice(0, 4)) - 1
  const to = Number(days.text[days.total - 1]?.slice(0, 4)) + 1
  return Array.from({ length: to - from + 1 }, (_, k) => from + k)
}
