import { CannotForecast } from '../../../core/errors.ts'
import type { Answer, Series } from '../../local.ts'
import { writeNormalQuantiles } from '../spread.ts'
import type { Sample } from './estimate.ts'
import { constantOf } from './order.ts'
import { errorVariance, outlook, samplePaths } from './outlook.ts'
import { unpack } from './parameters.ts'

/** Names of known-ahead columns to regress on, `all` for every one that the series has, or none. */
export type Regressors = readonly string[] | 'all'

/** The chosen columns over past and future, in a fixed order; refuses where one is absent. */
function regressorsOf(series: Series, wanted: Regressors): Float64Array[] {
  const names = wanted === 'all' ? [...series.known.keys()].sort() : wanted
  return names.map((column) => {
    const values = series.known.get(column)
    if (!values) throw new CannotForecast('missingColumn', { column })
    return values
  })
}

/** What a fit reads of a series. */
export function sampleOf(series: Series, wanted: Regressors): Sample {
  const { values } = series
  const past = regressorsOf(series, wanted).map((column) => column.subarray(0, values.length))
  // A column that was never seen tells nothing; as zeros it gets coefficient 0 and hides no row.
  return { values, regressors: past.map((column) => (column.every(Number.isNaN) ? column.map(() => 0) : column)) }
}

/** Writes mean, quantiles and paths of a kept model after the values of a series, which may be longer than at the fit. */
export function answerWith(series: Series, parameters: Float64Array, wanted: Regressors, answer: Answer): void {
  const { order, arma, beta, sigma2, start } = unpack(parameters)
  const { values } = series
  const { horizon, levels } = answer
  const regressors = regressorsOf(series, wanted)
  const constant = constantOf(order)
  const fixed = constant === 'none' ? 0 : 1
  if (regressors.length !== beta.length - fixed) throw new CannotForecast('missingColumn', { column: 'known' })
  const trend = new Float64Array(values.length + horizon)
  for (let t = 0; t < trend.length; t++) {
    let sum = 0
    if (fixed) sum = (beta[0] as number) * (constant === 'mean' ? 1 : series.start - start + t + 1)
    for (let i = 0; i < regressors.length; i++) {
      const weight = beta[i + fixed] as number
      if (weight !== 0) sum += weight * ((regressors[i] as Float64Array)[t] as number)
    }
    trend[t] = sum
  }
  const seen = outlook(
    order,
    arma,
    values.map((y, t) => y - (trend[t] as number)),
    horizon,
  )
  for (let h = 0; h < horizon; h++) {
    const mean = (seen.mean[h] as number) + (trend[values.length + h] as number)
    if (Number.isNaN(mean)) throw new CannotForecast('missingColumn', { column: String(wanted) })
    seen.mean[h] = mean
  }
  answer.mean.set(seen.mean)
  writeNormalQuantiles(
    seen.mean,
    errorVariance(seen).map((v) => v * sigma2),
    levels,
    answer.quantiles,
  )
  if (answer.paths > 0) samplePaths(seen, Math.sqrt(sigma2), () => answer.random.normal(), answer.paths, answer.sample)
}
