/** Rows that are worked on at a time: {@link TILE} values of each column stay in the fastest cache. */
export const TILE = 128

/** Some rows of a matrix, column by column: `values[column · TILE + row]`. */
export interface Tile {
  readonly columns: number
  /** Rows that are filled, at most {@link TILE}. */
  rows: number
  readonly values: Float64Array
}

/** An empty tile of so many columns. */
export const tileOf = (columns: number): Tile => ({ columns, rows: 0, values: new Float64Array(columns * TILE) })

/**
 * Adds X'X of a tile to the upper triangle of `gram` (row-major, columns × columns).
 *
 * Four columns meet four at a time, so that each loaded value takes part in four products; sums are in the order of the rows.
 */
export function addGram(tile: Tile, gram: Float64Array): void {
  const { columns, rows, values: x } = tile
  const whole = columns - (columns % 4)
  for (let i = 0; i < whole; i += 4) {
    const a0 = i * TILE
    const a1 = a0 + TILE
    const a2 = a1 + TILE
    const a3 = a2 + TILE
    for (let j = i; j < whole; j += 4) {
      const b0 = j * TILE
      let s00 = 0
      let s01 = 0
      let s02 = 0
      let s03 = 0
      let s10 = 0
      let s11 = 0
      let s12 = 0
      let s13 = 0
      let s20 = 0
      let s21 = 0
      let s22 = 0
      let s23 = 0
      let s30 = 0
      let s31 = 0
      let s32 = 0
      let s33 = 0
      for (let r = 0; r < rows; r++) {
        const x0 = x[a0 + r] as number
        const x1 = x[a1 + r] as number
        const x2 = x[a2 + r] as number
        const x3 = x[a3 + r] as number
        const y0 = x[b0 + r] as number
        const y1 = x[b0 + TILE + r] as number
        const y2 = x[b0 + 2 * TILE + r] as number
        const y3 = x[b0 + 3 * TILE + r] as number
        s00 += x0 * y0
        s01 += x0 * y1
        s02 += x0 * y2
        s03 += x0 * y3
        s10 += x1 * y0
        s11 += x1 * y1
        s12 += x1 * y2
        s13 += x1 * y3
        s20 += x2 * y0
        s21 += x2 * y1
        s22 += x2 * y2
        s23 += x2 * y3
        s30 += x3 * y0
        s31 += x3 * y1
        s32 += x3 * y2
        s33 += x3 * y3
      }
      add4(gram, i * columns + j, s00, s01, s02, s03)
      add4(gram, (i + 1) * columns + j, s10, s11, s12, s13)
      add4(gram, (i + 2) * columns + j, s20, s21, s22, s23)
      add4(gram, (i + 3) * columns + j, s30, s31, s32, s33)
    }
  }
  for (let j = whole; j < columns; j++)
    for (let i = 0; i <= j; i++) {
      let sum = 0
      for (let r = 0; r < rows; r++) sum += (x[i * TILE + r] as number) * (x[j * TILE + r] as number)
      gram[i * columns + j] = (gram[i * columns + j] as number) + sum
    }
}

function add4(gram: Float64Array, at: number, a: number, b: number, c: number, d: number): void {
  gram[at] = (gram[at] as number) + a
  gram[at + 1] = (gram[at + 1] as number) + b
  gram[at + 2] = (gram[at + 2] as number) + c
  gram[at + 3] = (gram[at + 3] as number) + d
}

/** Copies the upper triangle of a square matrix to the lower one. */
export function mirror(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i] as number
  return matrix
}
