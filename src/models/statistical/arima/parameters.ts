import type { Period } from '../../../core/calendar.ts'
import type { Fit } from './estimate.ts'
import type { Order } from './order.ts'
import { type Arma, armaOf, expand } from './polynomial.ts'

/** A fitted model as it is kept: numbers only. */
export interface Kept {
  readonly order: Order
  readonly arma: Arma
  /** Coefficients of constant (if any) and regressors. */
  readonly beta: Float64Array
  readonly sigma2: number
  /** The period from which the drift counts. */
  readonly start: Period
  readonly loglik: number
  readonly aicc: number
}

const HEAD = 12

/**
 * Packs a fit flat: p d q P D Q m, constant, start, σ², log-likelihood, AICc, then AR, MA, seasonal AR, seasonal MA, and the
 * coefficients of constant and regressors.
 */
export function pack(fit: Fit, start: Period): Float64Array {
  const { order: o, arma, beta } = fit
  const head = [o.p, o.d, o.q, o.P, o.D, o.Q, o.m, o.constant ? 1 : 0, start, fit.sigma2, fit.loglik, fit.aicc]
  return Float64Array.of(...head, ...arma.ar, ...arma.ma, ...arma.sar, ...arma.sma, ...beta)
}

/** The inverse of {@link pack}. */
export function unpack(flat: Float64Array): Kept {
  const [p = 0, d = 0, q = 0, P = 0, D = 0, Q = 0, m = 1, constant, start = 0, sigma2 = 0, loglik = 0, aicc = 0] = flat
  const order: Order = { p, d, q, P, D, Q, m, constant: constant === 1 }
  const arma = armaOf(order)
  let from = HEAD
  for (const part of [arma.ar, arma.ma, arma.sar, arma.sma]) {
    part.set(flat.subarray(from, from + part.length))
    from += part.length
  }
  expand(arma, m)
  return { order, arma, beta: flat.slice(from), sigma2, start, loglik, aicc }
}
