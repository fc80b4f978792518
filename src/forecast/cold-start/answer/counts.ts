import { at } from '../../../core/panel.ts'
import type { Random } from '../../../core/random.ts'
import { logGammaOf } from '../../../models/neural/heads/special.ts'
import { normalQuantile } from '../../../models/statistical/normal.ts'

/** Means from which counts are told from a gamma no more. */
const LARGE = 60
/** Levels of a gamma by which one part of a mixture is represented. */
const PIECES = 24

/** Logarithm of the chance of a count under a negative binomial of a mean and variance mean + iota · mean²; counts need not be whole. */
export function logChance(count: number, mean: number, iota: number): number {
  const size = 1 / iota
  const p = mean / (mean + size)
  return (
    logGammaOf(count + size) -
    logGammaOf(size) -
    logGammaOf(count + 1) +
    size * Math.log1p(-p) +
    (count > 0 ? count * Math.log(p) : 0)
  )
}

/** The quantile of a gamma of a mean and a squared coefficient of variation (Wilson and Hilferty, 1931). */
function gammaQuantile(level: number, mean: number, variation: number): number {
  const c = variation / 9
  return mean * Math.max(0, 1 - c + normalQuantile(level) * Math.sqrt(c)) ** 3
}

/**
 * Quantiles of a mixture of negative binomials of equal weight, `iotas[k]` to the mean `means[k]`, at ascending levels. Small whole numbers exactly, from the chances added up; large means and
 * targets that are no counts by gammas of the same mean and variance.
 */
export function mixtureQuantiles(
  means: Float64Array,
  iotas: Float64Array,
  whole: boolean,
  levels: readonly number[],
  into: Float64Array,
): void {
  const largest = means.reduce((a, b) => Math.max(a, b), 0)
  if (largest <= 0) into.fill(0, 0, levels.length)
  else if (whole && largest < LARGE) countQuantiles(means, iotas, levels, into)
  else pieceQuantiles(means, iotas, whole, levels, into)
}

function countQuantiles(means: Float64Array, iotas: Float64Array, levels: readonly number[], into: Float64Array): void {
  const chance = means.map((mean, k) => (1 + at(iotas, k) * mean) ** (-1 / at(iotas, k)))
  let [count, reached, l] = [0, 0, 0]
  for (; l < levels.length && count < 20_000; count++) {
    for (let k = 0; k < means.length; k++) {
      reached += at(chance, k) / means.length
      const iota = at(iotas, k)
      const odds = (iota * at(means, k)) / (1 + iota * at(means, k))
      chance[k] = (at(chance, k) * odds * (count + 1 / iota)) / (count + 1)
    }
    while (l < levels.length && reached >= (levels[l] as number) - 1e-12) into[l++] = count
  }
  for (; l < levels.length; l++) into[l] = count
}

function pieceQuantiles(
  means: Float64Array,
  iotas: Float64Array,
  whole: boolean,
  levels: readonly number[],
  into: Float64Array,
): void {
  const pieces = new Float64Array(means.length * PIECES)
  for (let k = 0; k < means.length; k++) {
    const mean = at(means, k)
    const variation = at(iotas, k) + 1 / Math.max(mean, 1e-9)
    for (let j = 0; j < PIECES; j++)
      pieces[k * PIECES + j] = mean > 0 ? gammaQuantile((j + 0.5) / PIECES, mean, variation) : 0
  }
  pieces.sort()
  levels.forEach((level, l) => {
    const place = Math.max(0, Math.min(pieces.length - 1, level * pieces.length - 0.5))
    const low = Math.floor(place)
    const value = at(pieces, low) + (place - low) * (at(pieces, Math.min(pieces.length - 1, low + 1)) - at(pieces, low))
    into[l] = whole ? Math.round(value) : value
  })
}

/** A draw of what one period sells: whole where targets are. */
export function drawCount(random: Random, mean: number, iota: number, whole: boolean): number {
  if (!(mean > 0)) return 0
  if (whole) return random.negativeBinomial(mean, 1 / iota)
  const variation = iota + 1 / mean
  return random.gamma(1 / variation) * mean * variation
}
