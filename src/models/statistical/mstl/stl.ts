import { loess, loessAt } from './loess.ts'

/** How STL smooths; spans are odd numbers of values, degrees 0 or 1. */
export interface StlOptions {
  /** Values of one place in the season that its smoother spans, 7. */
  readonly seasonal?: number
  /** Values that the trend's smoother spans; the least odd number above 1.5·period / (1 − 1.5 / seasonal). */
  readonly trend?: number
  /** Values that the low-pass filter's smoother spans; the least odd number above the period. */
  readonly lowPass?: number
  readonly seasonalDegree?: 0 | 1
  readonly trendDegree?: 0 | 1
  readonly lowPassDegree?: 0 | 1
  /** Distance between positions estimated, 1 for all. */
  readonly jump?: number
  /** Whether outliers are given less weight, at about ten times the cost. */
  readonly robust?: boolean
}

/** A series taken apart; seasonal + trend + remainder is the series. */
export interface Stl {
  readonly seasonal: Float64Array
  readonly trend: Float64Array
  /** Robustness weights, all 1 unless asked for. */
  readonly weights: Float64Array
}

const odd = (n: number) => n + ((n + 1) % 2)

/**
 * Seasonal-trend decomposition by loess (Cleveland, Cleveland, McRae and Terpenning, 1990).
 *
 * `y` holds at least two values, none missing; `period` is a whole number from 2. Equal to the authors' program with its
 * median corrected, as statsmodels has it.
 *
 * @example
 * stl(sales, 7, { robust: true }).trend
 */
export function stl(y: Float64Array, period: number, options: StlOptions = {}): Stl {
  const n = y.length
  const span = options.seasonal ?? 7
  const jump = options.jump ?? 1
  const seasonalSmooth = { span, degree: options.seasonalDegree ?? 1, jump }
  const trendSmooth = {
    span: options.trend ?? odd(Math.ceil((1.5 * period) / (1 - 1.5 / span))),
    degree: options.trendDegree ?? 1,
    jump,
  }
  const lowSmooth = { span: options.lowPass ?? odd(period + 1), degree: options.lowPassDegree ?? 1, jump }
  const inner = options.robust ? 2 : 5
  const outer = options.robust ? 15 : 0

  const seasonal = new Float64Array(n)
  const trend = new Float64Array(n)
  const robust = new Float64Array(n).fill(1)
  const long = n + 2 * period
  const cycle = new Float64Array(long)
  const first = new Float64Array(long)
  const second = new Float64Array(long)
  const kernel = new Float64Array(long + 2)
  for (let round = 0; ; round++) {
    const weights = round > 0 ? robust : undefined
    for (let k = 0; k < inner; k++) {
      smoothSubseries(y, trend, period, seasonalSmooth, cycle, first, second, kernel, weights)
      average(cycle, long, period, first)
      average(first, long - period + 1, period, second)
      average(second, long - 2 * period + 2, 3, first)
      loess(first, 0, n, second, 0, lowSmooth, kernel, undefined)
      for (let i = 0; i < n; i++) {
        const s = (cycle[period + i] as number) - (second[i] as number)
        seasonal[i] = s
        first[i] = (y[i] as number) - s
      }
      loess(first, 0, n, trend, 0, trendSmooth, kernel, weights)
    }
    if (round >= outer) return { seasonal, trend, weights: robust }
    bisquare(y, seasonal, trend, robust)
  }
}

/** Smooths each place in the season by itself and one value farther at both ends. */
function smoothSubseries(
  y: Float64Array,
  trend: Float64Array,
  period: number,
  smooth: { readonly span: number; readonly degree: number; readonly jump: number },
  out: Float64Array,
  values: Float64Array,
  smoothed: Float64Array,
  kernel: Float64Array,
  weights: Float64Array | undefined,
): void {
  const n = y.length
  const { span, degree } = smooth
  const own = weights && new Float64Array(Math.ceil(n / period))
  for (let j = 0; j < period; j++) {
    const k = j < n ? Math.floor((n - 1 - j) / period) + 1 : 0
    if (k === 0) continue
    for (let i = 0; i < k; i++) {
      values[i] = (y[i * period + j] as number) - (trend[i * period + j] as number)
      if (own && weights) own[i] = weights[i * period + j] as number
    }
    loess(values, 0, k, smoothed, 1, smooth, kernel, own)
    const before = loessAt(values, 0, k, 0, 1, Math.min(span, k), span, degree, kernel, own)
    const after = loessAt(values, 0, k, k + 1, Math.max(1, k - span + 1), k, span, degree, kernel, own)
    smoothed[0] = Number.isNaN(before) ? (smoothed[1] as number) : before
    smoothed[k + 1] = Number.isNaN(after) ? (smoothed[k] as number) : after
    for (let i = 0; i < k + 2; i++) out[i * period + j] = smoothed[i] as number
  }
}

/** Moving averages of `span` values. */
function average(values: Float64Array, n: number, span: number, out: Float64Array): void {
  let sum = 0
  for (let i = 0; i < span; i++) sum += values[i] as number
  out[0] = sum / span
  for (let i = span; i < n; i++) {
    sum += (values[i] as number) - (values[i - span] as number)
    out[i - span + 1] = sum / span
  }
}

/** Bisquare weights of the residuals against six times their median. */
function bisquare(y: Float64Array, seasonal: Float64Array, trend: Float64Array, out: Float64Array): void {
  const n = y.length
  for (let i = 0; i < n; i++) out[i] = Math.abs((y[i] as number) - (seasonal[i] as number) - (trend[i] as number))
  const sorted = out.slice().sort()
  const middle = n >> 1
  const limit = 3 * ((sorted[middle] as number) + (sorted[n - middle - 1] as number))
  for (let i = 0; i < n; i++) {
    const off = out[i] as number
    if (limit === 0 || off <= 0.001 * limit) out[i] = 1
    else out[i] = off <= 0.999 * limit ? (1 - (off / limit) ** 2) ** 2 : 0
  }
}
