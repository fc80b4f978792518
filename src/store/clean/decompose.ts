import { MAD_TO_SD, quantileOf } from './robust.ts'

/** A series as trend + season + rest; the rest is NaN where the series is. */
export interface Decomposition {
  readonly trend: Float64Array
  readonly seasonal: Float64Array
  readonly residual: Float64Array
}

/** How many cycles a season may drift over. */
const CYCLES = 7
const ROBUST_ROUNDS = 3
const INNER_ROUNDS = 2

/**
 * Robust seasonal-trend decomposition of one series in the manner of STL (Cleveland et al., 1990), which takes gaps.
 *
 * Seasons are local means over neighbouring cycles, the trend a local line with tricube weights; values far from both lose
 * their weight (bisquare) in the following rounds. With `season` 1, or less than two cycles, there is a trend only.
 */
export function decompose(values: Float64Array, season: number): Decomposition {
  const n = values.length
  const cycle = season >= 2 && n >= 2 * season ? season : 1
  const width = cycle > 1 ? oddAbove((1.5 * cycle) / (1 - 1.5 / CYCLES)) : oddAbove(Math.min(n / 2, 15))
  const trend = new Float64Array(n)
  const seasonal = new Float64Array(n)
  const residual = new Float64Array(n)
  const weight = new Float64Array(n)
  const work = new Float64Array(n)
  for (let t = 0; t < n; t++) weight[t] = Number.isNaN(values[t]) ? 0 : 1
  trend.fill(quantileOf(values, 0.5))
  for (let round = 0; round <= ROBUST_ROUNDS; round++) {
    for (let inner = 0; inner < INNER_ROUNDS; inner++) {
      if (cycle > 1) {
        for (let t = 0; t < n; t++) work[t] = (values[t] as number) - (trend[t] as number)
        smoothSeasons(work, weight, cycle, seasonal)
        centre(seasonal, cycle)
      }
      for (let t = 0; t < n; t++) work[t] = (values[t] as number) - (seasonal[t] as number)
      localLines(work, weight, width, trend)
    }
    for (let t = 0; t < n; t++) residual[t] = (values[t] as number) - (trend[t] as number) - (seasonal[t] as number)
    if (round < ROBUST_ROUNDS) bisquare(residual, weight)
  }
  return { trend, seasonal, residual }
}

const oddAbove = (x: number) => 2 * Math.floor(Math.max(3, x) / 2) + 1

/** Each season's own sequence of cycles, smoothed by tricube-weighted means. */
function smoothSeasons(values: Float64Array, weight: Float64Array, cycle: number, into: Float64Array): void {
  const n = values.length
  const half = (CYCLES + 1) / 2
  for (let t = 0; t < n; t++) {
    let sum = 0
    let total = 0
    for (let c = 1 - half; c < half; c++) {
      const s = t + c * cycle
      if (s < 0 || s >= n || weight[s] === 0) continue
      const w = (weight[s] as number) * tricube(c / half)
      sum += w * (values[s] as number)
      total += w
    }
    into[t] = total > 0 ? sum / total : 0
  }
}

/** Takes the local mean over a cycle out of the seasons, so that the level stays with the trend. */
function centre(seasonal: Float64Array, cycle: number): void {
  const n = seasonal.length
  const sums = new Float64Array(n + 1)
  for (let t = 0; t < n; t++) sums[t + 1] = (sums[t] as number) + (seasonal[t] as number)
  const half = cycle >> 1
  for (let t = 0; t < n; t++) {
    const from = Math.min(Math.max(0, t - half), n - cycle)
    seasonal[t] = (seasonal[t] as number) - ((sums[from + cycle] as number) - (sums[from] as number)) / cycle
  }
}

/** Local lines with tricube weights over `width` periods (loess of degree one). */
function localLines(values: Float64Array, weight: Float64Array, width: number, into: Float64Array): void {
  const n = values.length
  const half = width >> 1
  for (let t = 0; t < n; t++) {
    const from = Math.max(0, Math.min(t - half, n - width))
    const to = Math.min(n, from + width)
    const reach = Math.max(t - from, to - 1 - t) + 1
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let y0 = 0
    let y1 = 0
    for (let s = from; s < to; s++) {
      const robust = weight[s] as number
      if (robust === 0) continue
      const x = s - t
      const w = robust * tricube(x / reach)
      s0 += w
      s1 += w * x
      s2 += w * x * x
      y0 += w * (values[s] as number)
      y1 += w * x * (values[s] as number)
    }
    const spread = s0 * s2 - s1 * s1
    if (s0 > 0) into[t] = spread > 1e-9 * s0 * s0 ? (s2 * y0 - s1 * y1) / spread : y0 / s0
  }
}

function tricube(u: number): number {
  const a = 1 - Math.abs(u * u * u)
  return a * a * a
}

function bisquare(residual: Float64Array, weight: Float64Array): void {
  const apart = new Float64Array(residual.length)
  for (let t = 0; t < apart.length; t++) apart[t] = Math.abs(residual[t] as number)
  const bound = 6 * MAD_TO_SD * quantileOf(apart, 0.5)
  for (let t = 0; t < apart.length; t++) {
    const a = apart[t] as number
    if (Number.isNaN(a)) continue
    const u = bound > 0 ? a / bound : a > 0 ? 1 : 0
    weight[t] = u < 1 ? (1 - u * u) ** 2 : 0
  }
}
