/**
 * Writes the cells of some columns row by row, for the rows `from … to`.
 *
 * `columnCells`: all cells column by column, `rows` bytes each; `active`: numbers of the columns (i32), `count` of them;
 * `into`: first row's first cell; `stride`: bytes a row.
 */
export function compact(
  columnCells: usize,
  rows: usize,
  active: usize,
  count: usize,
  into: usize,
  stride: usize,
  from: usize,
  to: usize,
): void {
  // Rows by the hundred, so that the block that is written stays in the cache.
  for (let block = from; block < to; block += 256) {
    const end = min(block + 256, to)
    for (let j: usize = 0; j < count; j++) {
      const column = columnCells + usize(load<i32>(active + (j << 2))) * rows
      let cell = into + block * stride + j
      for (let row = block; row < end; row++) {
        store<u8>(cell, load<u8>(column + row))
        cell += stride
      }
    }
  }
}
