import { expect, test } from 'vitest'
import { ForetideError } from '../../../core/errors.ts'
import { runOf } from '../../../core/run.ts'
import { goesLeft, rawScores, type TreeEnsemble } from '../ensemble.ts'
import { backgroundGame, coverGame, coverShare, shapley, shapleyBySizes } from './brute-force.case.ts'
import { type RandomTrees, randomRows, randomTrees, rowOf } from './random-trees.case.ts'
import { type Attribution, interventionalShap, shapValues } from './shap.ts'

const run = runOf({ threads: 1 })

/** Small ensembles of every kind; the tables are forced, forbidden, and left to choose. */
const SHAPES: readonly RandomTrees[] = [
  {},
  { features: 2, splits: 12 },
  { outputs: 3, trees: 6 },
  { outputs: 3, vector: true },
  { averaged: true, trees: 5 },
  { averaged: true, outputs: 2, trees: 5 },
  { averaged: true, outputs: 2, vector: true },
  { empty: true, splits: 10, features: 5 },
  { trees: 1, splits: 0 },
  { features: 6, splits: 14, trees: 2 },
]
const TABLES = [{}, { tableBits: -1 }, { tableBits: 20 }] as const

function expectSame(got: Float64Array, row: number, wanted: Float64Array, within = 1e-10) {
  const from = row * wanted.length
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs((got[from + i] as number) - (wanted[i] as number))).toBeLessThan(within)
}

/** The greatest distance of base plus values from the raw score, over all rows and outputs. */
function gap(trees: TreeEnsemble, rows: number, { values, base }: Attribution, block: ReturnType<typeof randomRows>) {
  const features = trees.features.length
  let most = 0
  for (let r = 0; r < rows; r++) {
    const scores = rawScores(trees, rowOf(block, r))
    for (let k = 0; k < trees.outputs; k++) {
      let sum = base[k] as number
      for (let f = 0; f < features; f++) sum += values[(r * trees.outputs + k) * features + f] as number
      most = Math.max(most, Math.abs(sum - (scores[k] as number)))
    }
  }
  return most
}

test("path-dependent values are Shapley's, gone through set by set", async () => {
  for (const [s, shape] of SHAPES.entries())
    for (const tables of TABLES) {
      const trees = randomTrees(s, shape)
      const block = randomRows(trees, 12, s)
      const { values, base } = await shapValues(trees, block, run, tables)
      for (let r = 0; r < block.rows; r++) {
        const game = coverGame(trees, rowOf(block, r))
        expectSame(values, r, shapley(game, trees.features.length, trees.outputs))
        expectSame(base, 0, game(0))
      }
    }
})

test("interventional values are Shapley's over the background, gone through set by set", async () => {
  for (const [s, shape] of SHAPES.entries())
    for (const tables of TABLES) {
      const trees = randomTrees(100 + s, shape)
      const block = randomRows(trees, 9, s)
      const plain = randomRows(trees, 7, 50 + s)
      const background = s % 2 ? plain : { ...plain, weight: Float64Array.of(1, 2, 0, 0.5, 3, 1, 1) }
      const { values, base } = await interventionalShap(trees, block, background, run, tables)
      for (let r = 0; r < block.rows; r++) {
        const game = backgroundGame(trees, rowOf(block, r), background)
        expectSame(values, r, shapley(game, trees.features.length, trees.outputs))
        expectSame(base, 0, game(0))
      }
    }
})

test('the values of 200 random ensembles add up to the raw score', async () => {
  for (let seed = 0; seed < 200; seed++) {
    const trees = randomTrees(seed, {
      trees: 1 + (seed % 7),
      features: 1 + (seed % 13),
      splits: seed % 60,
      outputs: 1 + (seed % 3),
      vector: seed % 2 === 0,
      averaged: seed % 5 === 0,
      empty: seed % 11 === 0,
    })
    const block = randomRows(trees, 20, seed)
    expect(gap(trees, 20, await shapValues(trees, block, run), block)).toBeLessThan(1e-9)
    const background = randomRows(trees, 10, 1000 + seed)
    expect(gap(trees, 20, await interventionalShap(trees, block, background, run), block)).toBeLessThan(1e-9)
  }
})

test('paths of more features than fit a word', async () => {
  const trees = randomTrees(7, { features: 65, splits: 75, chain: true, trees: 1 })
  const block = randomRows(trees, 2, 7)
  const background = randomRows(trees, 2, 8)
  const cover = await shapValues(trees, block, run)
  const from = await interventionalShap(trees, block, background, run)
  for (let r = 0; r < block.rows; r++) {
    const row = rowOf(block, r)
    expectSame(cover.values, r, shapleyBySizes(trees, row, coverShare(trees)))
    const sum = new Float64Array(65)
    for (let z = 0; z < background.rows; z++) {
      const other = rowOf(background, z)
      const goes = (node: number) => (goesLeft(trees, node, other(trees.feature[node] as number)) ? 1 : 0)
      for (const [f, v] of shapleyBySizes(trees, row, goes).entries()) sum[f] = (sum[f] as number) + v / background.rows
    }
    expectSame(from.values, r, sum)
  }
  expect(gap(trees, 2, cover, block)).toBeLessThan(1e-9)
})

test('tables and single rows agree on trees as large as those of practice', async () => {
  const trees = randomTrees(9, { features: 20, splits: 62, trees: 10 })
  const block = randomRows(trees, 200, 9)
  const background = randomRows(trees, 50, 10)
  const size = 20
  for (const tables of TABLES) {
    const { values } = await shapValues(trees, block, run, tables)
    for (let r = 0; r < 20; r++)
      expectSame(
        values.subarray(r * size, (r + 1) * size),
        0,
        shapleyBySizes(trees, rowOf(block, r), coverShare(trees)),
      )
    const from = await interventionalShap(trees, block, background, run, tables)
    expect(gap(trees, 200, from, block)).toBeLessThan(1e-9)
  }
})

test('the same to the last bit with any number of threads', async () => {
  const trees = randomTrees(3, { trees: 10, features: 9, splits: 30, outputs: 2 })
  const block = randomRows(trees, 300, 3)
  const background = randomRows(trees, 20, 4)
  const one = await shapValues(trees, block, run)
  const two = await shapValues(trees, block, runOf({ threads: 2 }))
  expect(two).toEqual(one)
  const other = await interventionalShap(trees, block, background, runOf({ threads: 2 }))
  expect(other).toEqual(await interventionalShap(trees, block, background, run))
})

test('no rows have no values, but a base', async () => {
  const trees = randomTrees(1)
  const none = await shapValues(trees, randomRows(trees, 0, 1), run)
  expect(none.values).toHaveLength(0)
  expect(none.base).toEqual((await shapValues(trees, randomRows(trees, 5, 1), run)).base)
})

test('columns that are not the features and an empty background are refused', async () => {
  const trees = randomTrees(1)
  const block = randomRows(trees, 4, 1)
  const narrow = { ...block, columns: block.columns.slice(1) }
  await expect(shapValues(trees, narrow, run)).rejects.toThrow('The rows have 3 columns, the trees were trained on 4')
  await expect(interventionalShap(trees, block, randomRows(trees, 0, 1), run)).rejects.toThrow(ForetideError)
  const weightless = { ...block, weight: new Float64Array(4) }
  await expect(interventionalShap(trees, block, weightless, run)).rejects.toThrow('A background of 4 rows')
})
