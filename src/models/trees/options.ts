import type { ObjectiveOptions } from './objectives/objective.ts'

/** How trees are grown; names and meanings are LightGBM's where it has them. */
export interface GrowthOptions {
  /** Leaves of a tree at most; 31 unless given. */
  readonly leaves?: number
  /** Splits from root to leaf at most; no bound unless given. */
  readonly depth?: number
  /** Rows a leaf must hold; 20 unless given. */
  readonly minRows?: number
  /** Hessian a leaf must hold; 1e-3 unless given. */
  readonly minHessian?: number
  readonly l1?: number
  readonly l2?: number
  /** What a split must gain; 0 unless given. */
  readonly minGain?: number
  /** Pulls the values of small leaves towards their parents'; 0 unless given. */
  readonly pathSmoothing?: number
  /** Share of features tried for each tree, and for each node. */
  readonly featureShare?: number
  readonly featureShareByNode?: number
  /** One random threshold a feature instead of the best (extremely randomised trees). */
  readonly extra?: boolean
  /** By feature name: 1 if predictions must not fall as it rises, −1 if they must not rise. */
  readonly monotone?: Readonly<Record<string, -1 | 1>>
  /** Groups of feature names; features of one path must all be of one group. */
  readonly interactions?: readonly (readonly string[])[]
  /** L2 added for categorical splits, smoothing of their sort order, and the most codes on the smaller side. */
  readonly categoryL2?: number
  readonly categorySmoothing?: number
  readonly maxCategories?: number
  /** Rows that a category must have to be its own in a many-vs-many split. */
  readonly minCategoryRows?: number
  /** Values of |leaf| at most; no bound unless given (Poisson and the like have their own). */
  readonly maxLeafValue?: number
}

/** How the rows of a tree are chosen. */
export interface SamplingOptions {
  /** Share of rows that each tree learns from; 1 unless given. */
  readonly rowShare?: number
  /** Trees between two draws of rows; 1 unless given. */
  readonly rowEvery?: number
  /** Draws rows with replacement (forests). */
  readonly bootstrap?: boolean
  /** Gradient-based one-side sampling: keeps this share of the largest gradients, and `other` of the rest. */
  readonly goss?: { readonly top: number; readonly other: number }
}

/** How numbers become bins. */
export interface BinOptions {
  /** Bins of a feature at most, 2 … 255, beside the one for missing values; 255 unless given. */
  readonly bins?: number
  /** Rows a bin should hold at least; 3 unless given. */
  readonly minBinRows?: number
  /** Rows that boundaries are chosen from; 200,000 unless given. */
  readonly sample?: number
}

/** Options of a gradient-boosted model. */
export interface BoostingOptions extends GrowthOptions, SamplingOptions, BinOptions {
  readonly objective?: ObjectiveOptions
  /** Rounds of boosting at most; 100 unless given. */
  readonly rounds?: number
  /** 0.1 unless given. */
  readonly learningRate?: number
  /** Ends when the validation loss has not improved for so many rounds; needs a validation table. */
  readonly patience?: number
  readonly seed?: number
}

/** Options of a random forest. */
export interface ForestOptions extends GrowthOptions, SamplingOptions, BinOptions {
  readonly trees?: number
  readonly seed?: number
  /** Answers quantiles at these levels out of the training targets of the leaves (Meinshausen, 2006), instead of means. */
  readonly levels?: readonly number[]
}
