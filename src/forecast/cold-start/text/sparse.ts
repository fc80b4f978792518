import { at } from '../../../core/panel.ts'

/** Rows of few non-zero numbers each: row `i` holds `values[k]` at the places `columns[k]`, for k from `offsets[i]` to `offsets[i + 1]`, places ascending. */
export interface Sparse {
  readonly offsets: Int32Array
  readonly columns: Int32Array
  readonly values: Float64Array
}

/** Lays out rows given as maps from place to number. */
export function sparseOf(rows: readonly ReadonlyMap<number, number>[]): Sparse {
  const offsets = new Int32Array(rows.length + 1)
  rows.forEach((row, i) => {
    offsets[i + 1] = at(offsets, i) + row.size
  })
  const columns = new Int32Array(at(offsets, rows.length))
  const values = new Float64Array(columns.length)
  rows.forEach((row, i) => {
    let k = at(offsets, i)
    for (const column of [...row.keys()].sort((a, b) => a - b)) {
      columns[k] = column
      values[k++] = row.get(column) as number
    }
  })
  return { offsets, columns, values }
}

/** The product of row `i` of one table with row `j` of another. */
export function rowProduct(a: Sparse, i: number, b: Sparse, j: number): number {
  let k = at(a.offsets, i)
  let l = at(b.offsets, j)
  const kEnd = at(a.offsets, i + 1)
  const lEnd = at(b.offsets, j + 1)
  let sum = 0
  while (k < kEnd && l < lEnd) {
    const step = at(a.columns, k) - at(b.columns, l)
    if (step === 0) sum += at(a.values, k++) * at(b.values, l++)
    else if (step < 0) k++
    else l++
  }
  return sum
}
