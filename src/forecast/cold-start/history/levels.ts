import { at } from '../../../core/panel.ts'
import type { Catalogue } from './catalogue.ts'
import type { Sums } from './sums.ts'

/** Levels of products apart from those of places, on the logarithm. */
export interface Levels {
  /** One a product, NaN where nothing was observed. */
  readonly product: Float64Array
  /** Variance of the error of each. */
  readonly noise: Float64Array
  readonly location: Float64Array
  /** Variance of the logarithm by which a product in a place departs from both. */
  readonly taste: number
}

const FIRST_TASTE = 0.16
const ROUNDS = 8
/** Products that the level of a place leans on that of all with. */
const LEAN = 2
/** A level is never known better than this. */
const LEAST_NOISE = 0.01

/** Parts the logarithms of levels into product + place + a rest, each series counting as it is known. */
export function levelsOf(sums: readonly Sums[], catalogue: Catalogue): Levels {
  const { products, locations, productOf, locationOf } = catalogue
  const log = Float64Array.from(sums, ({ sold, base }) =>
    base > 0 ? Math.log((sold + 0.3) / (base + 1e-9)) : Number.NaN,
  )
  const error = Float64Array.from(sums, ({ sold }) => LEAST_NOISE + 1 / (sold + 0.5))
  const product = new Float64Array(products.length).fill(Number.NaN)
  const noise = new Float64Array(products.length).fill(Number.POSITIVE_INFINITY)
  const location = new Float64Array(locations.length)
  let taste = locations.length > 1 ? FIRST_TASTE : 0
  for (let round = 0; round < ROUNDS; round++) {
    const weight = error.map((e, i) => (Number.isNaN(at(log, i)) ? 0 : 1 / (e + taste)))
    const own = means(productOf, products.length, weight, (i) => at(log, i) - at(location, at(locationOf, i)))
    product.set(own.mean)
    noise.set(own.weight.map((w) => 1 / w))
    if (locations.length < 2) break
    const there = means(locationOf, locations.length, weight, (i) => at(log, i) - at(product, at(productOf, i)))
    location.set(
      there.mean.map((m, l) => (Number.isNaN(m) ? 0 : (m * at(there.weight, l)) / (at(there.weight, l) + LEAN))),
    )
    taste = tasteOf(log, error, product, location, catalogue, taste)
  }
  return { product, noise, location, taste }
}

function means(group: Int32Array, count: number, weight: Float64Array, value: (i: number) => number) {
  const sum = new Float64Array(count)
  const total = new Float64Array(count)
  for (let i = 0; i < group.length; i++) {
    const w = at(weight, i)
    if (w === 0) continue
    const g = at(group, i)
    sum[g] = at(sum, g) + w * value(i)
    total[g] = at(total, g) + w
  }
  return { mean: sum.map((s, g) => s / at(total, g)), weight: total }
}

/** What the squares of the rests are beyond the errors of the levels, over series that are known well. */
function tasteOf(
  log: Float64Array,
  error: Float64Array,
  product: Float64Array,
  location: Float64Array,
  { productOf, locationOf, products }: Catalogue,
  before: number,
): number {
  const series = new Int32Array(products.length)
  for (let i = 0; i < log.length; i++)
    if (!Number.isNaN(at(log, i))) series[at(productOf, i)] = at(series, at(productOf, i)) + 1
  let [square, n] = [0, 0]
  for (let i = 0; i < log.length; i++) {
    const shops = at(series, at(productOf, i))
    if (Number.isNaN(at(log, i)) || shops < 2 || at(error, i) > 0.2) continue
    const rest = at(log, i) - at(product, at(productOf, i)) - at(location, at(locationOf, i))
    square += Math.min(4, (rest * rest * shops) / (shops - 1)) - at(error, i)
    n++
  }
  return n < 10 ? before : Math.max(0.01, square / n)
}
