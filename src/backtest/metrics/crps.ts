import { at } from '../../core/panel.ts'

/**
 * The share of (0, 1) that each quantile level stands for, so that CRPS ≈ 2·Σ share·pinball: boundaries lie midway between levels.
 *
 * With evenly spaced levels (0.05, 0.15, …) all shares are equal and the sum is the mean quantile loss of fev.
 */
export function levelShares(levels: readonly number[]): Float64Array {
  const shares = new Float64Array(levels.length)
  let from = 0
  for (let l = 0; l < levels.length; l++) {
    const to = l + 1 < levels.length ? (at(levels, l) + at(levels, l + 1)) / 2 : 1
    shares[l] = to - from
    from = to
  }
  return shares
}

/**
 * The CRPS of a sample at an observation, E|X − y| − ½·E|X − X′| over the empirical distribution (Gneiting and Raftery, 2007).
 *
 * `sample` is sorted in place.
 *
 * @example
 * crpsOfSample(new Float64Array([1, 3]), 2) // → 0.5
 */
export function crpsOfSample(sample: Float64Array, y: number): number {
  sample.sort()
  const n = sample.length
  let distance = 0
  let spread = 0
  for (let k = 0; k < n; k++) {
    const x = sample[k] as number
    distance += Math.abs(x - y)
    spread += (2 * k + 1 - n) * x
  }
  return distance / n - spread / (n * n)
}
