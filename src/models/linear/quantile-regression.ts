import { ForetideError } from '../../core/errors.ts'
import { checkInterrupt } from '../../core/run.ts'
import { sharesOf } from './fitted.ts'
import { equationsOf, gatherMoments, type Moments } from './moments.ts'
import type { QuantileRegressionOptions } from './options.ts'
import { type LinearRegressor, linearRegressor } from './regressor.ts'
import { sampleOf } from './sample.ts'
import { solveQuantile } from './solvers/quantile.ts'
import { ridgeSolve } from './solvers/ridge.ts'

const MODEL = 'quantile-regression'

/**
 * Linear regression of several quantiles (Koenker and Bassett, 1978), each to its exact optimum, put into order row by row when
 * they are predicted (Chernozhukov, Fernández-Val and Galichon, 2010), so that they never cross.
 *
 * `penalty` is on |β| of standardised columns, against the mean loss of the standardised target. Keeps up to `sample` rows in
 * memory. Refuses levels that do not ascend within 0 and 1, and tables without rows or finite targets.
 *
 * @example
 * const fitted = await quantileRegression({ levels: [0.1, 0.5, 0.9] }).fit(table, run)
 */
export function quantileRegression(options: QuantileRegressionOptions): LinearRegressor {
  const { levels, penalty = 0, sample = 200_000 } = options
  if (!(levels.length > 0 && levels.every((level, k) => level > (k > 0 ? (levels[k - 1] as number) : 0) && level < 1)))
    throw new ForetideError('linear.option', LEVELS(levels), { fault: 'usage' })
  return linearRegressor(
    MODEL,
    options,
    async (table, preparation, _, run) => {
      const { x, y, weight } = await sampleOf(table, preparation, sample, MODEL, run)
      const p = preparation.columns
      const equations = equationsOf(((await gatherMoments(table, preparation, 1, run)) as [Moments])[0])
      let total = 0
      for (let i = 0; i < weight.length; i++) total += weight[i] as number
      let start = Float64Array.from([...ridgeSolve(equations, 1e-6), 0])
      const solutions = levels.map((level) => {
        checkInterrupt(run)
        const { beta } = solveQuantile({ x, y, weight, l1: penalty * total, free: p }, level, start)
        start = Float64Array.from(beta)
        return start
      })
      const coefficients = solutions.map((beta) => beta.slice(0, p))
      return {
        levels: [...levels],
        coefficients,
        intercepts: solutions.map((beta) => beta[p] as number),
        correction: 1,
        importance: sharesOf(preparation, table.features.length, coefficients),
        penalty,
      }
    },
    // Quantiles of a logarithm are logarithms of quantiles: there is nothing to correct.
    async (state) => state,
  )
}

const LEVELS = (levels: readonly number[]) => ({
  option: 'levels',
  value: levels.join(', '),
  wanted: 'ascending numbers between 0 and 1, such as 0.1, 0.5, 0.9',
  wantedZh: '是 0 和 1 之间的递增数，例如 0.1、0.5、0.9',
})
