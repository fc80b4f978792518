import type { Locale } from '../core/errors.ts'
import type { Selection } from '../models/selection.ts'

/** A text in both languages. */
export type Both = { readonly [L in Locale]: string }

/** One series as the report draws it: history, then a fan. Numbers are null where missing. */
export interface ReportSeries {
  readonly id: string
  /** A title to show instead of the identity, when the items table has one. */
  readonly title?: string
  /** Why it is shown: the lists that it stands in. */
  readonly groups: readonly ('largest' | 'rising' | 'falling' | 'uncertain' | 'refused')[]
  /** Labels of all periods, history then horizon. */
  readonly periods: readonly string[]
  readonly history: readonly (number | null)[]
  /** Indices into `history` that were out of stock, closed, or flagged as outliers. */
  readonly censored: readonly number[]
  readonly closed: readonly number[]
  readonly outliers: readonly number[]
  readonly mean: readonly (number | null)[]
  /** For each of {@link ReportData.bandLevels} the quantile at each step. */
  readonly quantiles: readonly (readonly (number | null)[])[]
  readonly answeredBy: string | null
  /** Who refused, and why. */
  readonly refused: readonly { readonly model: string; readonly reason: Both }[]
  /** Sum of the mean over the horizon, and of the history over as many periods before the cutoff. */
  readonly expected: number
  readonly recent: number
}

/** A row of the leaderboard. */
export interface ReportModel {
  readonly model: string
  readonly chosen: boolean
  readonly failed: Both | null
  readonly metrics: Readonly<Record<string, number | null>>
  readonly seconds: number
  readonly answered: number
  readonly refused: number
}

/** Errors of the chosen model in one way of cutting the data. */
export interface ReportSegment {
  readonly by: string
  readonly rows: readonly {
    readonly value: string
    readonly wape: number | null
    readonly bias: number | null
    readonly cells: number
    readonly series: number
  }[]
}

/** One kind of finding of the quality check. */
export interface ReportFinding {
  readonly kind: Both
  readonly done: Both
  readonly count: number
  readonly series: number
  readonly severity: 'info' | 'warning' | 'serious'
  readonly examples: readonly string[]
}

/** How one network was trained: numbers for each step that was looked at. */
export interface ReportTraining {
  readonly name: string
  readonly steps: readonly number[]
  readonly loss: readonly number[]
  /** Null where it was not looked at. */
  readonly validation: readonly (number | null)[]
  readonly rate: readonly number[]
}

/** Everything that a report shows, as plain data; {@link renderReport} turns it into one self-contained page. */
export interface ReportData {
  readonly title: string
  readonly generatedAt: string
  readonly version: string
  readonly command: string
  readonly windowDigest: string
  readonly seed: number
  readonly unit: string
  readonly keys: readonly string[]
  readonly files: readonly string[]
  readonly seriesCount: number
  readonly cellCount: number
  readonly from: string
  readonly to: string
  readonly horizon: number
  readonly forecastTo: string
  /** Total of all series: history, then the sum of the means. */
  readonly total: {
    readonly periods: readonly string[]
    readonly history: readonly (number | null)[]
    readonly mean: readonly number[]
  }
  /** The levels of the fans, ascending and symmetric. */
  readonly bandLevels: readonly number[]
  readonly series: readonly ReportSeries[]
  readonly backtest: {
    readonly windows: readonly string[]
    readonly metric: string
    readonly leaderboard: readonly ReportModel[]
    readonly segments: readonly ReportSegment[]
    readonly steps: readonly { readonly model: string; readonly wape: readonly (number | null)[] }[]
    readonly coverage: readonly { readonly nominal: number; readonly actual: number | null }[]
  } | null
  /** How the members of an automatic forecast were chosen; null for a single model. */
  readonly selection: Selection | null
  /** None for models that do not learn step by step. */
  readonly training: readonly ReportTraining[]
  readonly answeredBy: readonly { readonly model: string; readonly series: number }[]
  readonly unanswered: number
  readonly quality: {
    readonly rowsRead: number
    readonly rowsLoaded: number
    readonly rowsRejected: number
    readonly quarantine: string | null
    readonly shares: Readonly<Record<'zeros' | 'missing' | 'censored' | 'closed' | 'outliers', number>>
    readonly findings: readonly ReportFinding[]
  }
}
