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
  if (sums.length < room) {
    sums = new Float64Array(2 * room)
    counts = new Int32Array(2 * room)
  }
  // Tails are zero at first, and stay so for the period behind the block.
  const tail = sums.fill(0, 0, room)
  const tailSeen = counts.fill(0, 0, room)
  const share = 1 / count
  for (let block = 0; block < length; block += size) {
    const end = Math.min(block + size, length)
    const full = o.complete && block >= size && count >= atLeast
    const behind = period - block
    for (let place = block; place < Math.min(block + period, end); place++) {
      let head = 0
      let headSeen = 0
      if (full)
        for (let k = place; k < end; k += period) {
          head += filled[k] as number
          out[k + shift] = (head + (tail[k + behind] as number)) * share
        }
      else
        for (let k = place; k < end; k += period) {
          head += filled[k] as number
          headSeen += (seen[k + 1] as number) - (seen[k] as number)
          const n = headSeen + (tailSeen[k + behind] as number)
          out[k + shift] = n < atLeast ? Number.NaN : (head + (tail[k + behind] as number)) / n
        }
    }
    if (end === length) return
    for (let place = size - 1; place >= size - period; place--) {
      let sum = 0
      let some = 0
      for (let j = place; j >= 0; j -= period) {
        const k = block + j
        sum += filled[k] as number
        some += (seen[k + 1] as number) - (seen[k] as number)
        tail[j] = sum
        tailSeen[j] = some
      }
    }
  }
}
