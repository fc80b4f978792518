/** How a missing value inside a series is filled. */
export const FILLS = ['keep', 'zero', 'forward', 'mean', 'seasonal', 'linear', 'neighbours'] as const
export type Fill = (typeof FILLS)[number]

/** How outliers are found. */
export const OUTLIER_RULES = ['none', 'hampel', 'iqr', 'seasonalTrend'] as const
export type OutlierRule = (typeof OUTLIER_RULES)[number]

/** What cleaning is to do within a Window; {@link DEFAULT_CLEANING} only flags and hides nothing. */
export interface CleaningPolicy {
  /** Fill of missing values between a series' first and last observed one; after the last only `zero`, `forward`, `mean` and `seasonal` reach. */
  readonly missing: Fill
  /** Gaps of more periods than this stay missing. */
  readonly longestGap: number
  /** How many series `neighbours` borrows from. */
  readonly neighbours: number
  readonly outliers: OutlierRule
  /** How far, in robust standard deviations (for `iqr` in widths of the box), a value may lie before it is flagged. */
  readonly threshold: number
  /** Whether flagged values are replaced by what the rule expected; they are only flagged otherwise. */
  readonly replaceOutliers: boolean
  /** Periods below zero after netting of returns. */
  readonly negatives: 'keep' | 'zero' | 'missing'
  /** Zeros before the first sale: kept, or missing since the product may not have been on sale. */
  readonly leadingZeros: 'keep' | 'missing'
  /** Values of periods out of stock: kept as lower bounds, missing where nothing was sold (which then says nothing), or all missing. */
  readonly censored: 'keep' | 'zeroMissing' | 'missing'
  /** Values of periods in which the shop was closed. */
  readonly closed: 'keep' | 'missing'
}

/** Flags outliers by seasonal-trend residuals, and changes no value. */
export const DEFAULT_CLEANING: CleaningPolicy = {
  missing: 'keep',
  longestGap: Number.POSITIVE_INFINITY,
  neighbours: 5,
  outliers: 'seasonalTrend',
  threshold: 6,
  replaceOutliers: false,
  negatives: 'keep',
  leadingZeros: 'keep',
  censored: 'keep',
  closed: 'keep',
}
