/** What is left of a series once its seasonal cycle is taken off. */
export interface Decomposed {
  /** 0 none, 1 additive, 2 multiplicative. */
  readonly kind: 0 | 1 | 2
  /** One figure a phase, the one of the first value first; empty without a cycle. */
  readonly indices: Float64Array
  readonly adjusted: Float64Array
}

/** The 95 % point of the standard normal: the test of Fiorucci et al. (2016) is two-sided at 90 %. */
const CRITICAL = 1.6448536269514722
/** A factor below this would blow up what is divided by it. */
const LEAST_FACTOR = 0.01

/**
 * Takes the cycle of length `m` off a complete series where its autocorrelation at that lag stands out, as the Theta papers do.
 *
 * Classical decomposition by a centred moving average; factors where all values are above zero and `wanted` is
 * `multiplicative`, else differences. Shorter than two cycles, or a cycle under 4, is left as it is.
 */
export function deseasonalise(
  y: Float64Array,
  m: number,
  wanted: 'multiplicative' | 'additive' | 'none' = 'multiplicative',
): Decomposed {
  const plain: Decomposed = { kind: 0, indices: new Float64Array(0), adjusted: y }
  if (wanted === 'none' || m < 4 || y.length < 2 * m || !isSeasonal(y, m)) return plain
  const trend = centredAverage(y, m)
  if (wanted === 'multiplicative' && y.every((v) => v > 0)) {
    const indices = phaseMeans(y, trend, m, true)
    if (indices.every((s) => s >= LEAST_FACTOR)) return { kind: 2, indices, adjusted: adjust(y, 2, indices) }
  }
  const indices = phaseMeans(y, trend, m, false)
  return { kind: 1, indices, adjusted: adjust(y, 1, indices) }
}

/** Takes known seasonal figures off a series. */
export function adjust(y: Float64Array, kind: number, indices: Float64Array): Float64Array {
  if (kind === 0) return y
  const m = indices.length
  const adjusted = new Float64Array(y.length)
  for (let t = 0, j = 0; t < y.length; t++) {
    const s = indices[j] as number
    adjusted[t] = kind === 1 ? (y[t] as number) - s : (y[t] as number) / s
    j = j + 1 === m ? 0 : j + 1
  }
  return adjusted
}

/** Whether the autocorrelation at lag `m` exceeds what those at shorter lags explain (Bartlett's variance). */
function isSeasonal(y: Float64Array, m: number): boolean {
  const n = y.length
  let mean = 0
  for (let t = 0; t < n; t++) mean += y[t] as number
  mean /= n
  let total = 0
  for (let t = 0; t < n; t++) total += ((y[t] as number) - mean) ** 2
  if (!(total > 0)) return false
  let squares = 0
  for (let lag = 1; ; lag++) {
    let sum = 0
    for (let t = lag; t < n; t++) sum += ((y[t] as number) - mean) * ((y[t - lag] as number) - mean)
    const r = sum / total
    if (lag === m) return Math.abs(r) > CRITICAL * Math.sqrt((1 + 2 * squares) / n)
    squares += r * r
  }
}

/** The moving average over a whole cycle, centred, half weights at both ends of an even one; NaN where it does not fit. */
function centredAverage(y: Float64Array, m: number): Float64Array {
  const n = y.length
  const half = m >> 1
  const trend = new Float64Array(n).fill(Number.NaN)
  const even = m % 2 === 0
  for (let t = half; t + half < n; t++) {
    let sum = 0
    for (let k = t - half; k <= t + half; k++) sum += y[k] as number
    if (even) sum -= 0.5 * ((y[t - half] as number) + (y[t + half] as number))
    trend[t] = sum / m
  }
  return trend
}

function phaseMeans(y: Float64Array, trend: Float64Array, m: number, ratio: boolean): Float64Array {
  const indices = new Float64Array(m)
  const counts = new Float64Array(m)
  for (let t = 0; t < y.length; t++) {
    const level = trend[t] as number
    if (Number.isNaN(level)) continue
    const j = t % m
    indices[j] = (indices[j] as number) + (ratio ? (y[t] as number) / level : (y[t] as number) - level)
    counts[j] = (counts[j] as number) + 1
  }
  let mean = 0
  for (let j = 0; j < m; j++) {
    indices[j] = (indices[j] as number) / Math.max(1, counts[j] as number)
    mean += (indices[j] as number) / m
  }
  for (let j = 0; j < m; j++) indices[j] = ratio ? (indices[j] as number) / mean : (indices[j] as number) - mean
  return indices
}
