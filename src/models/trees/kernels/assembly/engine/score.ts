/** Adds a leaf's value to the scores (f64) of its rows `order[from … to)`. */
export function addToRows(order: usize, from: usize, to: usize, score: usize, value: f64): void {
  for (let k = from; k < to; k++) {
    const place = score + (usize(load<u32>(order + (k << 2))) << 3)
    store<f64>(place, load<f64>(place) + value)
  }
}

/**
 * Adds a tree's values to the scores of rows that it was not grown on, going down by bins.
 *
 * `nodes`: 16 bytes a node (i32 column or −1 − leaf, i32 left, i32 right, i32 number of its table); `tables`: 256 bytes each, 1
 * for left; `values`: `width` f64 a leaf; `score`: f64, the outputs `apart` bytes from each other. `rows`, where not 0, lists
 * the rows (u32) to go through; otherwise they are `from … to` themselves.
 */
export function addByTree(
  cells: usize,
  stride: usize,
  rows: usize,
  from: usize,
  to: usize,
  nodes: usize,
  tables: usize,
  values: usize,
  width: usize,
  score: usize,
  apart: usize,
): void {
  for (let k = from; k < to; k++) {
    const row = rows ? usize(load<u32>(rows + (k << 2))) : k
    const cell = cells + row * stride
    let node = nodes
    let column = load<i32>(node)
    while (column >= 0) {
      const bin = usize(load<u8>(cell + usize(column)))
      const left = load<u8>(tables + (usize(load<i32>(node, 12)) << 8) + bin)
      node = nodes + (usize(left ? load<i32>(node, 4) : load<i32>(node, 8)) << 4)
      column = load<i32>(node)
    }
    let value = values + usize(-1 - column) * (width << 3)
    let place = score + (row << 3)
    for (let w: usize = 0; w < width; w++) {
      store<f64>(place, load<f64>(place) + load<f64>(value))
      value += 8
      place += apart
    }
  }
}
