import type { Period } from '../../core/calendar.ts'
import type { Notice } from '../../core/run.ts'

/** Something new that the forecast did not hold for likely: a notice, so that `textOf` words it in either language. */
export interface Alert extends Notice {
  readonly kind: 'value' | 'drift' | 'whole'
  /** The series; absent where all of them together are meant. */
  readonly id?: string
  readonly from: Period
  readonly to: Period
  /**
   * Units sold from `from` to `to`, what was expected of them, and the range that holds what is usual; of `anomalies.wholeWide` the share of values
   * outside of their ranges in place of units.
   */
  readonly value: number
  readonly expected: number
  readonly low: number
  readonly high: number
  /** How likely something as unusual is by chance. */
  readonly probability: number
}

/** Normal scores of a series' newest values, to be handed to the next day's look, so that slow drifts are seen. */
export interface EarlierScores {
  /** The period of the first score. */
  readonly start: Period
  readonly scores: readonly number[]
}
type Scores = ReadonlyMap<string, EarlierScores>

/** How alerts are raised, everything filled in. */
export interface AlertSettings {
  /** Share of usual values that the range of a forecast holds; what lies within is no alert. */
  readonly central: number
  /** What share of the alerts may be false, on average. */
  readonly rate: number
  /** Scores of earlier looks. */
  readonly before: Scores
}
export type AlertOptions = Partial<AlertSettings>

/** What a look at new values gave. */
export interface Alerts {
  /** Single values, the least likely first. */
  readonly values: readonly Alert[]
  /** Series that run above or below their forecasts, the least likely first. */
  readonly drifts: readonly Alert[]
  /** All series together. */
  readonly whole: readonly Alert[]
  /** How many values were looked at. */
  readonly tested: number
  /** For {@link AlertSettings.before} of the next look. */
  readonly scores: Scores
}

/** The least likely first; equally likely ones by time and name. */
export const byChance = (a: Alert, b: Alert) =>
  a.probability - b.probability || a.from - b.from || ((a.id ?? '') < (b.id ?? '') ? -1 : 1)
