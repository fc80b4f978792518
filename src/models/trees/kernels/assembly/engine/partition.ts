/**
 * Parts the rows `order[from … to)` by a table of bins: those that go left move to the front in their order, the others to
 * `temp[from … )` in theirs. Returns how many go left.
 *
 * `cells`: first row's cell of the column; `stride`: bytes between two rows' cells; `table`: 256 bytes, 1 for left.
 */
export function partition(
  cells: usize,
  stride: usize,
  order: usize,
  temp: usize,
  from: usize,
  to: usize,
  table: usize,
): usize {
  let left = order + (from << 2)
  let right = temp + (from << 2)
  const first = left
  for (let k = from; k < to; k++) {
    const row = load<u32>(order + (k << 2))
    const goes = usize(load<u8>(table + usize(load<u8>(cells + usize(row) * stride))))
    store<u32>(left, row)
    store<u32>(right, row)
    left += goes << 2
    right += (1 - goes) << 2
  }
  return (left - first) >> 2
}
