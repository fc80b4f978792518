import { type Spread, varianceAt } from './spread.ts'

/**
 * How unusual a value is beside its mean, as a standard normal number of the same chance.
 *
 * Values that spread evenly are standardised. Others are counts of some size: the signed root of the Poisson deviance of value and mean, both
 * in units of variance over mean, with half a counted unit taken off (Pierce and Schafer, 1986; within 0.45 of exact Poisson chances down to means of a tenth),
 * so that 2 after many zeros is no alarm, and 12 is. A sale that is rare anyway is compared with other sales.
 *
 * @example
 * const counts = { quantum: 1, power: 1, scale: 1, floor: 0, even: false }
 * [2, 12].map((sold) => Math.round(10 * scoreOf(counts, sold, 0.5))) // → [11, 71]
 */
export function scoreOf(spread: Spread, value: number, mean: number): number {
  const variance = varianceAt(spread, mean)
  if (spread.even) return (value - mean) / Math.sqrt(variance)
  if (spread.sales && value > mean) return Math.max(0, (Math.log(value) - spread.sales.middle) / spread.sales.sd)
  const unit = unitOf(spread, variance, mean)
  const half = spread.quantum / 2
  const centre = Math.max(mean, 1e-9 * unit)
  if (value > centre) return Math.max(0, rootDeviance(Math.max(centre, value - half) / unit, centre / unit))
  return Math.min(0, -rootDeviance(Math.max(0, Math.min(centre, value + half)) / unit, centre / unit))
}

/** Variance over mean, as if a series sold packs of this size. */
function unitOf(spread: Spread, variance: number, mean: number): number {
  return mean > 0 ? variance / mean : Math.max(spread.quantum, Math.sqrt(variance), Number.MIN_VALUE)
}

function rootDeviance(y: number, mean: number): number {
  const deviance = 2 * ((y > 0 ? y * Math.log(y / mean) : 0) - (y - mean))
  return Math.sqrt(Math.max(0, deviance))
}

/** The value with a given normal score: {@link scoreOf} turned around, to a thousandth of the standard deviation. */
export function valueAt(spread: Spread, score: number, mean: number): number {
  const sd = Math.sqrt(varianceAt(spread, mean))
  if (spread.even) return mean + score * sd
  if (spread.sales && score > 0) return Math.max(mean, Math.exp(spread.sales.middle + score * spread.sales.sd))
  if (score <= scoreOf(spread, 0, mean) && score < 0) return 0
  let low = score < 0 ? 0 : mean
  let high = score < 0 ? mean : mean + spread.quantum + 3 * score * score * sd + 3 * score * sd
  while (high - low > 1e-3 * sd) {
    const middle = (low + high) / 2
    if (scoreOf(spread, middle, mean) < score) low = middle
    else high = middle
  }
  return (low + high) / 2
}
