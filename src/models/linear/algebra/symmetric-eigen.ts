/** Eigenvalues, smallest first, and the vector of each as a column of `vectors` (row-major). */
export interface SymmetricEigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and vectors of a symmetric matrix (row-major, size × size) by Householder reduction to a band of three and
 * implicit QL steps (tred2 and tql2 of EISPACK; Wilkinson and Reinsch, 1971).
 *
 * For some hundreds of columns it takes a tenth of the time of Jacobi rotations.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const v = Float64Array.from(matrix)
  const d = new Float64Array(size)
  const e = new Float64Array(size)
  reduce(v, d, e, size)
  diagonalise(v, d, e, size)
  return { values: d, vectors: v }
}

/** Householder reduction: v becomes the transformation, d the diagonal, e what stands beside it. */
function reduce(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j] as number
  for (let i = n - 1; i > 0; i--) {
    let scale = 0
    let h = 0
    for (let k = 0; k < i; k++) scale += Math.abs(d[k] as number)
    if (scale === 0) {
      e[i] = d[i - 1] as number
      for (let j = 0; j < i; j++) {
        d[j] = v[(i - 1) * n + j] as number
        v[i * n + j] = 0
        v[j * n + i] = 0
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] = (d[k] as number) / scale
        h += (d[k] as number) ** 2
      }
      const f = d[i - 1] as number
      const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h)
      e[i] = scale * g
      h -= f * g
      d[i - 1] = f - g
      reflect(v, d, e, n, i, h)
    }
    d[i] = h
  }
  accumulate(v, d, n)
  for (let j = 0; j < n; j++) {
    d[j] = v[(n - 1) * n + j] as number
    v[(n - 1) * n + j] = 0
  }
  v[n * n - 1] = 1
  e[0] = 0
}

/** Applies the reflection of row i to the rows before it. */
function reflect(v: Float64Array, d: Float64Array, e: Float64Array, n: number, i: number, h: number): void {
  for (let j = 0; j < i; j++) e[j] = 0
  for (let j = 0; j < i; j++) {
    const f = d[j] as number
    v[j * n + i] = f
    let g = (e[j] as number) + (v[j * n + j] as number) * f
    for (let k = j + 1; k < i; k++) {
      g += (v[k * n + j] as number) * (d[k] as number)
      e[k] = (e[k] as number) + (v[k * n + j] as number) * f
    }
    e[j] = g
  }
  let f = 0
  for (let j = 0; j < i; j++) {
    e[j] = (e[j] as number) / h
    f += (e[j] as number) * (d[j] as number)
  }
  const hh = f / (h + h)
  for (let j = 0; j < i; j++) e[j] = (e[j] as number) - hh * (d[j] as number)
  for (let j = 0; j < i; j++) {
    const dj = d[j] as number
    const ej = e[j] as number
    for (let k = j; k < i; k++)
      v[k * n + j] = (v[k * n + j] as number) - (dj * (e[k] as number) + ej * (d[k] as number))
    d[j] = v[(i - 1) * n + j] as number
    v[i * n + j] = 0
  }
}

/** Multiplies the reflections out. */
function accumulate(v: Float64Array, d: Float64Array, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    v[(n - 1) * n + i] = v[i * n + i] as number
    v[i * n + i] = 1
    const h = d[i + 1] as number
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = (v[k * n + i + 1] as number) / h
      for (let j = 0; j <= i; j++) {
        let g = 0
        for (let k = 0; k <= i; k++) g += (v[k * n + i + 1] as number) * (v[k * n + j] as number)
        for (let k = 0; k <= i; k++) v[k * n + j] = (v[k * n + j] as number) - g * (d[k] as number)
      }
    }
    for (let k = 0; k <= i; k++) v[k * n + i + 1] = 0
  }
}

/** QL steps with implicit shifts until nothing stands beside the diagonal; then puts values into order. */
function diagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i] as number
  e[n - 1] = 0
  let f = 0
  let tst1 = 0
  for (let l = 0; l < n; l++) {
    tst1 = Math.max(tst1, Math.abs(d[l] as number) + Math.abs(e[l] as number))
    let m = l
    while (m < n - 1 && Math.abs(e[m] as number) > Number.EPSILON * tst1) m++
    for (let step = 0; m > l && step < 100; step++) {
      f += shift(d, e, n, l)
      qlStep(v, d, e, n, l, m)
      if (Math.abs(e[l] as number) <= Number.EPSILON * tst1) break
    }
    d[l] = (d[l] as number) + f
    e[l] = 0
  }
  for (let i = 0; i < n - 1; i++) {
    let k = i
    for (let j = i + 1; j < n; j++) if ((d[j] as number) < (d[k] as number)) k = j
    if (k === i) continue
    const held = d[k] as number
    d[k] = d[i] as number
    d[i] = held
    for (let j = 0; j < n; j++) {
      const x = v[j * n + i] as number
      v[j * n + i] = v[j * n + k] as number
      v[j * n + k] = x
    }
  }
}

/** Takes the shift of a QL step from the diagonal and returns it. */
function shift(d: Float64Array, e: Float64Array, n: number, l: number): number {
  const g = d[l] as number
  const el = e[l] as number
  const p = ((d[l + 1] as number) - g) / (2 * el)
  const r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1)
  d[l] = el / (p + r)
  d[l + 1] = el * (p + r)
  const h = g - (d[l] as number)
  for (let i = l + 2; i < n; i++) d[i] = (d[i] as number) - h
  return h
}

function qlStep(v: Float64Array, d: Float64Array, e: Float64Array, n: number, l: number, m: number): void {
  const dl1 = d[l + 1] as number
  const el1 = e[l + 1] as number
  let p = d[m] as number
  let c = 1
  let c2 = 1
  let c3 = 1
  let s = 0
  let s2 = 0
  for (let i = m - 1; i >= l; i--) {
    c3 = c2
    c2 = c
    s2 = s
    const g = c * (e[i] as number)
    const h = c * p
    const r = Math.hypot(p, e[i] as number)
    e[i + 1] = s * r
    s = (e[i] as number) / r
    c = p / r
    p = c * (d[i] as number) - s * g
    d[i + 1] = h + s * (c * g + s * (d[i] as number))
    for (let k = 0; k < n; k++) {
      const at = k * n + i
      const x = v[at + 1] as number
      v[at + 1] = s * (v[at] as number) + c * x
      v[at] = c * (v[at] as number) - s * x
    }
  }
  const last = (-s * s2 * c3 * el1 * (e[l] as number)) / dl1
  e[l] = s * last
  d[l] = c * last
}
