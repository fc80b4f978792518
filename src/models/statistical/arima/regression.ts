/**
 * Regresses the first of k columns of n values on the others, writes what is left to `out`, coefficients to `beta`, and
 * returns the sum of squares left. Normal equations by Cholesky; a column that the ones before it explain gets coefficient 0.
 */
export function project(
  columns: Float64Array,
  n: number,
  k: number,
  cross: Float64Array,
  beta: Float64Array,
  out: Float64Array,
): number {
  const width = k - 1
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) cross[i * k + j] = dot(columns, (i + 1) * n, (j + 1) * n, n)
    cross[i * k + width] = dot(columns, (i + 1) * n, 0, n)
  }
  solve(cross, width, k, beta)
  let sum = 0
  for (let t = 0; t < n; t++) {
    let left = columns[t] as number
    for (let i = 0; i < width; i++) left -= (beta[i] as number) * (columns[(i + 1) * n + t] as number)
    out[t] = left
    sum += left * left
  }
  return sum
}

function dot(values: Float64Array, a: number, b: number, n: number): number {
  let sum = 0
  for (let t = 0; t < n; t++) sum += (values[a + t] as number) * (values[b + t] as number)
  return sum
}

/**
 * Solves a symmetric system whose lower triangle fills `a` (rows of `stride`) and whose right side is column `n`; the
 * triangle is overwritten. Directions with nothing to say get 0.
 */
export function solve(a: Float64Array, n: number, stride: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const diagonal = a[i * stride + i] as number
    for (let j = 0; j <= i; j++) {
      let sum = a[i * stride + j] as number
      for (let l = 0; l < j; l++) sum -= (a[i * stride + l] as number) * (a[j * stride + l] as number)
      if (j < i) a[i * stride + j] = (a[j * stride + j] as number) > 0 ? sum / (a[j * stride + j] as number) : 0
      else a[i * stride + i] = sum > 1e-12 * diagonal ? Math.sqrt(sum) : 0
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = a[i * stride + n] as number
    for (let l = 0; l < i; l++) sum -= (a[i * stride + l] as number) * (out[l] as number)
    const pivot = a[i * stride + i] as number
    out[i] = pivot > 0 ? sum / pivot : 0
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = out[i] as number
    for (let l = i + 1; l < n; l++) sum -= (a[l * stride + i] as number) * (out[l] as number)
    const pivot = a[i * stride + i] as number
    out[i] = pivot > 0 ? sum / pivot : 0
  }
}
