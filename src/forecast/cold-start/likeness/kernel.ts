import { at } from '../../../core/panel.ts'

/** How likenesses are put together, as plain data. */
export interface Kernel {
  /** What multiplies the distance of each part in the exponent. */
  readonly weights: readonly number[]
  /** How the logarithm of the level goes with that of the price among alike products. */
  readonly priceSlope: number
  /** Weight of the catalogue's mean among the neighbours. */
  readonly lean: number
}

/** Products that are compared with, and what is known of their demand; arrays have one entry each. */
export interface Known {
  readonly level: Float64Array
  /** How well each level is known, from 0 to 1. */
  readonly trust: Float64Array
  readonly price: Float64Array
  /** Logarithm of early demand beside the level, NaN where the launch was not seen. */
  readonly early: Float64Array
}

/** Weight of a neighbour at some distances: 1 where alike in everything. */
export function weightAt(weights: readonly number[], distance: ArrayLike<number>, from = 0): number {
  let exponent = 0
  for (let k = 0; k < weights.length; k++) exponent += (weights[k] as number) * at(distance, from + k)
  return Math.exp(-exponent)
}

/** Gathers neighbours one by one into what they say of a product of a given price. */
export function gatherer({ priceSlope, lean }: Kernel, known: Known, centre: number, centrePrice: number) {
  const sums = { weight: 0, level: 0, price: 0, early: 0, earlyWeight: 0, priceWeight: 0 }
  return {
    add(n: number, likeness: number): void {
      const w = likeness * at(known.trust, n)
      sums.weight += w
      sums.level += w * at(known.level, n)
      const p = at(known.price, n)
      if (!Number.isNaN(p)) {
        sums.price += w * p
        sums.priceWeight += w
      }
      const early = at(known.early, n)
      if (Number.isNaN(early)) return
      sums.early += w * early
      sums.earlyWeight += w
    },
    level(price: number): number {
      const own = (sums.level + lean * centre) / (sums.weight + lean)
      const theirs = (sums.price + lean * centrePrice) / (sums.priceWeight + lean)
      return Number.isNaN(price) || Number.isNaN(theirs) ? own : own + priceSlope * (price - theirs)
    },
    early: () => sums.early / (sums.earlyWeight + lean),
  }
}
