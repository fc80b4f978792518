import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Table } from '../table.ts'
import { addGram, mirror, TILE, tileOf } from './algebra/gram.ts'
import { checkColumns, encodeRows, type Preparation } from './preparation.ts'
import type { NormalEquations } from './solvers/normal-equations.ts'
import { targetsOf } from './target.ts'

/** Weighted sums of products of all columns, the standardised target and 1, in this order; row-major and whole. */
export interface Moments {
  readonly size: number
  readonly sums: Float64Array
}

/** Reads a table once and gathers its moments, in `folds` blocks of following rows (for cross-validation; 1 for none). */
export async function gatherMoments(
  table: Table,
  preparation: Preparation,
  folds: number,
  run: Run,
): Promise<readonly Moments[]> {
  const { columns, target } = preparation
  const size = columns + 2
  const tile = tileOf(size)
  const all = Array.from({ length: folds }, () => new Float64Array(size * size))
  let before = 0
  for await (const block of table.blocks()) {
    checkInterrupt(run)
    checkColumns(block, table.features)
    const { target: t, weight } = targetsOf(block, target.log, before)
    let from = 0
    while (from < block.rows) {
      const fold = Math.min(folds - 1, Math.floor(((before + from) * folds) / table.rows))
      // A tile never holds rows of two folds.
      const border = fold + 1 < folds ? Math.ceil(((fold + 1) * table.rows) / folds) - before : block.rows
      const end = Math.min(block.rows, from + TILE, border)
      encodeRows(preparation, block, from, tile)
      tile.rows = end - from
      for (let r = 0; r < tile.rows; r++) {
        const root = Math.sqrt(weight[from + r] as number)
        for (let j = 0; j < columns; j++) tile.values[j * TILE + r] = root * (tile.values[j * TILE + r] as number)
        tile.values[columns * TILE + r] = (root * ((t[from + r] as number) - target.mean)) / target.scale
        tile.values[(columns + 1) * TILE + r] = root
      }
      addGram(tile, all[fold] as Float64Array)
      from = end
    }
    before += block.rows
    run.progress({ stage: 'linear', done: before, total: table.rows })
  }
  return all.map((sums) => ({ size, sums: mirror(sums, size) }))
}

/** Sum of moments, of which one may be left out. */
export function sumMoments(all: readonly Moments[], without = -1): Moments {
  const size = (all[0] as Moments).size
  const sums = new Float64Array(size * size)
  all.forEach((moments, k) => {
    if (k !== without) for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (moments.sums[i] as number)
  })
  return { size, sums }
}

/** Sum of weights. */
export const weightOf = ({ size, sums }: Moments) => sums[size * size - 1] as number

/** Centred normal equations, and what turns their coefficients into an intercept. */
export function equationsOf({ size, sums }: Moments): NormalEquations & { intercept(beta: Float64Array): number } {
  const p = size - 2
  const weight = sums[size * size - 1] as number
  const means = Float64Array.from({ length: size }, (_, j) => (sums[(size - 1) * size + j] as number) / weight)
  const moment = (i: number, j: number) =>
    (sums[i * size + j] as number) / weight - (means[i] as number) * (means[j] as number)
  const gram = new Float64Array(p * p)
  const cross = new Float64Array(p)
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) gram[i * p + j] = moment(i, j)
    cross[i] = moment(i, p)
  }
  const intercept = (beta: Float64Array) => {
    let sum = means[p] as number
    for (let j = 0; j < p; j++) sum -= (means[j] as number) * (beta[j] as number)
    return sum
  }
  return { size: p, gram, cross, power: Math.max(0, moment(p, p)), intercept }
}

/** Sum of weighted squared errors of coefficients on the rows of some moments. */
export function squaredErrors({ size, sums }: Moments, beta: Float64Array, intercept: number): number {
  const v = new Float64Array(size)
  for (let j = 0; j < size - 2; j++) v[j] = -(beta[j] as number)
  v[size - 2] = 1
  v[size - 1] = -intercept
  let total = 0
  for (let i = 0; i < size; i++) {
    let sum = 0
    for (let j = 0; j < size; j++) sum += (sums[i * size + j] as number) * (v[j] as number)
    total += (v[i] as number) * sum
  }
  return Math.max(0, total)
}
