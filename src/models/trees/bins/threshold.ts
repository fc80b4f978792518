import type { FeatureBins } from '../bins.ts'

/** The bin that 0 belongs to, and missing values where none were seen when the bins were chosen. */
export function binOfZero({ bounds }: FeatureBins): number {
  let bin = 0
  while (bin < bounds.length && 0 > (bounds[bin] as number)) bin++
  return bin
}

/** How many bins are for numbers. */
export const numberBinsOf = ({ bounds }: FeatureBins): number => bounds.length + 1

/**
 * The threshold of a split after a bin of numbers: exactly the values of bins 0 to `bin` are ≤ it.
 *
 * After the last bin of numbers it is Infinity: the split parts numbers from missing values.
 */
export const thresholdOf = ({ bounds }: FeatureBins, bin: number): number =>
  bin < bounds.length ? (bounds[bin] as number) : Number.POSITIVE_INFINITY

/** The category codes of some bins as words of 32 bits, bit c of word w standing for code 32w + c; the bin of missing ones has none. */
export function codeSetOf({ codes }: FeatureBins, bins: Iterable<number>): Uint32Array {
  const words: number[] = []
  for (const bin of bins) {
    const code = codes[bin]
    if (code === undefined) continue
    while (words.length <= code >> 5) words.push(0)
    words[code >> 5] = (words[code >> 5] as number) | (1 << (code & 31))
  }
  return Uint32Array.from(words)
}
