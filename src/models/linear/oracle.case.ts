import { readFileSync } from 'node:fs'
import type { Matrix } from './solvers/matrix.ts'
import type { NormalEquations } from './solvers/normal-equations.ts'

interface Solution {
  readonly coefficients: readonly number[]
  readonly intercept: number
}
type Weighted = Solution & { readonly alpha: number; readonly weighted: Solution }

/** What scikit-learn says of small data: bench/peers/linear_fixtures.py. */
export interface Oracle {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly w: readonly number[]
  readonly alphas: readonly number[]
  readonly ridge: readonly Weighted[]
  readonly lasso: readonly Weighted[]
  readonly elasticNet: readonly (Solution & { readonly alpha: number; readonly l1Ratio: number })[]
  readonly paths: readonly { readonly l1Ratio: number; readonly coefficients: readonly (readonly number[])[] }[]
  readonly quantiles: readonly (Solution & {
    readonly level: number
    readonly alpha: number
    readonly weighted: boolean
    readonly objective: number
  })[]
  readonly scaled: readonly (readonly number[])[]
  readonly linearSvr: readonly {
    readonly epsilon: number
    readonly c: number
    readonly coefficients: readonly number[]
    readonly objective: number
  }[]
  readonly rbf: {
    readonly x: readonly (readonly number[])[]
    readonly y: readonly number[]
    readonly width: number
    readonly c: number
    readonly epsilon: number
    readonly predictions: readonly number[]
  }
}

export const oracle = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/linear/oracle.json', import.meta.url), 'utf8'),
) as Oracle

/** Rows as the matrix that solvers keep; with a last column of ones where asked for. */
export function matrixOf(rows: readonly (readonly number[])[], ones = false): Matrix {
  const all = rows.map((row) => (ones ? [...row, 1] : row))
  return { rows: all.length, columns: (all[0] as readonly number[]).length, values: Float32Array.from(all.flat()) }
}

/** Normal equations the plain way: centre, multiply, divide. */
export function equationsFrom(
  x: readonly (readonly number[])[],
  y: readonly number[],
  w: readonly number[] = y.map(() => 1),
): NormalEquations & { means: number[]; mean: number } {
  const total = w.reduce((a, b) => a + b, 0)
  const average = (values: readonly number[]) => values.reduce((sum, v, i) => sum + v * (w[i] as number), 0) / total
  const size = (x[0] as readonly number[]).length
  const means = Array.from({ length: size }, (_, j) => average(x.map((row) => row[j] as number)))
  const mean = average(y)
  const centred = x.map((row) => row.map((v, j) => v - (means[j] as number)))
  const product = (i: number, j: number) => average(centred.map((row) => (row[i] as number) * (row[j] as number)))
  return {
    size,
    gram: Float64Array.from({ length: size * size }, (_, k) => product(Math.floor(k / size), k % size)),
    cross: Float64Array.from({ length: size }, (_, j) =>
      average(centred.map((row, i) => (row[j] as number) * ((y[i] as number) - mean))),
    ),
    power: average(y.map((v) => (v - mean) ** 2)),
    means,
    mean,
  }
}
