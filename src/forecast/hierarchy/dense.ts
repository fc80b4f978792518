import { at } from '../../core/panel.ts'

/** into (rows × width) += sign · a (rows × inner) · b (inner × width), all row-major. */
export function addProduct(
  into: Float64Array,
  a: Float64Array,
  b: Float64Array,
  [rows, inner, width]: readonly [number, number, number],
  sign = 1,
): void {
  for (let i = 0; i < rows; i++) {
    const to = i * width
    // Four rows of b at a time, so that a row of the result is read and written a quarter as often.
    for (let t = 0; t < inner; t += 4) {
      const left = Math.min(4, inner - t)
      const from = i * inner + t
      const a0 = sign * at(a, from)
      const a1 = left > 1 ? sign * at(a, from + 1) : 0
      const a2 = left > 2 ? sign * at(a, from + 2) : 0
      const a3 = left > 3 ? sign * at(a, from + 3) : 0
      const b0 = t * width
      const b1 = left > 1 ? b0 + width : b0
      const b2 = left > 2 ? b0 + 2 * width : b0
      const b3 = left > 3 ? b0 + 3 * width : b0
      for (let c = 0; c < width; c++)
        into[to + c] =
          at(into, to + c) + a0 * at(b, b0 + c) + a1 * at(b, b1 + c) + a2 * at(b, b2 + c) + a3 * at(b, b3 + c)
    }
  }
}

/** a′ b (inner × width) of a (rows × inner) and b (rows × width). */
export function crossProduct(
  a: Float64Array,
  b: Float64Array,
  [rows, inner, width]: readonly [number, number, number],
): Float64Array {
  const product = new Float64Array(inner * width)
  // Four rows at a time, for the same reason as above.
  for (let i = 0; i < rows; i += 4) {
    const left = Math.min(4, rows - i)
    const b0 = i * width
    const b1 = left > 1 ? b0 + width : b0
    const b2 = left > 2 ? b0 + 2 * width : b0
    const b3 = left > 3 ? b0 + 3 * width : b0
    for (let t = 0; t < inner; t++) {
      const from = i * inner + t
      const a0 = at(a, from)
      const a1 = left > 1 ? at(a, from + inner) : 0
      const a2 = left > 2 ? at(a, from + 2 * inner) : 0
      const a3 = left > 3 ? at(a, from + 3 * inner) : 0
      const to = t * width
      for (let c = 0; c < width; c++)
        product[to + c] =
          at(product, to + c) + a0 * at(b, b0 + c) + a1 * at(b, b1 + c) + a2 * at(b, b2 + c) + a3 * at(b, b3 + c)
    }
  }
  return product
}

/** Some columns (`from … from + width − 1`) of an array of rows × columns. */
export function columnsOf(
  array: Float64Array,
  rows: number,
  columns: number,
  from: number,
  width: number,
): Float64Array {
  if (width === columns) return array
  const part = new Float64Array(rows * width)
  for (let i = 0; i < rows; i++) part.set(array.subarray(i * columns + from, i * columns + from + width), i * width)
  return part
}

/** Writes what {@link columnsOf} took back to its place. */
export function putColumns(
  into: Float64Array,
  part: Float64Array,
  rows: number,
  columns: number,
  from: number,
  width: number,
): void {
  for (let i = 0; i < rows; i++) into.set(part.subarray(i * width, (i + 1) * width), i * columns + from)
}
