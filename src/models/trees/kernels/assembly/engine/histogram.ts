// Sums of gradient and hessian by bin. One 64-bit integer a bin holds both: the gradient in the upper half, the hessian in the
// lower. Integers add up to the same whatever the order, so threads may share the rows out as they like.

/** Bytes between the packed histograms of two neighbouring columns: 256 bins of 8 bytes. */
const COLUMN: usize = 2048

/** Rows whose cells are fetched before they are used, so that the waits for memory overlap. */
const AHEAD: usize = 32

function wide(packed: i32): i64 {
  return (i64(packed >> 16) << 32) + i64(packed & 0xffff)
}

function add(at: usize, bin: u64, value: i64): void {
  const place = at + (usize(bin) << 3)
  store<i64>(place, load<i64>(place) + value)
}

/**
 * Adds the rows `order[from … to)` to the packed histograms of `columns` columns, a multiple of 4, eight columns at a time.
 *
 * `cells`: first row's cell of the first of these columns; `stride`: bytes a row; `gradients`: one packed i32 a row
 * (gradient in the upper 16 bits, hessian in the lower); `into`: histograms of these columns, 8 bytes before them being spare.
 * At most 65,536 rows may be added before a merge, or the halves would overflow.
 */
export function histogram(
  cells: usize,
  stride: usize,
  gradients: usize,
  order: usize,
  from: usize,
  to: usize,
  into: usize,
  columns: usize,
): void {
  let touched: u64 = 0
  const eights = columns & ~7
  for (let block = from; block < to; block += AHEAD) {
    const end = min(block + AHEAD, to)
    for (let k = block; k < end; k++) {
      const row = usize(load<u32>(order + (k << 2)))
      const cell = cells + row * stride
      touched += load<u8>(cell) + load<u8>(cell + columns - 1) + load<u8>(gradients + (row << 2))
    }
    for (let k = block; k < end; k++) {
      const row = usize(load<u32>(order + (k << 2)))
      const value = wide(load<i32>(gradients + (row << 2)))
      let cell = cells + row * stride
      const last = cell + eights
      let column = into
      while (cell < last) {
        const eight = load<u64>(cell)
        add(column, eight & 255, value)
        add(column + COLUMN, (eight >> 8) & 255, value)
        add(column + 2 * COLUMN, (eight >> 16) & 255, value)
        add(column + 3 * COLUMN, (eight >> 24) & 255, value)
        add(column + 4 * COLUMN, (eight >> 32) & 255, value)
        add(column + 5 * COLUMN, (eight >> 40) & 255, value)
        add(column + 6 * COLUMN, (eight >> 48) & 255, value)
        add(column + 7 * COLUMN, eight >> 56, value)
        cell += 8
        column += 8 * COLUMN
      }
      if (eights !== columns) {
        const four = u64(load<u32>(cell))
        add(column, four & 255, value)
        add(column + COLUMN, (four >> 8) & 255, value)
        add(column + 2 * COLUMN, (four >> 16) & 255, value)
        add(column + 3 * COLUMN, four >> 24, value)
      }
    }
  }
  // The sum keeps the fetches from being optimised away.
  store<u64>(into - 8, touched)
}

/**
 * Unpacks the threads' packed histograms of one column, adds them up into `into` (pairs of f64: gradient, hessian) and clears them.
 *
 * `again`: 1 adds to what `into` holds. `parent`, where not 0, has the result taken from it: what remains is the sibling's.
 */
export function merge(
  packed: usize,
  apart: usize,
  threads: usize,
  bins: usize,
  into: usize,
  again: i32,
  parent: usize,
): void {
  for (let bin: usize = 0; bin < bins; bin++) {
    let sum: i64 = 0
    let place = packed + (bin << 3)
    let g: f64 = 0
    let h: f64 = 0
    if (threads === 1) {
      sum = load<i64>(place)
      store<i64>(place, 0)
      g = f64(i32(sum >> 32))
      h = f64(u32(sum))
    } else {
      for (let t: usize = 0; t < threads; t++) {
        sum = load<i64>(place)
        store<i64>(place, 0)
        g += f64(i32(sum >> 32))
        h += f64(u32(sum))
        place += apart
      }
    }
    if (parent) {
      const other = parent + (bin << 4)
      store<f64>(other, load<f64>(other) - g)
      store<f64>(other, load<f64>(other, 8) - h, 8)
    }
    const at = into + (bin << 4)
    if (again) {
      g += load<f64>(at)
      h += load<f64>(at, 8)
    }
    store<f64>(at, g)
    store<f64>(at, h, 8)
  }
}
