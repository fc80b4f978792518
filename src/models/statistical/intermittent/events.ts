import { CannotForecast } from '../../../core/errors.ts'

/** A demand history taken apart into events and the gaps between them (Croston, 1972). */
export interface Events {
  /** Observed values alone, in order of time: what is missing neither sold nor failed to sell. */
  readonly observed: Float64Array
  /** Demands above zero. */
  readonly sizes: Float64Array
  /** Observed periods from each demand to the one before, the first counted from the start. */
  readonly gaps: Float64Array
}

/** Takes a history apart; refuses values below zero, which no demand has. */
export function eventsOf(values: Float64Array): Events {
  const observed = new Float64Array(values.length)
  const sizes = new Float64Array(values.length)
  const gaps = new Float64Array(values.length)
  let n = 0
  let events = 0
  let last = -1
  for (let t = 0; t < values.length; t++) {
    const y = values[t] as number
    if (Number.isNaN(y)) continue
    if (y < 0) throw new CannotForecast('notPositive')
    if (y > 0) {
      sizes[events] = y
      gaps[events] = n - last
      last = n
      events++
    }
    observed[n] = y
    n++
  }
  return { observed: observed.subarray(0, n), sizes: sizes.subarray(0, events), gaps: gaps.subarray(0, events) }
}

/** Sums of consecutive blocks of `size` values that end with the last one; an incomplete block at the start is left out. */
export function blockSums(values: Float64Array, size: number): Float64Array {
  const count = Math.floor(values.length / size)
  const skipped = values.length - count * size
  const sums = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    let sum = 0
    for (let j = 0; j < size; j++) sum += values[skipped + k * size + j] as number
    sums[k] = sum
  }
  return sums
}

/** The mean gap, to the nearest whole number (halves to the even one): how many periods ADIDA and IMAPA put together at most. */
export function meanGap({ gaps }: Events): number {
  let sum = 0
  for (let k = 0; k < gaps.length; k++) sum += gaps[k] as number
  const mean = sum / gaps.length
  const below = Math.floor(mean)
  if (mean - below === 0.5) return Math.max(1, below + (below % 2))
  return Math.max(1, Math.round(mean))
}
