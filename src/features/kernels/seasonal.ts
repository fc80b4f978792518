import type { Observed, Target } from './observed.ts'

let sums = new Float64Array(128)
let counts = new Int32Array(128)

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
  const room = size + period
  if (sums.length < room + period) {
    sums = new Float64Array(2 * (room + period))
    counts = new Int32Array(2 * (room + period))
  }
  // Tails are zero at first, and stay so for the period behind the block; the heads of all places lie after them.
  const tail = sums.fill(0, 0, room)
  const tailSeen = counts.fill(0, 0, room)
  for (let block = 0; block < length; block += size) {
    const end = Math.min(block + size, length)
    tail.fill(0, room, room + period)
    tailSeen.fill(0, room, room + period)
    let place = room
    for (let k = block; k < end; k++) {
      const sum = (tail[place] as number) + (filled[k] as number)
      const some = (tailSeen[place] as number) + (seen[k + 1] as number) - (seen[k] as number)
      tail[place] = sum
      tailSeen[place] = some
      const j = k - block + period
      const n = some + (tailSeen[j] as number)
      out[k + shift] = n < atLeast ? Number.NaN : (sum + (tail[j] as number)) / n
      place = place + 1 === room + period ? room : place + 1
    }
    if (end === length) return
    for (let j = size - 1; j >= 0; j--) {
      const k = block + j
      tail[j] = (tail[j + period] as number) + (filled[k] as number)
      tailSeen[j] = (tailSeen[j + period] as number) + (seen[k + 1] as number) - (seen[k] as number)
    }
  }
}
