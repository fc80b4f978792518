import { ForetideError } from '../../core/errors.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import { at, endOf, Mask, type Panel } from '../../core/panel.ts'
import { groupingOf, usualGroups } from './grouping.ts'

const HOURS = 24
const WEEK = 7
/** Days' worth of demand that the profile of those alike counts for beside a series' own. */
const PRIOR_DAYS = 20

/**
 * The share of the usual demand of each day that falls into its hours in stock, by profiles of the hours.
 *
 * A profile is what hours bring of a day that is in stock throughout, by weekday: of all series, shrunk from there to each group of series (the
 * first that {@link usualGroups} names) and to each series. A day without a stock-out has share 1, one without hours NaN. Refuses a panel
 * that is not by the hour or lacks a series.
 */
export function hourlyShares(panel: Panel, hourly: Panel): Float64Array {
  if (hourly.calendar.unit !== 'hour' || panel.calendar.unit !== 'day')
    throw new ForetideError('hiddenDemand.hourly', { problem: `${hourly.calendar.unit} / ${panel.calendar.unit}` })
  const place = new Map(hourly.ids.map((id, i) => [id, i]))
  const places = panel.ids.map((id) => {
    const i = place.get(id)
    if (i === undefined) throw new ForetideError('hiddenDemand.hourly', { problem: id })
    return i
  })
  const profiles = profilesOf(panel, hourly, places)
  const shares = sharedFloat64(panel.target.length).fill(Number.NaN)
  eachDay(panel, hourly, places, (i, k, day, hour) => {
    if (hour < 0) return
    const row = (i * WEEK + weekdayOf(day)) * HOURS
    let open = 0
    for (let h = 0; h < HOURS; h++) if ((at(hourly.mask, hour + h) & HIDDEN) === 0) open += at(profiles, row + h)
    shares[k] = open
  })
  return shares
}

const HIDDEN = Mask.censored | Mask.closed
const weekdayOf = (day: number) => ((day % WEEK) + WEEK) % WEEK

/** Profiles of every series: [series, weekday, hour], each summing to 1. */
function profilesOf(panel: Panel, hourly: Panel, places: readonly number[]): Float64Array {
  const n = panel.ids.length
  const row = WEEK * HOURS
  const { of, count } = groupingOf(panel, usualGroups(panel)[1] ?? [])
  const all = new Float64Array(row)
  const groups = new Float64Array(count * row)
  const own = new Float64Array(n * row)
  eachDay(panel, hourly, places, (i, _, day, hour) => {
    if (hour < 0) return
    let total = 0
    for (let h = 0; h < HOURS; h++) {
      const y = at(hourly.target, hour + h)
      if (Number.isNaN(y) || (at(hourly.mask, hour + h) & Mask.censored) !== 0) return
      total += Math.max(0, y)
    }
    if (!(total > 0)) return
    // Days count alike whatever they sell, so that a few large ones do not make the profile.
    for (let h = 0; h < HOURS; h++) {
      const part = Math.max(0, at(hourly.target, hour + h)) / total
      const slot = weekdayOf(day) * HOURS + h
      all[slot] = at(all, slot) + part
      groups[at(of, i) * row + slot] = at(groups, at(of, i) * row + slot) + part
      own[i * row + slot] = at(own, i * row + slot) + part
    }
  })
  const even = new Float64Array(row).fill(1 / HOURS)
  shrink(all, even, () => 0)
  shrink(groups, all, () => 0)
  shrink(own, groups, (i) => at(of, i))
  return own
}

/** Turns sums of shares into profiles, each drawn towards the profile of its parent. */
function shrink(sums: Float64Array, parents: Float64Array, parentOf: (row: number) => number): void {
  const row = WEEK * HOURS
  for (let i = 0; i < sums.length / row; i++)
    for (let d = 0; d < WEEK; d++) {
      const from = i * row + d * HOURS
      const parent = parentOf(i) * row + d * HOURS
      let days = 0
      for (let h = 0; h < HOURS; h++) days += at(sums, from + h)
      for (let h = 0; h < HOURS; h++)
        sums[from + h] = (at(sums, from + h) + PRIOR_DAYS * at(parents, parent + h)) / (days + PRIOR_DAYS)
    }
}

/** Calls back for every cell of the panel with the cell of its first hour, −1 where the hours are not all there. */
function eachDay(
  panel: Panel,
  hourly: Panel,
  places: readonly number[],
  call: (series: number, cell: number, day: number, hour: number) => void,
): void {
  for (let i = 0; i < panel.ids.length; i++) {
    const j = places[i] as number
    const [from, end] = [at(hourly.start, j), endOf(hourly, j)]
    for (let k = at(panel.offsets, i), day = at(panel.start, i); k < at(panel.offsets, i + 1); k++, day++) {
      const first = day * HOURS
      call(i, k, day, first < from || first + HOURS > end ? -1 : at(hourly.offsets, j) + first - from)
    }
  }
}
