import type { Observed, Target } from './observed.ts'

/** What a windowed sum is turned into. */
export type SumKind = 'sum' | 'mean'

/**
 * Sum or mean of the last `window` values at every position, gaps left out, in constant time a value.
 *
 * Blocks of `window` values are summed from the back and from the front, and every window is one tail plus one head (van Herk,
 * 1992; Gil and Werman, 1993). Nothing is ever subtracted, so an outlier that has left the window leaves no rounding behind.
 */
export function rollingSum(o: Observed, window: number, kind: SumKind, target: Target): void {
  const { filled, seen, length } = o
  const { out, shift } = target
  const atLeast = Math.max(1, target.atLeast)
  const tail = tails(window)
  const mean = kind === 'mean'
  const scale = 1 / window
  for (let block = 0; block < length; block += window) {
    const end = Math.min(block + window, length)
    let head = 0
    if (o.complete && block >= window && window >= atLeast) {
      const factor = mean ? scale : 1
      for (let k = block; k < end; k++) {
        head += filled[k] as number
        out[k + shift] = (head + (tail[k - block + 1] as number)) * factor
      }
    } else {
      for (let k = block; k < end; k++) {
        head += filled[k] as number
        const low = k + 1 - window
        const count = (seen[k + 1] as number) - (low > 0 ? (seen[low] as number) : 0)
        const sum = head + (tail[k - block + 1] as number)
        out[k + shift] = count < atLeast ? Number.NaN : mean ? sum / count : sum
      }
    }
    if (end === length) return
    let sum = 0
    for (let j = window - 1; j >= 0; j--) {
      sum += filled[block + j] as number
      tail[j] = sum
    }
  }
}

let buffer = new Float64Array(64)
/** A zeroed scratch array of one more than the window. */
function tails(window: number): Float64Array {
  if (buffer.length < window + 1) buffer = new Float64Array(2 * window + 1)
  return buffer.fill(0, 0, window + 1)
}

/** How many of the last `window` values were observed and not zero, or their share of those observed. */
export function rollingActive(o: Observed, window: number, share: boolean, target: Target): void {
  const { seen, active, length } = o
  const { out, shift, atLeast } = target
  for (let k = 0; k < length; k++) {
    const low = k + 1 > window ? k + 1 - window : 0
    const count = (seen[k + 1] as number) - (seen[low] as number)
    const some = (active[k + 1] as number) - (active[low] as number)
    out[k + shift] = count < atLeast || count === 0 ? Number.NaN : share ? some / count : some
  }
}
