import type { Observed, Target } from './observed.ts'

let sorted = new Float64Array(128)

/**
 * A quantile of the last `window` values at every position (`Infinity` for all so far), gaps left out, interpolated linearly
 * between order statistics (type 7 of Hyndman and Fan, 1996).
 *
 * The window is kept sorted: the value that enters takes the place of the one that leaves, and those between move by one.
 */
export function rollingQuantile(o: Observed, window: number, level: number, target: Target): void {
  const { values, length } = o
  const { out, shift, atLeast } = target
  const most = Math.min(window, length) + 1
  if (sorted.length < most) sorted = new Float64Array(2 * most)
  const held = sorted
  let count = 0
  for (let k = 0; k < length; k++) {
    const x = values[k] as number
    const old = k >= window ? (values[k - window] as number) : Number.NaN
    let hole = count
    if (!Number.isNaN(old)) hole = firstAtLeast(old, count)
    else if (!Number.isNaN(x)) count++
    if (!Number.isNaN(x)) {
      while (hole > 0 && (held[hole - 1] as number) > x) {
        held[hole] = held[hole - 1] as number
        hole--
      }
      while (hole + 1 < count && (held[hole + 1] as number) < x) {
        held[hole] = held[hole + 1] as number
        hole++
      }
      held[hole] = x
    } else if (!Number.isNaN(old)) {
      count--
      for (; hole < count; hole++) held[hole] = held[hole + 1] as number
    }
    if (count < atLeast || count === 0) {
      out[k + shift] = Number.NaN
      continue
    }
    const position = level * (count - 1)
    const below = Math.floor(position)
    const left = held[below] as number
    const share = position - below
    out[k + shift] = share === 0 ? left : left + share * ((held[below + 1] as number) - left)
  }
}

function firstAtLeast(x: number, count: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < x) low = middle + 1
    else high = middle
  }
  return low
}
