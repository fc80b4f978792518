import { at } from '../../core/panel.ts'
import { choleskySolve } from '../../models/linear/algebra/cholesky.ts'
import { conjugateGradients } from './conjugate-gradients.ts'
import type { Covariance } from './covariance.ts'
import { addProduct, crossProduct } from './dense.ts'
import type { LowRank } from './projection.ts'
import { addFromAbove, type Summing } from './summing.ts'

/** As fine as the solutions that it goes by allow. */
const TOLERANCE = 1e-9

/** One column of a projection under diag(variances) + F F′ in which some bottoms are held at 0. */
interface Held {
  readonly summing: Summing
  readonly variances: Float64Array
  readonly factors: NonNullable<Covariance['factors']>
  readonly low: LowRank
  /** Solves with the system of the free bottoms under the variances alone. */
  readonly solve: (b: Float64Array) => Float64Array
  readonly fixed: Uint8Array
  readonly base: Float64Array
  /** By how much the uppers miss the sums of the free bottoms. */
  readonly misses: Float64Array
}

/**
 * The multipliers of the upper nodes and the common errors z, which fulfil, with G what the uppers miss of F over the free bottoms,
 * (1 + F₀′D₀⁻¹F₀ + G′M⁻¹G) z = F₀′D₀⁻¹ŷ₀ + G′M⁻¹ misses over the fixed bottoms 0; by conjugate gradients, preconditioned with the
 * system in which none is fixed, so that only the fixed bottoms have to be looked at.
 */
export function latentStep(held: Held): { readonly multipliers: Float64Array; readonly latent: Float64Array } {
  const { summing, variances, low, solve, base, misses } = held
  const { uppers, bottoms } = summing
  const { count } = held.factors
  const list = fixedOf(held)
  const ones = new Float64Array(bottoms).fill(1)
  const spread = (z: Float64Array) => {
    const all = new Float64Array(uppers)
    addProduct(all, low.misses, z, [uppers, count, 1])
    const own = new Float64Array(list.indices.length)
    addProduct(own, list.rows, z, [own.length, count, 1])
    list.indices.forEach((i, k) => {
      for (const level of summing.above) {
        const node = at(level, i)
        if (node >= 0) all[node] = at(all, node) + at(own, k)
      }
    })
    return { all, own }
  }
  /** G′ a + F₀′ b. */
  const gather = (a: Float64Array, b: Float64Array) => {
    const sum = crossProduct(low.misses, a, [uppers, count, 1])
    const below = new Float64Array(bottoms)
    addFromAbove(summing, a, ones, below, 1)
    const own = b.map((v, k) => v + at(below, at(list.indices, k)))
    const fromFixed = crossProduct(list.rows, own, [own.length, count, 1])
    return sum.map((v, t) => v + at(fromFixed, t))
  }
  const precisions = Float64Array.from(list.indices, (i) => 1 / at(variances, uppers + i))
  const scaled = (own: Float64Array) => own.map((v, k) => v * at(precisions, k))
  const times = (z: Float64Array) => {
    const { all, own } = spread(z)
    const sum = gather(solve(all), scaled(own))
    return sum.map((v, t) => v + at(z, t))
  }
  const precondition = (r: Float64Array) => choleskySolve(low.factor, count, r)
  const fixedBase = Float64Array.from(list.indices, (i) => at(base, uppers + i))
  const plain = solve(misses)
  const latent = conjugateGradients({ times, precondition }, gather(plain, scaled(fixedBase)), 1, TOLERANCE).x
  const common = solve(spread(latent).all)
  return { latent, multipliers: plain.map((v, u) => v - at(common, u)) }
}

/** The fixed bottoms and their rows of F. */
function fixedOf({ summing, factors, fixed }: Held): { readonly indices: Int32Array; readonly rows: Float64Array } {
  const { count, values } = factors
  const indices = Int32Array.from(Array.from(fixed, (f, i) => (f === 1 ? i : -1)).filter((i) => i >= 0))
  const rows = new Float64Array(indices.length * count)
  indices.forEach((i, k) => {
    const from = (summing.uppers + i) * count
    rows.set(values.subarray(from, from + count), k * count)
  })
  return { indices, rows }
}
