import type { Period } from '../../core/calendar.ts'

/** What can be wrong with a stretch of a series. */
export type AnomalyKind = 'outlier' | 'pulseRun' | 'levelShift' | 'trendBreak'

/** Something in a series' past that its usual course does not account for. */
export interface Anomaly {
  readonly kind: AnomalyKind
  /** First and last period of an outlier or run; of a shift or break both are the first period of the new course. */
  readonly from: Period
  readonly to: Period
  /**
   * Units: how far the values lay off what was expected (the mean over a run), how far the level moved, or, of a trend break, by how many
   * units a period the slope changed. Negative for less.
   */
  readonly size: number
  /** How unusual it is, as the size of a standard normal number of the same chance. */
  readonly strength: number
  /** Of a level shift: the new level over the old one; 1 of everything else, and where levels can be negative. */
  readonly ratio: number
  /** What was expected at each period from `from` to `to`, and the range that usual values keep to. */
  readonly expected: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** The known column, or `stock-out`, that was out of the ordinary at the same time; absent where nothing known was. */
  readonly explained?: string
}

/** What was found in one series, by time. */
export interface SeriesFindings {
  readonly id: string
  readonly anomalies: readonly Anomaly[]
}

/** What was found in the past of a panel or window, one entry a series, in the order of the series. */
export interface Findings {
  /** The last period that was looked at. */
  readonly through: Period
  readonly series: readonly SeriesFindings[]
}

/** How anomalies are looked for, everything filled in. */
export interface AnomalySettings {
  /** Normal score from which a value is an outlier. */
  readonly threshold: number
  /** Share of usual values that the range given as expected holds. */
  readonly central: number
  /** Periods that a new level or trend must last; 0 for a day, a week, or half a year, by the unit. */
  readonly lasting: number
  /** What a change of level or trend must gain, in multiples of the usual penalty. */
  readonly penalty: number
  /** Observed values that a series must have to be judged. */
  readonly least: number
  /** Columns whose usual effect is no anomaly, and that explain one; undefined for all that are known ahead. */
  readonly columns: readonly string[] | undefined
}
export type AnomalyOptions = Partial<AnomalySettings>
