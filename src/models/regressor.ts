import type { Run } from '../core/run.ts'
import type { Dir, Manifest } from './model.ts'
import type { Table, TableBlock, TableFeature } from './table.ts'

/** A way to learn a number, or several, from the columns of a table, before it has seen data: what global models are built on. */
export interface Regressor {
  readonly name: string
  /**
   * Learns from a table; `valid`, where given, is for early stopping and for choosing a penalty, never learned from.
   *
   * With `from`, a fit of the same regressor on the same features, it goes on from there (a warm start).
   */
  fit(
    table: Table,
    run: Run,
    options?: { readonly valid?: Table; readonly from?: FittedRegressor },
  ): Promise<FittedRegressor>
  /** Reads back what {@link FittedRegressor.save} wrote; predictions are the same to the last bit. */
  load(dir: Dir, run: Run): Promise<FittedRegressor>
}

/** A regressor that has learned. */
export interface FittedRegressor {
  readonly features: readonly TableFeature[]
  /** Quantile levels that the outputs stand for, ascending; absent where the one output is the mean. */
  readonly levels?: readonly number[]
  /** Numbers a row. */
  readonly outputs: number
  /** Predictions row by row, `outputs` for each; refuses a block with another number of columns. Columns are in the order of `features`. */
  predict(block: TableBlock, run: Run): Promise<Float64Array>
  /** How much each feature mattered, in shares that add up to 1 (or all 0). */
  importance(): Float64Array
  save(dir: Dir): Promise<Manifest>
}
