import type { MetricName } from '../../backtest/metrics/metrics.ts'
import type { Locale } from '../../core/errors.ts'
import type { ProposedBy } from './propose.ts'
import type { ParameterValues } from './space.ts'

/** How a candidate fared at one rung. */
export interface RungScore {
  /** The metric over all windows of the rung; null where it failed or has none. */
  readonly score: number | null
  /** The metric of each window, the earliest first. */
  readonly windows: readonly (number | null)[]
  /** Series × windows that nobody answered. */
  readonly unanswered: number
  readonly seconds: number
}

/** Why a candidate failed, and at which cutoff where it came as far as that. */
export type Failure = { readonly cutoff: string | null } & { readonly [L in Locale]: string }

/** Why a candidate went no further than its last rung: others were better, it failed, no time was left, or the search was stopped. */
export type Dropped = 'worse' | 'failed' | 'time' | 'interrupted'

/** One candidate and all that became of it. */
export interface Trial {
  /** 0 is the default. */
  readonly number: number
  readonly parameters: ParameterValues
  readonly proposedBy: ProposedBy
  /** One a rung, as far as it came; null for those before the one that it began on. */
  readonly rungs: readonly (RungScore | null)[]
  readonly seconds: number
  readonly failed: Failure | null
  /** Null where it was tried on every rung that the search came to. */
  readonly dropped: Dropped | null
}

/** What a search found, plain JSON data. */
export interface Search {
  readonly version: string
  readonly seed: number
  readonly model: string
  /** Digest of the data. */
  readonly data: string
  readonly unit: string
  readonly metric: MetricName
  readonly horizon: number
  /** The last period that any window scored: nothing after it was looked at. */
  readonly seen: string
  readonly holdBack: number
  /** Those that were come to. */
  readonly rungs: readonly {
    readonly cutoffs: readonly string[]
    readonly series: number
    /** Candidates scored at it. */
    readonly tried: number
  }[]
  readonly trials: readonly Trial[]
  /** Number of the trial that was chosen. */
  readonly winner: number
  readonly parameters: ParameterValues
  /** The winner beside the default, at the last rung that both were tried on. */
  readonly gain: {
    readonly rung: number
    readonly score: number | null
    readonly byDefault: number | null
    /** Share of the default's score that is saved; null where a score is missing or the default's is 0. */
    readonly share: number | null
    /** Windows in which the winner is better, of how many. */
    readonly better: number
    readonly windows: number
  }
  /** Why it ended before everything planned was done: time, an interrupt, or no values left to try; null if it did not. */
  readonly stopped: 'time' | 'interrupted' | 'exhausted' | null
  /** Seconds of trying, those of an interrupted search before it included. */
  readonly seconds: number
}
