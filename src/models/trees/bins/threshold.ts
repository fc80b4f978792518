import type { FeatureBins } from '../bins.ts'

/** The bin that 0 belongs to, and missing values where none were seen when the bins were chosen. */
export function binOfZero({ bounds }: FeatureBins): number {
  let bin = 0
  while (bin < bounds.length && 0 > (bounds[bin] as number)) bin++
  return bin
}

/**
 * The threshold of a split after a bin of numbers: exactly the values of bins 0 to `bin` are ≤ it.
 *
 * After the last bin of numbers it is Infinity: the split parts numbers from missing values.
 */
export const thresholdOf = ({ bounds }: FeatureBins, bin: number): number =>
  bin < bounds.length ? (bounds[bin] as number) : Number.POSITIVE_INFINITY
