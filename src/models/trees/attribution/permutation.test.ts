import { expect, test } from 'vitest'
import { Random } from '../../../core/random.ts'
import { runOf } from '../../../core/run.ts'
import type { FittedRegressor } from '../../regressor.ts'
import { pickRows, type Table, type TableBlock, tableOf } from '../../table.ts'
import { permutationImportance } from './permutation.ts'

const NAMES = ['price', 'promo', 'noise']
const WEIGHTS = [3, 1, 0]

/** Answers 3 · price + promo, whatever it is given. */
const known: FittedRegressor = {
  features: NAMES.map((name) => ({ name, categorical: false })),
  outputs: 1,
  predict: async (block) =>
    Float64Array.from({ length: block.rows }, (_, r) =>
      WEIGHTS.reduce((sum, w, f) => sum + w * (block.columns[f]?.[r] as number), 0),
    ),
  importance: () => new Float64Array(3),
  save: () => Promise.reject(new Error('not asked for')),
}

function rows(count: number): TableBlock & { target: Float64Array } {
  const random = new Random(5)
  const columns = NAMES.map(() => Float32Array.from({ length: count }, () => random.normal()))
  const target = Float64Array.from(
    { length: count },
    (_, r) => 3 * (columns[0]?.[r] as number) + (columns[1]?.[r] as number),
  )
  return { rows: count, columns, target }
}

const squares = (predicted: Float64Array, { target }: TableBlock) =>
  predicted.reduce((sum, p, i) => sum + (p - (target?.[i] as number)) ** 2, 0) / predicted.length

const run = runOf({ threads: 1 })

test('the loss rises by twice the variance that a feature brings, and not for one that is not read', async () => {
  const block = rows(20_000)
  const { loss, rise, deviation } = await permutationImportance(known, tableOf(NAMES, block), squares, run)
  expect(loss).toBeLessThan(1e-12)
  expect(Math.abs((rise[0] as number) - 18)).toBeLessThan(0.5)
  expect(Math.abs((rise[1] as number) - 2)).toBeLessThan(0.06)
  expect(rise[2]).toBe(0)
  expect(deviation[0] as number).toBeGreaterThan(0)
  expect(deviation[0] as number).toBeLessThan(0.5)
})

test('blocks are one table, the seed decides, and a sample answers about the same', async () => {
  const block = rows(9000)
  const whole = tableOf(NAMES, block)
  const parts = [0, 1, 2].map((p) =>
    pickRows(
      block,
      Array.from({ length: 3000 }, (_, r) => 3000 * p + r),
    ),
  )
  const blocks: Table = { ...whole, blocks: () => parts }
  const one = await permutationImportance(known, whole, squares, run, { repeats: 3 })
  expect(await permutationImportance(known, blocks, squares, run, { repeats: 3 })).toEqual(one)
  const other = await permutationImportance(known, whole, squares, runOf({ threads: 1, seed: 1 }), { repeats: 3 })
  expect(other.rise).not.toEqual(one.rise)
  const few = await permutationImportance(known, blocks, squares, run, { sample: 4000 })
  expect(Math.abs((few.rise[0] as number) - 18)).toBeLessThan(1.5)
})

test('a table without a target or of other features is refused', async () => {
  const { target: _, ...bare } = rows(10)
  await expect(permutationImportance(known, tableOf(NAMES, bare), squares, run)).rejects.toThrow('needs a target')
  const { columns } = rows(10)
  const narrow = tableOf(NAMES.slice(1), { ...rows(10), columns: columns.slice(1) })
  await expect(permutationImportance(known, narrow, squares, run)).rejects.toThrow('The rows have 2 columns')
})
