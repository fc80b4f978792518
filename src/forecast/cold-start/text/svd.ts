import { at } from '../../../core/panel.ts'
import type { Random } from '../../../core/random.ts'
import { eigenOf } from '../../../features/kernels/eigen.ts'
import type { Sparse } from './sparse.ts'

/** More directions are tried than are kept, and powers taken to part the strong from the weak. */
const SPARE = 8
const POWERS = 3

/**
 * The strongest directions of a symmetric sparse matrix (size × size): its eigenvalues of largest size, and the vector of each as a column of `vectors[row · rank + k]`.
 *
 * Randomised subspace iteration (Halko, Martinsson and Tropp, 2011); the same under the same random source. The rank is cut to the size of the matrix.
 */
export function strongest(
  matrix: Sparse,
  wanted: number,
  random: Random,
): { readonly rank: number; readonly values: Float64Array; readonly vectors: Float64Array } {
  const size = matrix.offsets.length - 1
  const width = Math.min(size, wanted + SPARE)
  const rank = Math.min(wanted, width)
  let basis = Float64Array.from({ length: size * width }, () => random.normal())
  for (let power = 0; power < POWERS; power++) basis = orthonormal(times(matrix, basis, width), size, width)
  const image = times(matrix, basis, width)
  const small = new Float64Array(width * width)
  for (let r = 0; r < size; r++)
    for (let a = 0; a < width; a++) {
      const left = at(basis, r * width + a)
      for (let b = 0; b < width; b++) small[a * width + b] = at(small, a * width + b) + left * at(image, r * width + b)
    }
  for (let a = 0; a < width; a++)
    for (let b = 0; b < a; b++) {
      const mean = (at(small, a * width + b) + at(small, b * width + a)) / 2
      small[a * width + b] = mean
      small[b * width + a] = mean
    }
  const { values, vectors } = eigenOf(small, width)
  const kept = Array.from(values.keys())
    .sort((a, b) => Math.abs(at(values, b)) - Math.abs(at(values, a)) || a - b)
    .slice(0, rank)
  const turned = new Float64Array(size * rank)
  for (let r = 0; r < size; r++)
    for (let k = 0; k < rank; k++) {
      let sum = 0
      for (let a = 0; a < width; a++) sum += at(basis, r * width + a) * at(vectors, (kept[k] as number) * width + a)
      turned[r * rank + k] = sum
    }
  return { rank, values: Float64Array.from(kept, (k) => at(values, k)), vectors: turned }
}

function times({ offsets, columns, values }: Sparse, dense: Float64Array, width: number): Float64Array<ArrayBuffer> {
  const size = offsets.length - 1
  const out = new Float64Array(size * width)
  for (let r = 0; r < size; r++)
    for (let k = at(offsets, r); k < at(offsets, r + 1); k++) {
      const factor = at(values, k)
      const from = at(columns, k) * width
      for (let c = 0; c < width; c++) out[r * width + c] = at(out, r * width + c) + factor * at(dense, from + c)
    }
  return out
}

/** Gram and Schmidt, twice over, so that rounding does not tilt what is left; a column that vanishes stays zero. */
function orthonormal(a: Float64Array<ArrayBuffer>, size: number, width: number): Float64Array<ArrayBuffer> {
  for (let c = 0; c < width; c++) {
    const before = lengthOf(a, size, width, c)
    for (let pass = 0; pass < 2; pass++)
      for (let b = 0; b < c; b++) {
        let overlap = 0
        for (let r = 0; r < size; r++) overlap += at(a, r * width + b) * at(a, r * width + c)
        for (let r = 0; r < size; r++) a[r * width + c] = at(a, r * width + c) - overlap * at(a, r * width + b)
      }
    const length = lengthOf(a, size, width, c)
    const scale = length > 1e-10 * before ? 1 / length : 0
    for (let r = 0; r < size; r++) a[r * width + c] = at(a, r * width + c) * scale
  }
  return a
}

function lengthOf(a: Float64Array, size: number, width: number, c: number): number {
  let square = 0
  for (let r = 0; r < size; r++) square += at(a, r * width + c) ** 2
  return Math.sqrt(square)
}
