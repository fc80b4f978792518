import { CannotForecast } from '../../../core/errors.ts'
import type { LocalMethod } from '../../local.ts'
import { answerWith, type Regressors, sampleOf } from './answer.ts'
import { Estimator } from './estimate.ts'
import type { Order } from './order.ts'
import { pack } from './parameters.ts'
import { neededFor, startFrom } from './search.ts'

/** The order of an ARIMA model, as the literature writes it. */
export interface ArimaOptions {
  /** p, d, q. */
  readonly order: readonly [number, number, number]
  /** P, D, Q; none by default. */
  readonly seasonal?: readonly [number, number, number]
  /** Length of the season in periods; that of the series by default. */
  readonly season?: number
  /** Whether to estimate a mean, or a drift after one difference; true by default. */
  readonly constant?: boolean
  /** Known-ahead columns to regress on, the errors following the ARIMA process. */
  readonly regressors?: Regressors
}

/**
 * ARIMA of a given order, seasonal or not, with regressors where wished for (Box and Jenkins, 1970).
 *
 * Exact maximum likelihood; missing values stay missing and are handled by the filter. Refuses series with fewer values than
 * the order needs, and regressors that the series has not got or whose future is missing.
 *
 * @example
 * arima({ order: [0, 1, 1], seasonal: [0, 1, 1], season: 12 })
 */
export function arima(options: ArimaOptions): LocalMethod<ArimaOptions> {
  const regressors = options.regressors ?? []
  return {
    name: 'arima',
    needs: { minHistory: 3, knownAhead: knownAheadOf(regressors), crossSeries: false, missing: true },
    options,
    fit(series) {
      const order = orderOf(options, series.season)
      const has = series.values.filter((v) => !Number.isNaN(v)).length
      const needs = neededFor(order) + regressors.length
      if (has < needs) throw new CannotForecast('tooShort', { has, needs })
      const estimator = new Estimator(sampleOf(series, regressors))
      const near = estimator.fit(order, { start: startFrom(undefined, order), fine: true })
      const zero = estimator.fit(order, { fine: true })
      return pack(zero.loglik > near.loglik ? zero : near, series.start)
    },
    forecast(series, parameters, answer) {
      answerWith(series, parameters, regressors, answer)
    },
  }
}

/** How much a choice of regressors needs known-ahead columns. */
export function knownAheadOf(regressors: Regressors): 'ignored' | 'used' | 'required' {
  if (regressors === 'all') return 'used'
  return regressors.length > 0 ? 'required' : 'ignored'
}

function orderOf(options: ArimaOptions, season: number): Order {
  const [p, d, q] = options.order
  const [P, D, Q] = options.seasonal ?? [0, 0, 0]
  return { p, d, q, P, D, Q, m: Math.round(options.season ?? season), constant: options.constant ?? true }
}
