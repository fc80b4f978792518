import { at } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'
import type { Covariance } from './covariance.ts'
import { type Hierarchy, hierarchyOf } from './hierarchy.ts'
import type { Summing } from './summing.ts'

/** Small dense algebra, written out plainly, as an oracle for the sparse one. */
export type Matrix = number[][]
export const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] as number[]).map((_, j) => row.reduce((sum, v, k) => sum + v * (b[k]?.[j] ?? 0), 0)))
export const transpose = (a: Matrix): Matrix => (a[0] as number[]).map((_, j) => a.map((row) => row[j] as number))
/** Inverse by Gauss–Jordan elimination with pivoting. */
export function inverse(a: Matrix): Matrix {
  const n = a.length
  const rows = a.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let k = 0; k < n; k++) {
    let best = k
    for (let i = k; i < n; i++) if (Math.abs(rows[i]?.[k] ?? 0) > Math.abs(rows[best]?.[k] ?? 0)) best = i
    const pivot = rows[best] as number[]
    rows[best] = rows[k] as number[]
    rows[k] = pivot.map((v) => v / (pivot[k] as number))
    for (let i = 0; i < n; i++) {
      if (i === k) continue
      const factor = rows[i]?.[k] as number
      rows[i] = (rows[i] as number[]).map((v, j) => v - factor * (rows[k]?.[j] as number))
    }
  }
  return rows.map((row) => row.slice(n))
}

/** S, nodes × bottoms. */
export const summingMatrix = ({ nodes, bottoms, uppers, above }: Summing): Matrix =>
  Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: bottoms }, (_, i) => (node === uppers + i || above.some((l) => l[i] === node) ? 1 : 0)),
  )

export const covarianceMatrix = ({ variances, factors }: Covariance): Matrix =>
  Array.from(variances, (v, i) =>
    Array.from(variances, (_, j) => {
      let sum = i === j ? v : 0
      for (let t = 0; t < (factors?.count ?? 0); t++)
        sum +=
          at(factors?.values ?? [], i * (factors?.count ?? 0) + t) *
          at(factors?.values ?? [], j * (factors?.count ?? 0) + t)
      return sum
    }),
  )

/** S (S′W⁻¹S)⁻¹ S′W⁻¹ ŷ, all nodes × columns. */
export function densely(summing: Summing, w: Matrix, base: Float64Array, columns: number): number[] {
  const s = summingMatrix(summing)
  const sw = product(transpose(s), inverse(w))
  const y = Array.from({ length: summing.nodes }, (_, i) => [...base.subarray(i * columns, (i + 1) * columns)])
  return product(s, product(inverse(product(sw, s)), product(sw, y))).flat()
}

/** A small random hierarchy over two or three columns, nested or crossed. */
export function randomHierarchy(random: Random, nested: boolean): Hierarchy {
  const ids = Array.from({ length: 3 + random.integer(10) }, (_, i) => `${random.integer(3)}/${random.integer(3)}/${i}`)
  const levels = nested ? [[], ['a'], ['a', 'b']] : [['b'], [], ['a'], ['a', 'b']]
  return hierarchyOf({ ids, keys: ['a', 'b', 'c'], statics: new Map() }, levels)
}

export const normals = (random: Random, length: number, scale = 1, mean = 0) =>
  Float64Array.from({ length }, () => mean + scale * random.normal())
