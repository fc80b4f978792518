const BITS = 11
const SIZE = 1 << BITS

/**
 * A whole number in the order of the Float32 value that has these bits: greater for greater values, −0 just below 0.
 *
 * NaN lies beyond the infinities on either side.
 */
const keyOf = (bits: number): number => bits ^ ((bits >> 31) & 0x7fffffff)

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

/** Values without NaN from smallest to greatest, −0 before 0, and the row of each where asked for. */
export interface SortedValues {
  readonly values: Float32Array
  readonly rows: Uint32Array | undefined
}

/** Sorts values by a radix sort on their bits; rows of the same value keep their order. */
export function sortValues(given: Float32Array, withRows: boolean): SortedValues {
  const bits = new Int32Array(given.buffer, given.byteOffset, given.length)
  let keys = new Uint32Array(given.length)
  let rows = new Uint32Array(withRows ? given.length : 0)
  let count = 0
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i] as number
    if ((b & 0x7fffffff) > 0x7f800000) continue
    keys[count] = keyOf(b) ^ 0x80000000
    if (withRows) rows[count] = i
    count++
  }
  let otherKeys = new Uint32Array(count)
  let otherRows = new Uint32Array(withRows ? count : 0)
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
      if (withRows) otherRows[to] = rows[i] as number
    }
    ;[keys, otherKeys] = [otherKeys, keys]
    ;[rows, otherRows] = [otherRows, rows]
  }
  const sorted = new Int32Array(keys.buffer, 0, count)
  for (let i = 0; i < count; i++) sorted[i] = keyOf((sorted[i] as number) ^ 0x80000000)
  return { values: new Float32Array(keys.buffer, 0, count), rows: withRows ? rows : undefined }
}
