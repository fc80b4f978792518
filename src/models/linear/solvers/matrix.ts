/** Rows of a matrix in memory, row by row. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  /** `values[row · columns + column]`. */
  readonly values: Float32Array
}
