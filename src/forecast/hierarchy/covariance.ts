import { at } from '../../core/panel.ts'
import { type Summing, sizesOf } from './summing.ts'

/** The covariance of base forecasts' errors over the nodes, diag(variances) + F F′, never written out. */
export interface Covariance {
  readonly variances: Float64Array
  /** F, nodes × count, row-major; absent where errors are taken as uncorrelated. */
  readonly factors?: { readonly count: number; readonly values: Float64Array }
  /** How much of the correlations was shrunk away, 0 … 1, where they were estimated. */
  readonly shrinkage?: number
}

/** Errors that base forecasts made in the past: nodes × periods, NaN where unknown. */
export interface Residuals {
  readonly periods: number
  readonly values: Float64Array
}

/** A node that was never missed still counts a little: this share of the median variance of those that were. */
const LEAST_VARIANCE = 1e-6
/** Correlations of errors are never believed fully, as the covariance could not be inverted then. */
const LEAST_SHRINKAGE = 1e-3

/** Equal variances: ordinary least squares (Hyndman et al., 2011). */
export const equalVariances = (summing: Summing): Covariance => ({
  variances: new Float64Array(summing.nodes).fill(1),
})

/** Variances that grow as the number of series in a node: structural scaling (Athanasopoulos et al., 2017). */
export const structuralVariances = (summing: Summing): Covariance => ({ variances: sizesOf(summing) })

/** Mean squares of each node's residuals (Hyndman, Lee and Wang, 2016); those of nodes without any are those of the median node. */
export function residualVariances(summing: Summing, residuals: Residuals): Covariance {
  return { variances: withLeast(meanSquares(summing.nodes, residuals)) }
}

/**
 * The mean squares of the residuals with their correlations shrunk towards none (Schäfer and Strimmer, 2005; MinT of
 * Wickramasuriya, Athanasopoulos and Hyndman, 2019), as a diagonal plus one factor a period.
 *
 * The intensity is found from the periods × periods products of the scaled residuals, without a matrix of nodes × nodes. Missing
 * residuals count as no error where two nodes are compared.
 */
export function shrunkCovariance(summing: Summing, residuals: Residuals): Covariance {
  const { nodes } = summing
  const { periods, values } = residuals
  const squares = meanSquares(nodes, residuals)
  const shrinkage = Math.min(1, Math.max(LEAST_SHRINKAGE, intensityOf(nodes, residuals, squares)))
  const scale = Math.sqrt((1 - shrinkage) / periods)
  const factors = new Float64Array(nodes * periods)
  const variances = withLeast(squares)
  for (let i = 0; i < nodes; i++) {
    let explained = 0
    for (let t = 0; t < periods; t++) {
      const error = at(values, i * periods + t)
      const loading = Number.isNaN(error) ? 0 : scale * error
      factors[i * periods + t] = loading
      explained += loading * loading
    }
    variances[i] = Math.max(LEAST_SHRINKAGE * at(variances, i), at(variances, i) - explained)
  }
  return { variances, factors: { count: periods, values: factors }, shrinkage }
}

/** The shrinkage intensity: the summed variances of the correlations over their summed squares. */
function intensityOf(nodes: number, { periods, values }: Residuals, squares: Float64Array): number {
  const products = new Float64Array(periods * periods)
  const row = new Float64Array(periods)
  let own = 0
  let ownSquares = 0
  for (let i = 0; i < nodes; i++) {
    const scale = at(squares, i) > 0 ? 1 / Math.sqrt(at(squares, i)) : 0
    let norm = 0
    for (let t = 0; t < periods; t++) {
      const error = scale * at(values, i * periods + t)
      row[t] = Number.isNaN(error) ? 0 : error
      norm += at(row, t) ** 2
      own += at(row, t) ** 4
    }
    ownSquares += norm * norm
    addOuter(products, row)
  }
  let all = 0
  let allSquares = 0
  for (let t = 0; t < periods; t++) {
    all += at(products, t * periods + t) ** 2
    for (let s = 0; s < t; s++) allSquares += 2 * at(products, t * periods + s) ** 2
  }
  allSquares += all
  const between = allSquares - ownSquares
  const variance = (periods * (all - own) - between) / (periods ** 2 * (periods - 1))
  const correlation = between / periods ** 2
  return correlation > 0 && periods > 1 ? variance / correlation : 1
}

function addOuter(products: Float64Array, row: Float64Array): void {
  const periods = row.length
  for (let t = 0; t < periods; t++) {
    const a = at(row, t)
    if (a === 0) continue
    const from = t * periods
    for (let s = 0; s <= t; s++) products[from + s] = at(products, from + s) + a * at(row, s)
  }
}

function meanSquares(nodes: number, { periods, values }: Residuals): Float64Array {
  const squares = new Float64Array(nodes)
  for (let i = 0; i < nodes; i++) {
    let sum = 0
    let count = 0
    for (let t = i * periods; t < (i + 1) * periods; t++) {
      const error = at(values, t)
      if (Number.isNaN(error)) continue
      sum += error * error
      count++
    }
    squares[i] = count > 0 ? sum / count : Number.NaN
  }
  return squares
}

function withLeast(squares: Float64Array): Float64Array {
  const positive = squares.filter((v) => v > 0).sort()
  const median = at(positive, positive.length >> 1) || 1
  return squares.map((v) => (Number.isNaN(v) ? median : Math.max(v, LEAST_VARIANCE * median)))
}
