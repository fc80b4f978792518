import { at } from '../../core/panel.ts'

/**
 * The greatest probability to be believed so that, of all that are, no more than a rate are mere chance on average (Benjamini and Hochberg,
 * 1995); 0 where none is to be. NaN is no test.
 *
 * @example
 * believedUpTo(Float64Array.of(0.001, 0.8, 0.012, NaN, 0.3), 0.05) // → 0.012
 */
export function believedUpTo(probabilities: Float64Array, rate: number): number {
  const sorted = probabilities.filter((p) => !Number.isNaN(p)).sort()
  for (let k = sorted.length - 1; k >= 0; k--)
    if (at(sorted, k) <= ((k + 1) / sorted.length) * rate) return at(sorted, k)
  return 0
}
