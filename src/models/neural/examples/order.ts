import { CannotForecast } from '../../../core/errors.ts'
import { hash32 } from '../../../core/random.ts'

const ROUNDS = 6

/**
 * The order in which the examples of an epoch are drawn: a seeded permutation of 0 to `count` − 1 that is worked out place by place, without
 * storing it. A Feistel network over the next power of 4, walked along its cycles until it stays within the count (Black and
 * Rogaway, 2002).
 *
 * @example
 * const order = orderOf(7, 0, 5)
 * new Set([0, 1, 2, 3, 4].map(order)).size // → 5
 */
export function orderOf(seed: number, epoch: number, count: number): (place: number) => number {
  const half = Math.max(1, Math.ceil(Math.log2(Math.max(2, count)) / 2))
  const mask = 2 ** half - 1
  const keys = Int32Array.from({ length: ROUNDS }, (_, round) => hash32(`${seed}:order ${epoch}:${round}`))
  return (place) => {
    let x = place
    do {
      let left = Math.floor(x / (mask + 1))
      let right = x & mask
      for (let round = 0; round < ROUNDS; round++) {
        const next = left ^ (mixed(right, keys[round] as number) & mask)
        left = right
        right = next
      }
      x = left * (mask + 1) + right
    } while (x >= count)
    return x
  }
}

/** The examples of a step: those at so many places from `step · size` on in the epochs' orders, one epoch after the other. */
export function examplesAt(
  seed: number,
  step: number,
  size: number,
  count: number,
  into: Int32Array = new Int32Array(size),
): Int32Array {
  if (count === 0) throw new CannotForecast('noValues')
  let epoch = -1
  let order = (place: number) => place
  for (let row = 0; row < size; row++) {
    const place = step * size + row
    const of = Math.floor(place / count)
    if (of !== epoch) {
      epoch = of
      order = orderOf(seed, epoch, count)
    }
    into[row] = order(place - epoch * count)
  }
  return into
}

/** The finaliser of MurmurHash 3 of a number under a key. */
function mixed(x: number, key: number): number {
  let h = Math.imul(x ^ key, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
