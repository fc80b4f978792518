import type { Observed, Target } from './observed.ts'

/**
 * Largest (`sign` 1) or smallest (`sign` −1) of the last `window` values at every position, gaps left out, in constant time a value.
 *
 * By running extremes of blocks from the back and from the front (van Herk, 1992; Gil and Werman, 1993).
 */
export function rollingExtreme(o: Observed, window: number, sign: 1 | -1, target: Target): void {
  const { values, seen, length } = o
  const { out, shift, atLeast } = target
  if (buffer.length < window + 1) buffer = new Float64Array(2 * window + 1)
  const tail = buffer.fill(Number.NEGATIVE_INFINITY, 0, window + 1)
  for (let block = 0; block < length; block += window) {
    const end = Math.min(block + window, length)
    let head = Number.NEGATIVE_INFINITY
    if (o.complete && block >= window && window >= atLeast) {
      for (let k = block; k < end; k++) {
        const x = sign * (values[k] as number)
        if (x > head) head = x
        // Tails fall and heads rise within a block, so this branch turns once; Math.max has more of them.
        let most = tail[k - block + 1] as number
        if (head > most) most = head
        out[k + shift] = sign * most
      }
    } else {
      for (let k = block; k < end; k++) {
        const x = sign * (values[k] as number)
        if (x > head) head = x
        const t = tail[k - block + 1] as number
        const low = k + 1 - window
        const count = (seen[k + 1] as number) - (low > 0 ? (seen[low] as number) : 0)
        out[k + shift] = count < atLeast || count === 0 ? Number.NaN : sign * Math.max(t, head)
      }
    }
    if (end === length) return
    let most = Number.NEGATIVE_INFINITY
    for (let j = window - 1; j >= 0; j--) {
      const x = sign * (values[block + j] as number)
      if (x > most) most = x
      tail[j] = most
    }
  }
}

let buffer = new Float64Array(64)
