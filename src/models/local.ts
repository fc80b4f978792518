import type { Calendar, Period } from '../core/calendar.ts'
import type { Ask } from '../core/forecast.ts'
import type { Random } from '../core/random.ts'
import type { Needs } from './model.ts'

/** One series as a method that answers each series by itself sees it. */
export interface Series {
  readonly id: string
  readonly calendar: Calendar
  /** The period of the first value. */
  readonly start: Period
  /** Observed values in order of time, NaN where missing; complete where the method declares that it cannot take gaps. */
  readonly values: Float64Array
  /** The main seasonal cycle in periods, 1 for none. */
  readonly season: number
  /** All seasonal cycles worth trying, the main one first. */
  readonly seasons: readonly number[]
  /** Whether no observed value is below zero, so that no forecast may be. */
  readonly nonNegative: boolean
  /** Whether every observed value is a whole number. */
  readonly integer: boolean
  /** Known-ahead columns over past and future, `values.length + horizon` each; empty unless the method asks for them. */
  readonly known: ReadonlyMap<string, Float64Array>
}

/** Where a method writes its answer for one series; steps by levels and paths by steps, both row-major. */
export interface Answer extends Ask {
  readonly horizon: number
  /** One a step. */
  readonly mean: Float64Array
  /** `quantiles[h · levels.length + l]`. */
  readonly quantiles: Float64Array
  /** `sample[p · horizon + h]`; empty when no paths are asked for. */
  readonly sample: Float64Array
  /** Randomness of this series alone, so that the number of threads changes nothing. */
  readonly random: Random
}

/**
 * A method that answers each series by itself: the pure heart of a statistical model.
 *
 * `fit` returns the learned parameters as numbers, so that they are kept flat for a million series; `forecast` runs them
 * through the (possibly longer) series and writes mean, quantiles and paths. It need not clip at zero nor sort quantiles:
 * the caller does. Both throw CannotForecast to leave the series to the next candidate.
 */
export interface LocalMethod<Options extends object = object> {
  readonly name: string
  readonly needs: Needs
  readonly options: Options
  fit(series: Series, options: Options): Float64Array
  forecast(series: Series, parameters: Float64Array, answer: Answer, options: Options): void
}
