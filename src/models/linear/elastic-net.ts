import { sharesOf, withCorrection } from './fitted.ts'
import { equationsOf, gatherMoments, type Moments, squaredErrors, sumMoments, weightOf } from './moments.ts'
import type { ElasticNetRegressorOptions, LassoOptions } from './options.ts'
import { type LinearRegressor, linearRegressor } from './regressor.ts'
import { elasticNetPath, elasticNetPenalties } from './solvers/elastic-net.ts'

/** Gap that is enough to compare penalties with each other. */
const ROUGH = 1e-6

/**
 * The lasso on standardised columns (Tibshirani, 1996): {@link elasticNet} with all of the penalty on |β|.
 *
 * @example
 * const fitted = await lasso({ folds: 10 }).fit(table, run)
 * fitted.state.penalty // the penalty chosen
 */
export function lasso(options: LassoOptions = {}): LinearRegressor {
  return netRegressor('lasso', { ...options, l1Ratio: 1 }, options)
}

/**
 * The elastic net on standardised columns (Zou and Hastie, 2005), by coordinate descent on the covariance:
 * mean squared error / 2 + penalty · (l1Ratio · Σ|β| + (1 − l1Ratio) / 2 · Σβ²).
 *
 * Without a `penalty`, one is chosen from a path of 100 down to `ratio` (1e-4) of the one that leaves nothing: by squared error
 * on the validation table, or else by cross-validation in blocks of following rows, which costs no further reading. Reads the
 * table twice and keeps no row; refuses tables without rows or finite targets.
 *
 * @example
 * const fitted = await elasticNet({ l1Ratio: 0.9 }).fit(table, run, { valid })
 */
export function elasticNet(options: ElasticNetRegressorOptions = {}): LinearRegressor {
  return netRegressor('elastic-net', { ...options, l1Ratio: options.l1Ratio ?? 0.5 }, options)
}

function netRegressor(
  name: string,
  {
    l1Ratio,
    penalty,
    penalties: count = 100,
    ratio = 1e-4,
    folds = 5,
  }: ElasticNetRegressorOptions & { l1Ratio: number },
  options: ElasticNetRegressorOptions,
): LinearRegressor {
  return linearRegressor(
    name,
    options,
    async (table, preparation, valid, run) => {
      const crossed = penalty === undefined && !valid
      const parts = await gatherMoments(table, preparation, crossed ? Math.min(folds, table.rows) : 1, run)
      const equations = equationsOf(sumMoments(parts))
      let path = elasticNetPenalties(equations, l1Ratio, count, ratio)
      if (penalty !== undefined) path = Float64Array.of(...path.filter((other) => other > penalty), penalty)
      else {
        const tested = valid && (await gatherMoments(valid, preparation, 1, run))
        const scores = tested
          ? errorsOf(sumMoments(parts), tested[0] as Moments, path, l1Ratio)
          : crossValidated(parts, path, l1Ratio)
        const best = scores.reduce((least, score, k) => (score < (scores[least] as number) ? k : least), 0)
        path = path.subarray(0, best + 1)
      }
      const beta = elasticNetPath(equations, path, { l1Ratio }).coefficients[path.length - 1] as Float64Array
      return {
        coefficients: [beta],
        intercepts: [equations.intercept(beta)],
        correction: 1,
        importance: sharesOf(preparation, table.features.length, [beta]),
        penalty: path[path.length - 1] as number,
      }
    },
    withCorrection,
  )
}

/** Squared errors on some rows of what each penalty learns on others. */
function errorsOf(learn: Moments, test: Moments, path: Float64Array, l1Ratio: number): Float64Array {
  const equations = equationsOf(learn)
  const { coefficients } = elasticNetPath(equations, path, { l1Ratio, tolerance: ROUGH })
  return Float64Array.from(coefficients, (beta) => squaredErrors(test, beta, equations.intercept(beta)))
}

function crossValidated(parts: readonly Moments[], path: Float64Array, l1Ratio: number): Float64Array {
  const total = new Float64Array(path.length)
  parts.forEach((part, k) => {
    const others = sumMoments(parts, k)
    if (!(weightOf(part) > 0 && weightOf(others) > 0)) return
    errorsOf(others, part, path, l1Ratio).forEach((error, i) => {
      total[i] = (total[i] as number) + error
    })
  })
  return total
}
