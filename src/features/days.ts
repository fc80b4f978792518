import type { Timeline } from './family.ts'

export const DAY = 86_400_000

/** A whole number of days since 1970-01-01. */
export type DayNumber = number

/** A named stretch of days, both ends within it. */
export interface Span {
  readonly name: string
  readonly from: DayNumber
  readonly to: DayNumber
}

/** The day number of a date. */
export const dayOf = (year: number, month: number, day: number): DayNumber => Date.UTC(year, month - 1, day) / DAY

/** The day number of `YYYY-MM-DD`. */
export const dayOfText = (text: string): DayNumber => Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY

/** Years that a timeline touches, and one more on either side, so that the next and the previous event are always found. */
export function yearsOf(timeline: Timeline): number[] {
  const { starts, count } = timeline
  const first = new Date(starts[0] as number).getUTCFullYear() - 1
  const last = new Date(starts[count] as number).getUTCFullYear() + 1
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** The first and last day that each period of a timeline touches. */
function daysOf(timeline: Timeline): { readonly from: Float64Array; readonly to: Float64Array } {
  const { starts, count } = timeline
  const from = new Float64Array(count)
  const to = new Float64Array(count)
  for (let p = 0; p < count; p++) {
    from[p] = Math.floor((starts[p] as number) / DAY)
    to[p] = Math.floor(((starts[p + 1] as number) - 1) / DAY)
  }
  return { from, to }
}

/** What {@link placeOf} finds for every period. */
export interface Place {
  /** How many days of the period lie in a span. */
  readonly during: Float32Array | undefined
  /** Days until the next span begins; 0 within one, `cap` when farther. */
  readonly until: Float32Array | undefined
  /** Days since the last span ended; 0 within one, `cap` when farther. */
  readonly since: Float32Array | undefined
}

/** Writes where every period of a timeline lies with regard to some spans. */
export function placeOf(timeline: Timeline, spans: readonly Span[], cap: number, into: Place): void {
  const days = daysOf(timeline)
  const sorted = [...spans].sort((a, b) => a.from - b.from)
  for (let p = 0; p < timeline.count; p++) {
    const from = days.from[p] as number
    const to = days.to[p] as number
    let next = cap
    let last = cap
    let inside = 0
    let counted = Number.NEGATIVE_INFINITY
    for (const span of sorted) {
      if (span.from > to + cap) break
      if (span.from > to) next = Math.min(next, span.from - to)
      else if (span.to < from) last = Math.min(last, from - span.to)
      else {
        const begin = Math.max(span.from, from, counted + 1)
        const end = Math.min(span.to, to)
        inside += Math.max(0, end - begin + 1)
        counted = Math.max(counted, end)
        next = 0
        last = 0
      }
    }
    if (into.during) into.during[p] = inside
    if (into.until) into.until[p] = next
    if (into.since) into.since[p] = last
  }
}
