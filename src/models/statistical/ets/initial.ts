import { At } from './filter.ts'
import type { PartKind } from './form.ts'

/** Starting states read off a series, for each kind of season, before anything is optimised. */
export interface Start {
  /** Of the first values, for levels that move. */
  readonly early: Line
  /** Of all values, for levels that hardly do. */
  readonly whole: Line
  /** Seasonal states, the one of the first value first. */
  readonly season: Float64Array
}

/** The mean of some values, and the level and growth of a straight line through them. */
export interface Line {
  readonly flat: number
  readonly level: number
  readonly growth: number
}

/**
 * Heuristic starting states as in Hyndman, Koehler, Snyder and Grose (2002): seasonal states from a classical decomposition, level
 * and growth from a straight line through the first ten (or two cycles of) seasonally adjusted values.
 */
export function startOf(y: Float64Array, m: number, kind: PartKind): Start {
  const season = new Float64Array(m)
  if (kind !== 0) profileOf(y, m, kind === 2, season)
  const adjusted = (t: number) => {
    const value = y[t] as number
    if (kind === 0) return value
    const s = season[t % m] as number
    return kind === 1 ? value - s : value / s
  }
  const want = Math.max(10, kind === 0 ? 0 : 2 * m)
  return { early: lineOf(adjusted, y.length, want), whole: lineOf(adjusted, y.length, y.length), season }
}

function lineOf(adjusted: (t: number) => number, n: number, want: number): Line {
  let count = 0
  let sumT = 0
  let sumY = 0
  let sumTT = 0
  let sumTY = 0
  for (let t = 0; t < n && count < want; t++) {
    const value = adjusted(t)
    if (Number.isNaN(value)) continue
    count++
    sumT += t + 1
    sumY += value
    sumTT += (t + 1) * (t + 1)
    sumTY += (t + 1) * value
  }
  const flat = sumY / count
  const spread = sumTT - (sumT * sumT) / count
  const growth = spread > 0 ? (sumTY - (sumT * sumY) / count) / spread : 0
  return { flat, level: flat - (growth * sumT) / count, growth }
}

/** Writes the states of a start into a parameter vector. */
export function setStart(x: Float64Array, start: Line, season: Float64Array, trend: PartKind): void {
  x[At.level] = trend === 0 ? start.flat : start.level
  x[At.growth] = trend === 0 ? 0 : start.growth
  if (trend === 2) {
    const level = start.level > 0 ? start.level : Math.max(start.flat, 1e-3)
    x[At.level] = level
    x[At.growth] = Math.min(1.5, Math.max(0.67, 1 + start.growth / level))
  }
  x.set(season, At.season)
}

/** The mean departure of each position of the cycle from a centred moving average, or from the mean where that is too long. */
function profileOf(y: Float64Array, m: number, ratio: boolean, into: Float64Array): void {
  const n = y.length
  const half = m >> 1
  const counts = new Float64Array(m)
  const long = n >= 2 * m
  const whole = long ? Number.NaN : meanOf(y, 0, n, 0)
  for (let t = 0; t < n; t++) {
    if (long && (t < half || t + half >= n)) continue
    const value = y[t] as number
    const local = long ? meanOf(y, t - half, t + half + 1, m % 2 === 0 ? 0.5 : 0) : whole
    const departure = ratio ? value / local : value - local
    if (!Number.isFinite(departure)) continue
    into[t % m] = (into[t % m] as number) + departure
    counts[t % m] = (counts[t % m] as number) + 1
  }
  let sum = 0
  const neutral = ratio ? 1 : 0
  for (let j = 0; j < m; j++) {
    const count = counts[j] as number
    const mean = count > 0 ? (into[j] as number) / count : neutral
    into[j] = ratio ? Math.max(0.01, mean) : mean
    sum += into[j] as number
  }
  for (let j = 0; j < m; j++) into[j] = ratio ? ((into[j] as number) * m) / sum : (into[j] as number) - sum / m
}

/** The mean of the observed values of a range, its two ends weighing half as much where `ends` is 0.5. */
function meanOf(y: Float64Array, from: number, to: number, ends: number): number {
  let sum = 0
  let weight = 0
  for (let t = from; t < to; t++) {
    const value = y[t] as number
    if (Number.isNaN(value)) continue
    const w = ends > 0 && (t === from || t === to - 1) ? ends : 1
    sum += w * value
    weight += w
  }
  return sum / weight
}
