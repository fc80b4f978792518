import { at } from '../../core/panel.ts'

/** Eigenvalues, largest first, and the vector of each as a row of `vectors`. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and vectors of a symmetric matrix (row-major, size × size), by cyclic Jacobi rotations (Golub and Van Loan, §8.5).
 *
 * The sign of a vector is such that its entry of largest size is positive, so that equal input gives equal output.
 */
export function eigenOf(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix)
  const v = new Float64Array(size * size)
  for (let i = 0; i < size; i++) v[i * size + i] = 1
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    let whole = 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const x = at(a, i * size + j) ** 2
        whole += x
        if (i !== j) off += x
      }
    if (off <= whole * 1e-30) break
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q)
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => at(a, j * size + j) - at(a, i * size + i))
  const values = new Float64Array(size)
  const vectors = new Float64Array(size * size)
  order.forEach((from, to) => {
    values[to] = at(a, from * size + from)
    let largest = 0
    for (let i = 0; i < size; i++) {
      const x = at(v, i * size + from)
      // A hair's breadth decides ties by position, not by rounding.
      if (Math.abs(x) > Math.abs(largest) + 1e-12) largest = x
      vectors[to * size + i] = x
    }
    if (largest < 0) for (let i = 0; i < size; i++) vectors[to * size + i] = -at(vectors, to * size + i)
  })
  return { values, vectors }
}

/** Turns rows and columns p and q so that their common entry vanishes. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = at(a, p * size + q)
  if (apq === 0) return
  const theta = (at(a, q * size + q) - at(a, p * size + p)) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let i = 0; i < size; i++) {
    const x = at(a, i * size + p)
    const y = at(a, i * size + q)
    a[i * size + p] = c * x - s * y
    a[i * size + q] = s * x + c * y
  }
  for (let i = 0; i < size; i++) {
    const x = at(a, p * size + i)
    const y = at(a, q * size + i)
    a[p * size + i] = c * x - s * y
    a[q * size + i] = s * x + c * y
    const vx = at(v, i * size + p)
    const vy = at(v, i * size + q)
    v[i * size + p] = c * vx - s * vy
    v[i * size + q] = s * vx + c * vy
  }
}
