import { expect, test } from 'vitest'
import { runOf } from '../../../core/run.ts'
import { coverGame, shapleyPairs } from './brute-force.case.ts'
import { shapInteractions } from './interactions.ts'
import { type RandomTrees, randomRows, randomTrees, rowOf } from './random-trees.case.ts'
import { shapValues } from './shap.ts'

const run = runOf({ threads: 1 })

const SHAPES: readonly RandomTrees[] = [
  { features: 5, splits: 10 },
  { features: 3, outputs: 2, vector: true, averaged: true },
  { features: 4, outputs: 2, trees: 5, averaged: true },
  { features: 4, splits: 9, empty: true },
  { features: 1 },
  { splits: 0 },
]

test("interaction values are Shapley's, gone through set by set", async () => {
  for (const [s, shape] of SHAPES.entries()) {
    const trees = randomTrees(s, shape)
    const block = randomRows(trees, 8, s)
    const values = await shapInteractions(trees, block, run)
    const size = trees.outputs * trees.features.length ** 2
    for (let r = 0; r < block.rows; r++) {
      const wanted = shapleyPairs(coverGame(trees, rowOf(block, r)), trees.features.length, trees.outputs)
      for (let i = 0; i < size; i++)
        expect(Math.abs((values[r * size + i] as number) - (wanted[i] as number))).toBeLessThan(1e-10)
    }
  }
})

test('they are symmetric and add up to the SHAP values, on deep trees and by threads', async () => {
  for (const [seed, chain] of [
    [1, false],
    [2, true],
  ] as const) {
    const trees = randomTrees(seed, { trees: 4, features: chain ? 40 : 10, splits: 50, outputs: 2, chain })
    const block = randomRows(trees, 25, seed)
    const size = trees.features.length
    const values = await shapInteractions(trees, block, run)
    const single = (await shapValues(trees, block, run)).values
    for (let line = 0; line < single.length; line++) {
      const matrix = Math.floor(line / size) * size * size
      const i = line % size
      let sum = 0
      for (let j = 0; j < size; j++) {
        sum += values[matrix + i * size + j] as number
        expect(
          Math.abs((values[matrix + i * size + j] as number) - (values[matrix + j * size + i] as number)),
        ).toBeLessThan(1e-13)
      }
      expect(Math.abs(sum - (single[line] as number))).toBeLessThan(1e-9)
    }
    expect(await shapInteractions(trees, block, runOf({ threads: 2 }))).toEqual(values)
  }
})
