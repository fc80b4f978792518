/**
 * KPSS statistic of stationarity around a level (Kwiatkowski, Phillips, Schmidt and Shin, 1992), Bartlett weights over
 * ⌊3√n / 13⌋ lags; missing values are left out. NaN for fewer than three values or none that differ.
 */
export function kpss(values: Float64Array): number {
  const seen = values.filter((v) => !Number.isNaN(v))
  const n = seen.length
  if (n < 3 || isConstant(seen)) return Number.NaN
  let mean = 0
  for (let t = 0; t < n; t++) mean += seen[t] as number
  mean /= n
  let partial = 0
  let squares = 0
  let variance = 0
  for (let t = 0; t < n; t++) {
    const e = (seen[t] as number) - mean
    seen[t] = e
    partial += e
    squares += partial * partial
    variance += e * e
  }
  const lags = Math.floor((3 * Math.sqrt(n)) / 13)
  for (let l = 1; l <= lags; l++) {
    let sum = 0
    for (let t = l; t < n; t++) sum += (seen[t] as number) * (seen[t - l] as number)
    variance += 2 * (1 - l / (lags + 1)) * sum
  }
  return squares / (n * variance)
}

/** The statistic above which a level is not stationary, at 5 %. */
const KPSS_LIMIT = 0.463

/** Whether no observed value differs from another. */
export function isConstant(values: Float64Array): boolean {
  let first = Number.NaN
  for (let t = 0; t < values.length; t++) {
    const v = values[t] as number
    if (Number.isNaN(v)) continue
    if (Number.isNaN(first)) first = v
    else if (v !== first) return false
  }
  return true
}

/** How many first differences make the level stationary by {@link kpss}, at most `most`. */
export function differencesNeeded(values: Float64Array, most: number): number {
  let now = values
  for (let d = 0; d < most; d++) {
    if (!(kpss(now) > KPSS_LIMIT)) return d
    const next = new Float64Array(now.length - 1)
    for (let t = 0; t < next.length; t++) next[t] = (now[t + 1] as number) - (now[t] as number)
    now = next
  }
  return most
}
