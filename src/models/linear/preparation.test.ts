import { expect, test } from 'vitest'
import { runOf } from '../../core/run.ts'
import { type TableBlock, tableOf } from '../table.ts'
import { TILE, tileOf } from './algebra/gram.ts'
import { inBlocks, planted } from './linear.case.ts'
import { encodeRows, learnPreparation, type Preparation } from './preparation.ts'

const run = runOf()

function encoded(preparation: Preparation, block: TableBlock): number[][] {
  const columns = Array.from({ length: preparation.columns }, () => [] as number[])
  const tile = tileOf(preparation.columns)
  for (let from = 0; from < block.rows; from += TILE) {
    encodeRows(preparation, block, from, tile)
    columns.forEach((column, j) => {
      column.push(...tile.values.subarray(j * TILE, j * TILE + tile.rows))
    })
  }
  return columns
}

test('every column has weighted mean 0 and variance 1, whatever the blocks', async () => {
  const rows = 1000
  const weight = Float64Array.from({ length: rows }, (_, i) => (i % 5) / 2)
  const block = { ...planted(rows), weight }
  const preparation = await learnPreparation(inBlocks(block, 77), {}, run)
  // Price, noise, gaps and its indicator, four stores; the constant is gone.
  expect(preparation.featureOf).toEqual([0, 1, 2, 2, 3, 3, 3, 3])
  const total = weight.reduce((a, b) => a + b, 0)
  for (const column of encoded(preparation, block)) {
    expect(column.reduce((sum, v, i) => sum + (weight[i] as number) * v, 0) / total).toBeCloseTo(0, 10)
    expect(column.reduce((sum, v, i) => sum + (weight[i] as number) * v * v, 0) / total).toBeCloseTo(1, 10)
  }
})

test('missing numbers stand at the mean and raise their indicator; infinite ones are missing', async () => {
  const block = {
    rows: 4,
    columns: [Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY)],
    target: new Float64Array(4),
  }
  const preparation = await learnPreparation(tableOf(['x'], block), {}, run)
  const [value, missing] = encoded(preparation, block)
  ;[-Math.SQRT2, 0, Math.SQRT2, 0].forEach((z, i) => {
    expect(value?.[i]).toBeCloseTo(z, 12)
  })
  expect(missing).toEqual([-1, 1, -1, 1])
})

test('rare levels share a column, missing is a level, and one never seen joins the rare', async () => {
  const codes = [...new Array<number>(20).fill(5), ...new Array<number>(15).fill(2), 7, 8, 9, Number.NaN]
  const block = { rows: codes.length, columns: [Float32Array.from(codes)], target: new Float64Array(codes.length) }
  const table = tableOf([{ name: 'store', categorical: true }], block)
  const preparation = await learnPreparation(table, {}, run)
  expect(preparation.encodings[0]).toMatchObject({ kind: 'category', codes: [5, 2], pooled: true })
  const columns = encoded(preparation, { rows: 3, columns: [Float32Array.of(7, 1000, Number.NaN)] })
  for (const column of columns) expect(new Set(column).size).toBe(1)
  expect(columns.map((column) => Math.sign(column[0] as number))).toEqual([-1, -1, 1])
  const many = await learnPreparation(table, { maxLevels: 1, minLevelRows: 0 }, run)
  expect(many.encodings[0]).toMatchObject({ codes: [5], pooled: true })
  const all = await learnPreparation(table, { minLevelRows: 1 }, run)
  expect(all.encodings[0]).toMatchObject({ codes: [5, 2, -1, 7, 8, 9], pooled: false })
  // Nothing is known of a new level where all were told apart: it stands at the mean.
  for (const [z] of encoded(all, { rows: 1, columns: [Float32Array.of(1000)] })) expect(z).toBe(0)
})

test('a large mean does not drown a small spread', async () => {
  const block = {
    rows: 1000,
    columns: [Float32Array.from({ length: 1000 }, (_, i) => 1e6 + (i % 2))],
    target: new Float64Array(1000),
  }
  const preparation = await learnPreparation(tableOf(['x'], block), {}, run)
  expect(preparation.encodings[0]).toEqual({ kind: 'number', value: { mean: 1e6 + 0.5, scale: 0.5 } })
})
