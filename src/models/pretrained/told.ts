import type { Unit } from '../../core/calendar.ts'

/** What is told of one series: its past up to an origin, and what is known of the time after it. */
export interface Told {
  readonly unit: Unit
  /** What came each period, NaN where unknown; periods after the origin are not looked at, but as truths. */
  readonly values: ArrayLike<number>
  /** The first and the last period that may be looked at, as places in `values`. */
  readonly from: number
  readonly origin: number
  /** What is the phase of place 0 in the main and in the longer season, in periods. */
  readonly phases: readonly [number, number]
  /** 1 where demand was censored. */
  readonly censored?: ArrayLike<number>
  /** What the family did in units of its level, NaN where unknown. */
  readonly mood?: ArrayLike<number>
  /** Covariates that are known ahead, NaN where missing. */
  readonly covariates?: readonly ArrayLike<number>[]
  /** What covariates are taken to do by what is known of all series, added to the inverse hyperbolic sine of the scaled values. */
  readonly pooled?: ArrayLike<number>
}
