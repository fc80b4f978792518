import type { FeatureBins } from '../bins.ts'
import { CODES } from './feature-bins.ts'
import { keyAtMost } from './sort-values.ts'
import { binOfZero } from './threshold.ts'

/** Slots of a table at most. */
const SLOTS = 65_536
/** Share of bins that may be narrower than a slot; the smaller the table, the more of it stays in the nearest cache. */
const NARROW = 0.04

/** Key of Infinity; that of −Infinity is −1 less this. */
const INFINITE = 0x7f800000

/**
 * How a feature's values are found their bins quickly.
 *
 * Numbers are compared as whole numbers in the order of the values (`keyOf`). Keys above `first` and up to `last` are looked up:
 * slot `(key − first) >>> shift` of `table` holds the lowest bin that they can be in, and above bit 8 how many bounds lie within.
 * Categories: `table[code]` is the bin.
 */
export interface Lookup {
  readonly categorical: boolean
  readonly bins: number
  readonly missingBin: number
  readonly keys: Int32Array
  readonly first: number
  readonly last: number
  readonly shift: number
  readonly table: Uint16Array
}

/** Prepares the lookup of a feature. */
export function lookupOf(bins: FeatureBins): Lookup {
  return bins.feature.categorical ? codeLookup(bins) : keyLookup(bins)
}

function codeLookup({ codes, bins }: FeatureBins): Lookup {
  const table = new Uint16Array(CODES).fill(codes.length)
  codes.forEach((code, bin) => {
    table[code] = bin
  })
  const none = new Int32Array(0)
  return { categorical: true, bins, missingBin: codes.length, keys: none, first: 0, last: 0, shift: 0, table }
}

function keyLookup(bins: FeatureBins): Lookup {
  const keys = Int32Array.from(bins.bounds, keyAtMost)
  const first = keys[0] ?? 0
  const last = keys[keys.length - 1] ?? 0
  const range = last - first
  const shift = shiftFor(keys, range)
  const table = new Uint16Array(Math.floor(range / 2 ** shift) + 1)
  let bin = 0
  for (let slot = 0; slot < table.length; slot++) {
    const end = first + (slot + 1) * 2 ** shift
    const lowest = first + slot * 2 ** shift
    while (bin < keys.length && (keys[bin] as number) < lowest) bin++
    let within = 0
    while (bin + within < keys.length && (keys[bin + within] as number) < end) within++
    table[slot] = bin | (within << 8)
  }
  const missingBin = bins.missing ? bins.bounds.length + 1 : binOfZero(bins)
  return { categorical: false, bins: bins.bins, missingBin, keys, first, last, shift, table }
}

/** Keys that share a slot, as a power of two: as many as leave few slots with several bounds. */
function shiftFor(keys: Int32Array, range: number): number {
  let shift = 31
  for (; range / 2 ** shift < SLOTS && shift > 0; shift--) {
    let narrow = 0
    for (let k = 1; k < keys.length; k++) {
      const slots = ((keys[k] as number) - (keys[k - 1] as number)) / 2 ** shift
      narrow += Math.max(0, 1 - slots)
    }
    if (narrow <= NARROW * (keys.length - 1)) return shift
  }
  return range / 2 ** shift < SLOTS ? shift : shift + 1
}

/** Writes the bins of rows `from` to `to` of a feature to `cells[at]`, `cells[at + stride]`, …. */
export function writeColumn(
  lookup: Lookup,
  column: Float32Array,
  from: number,
  to: number,
  cells: Uint8Array,
  at: number,
  stride: number,
): void {
  if (lookup.categorical) writeCodes(lookup, column, from, to, cells, at, stride)
  else {
    const bits = new Int32Array(column.buffer, column.byteOffset + from * 4, to - from)
    writeNumbers(lookup, bits, to - from, cells, at, stride)
  }
}

function writeCodes(
  { table, missingBin }: Lookup,
  column: Float32Array,
  from: number,
  to: number,
  cells: Uint8Array,
  at: number,
  stride: number,
): void {
  let cell = at
  for (let row = from; row < to; row++) {
    const value = column[row] as number
    cells[cell] = value > -1 && value < CODES ? (table[value | 0] as number) : missingBin
    cell += stride
  }
}

function writeNumbers(
  lookup: Lookup,
  bits: Int32Array,
  count: number,
  cells: Uint8Array,
  at: number,
  stride: number,
): void {
  const { keys, first, last, shift, table, missingBin } = lookup
  const top = keys.length
  let cell = at
  for (let i = 0; i < count; i++) {
    const b = bits[i] as number
    const key = b ^ ((b >> 31) & 0x7fffffff)
    let bin = 0
    // Missing values lie beyond the infinities, so that only the outermost bins need to tell.
    if (key > last) bin = key > INFINITE ? missingBin : top
    else if (key > first) {
      const slot = table[(key - first) >>> shift] as number
      bin = slot & 255
      // With one bound within, or none, adding the comparison leaves the processor nothing to guess.
      if (slot < 512) bin += Number(key > (keys[bin] as number))
      else bin = search(keys, key, bin, slot >> 8)
    } else if (key < -INFINITE - 1) bin = missingBin
    cells[cell] = bin
    cell += stride
  }
}

/** The bin of a key among the `within` bounds from `bin` on. */
function search(keys: Int32Array, key: number, bin: number, within: number): number {
  let low = bin
  let high = bin + within
  while (low < high) {
    const middle = (low + high) >> 1
    if (key > (keys[middle] as number)) low = middle + 1
    else high = middle
  }
  return low
}
