const BITS = 11
const SIZE = 1 << BITS

/**
 * A whole number in the order of the Float32 value that has these bits: greater for greater values, −0 just below 0.
 *
 * NaN lies beyond the infinities on either side.
 */
export const keyOf = (bits: number): number => bits ^ ((bits >> 31) & 0x7fffffff)

/** The key of the greatest Float32 value that is not above `bound`: a Float32 value is ≤ `bound` exactly if its key is ≤ that. */
export function keyAtMost(bound: number): number {
  scratch[0] = bound
  const key = keyOf(scratchBits[0] as number)
  return (scratch[0] as number) > bound ? key - 1 : key
}

/** The value that a key stands for. */
export function valueOfKey(key: number): number {
  scratchBits[0] = keyOf(key)
  return scratch[0] as number
}

const scratch = new Float32Array(1)
const scratchBits = new Int32Array(scratch.buffer)

/**
 * The order of values from smallest to greatest by a radix sort on their bits, NaN left out: their places and their number.
 *
 * Rows of the same value keep their order.
 */
export function sortedOrder(values: Float32Array): { readonly order: Uint32Array; readonly count: number } {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  let keys = new Uint32Array(values.length)
  let order = new Uint32Array(values.length)
  let count = 0
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i] as number
    if ((b & 0x7fffffff) > 0x7f800000) continue
    keys[count] = keyOf(b) ^ 0x80000000
    order[count++] = i
  }
  let otherKeys = new Uint32Array(count)
  let otherOrder = new Uint32Array(count)
  const starts = new Uint32Array(SIZE)
  for (let shift = 0; shift < 32; shift += BITS) {
    starts.fill(0)
    for (let i = 0; i < count; i++) {
      const digit = ((keys[i] as number) >>> shift) & (SIZE - 1)
      starts[digit] = (starts[digit] as number) + 1
    }
    let sum = 0
    for (let d = 0; d < SIZE; d++) {
      const here = starts[d] as number
      starts[d] = sum
      sum += here
    }
    for (let i = 0; i < count; i++) {
      const key = keys[i] as number
      const digit = (key >>> shift) & (SIZE - 1)
      const to = starts[digit] as number
      starts[digit] = to + 1
      otherKeys[to] = key
      otherOrder[to] = order[i] as number
    }
    ;[keys, otherKeys] = [otherKeys, keys]
    ;[order, otherOrder] = [otherOrder, order]
  }
  return { order, count }
}
