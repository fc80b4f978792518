import { at } from '../../core/panel.ts'
import { columnsOf, putColumns } from './dense.ts'
import { exchangesOf } from './exchange.ts'
import { latentStep } from './latent.ts'
import type { MaskedSolver } from './masked.ts'
import type { Projection } from './projection.ts'
import { addFromAbove, missesOf } from './summing.ts'

/** A bottom this little below 0, as a share of the largest base forecast of a bottom, counts as 0. */
const TOLERANCE = 1e-10

/**
 * The least squares over bottoms that are not negative, for those columns whose plain solution (bottoms × columns) has negative ones.
 *
 * Block principal pivoting (Júdice and Pires, 1994; Kim and Park, 2011; used for reconciliation by Wickramasuriya, Turlach and
 * Hyndman, 2020): bottoms are held at 0 or free, the system of the upper nodes is solved for that, and all that turn out on the wrong
 * side change it, until none does.
 */
export function nonNegativeBottoms(
  projection: Projection,
  base: Float64Array,
  bottoms: Float64Array,
  columns: number,
): Float64Array {
  const { nodes, bottoms: count } = projection.summing
  const masked = projection.masked()
  const found = bottoms.slice()
  for (let c = 0; c < columns; c++) {
    const start = columnsOf(bottoms, count, columns, c, 1)
    if (!start.some((v) => v < 0)) continue
    const column = columnsOf(base, nodes, columns, c, 1)
    putColumns(found, pivoted(projection, masked, column, start), count, columns, c, 1)
  }
  return found
}

function pivoted(projection: Projection, masked: MaskedSolver, base: Float64Array, start: Float64Array): Float64Array {
  const fixed = Uint8Array.from(start, (v) => (v < 0 ? 1 : 0))
  const own = base.subarray(projection.summing.uppers)
  const tolerance = TOLERANCE * own.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  const exchange = exchangesOf(fixed, tolerance)
  let wanted: Float64Array
  do wanted = wantedOf(projection, masked, base, fixed)
  while (exchange(wanted))
  return wanted.map((v, i) => (at(fixed, i) === 1 ? 0 : Math.max(0, v)))
}

/**
 * What each bottom would be while the fixed ones are held at 0: its value where it is free; where it is fixed, above 0 if it should
 * be free.
 */
function wantedOf(projection: Projection, masked: MaskedSolver, base: Float64Array, fixed: Uint8Array): Float64Array {
  const { summing, covariance, low } = projection
  const { uppers } = summing
  const { variances, factors } = covariance
  const solve = masked(fixed)
  const held = base.slice()
  for (let i = 0; i < fixed.length; i++) if (at(fixed, i) === 1) held[uppers + i] = 0
  const misses = missesOf(summing, held, 1)
  const wanted = base.slice(uppers)
  if (!factors || !low) {
    addFromAbove(summing, solve(misses), variances.subarray(uppers), wanted, 1)
    return wanted
  }
  const { multipliers, latent } = latentStep({ summing, variances, factors, low, solve, fixed, base, misses })
  for (let i = 0; i < wanted.length; i++) {
    const from = (uppers + i) * factors.count
    let common = 0
    for (let t = 0; t < factors.count; t++) common += at(factors.values, from + t) * at(latent, t)
    wanted[i] = at(wanted, i) - common
  }
  addFromAbove(summing, multipliers, variances.subarray(uppers), wanted, 1)
  return wanted
}
