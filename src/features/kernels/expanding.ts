import type { Observed, Target } from './observed.ts'

/** What is known of all values so far. */
export const EXPANDING = ['mean', 'std', 'min', 'max', 'sum', 'active', 'activeShare'] as const
export type Expanding = (typeof EXPANDING)[number]

/** One statistic of all values up to each position, gaps left out; mean and deviation by Welford's update (1962). */
export function expanding(o: Observed, kind: Expanding, { out, shift, atLeast }: Target): void {
  const { values, active, length } = o
  const least = kind === 'std' ? Math.max(2, atLeast) : Math.max(1, atLeast)
  let n = 0
  let mean = 0
  let squares = 0
  let sum = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let k = 0; k < length; k++) {
    const x = values[k] as number
    if (!Number.isNaN(x)) {
      n++
      const d = x - mean
      mean += d / n
      squares += d * (x - mean)
      sum += x
      if (x < low) low = x
      if (x > high) high = x
    }
    let value = Number.NaN
    if (n >= least)
      switch (kind) {
        case 'mean':
          value = mean
          break
        case 'std':
          value = Math.sqrt(squares / (n - 1))
          break
        case 'min':
          value = low
          break
        case 'max':
          value = high
          break
        case 'sum':
          value = sum
          break
        case 'active':
          value = active[k + 1] as number
          break
        default:
          value = (active[k + 1] as number) / n
      }
    out[k + shift] = value
  }
}
