import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { pickRows, type Table, type TableBlock, type TableFeature, tableOf } from '../table.ts'
import { elasticNet, lasso, quantileRegression, ridge, supportVector } from './linear.ts'
import type { LinearRegressor } from './regressor.ts'

export const run = runOf({ seed: 3, threads: 1 })

/** Every linear model, with settings that are quick. */
export const MODELS: readonly (readonly [name: string, make: () => LinearRegressor])[] = [
  ['ridge', () => ridge()],
  ['lasso', () => lasso()],
  ['elastic net', () => elasticNet({ l1Ratio: 0.7 })],
  ['quantile regression', () => quantileRegression({ levels: [0.1, 0.5, 0.9] })],
  ['support vector, linear', () => supportVector({ c: 0.1 })],
  ['support vector, rbf', () => supportVector({ kernel: 'rbf', features: 32 })],
]

export const FEATURES: readonly TableFeature[] = [
  { name: 'price', categorical: false },
  { name: 'noise', categorical: false },
  { name: 'gaps', categorical: false },
  { name: 'store', categorical: true },
  { name: 'constant', categorical: false },
]

/** y = 10 − 2 price + store effect + 3 where gaps are missing + noise. */
export function planted(rows: number, seed = 1): TableBlock {
  const random = Random.of(seed, 'planted')
  const columns = FEATURES.map(() => new Float32Array(rows))
  const target = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const price = random.normal()
    const missing = random.uniform() < 0.2
    const store = random.integer(4)
    ;[price, random.normal() * 100, missing ? Number.NaN : random.normal() + 50, store, 7].forEach((v, f) => {
      ;(columns[f] as Float32Array)[i] = v
    })
    target[i] = 10 - 2 * price + ([0, 1, -1, 4][store] as number) + (missing ? 3 : 0) + 0.5 * random.normal()
  }
  return { rows, columns, target }
}

/** The block as a table of several blocks. */
export function inBlocks(block: TableBlock, size: number): Table {
  return {
    features: FEATURES,
    rows: block.rows,
    *blocks() {
      for (let from = 0; from < block.rows; from += size)
        yield pickRows(
          block,
          Int32Array.from({ length: Math.min(size, block.rows - from) }, (_, i) => from + i),
        )
    },
  }
}

export const inOne = (block: TableBlock): Table => tableOf(FEATURES, block)

/** Largest difference of two lists of numbers. */
export function apart(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] as number))), 0)
}
