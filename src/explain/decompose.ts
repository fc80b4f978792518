import { at } from '../core/panel.ts'

/** What a forecast without anything special is made of, step by step; the parts add up to it. */
export interface Calm {
  readonly level: Float64Array
  readonly trend: Float64Array
  readonly season: Float64Array
  readonly rest: Float64Array
}

/** Seasons that the level and the profile of a series are taken over. */
const SEASONS = 4
/** Periods of level where there is no season to count by. */
const PERIODS = 8

/**
 * Takes a forecast apart: the recent mean of the series, the usual profile of its season, the straight line through what is left over the steps, and the rest.
 *
 * `past` are the values up to the cutoff, oldest first, NaN where not observed; `forecast` the values of the steps after it.
 */
export function decompose(past: Float64Array, forecast: Float64Array, season: number): Calm {
  const periods = season > 1 ? SEASONS * season : PERIODS
  const recent = past.subarray(Math.max(0, past.length - periods))
  const base = meanOf(recent)
  const profile = season > 1 ? profileOf(recent, season, base) : new Float64Array(1)
  const n = forecast.length
  const level = new Float64Array(n).fill(base)
  // Cells count back from the cutoff, so that the step after it is the phase of the season before.
  const seasonal = forecast.map((_, h) => at(profile, h % profile.length))
  const left = forecast.map((y, h) => y - base - at(seasonal, h))
  const line = lineThrough(left)
  const rest = left.map((y, h) => y - at(line, h))
  return { level, trend: line, season: seasonal, rest }
}

function meanOf(values: Float64Array): number {
  let [sum, count] = [0, 0]
  for (const y of values)
    if (!Number.isNaN(y)) {
      sum += y
      count++
    }
  return count > 0 ? sum / count : 0
}

/** How much each phase after the cutoff is usually above the mean. */
function profileOf(recent: Float64Array, season: number, base: number): Float64Array {
  const profile = new Float64Array(season)
  for (let phase = 0; phase < season; phase++) {
    const own: number[] = []
    for (let k = recent.length - season + phase; k >= 0; k -= season) own.push(at(recent, k))
    const mean = meanOf(Float64Array.from(own))
    const seen = own.filter((y) => !Number.isNaN(y)).length
    // A phase seen once says little: shrunk towards the mean.
    profile[phase] = seen > 0 ? ((mean - base) * seen) / (seen + 1) : 0
  }
  return profile
}

/** The least-squares line through values at 0, 1, 2 …; their mean where there are fewer than three. */
function lineThrough(values: Float64Array): Float64Array {
  const n = values.length
  const mean = meanOf(values)
  if (n < 3) return new Float64Array(n).fill(mean)
  const middle = (n - 1) / 2
  let [up, across] = [0, 0]
  for (let h = 0; h < n; h++) {
    up += (h - middle) * (at(values, h) - mean)
    across += (h - middle) ** 2
  }
  return values.map((_, h) => mean + ((h - middle) * up) / across)
}
