import { betaBelow } from '../../models/neural/heads/special.ts'

/**
 * The scatter of a day's demand about a mean that is known: negative binomial with a dispersion of this size, counted in units. It stands for
 * what falls between the steps of the grid of moods, so that the mixture over the grid is smooth.
 */
export const KERNEL = 40

/** The chance that a negative binomial of a mean and dispersion is at least `least`; counts between whole ones are interpolated by the beta function. */
export function chanceAtLeast(least: number, mean: number, dispersion: number): number {
  if (least <= 0 || surely(least, mean, dispersion)) return 1
  return mean <= 0 ? 0 : betaBelow(least, dispersion, mean / (dispersion + mean))
}

/** Whether a mean is so far above that the chance to stay below is beyond what a double shows of 1: the lower tail is lighter than a normal one. */
function surely(least: number, mean: number, dispersion: number): boolean {
  return mean > least && (mean - least) ** 2 > 81 * mean * (1 + mean / dispersion)
}

/**
 * Moments of a negative binomial where it is at least `least`: chance, and E[D; D ≥ least] and E[D²; D ≥ least], which are means of the same family
 * one and two counts lower with a dispersion one and two higher.
 */
export function tailMoments(least: number, mean: number, dispersion: number, into: Float64Array): void {
  const p = mean / (dispersion + mean)
  const sure = surely(least, mean, dispersion)
  const tail = (k: number) => (sure || least - k <= 0 ? 1 : mean <= 0 ? 0 : betaBelow(least - k, dispersion + k, p))
  const first = mean * tail(1)
  into[0] = tail(0)
  into[1] = first
  into[2] = first + mean * mean * (1 + 1 / dispersion) * tail(2)
}

/** The logarithm of a negative binomial's chance of `count`, but for what does not depend on the mean. */
export function logLikelihood(count: number, mean: number, dispersion: number): number {
  return (count > 0 ? count * Math.log(mean) : 0) - (count + dispersion) * Math.log(mean + dispersion)
}
