/** A pivot that is smaller than this share of its diagonal entry belongs to a column that the ones before it explain. */
const DEPENDENT = 1e-12

/**
 * Cholesky factor L of a symmetric matrix (row-major, size × size; the lower triangle is read and overwritten).
 *
 * A column that the ones before it explain gets the pivot 0, and {@link choleskySolve} gives it the solution 0.
 */
export function cholesky(a: Float64Array, size: number): Float64Array {
  for (let j = 0; j < size; j++) {
    const jj = j * size + j
    const whole = a[jj] as number
    let pivot = whole
    for (let k = 0; k < j; k++) pivot -= (a[j * size + k] as number) ** 2
    const kept = pivot > DEPENDENT * whole && pivot > 0
    const root = kept ? Math.sqrt(pivot) : 0
    a[jj] = root
    for (let i = j + 1; i < size; i++) {
      if (!kept) {
        a[i * size + j] = 0
        continue
      }
      let sum = a[i * size + j] as number
      const ri = i * size
      const rj = j * size
      for (let k = 0; k < j; k++) sum -= (a[ri + k] as number) * (a[rj + k] as number)
      a[i * size + j] = sum / root
    }
  }
  return a
}

/** Solves L L' x = b in place of b. */
export function choleskySolve(l: Float64Array, size: number, b: Float64Array): Float64Array {
  for (let i = 0; i < size; i++) {
    const pivot = l[i * size + i] as number
    let sum = b[i] as number
    for (let k = 0; k < i; k++) sum -= (l[i * size + k] as number) * (b[k] as number)
    b[i] = pivot === 0 ? 0 : sum / pivot
  }
  for (let i = size - 1; i >= 0; i--) {
    const pivot = l[i * size + i] as number
    let sum = b[i] as number
    for (let k = i + 1; k < size; k++) sum -= (l[k * size + i] as number) * (b[k] as number)
    b[i] = pivot === 0 ? 0 : sum / pivot
  }
  return b
}
