import type { Link } from '../ensemble.ts'

/** Which loss is made small, as plain data. */
export type ObjectiveOptions =
  | { readonly loss: 'l2' | 'l1' | 'poisson' | 'gamma' | 'binary' }
  | { readonly loss: 'huber'; readonly delta?: number }
  | { readonly loss: 'tweedie'; readonly power?: number }
  | { readonly loss: 'quantile'; readonly level: number }
  | { readonly loss: 'quantiles'; readonly levels: readonly number[] }
  | { readonly loss: 'softmax'; readonly classes: number }
  | { readonly loss: 'rank'; readonly truncation?: number }

/** Rows that an objective works on: views of shared memory, the same in all threads. */
export interface ObjectiveRows {
  readonly rows: number
  readonly target: Float32Array
  readonly weight: Float32Array | undefined
  /** Raw scores, output by output: `score[k · rows + row]`. */
  readonly score: Float64Array
  /** First row of each query and the number of rows at the end; ranking only. */
  readonly queries: Int32Array | undefined
}

/**
 * A loss as boosting needs it. Every method is pure in its rows, so that threads may share them out.
 *
 * `trees` trees a round: as many as there are classes for softmax, otherwise 1. Where `renews`, leaf values come from
 * {@link Objective.renew} (quantiles of residuals) instead of gradients; with more than one output that makes vector leaves.
 */
export interface Objective {
  readonly options: ObjectiveOptions
  readonly outputs: number
  readonly trees: number
  readonly link: Link
  readonly levels?: readonly number[]
  /** Whether the hessian of a row is 1 (times its weight). */
  readonly constantHessian: boolean
  readonly renews: boolean
  /** Refuses targets that the loss has no meaning for, naming row and value. */
  check(rows: ObjectiveRows): void
  /** Raw scores to start from, one an output. */
  start(rows: ObjectiveRows): Float64Array
  /**
   * Writes gradient and hessian (weights included) of rows `from` to `to` for tree `tree` of round `round`.
   *
   * With several outputs and one tree, these are of a combination of the outputs, chosen by round.
   * For ranking, `from` and `to` lie on borders of queries.
   */
  gradients(
    rows: ObjectiveRows,
    tree: number,
    round: number,
    from: number,
    to: number,
    gradient: Float32Array,
    hessian: Float32Array,
  ): void
  /** Writes the best values of a leaf, one an output, from the residuals of its rows; only where `renews`. */
  renew(rows: ObjectiveRows, leafRows: Int32Array, into: Float64Array): void
  /** The loss on rows with scores, as a weighted mean: what early stopping watches and papers report. Smaller is better. */
  loss(rows: ObjectiveRows): number
}
