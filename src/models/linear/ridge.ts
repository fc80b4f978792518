import { sharesOf, withCorrection } from './fitted.ts'
import { equationsOf, gatherMoments, type Moments, squaredErrors, weightOf } from './moments.ts'
import type { RidgeOptions } from './options.ts'
import { type LinearRegressor, linearRegressor } from './regressor.ts'
import { penaltyPath } from './solvers/normal-equations.ts'
import { generalisedCrossValidation, ridgePath, ridgeSolve } from './solvers/ridge.ts'

/** The largest penalty of the path: on columns of variance 1 it leaves next to nothing. */
const MOST = 10

/**
 * Ridge regression on standardised columns (Hoerl and Kennard, 1970): mean squared error + penalty · Σβ².
 *
 * Without a `penalty`, the path from 10 down to 10 · `ratio` (1e-7) is solved by one eigendecomposition and the penalty chosen by
 * squared error on the validation table, or else by generalised cross-validation, weights counting rows. Reads the table twice,
 * and keeps no row; refuses tables without rows or finite targets.
 *
 * @example
 * const fitted = await ridge().fit(table, run)
 * const predictions = await fitted.predict(block, run)
 */
export function ridge(options: RidgeOptions = {}): LinearRegressor {
  return linearRegressor(
    'ridge',
    options,
    async (table, preparation, valid, run) => {
      const [moments] = (await gatherMoments(table, preparation, 1, run)) as [Moments]
      const equations = equationsOf(moments)
      let beta: Float64Array
      let { penalty } = options
      if (penalty !== undefined) beta = ridgeSolve(equations, penalty)
      else {
        const path = ridgePath(equations, penaltyPath(MOST, options.penalties ?? 100, options.ratio ?? 1e-7))
        const tested = valid && (await gatherMoments(valid, preparation, 1, run))[0]
        const scores = path.coefficients.map((candidate, k) =>
          tested
            ? squaredErrors(tested, candidate, equations.intercept(candidate))
            : generalisedCrossValidation(
                squaredErrors(moments, candidate, equations.intercept(candidate)),
                path.freedom[k] as number,
                Math.max(weightOf(moments), preparation.effectiveRows),
              ),
        )
        const best = scores.reduce((least, score, k) => (score < (scores[least] as number) ? k : least), 0)
        penalty = path.penalties[best] as number
        beta = path.coefficients[best] as Float64Array
      }
      return {
        coefficients: [beta],
        intercepts: [equations.intercept(beta)],
        correction: 1,
        importance: sharesOf(preparation, table.features.length, [beta]),
        penalty,
      }
    },
    withCorrection,
  )
}
