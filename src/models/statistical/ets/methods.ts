import type { LocalMethod } from '../../local.ts'
import { type EtsOptions, etsMethod } from './method.ts'

/** Options of a method whose form is settled. */
export type SettledOptions = Omit<EtsOptions, 'form' | 'damped' | 'multiplicativeTrend' | 'restrict'>

/**
 * Exponential smoothing in state space form, error, trend and season chosen by AICc (Hyndman, Koehler, Snyder and Grose, 2002).
 *
 * Takes gaps as they are. Quantiles are normal with the form's own variance, or simulated where it has no closed one. A series
 * too short for any form is answered by a level alone; one without a value is refused.
 *
 * @example
 * autoEts({ criterion: 'bic' }).name // → 'auto-ets'
 */
export const autoEts = (options: EtsOptions = {}): LocalMethod<EtsOptions> => etsMethod('auto-ets', options, true)

/** One form of the taxonomy, given by `form` (`MAM`) and `damped`, its parameters by maximum likelihood; refuses what it cannot fit. */
export const ets = (options: EtsOptions & { readonly form: string }): LocalMethod<EtsOptions> =>
  etsMethod('ets', { restrict: false, damped: false, multiplicativeTrend: true, ...options }, false)

/** Holt's linear trend: ETS(A,A,N) (Holt, 1957; 2004); refuses fewer than seven values. */
export const holt = (options: SettledOptions = {}): LocalMethod<EtsOptions> =>
  etsMethod('holt', { ...options, form: 'AAN', damped: false }, false)

/** Holt's trend that flattens out: ETS(A,Ad,N) (Gardner and McKenzie, 1985). */
export const dampedHolt = (options: SettledOptions = {}): LocalMethod<EtsOptions> =>
  etsMethod('damped-holt', { ...options, form: 'AAN', damped: true }, false)

/** Holt and Winters' method with a season that adds: ETS(A,A,A) (Winters, 1960); refuses less than about three cycles. */
export const holtWinters = (options: SettledOptions & { readonly damped?: boolean } = {}): LocalMethod<EtsOptions> =>
  etsMethod('holt-winters', { damped: false, ...options, form: 'AAA' }, false)

/** Holt and Winters' method with a season that multiplies: ETS(M,A,M); refuses values that are not above zero. */
export const multiplicativeHoltWinters = (
  options: SettledOptions & { readonly damped?: boolean } = {},
): LocalMethod<EtsOptions> =>
  etsMethod('multiplicative-holt-winters', { damped: false, ...options, form: 'MAM' }, false)
