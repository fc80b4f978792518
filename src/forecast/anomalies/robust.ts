import { at } from '../../core/panel.ts'

/** MAD times this estimates the standard deviation of normal values. */
const MAD_TO_SD = 1.4826
/** Residuals are believed up to so many standard deviations (Huber). */
export const BELIEVED = 2.5
/** What the mean square of standard normal numbers is once they are clipped there. */
const CLIPPED_SQUARE = 0.9775
const ROUNDS = 4

/** The median of the first `n` values of a scratch array, which is sorted in place; NaN of none. */
export function medianOf(scratch: Float64Array, n: number): number {
  if (n === 0) return Number.NaN
  if (n > 40) scratch.subarray(0, n).sort()
  else sortFew(scratch, n)
  return (at(scratch, (n - 1) >> 1) + at(scratch, n >> 1)) / 2
}

/** Insertion is the fastest for the few values of a neighbourhood. */
function sortFew(values: Float64Array, n: number): void {
  for (let k = 1; k < n; k++) {
    const v = at(values, k)
    let p = k
    while (p > 0 && at(values, p - 1) > v) {
      values[p] = at(values, p - 1)
      p--
    }
    values[p] = v
  }
}

/** A value brought within so many of its spread from a centre. */
export function clipped(value: number, centre: number, reach: number): number {
  return Math.min(centre + reach, Math.max(centre - reach, value))
}

/** Median and standard deviation (by the median absolute deviation) of the first `n` values of a scratch array. */
export function middleAndSpread(scratch: Float64Array, n: number): { readonly middle: number; readonly sd: number } {
  const middle = medianOf(scratch, n)
  for (let k = 0; k < n; k++) scratch[k] = Math.abs(at(scratch, k) - middle)
  return { middle, sd: MAD_TO_SD * medianOf(scratch, n) }
}

/**
 * The standard deviation of residuals about 0, of which some may be wild: their clipped mean square, over and over, from the median size
 * on (Huber's proposal 2, 1964). The array is overwritten.
 */
export function clippedDeviation(residuals: Float64Array, n: number): number {
  let mean = 0
  for (let k = 0; k < n; k++) {
    const size = Math.abs(at(residuals, k))
    residuals[k] = size
    mean += size / n
  }
  let sd = MAD_TO_SD * medianOf(residuals, n)
  if (sd < 0.2 * mean) sd = 1.25 * mean
  for (let round = 0; round < ROUNDS; round++) {
    let sum = 0
    for (let k = 0; k < n; k++) sum += Math.min(at(residuals, k), BELIEVED * sd) ** 2
    sd = Math.sqrt(sum / n / CLIPPED_SQUARE)
  }
  return sd
}
