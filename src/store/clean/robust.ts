/** MAD times this estimates the standard deviation of normal values. */
export const MAD_TO_SD = 1.4826

/**
 * The quantile of the observed values by linear interpolation (type 7 of Hyndman and Fan, 1996), ignoring NaN; NaN where none is.
 *
 * @example
 * quantileOf(Float64Array.of(1, NaN, 3), 0.5) // → 2
 */
export function quantileOf(values: Float64Array, level: number): number {
  const sorted = new Float64Array(values.length)
  let n = 0
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number
    if (!Number.isNaN(v)) sorted[n++] = v
  }
  return quantileOfSorted(sorted.subarray(0, n).sort(), level)
}

/** As {@link quantileOf}, of values that are sorted and hold no NaN. */
export function quantileOfSorted(sorted: Float64Array, level: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = (sorted.length - 1) * level
  const low = Math.floor(place)
  const a = sorted[low] as number
  const b = sorted[Math.min(low + 1, sorted.length - 1)] as number
  return a + (b - a) * (place - low)
}

/** Middle and median absolute deviation of the observed values. */
export function medianAndMad(values: Float64Array): { median: number; mad: number } {
  const median = quantileOf(values, 0.5)
  const apart = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) apart[i] = Math.abs((values[i] as number) - median)
  return { median, mad: quantileOf(apart, 0.5) }
}
