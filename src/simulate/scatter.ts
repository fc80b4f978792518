import type { Random } from '../core/random.ts'
import type { Item } from './item.ts'

/** The busy spells of bursty products: chance to enter and to leave one, and what either state multiplies demand by. */
const ENTER = 0.03
const LEAVE = 0.2
const BUSY_SHARE = ENTER / (ENTER + LEAVE)
const BUSY = 4
const QUIET = (1 - BUSY_SHARE * BUSY) / (1 - BUSY_SHARE)
const BURST_VARIANCE = BUSY_SHARE * BUSY * BUSY + (1 - BUSY_SHARE) * QUIET * QUIET - 1

/**
 * The planted variance of a day's demand of a given mean.
 *
 * Smooth: negative binomial, m + m²/r. Intermittent: orders are Poisson, each of 1 + Poisson(s − 1) units. Bursty: negative
 * binomial about a mean multiplied by a two-state Markov chain of mean 1, whose state is not known.
 */
export function varianceOf(item: Item, mean: number): number {
  if (item.scatter === 'intermittent') {
    const more = item.orderSize - 1
    return (mean * (more + (1 + more) ** 2)) / item.orderSize
  }
  const square = (mean * mean) / item.dispersion
  return item.scatter === 'bursty' ? mean + square * (1 + BURST_VARIANCE) + mean * mean * BURST_VARIANCE : mean + square
}

/** Draws the demand of each day from `from` to `to` − 1 about its mean into `demand`, and the variance into `variance`. */
export function scatterDemand(
  item: Item,
  expected: Float64Array,
  from: number,
  to: number,
  random: Random,
  demand: Float64Array,
  variance: Float64Array,
): void {
  const more = item.orderSize - 1
  let busy = item.scatter === 'bursty' && random.uniform() < BUSY_SHARE
  for (let t = from; t < to; t++) {
    const mean = expected[t] as number
    variance[t] = varianceOf(item, mean)
    if (item.scatter === 'bursty') busy = random.uniform() < (busy ? 1 - LEAVE : ENTER)
    if (mean <= 0) demand[t] = 0
    else if (item.scatter === 'smooth') demand[t] = random.negativeBinomial(mean, item.dispersion)
    else if (item.scatter === 'bursty')
      demand[t] = random.negativeBinomial(mean * (busy ? BUSY : QUIET), item.dispersion)
    else {
      const orders = random.poisson(mean / item.orderSize)
      demand[t] = orders > 0 ? orders + random.poisson(orders * more) : 0
    }
  }
}
