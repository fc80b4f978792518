import { ForetideError } from '../../core/errors.ts'

/** How columns and the target are made ready for every linear model. */
export interface PreparationOptions {
  /** Learns log(1 + target); means are corrected for the bias of going back. Needs targets above −1. */
  readonly log?: boolean
  /** Levels of a categorical feature that get a column of their own at the most; the others share one. 32 unless given. */
  readonly maxLevels?: number
  /** Rows (or their weight) that a level must have for a column of its own. 10 unless given. */
  readonly minLevelRows?: number
}

/**
 * How a penalty is chosen.
 *
 * Penalties are free of scale: columns and target have variance 1, and the loss is a mean over rows.
 */
interface PenaltyOptions extends PreparationOptions {
  /** The penalty itself; otherwise it is chosen from a path, on the validation table or without one by cross-validation. */
  readonly penalty?: number
  /** Penalties on the path. 100 unless given. */
  readonly penalties?: number
  /** Smallest penalty of the path as a share of the largest. */
  readonly ratio?: number
  /** Blocks of following rows for cross-validation of lasso and elastic net. 5 unless given. */
  readonly folds?: number
}

/** Options of {@link ridge}. */
export type RidgeOptions = Omit<PenaltyOptions, 'folds'>

/** Options of {@link lasso}. */
export type LassoOptions = PenaltyOptions

/** Options of {@link elasticNet}. */
export interface ElasticNetRegressorOptions extends PenaltyOptions {
  /** Share of the penalty on |β|, above 0; the rest is on β² / 2. 0.5 unless given. */
  readonly l1Ratio?: number
}

/** What models that keep their rows in memory can be told. */
interface SampleOptions extends PreparationOptions {
  /** Rows kept at the most; a random choice of a larger table, with a notice. 200,000 unless given. */
  readonly sample?: number
}

/** Options of {@link quantileRegression}. */
export interface QuantileRegressionOptions extends SampleOptions {
  /** Ascending levels between 0 and 1. */
  readonly levels: readonly number[]
  /** Penalty on |β|, on columns and target of variance 1 and the mean loss; 0 unless given. */
  readonly penalty?: number
}

/** Options of {@link supportVector}. */
export interface SupportVectorRegressorOptions extends SampleOptions {
  /** Error that costs nothing, in standard deviations of the target. 0.1 unless given. */
  readonly epsilon?: number
  /** Cost of an error of one standard deviation against Σβ² / 2. Unless given 1, or 2,000 shared by all rows if that is less. */
  readonly c?: number
  /** `rbf` answers by random Fourier features. `linear` unless given. */
  readonly kernel?: 'linear' | 'rbf'
  /** Fourier features. 256 unless given. */
  readonly features?: number
  /** Width of the kernel; the median distance of rows unless given. */
  readonly bandwidth?: number
  /** Passes over the rows at the most. 300 unless given. */
  readonly steps?: number
}

interface Rule {
  readonly holds: (value: number) => boolean
  readonly wanted: string
  readonly wantedZh: string
}

const whole = (least: number): Rule => ({
  holds: (v) => Number.isInteger(v) && v >= least,
  wanted: `a whole number of at least ${least}`,
  wantedZh: `是不小于 ${least} 的整数`,
})
const atLeast0: Rule = {
  holds: (v) => v >= 0 && Number.isFinite(v),
  wanted: 'a number of at least 0',
  wantedZh: '是不小于 0 的数',
}
const positive: Rule = {
  holds: (v) => v > 0 && Number.isFinite(v),
  wanted: 'a number above 0',
  wantedZh: '是大于 0 的数',
}
const RULES: Readonly<Record<string, Rule>> = {
  maxLevels: whole(1),
  minLevelRows: atLeast0,
  penalty: atLeast0,
  penalties: whole(2),
  ratio: { holds: (v) => v > 0 && v < 1, wanted: 'between 0 and 1', wantedZh: '在 0 和 1 之间' },
  folds: whole(2),
  l1Ratio: { holds: (v) => v > 0 && v <= 1, wanted: 'above 0 and at most 1', wantedZh: '大于 0 且不超过 1' },
  sample: whole(1),
  epsilon: atLeast0,
  c: positive,
  features: whole(1),
  bandwidth: positive,
  steps: whole(1),
}

/** Refuses options of linear models that have no meaning, naming the option, its value and what it must be. */
export function checkOptions(options: object): void {
  for (const [option, value] of Object.entries(options)) {
    const rule = RULES[option]
    if (!rule || value === undefined || (typeof value === 'number' && rule.holds(value))) continue
    throw new ForetideError(
      'linear.option',
      { option, value: String(value), wanted: rule.wanted, wantedZh: rule.wantedZh },
      { fault: 'usage' },
    )
  }
}
