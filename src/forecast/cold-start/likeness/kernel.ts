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

/** Beyond this distance from the middle of the others a level counts less: a slow seller among its like is no guide. */
const FAR = 0.7
const ROUNDS = 4

/** What neighbours say together. */
export interface Opinion {
  /** Logarithm of the level of a product of the price asked about. */
  readonly level: number
  /** Logarithm of early demand beside the level. */
  readonly early: number
}

/**
 * What weighted neighbours say of a product of a given price: levels are moved along the price slope and averaged robustly (Huber, 1964), since some products sell far less than all their like;
 * the catalogue's mean is one of the neighbours.
 */
export function opinionOf(
  { priceSlope, lean }: Kernel,
  known: Known,
  places: ArrayLike<number>,
  likeness: ArrayLike<number>,
  price: number,
  centre: Centre,
): Opinion {
  const n = places.length
  const levels = new Float64Array(n + 1)
  const weights = new Float64Array(n + 1)
  let [early, earlyWeight] = [0, lean]
  for (let k = 0; k < n; k++) {
    const q = at(places, k)
    const w = at(likeness, k) * at(known.trust, q)
    weights[k] = w
    levels[k] = at(known.level, q) + moved(priceSlope, price, at(known.price, q))
    const own = at(known.early, q)
    if (Number.isNaN(own)) continue
    early += w * (own - centre.early)
    earlyWeight += w
  }
  weights[n] = lean
  levels[n] = centre.level + moved(priceSlope, price, centre.price)
  return { level: robustMean(levels, weights), early: centre.early + early / earlyWeight }
}

/** What all products have in common. */
export interface Centre {
  readonly level: number
  readonly price: number
  readonly early: number
}

/** Middle level, price and early demand of the products that are known. */
export function centreOf({ level, trust, price, early }: Known): Centre {
  const middle = (values: Float64Array) => {
    const weights = trust.map((t, p) => (Number.isNaN(at(values, p)) ? 0 : t))
    const filled = values.map((x) => (Number.isNaN(x) ? 0 : x))
    return weights.some((w) => w > 0) ? robustMean(filled, weights) : Number.NaN
  }
  const begun = middle(early)
  return { level: middle(level) || 0, price: middle(price), early: Number.isNaN(begun) ? 0 : begun }
}

const moved = (slope: number, price: number, other: number) =>
  Number.isNaN(price) || Number.isNaN(other) ? 0 : slope * (price - other)

/** Huber's mean by iterated weights, from the weighted median on. */
function robustMean(values: Float64Array, weights: Float64Array): number {
  let mean = weightedMedian(values, weights)
  for (let round = 0; round < ROUNDS; round++) {
    let [sum, total] = [0, 0]
    for (let k = 0; k < values.length; k++) {
      const away = Math.abs(at(values, k) - mean)
      const w = at(weights, k) * (away > FAR ? FAR / away : 1)
      sum += w * at(values, k)
      total += w
    }
    if (total > 0) mean = sum / total
  }
  return mean
}

function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const order = new Int32Array(values.length).map((_, k) => k).sort((a, b) => at(values, a) - at(values, b))
  const half = weights.reduce((a, b) => a + b, 0) / 2
  let reached = 0
  for (const k of order) {
    reached += at(weights, k)
    if (reached >= half) return at(values, k)
  }
  return 0
}
