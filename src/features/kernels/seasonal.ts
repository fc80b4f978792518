import type { Observed, Target } from './observed.ts'

let tail = new Float64Array(128)
let tailSeen = new Int32Array(128)
let head = new Float64Array(32)
let headSeen = new Int32Array(32)

/**
 * Mean of the values at `k, k − period, …, k − (count − 1) · period`, gaps left out, in constant time a value.
 *
 * As the rolling sum, by tails and heads of blocks, for every place in the period by itself.
 */
export function seasonalMean(o: Observed, period: number, count: number, target: Target): void {
  const { filled, seen, length } = o
  const { out, shift } = target
  const atLeast = Math.max(1, target.atLeast)
  const size = period * count
  reserve(period, size)
  for (let block = 0; block < length; block += size) {
    const end = Math.min(block + size, length)
    head.fill(0, 0, period)
    headSeen.fill(0, 0, period)
    let place = 0
    for (let k = block; k < end; k++) {
      const sum = (head[place] as number) + (filled[k] as number)
      const some = (headSeen[place] as number) + (seen[k + 1] as number) - (seen[k] as number)
      head[place] = sum
      headSeen[place] = some
      const j = k - block + period
      const n = some + (tailSeen[j] as number)
      out[k + shift] = n < atLeast ? Number.NaN : (sum + (tail[j] as number)) / n
      place = place + 1 === period ? 0 : place + 1
    }
    if (end === length) return
    for (let j = size - 1; j >= 0; j--) {
      const k = block + j
      tail[j] = (tail[j + period] as number) + (filled[k] as number)
      tailSeen[j] = (tailSeen[j + period] as number) + (seen[k + 1] as number) - (seen[k] as number)
    }
  }
}

/** Tails start at zero, and stay so for the period behind the block. */
function reserve(period: number, size: number): void {
  if (tail.length < size + period) {
    tail = new Float64Array(2 * (size + period))
    tailSeen = new Int32Array(2 * (size + period))
  } else {
    tail.fill(0, 0, size + period)
    tailSeen.fill(0, 0, size + period)
  }
  if (head.length < period) {
    head = new Float64Array(2 * period)
    headSeen = new Int32Array(2 * period)
  }
}
