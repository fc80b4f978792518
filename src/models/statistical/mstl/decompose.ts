import { type StlOptions, stl } from './stl.ts'

/** A series taken apart into a trend, one seasonal part a period, and the rest; all of the series' length. */
export interface Decomposition {
  /** In ascending order. */
  readonly periods: readonly number[]
  readonly seasonal: readonly Float64Array[]
  readonly trend: Float64Array
}

/**
 * Multiple seasonal-trend decomposition by loess (Bandara, Hyndman and Bergmeir, 2021): STL for one period after the other,
 * each on what the other seasonal parts leave, twice over. Seasonal spans are 11, 15, 19, … and locally constant, as in R.
 */
export function decompose(y: Float64Array, periods: readonly number[], options: StlOptions = {}): Decomposition {
  const ascending = [...periods].sort((a, b) => a - b)
  const rest = y.slice()
  const seasonal = ascending.map(() => new Float64Array(y.length))
  let trend = new Float64Array(y.length)
  const rounds = ascending.length > 1 ? 2 : 1
  for (let round = 0; round < rounds; round++)
    ascending.forEach((period, i) => {
      const own = seasonal[i] as Float64Array
      for (let t = 0; t < rest.length; t++) rest[t] = (rest[t] as number) + (own[t] as number)
      const part = stl(rest, period, { seasonalDegree: 0, seasonal: 11 + 4 * i, ...options })
      own.set(part.seasonal)
      trend = part.trend as Float64Array<ArrayBuffer>
      for (let t = 0; t < rest.length; t++) rest[t] = (rest[t] as number) - (own[t] as number)
    })
  return { periods: ascending, seasonal, trend }
}

/**
 * Strength of one seasonal part between 0 and 1: how much less the remainder varies than remainder and season together
 * (Wang, Smith and Hyndman, 2006).
 */
export function seasonalStrength(y: Float64Array, period: number): number {
  const { seasonal, trend } = decompose(y, [period])
  const own = seasonal[0] as Float64Array
  const detrended = y.map((v, t) => v - (trend[t] as number))
  const whole = variance(detrended)
  return whole > 0 ? Math.max(0, 1 - variance(detrended.map((v, t) => v - (own[t] as number))) / whole) : 0
}

function variance(values: Float64Array): number {
  let mean = 0
  for (let t = 0; t < values.length; t++) mean += values[t] as number
  mean /= values.length
  let sum = 0
  for (let t = 0; t < values.length; t++) sum += ((values[t] as number) - mean) ** 2
  return sum / (values.length - 1)
}
