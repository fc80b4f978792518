import { expect, test } from 'vitest'
import { gainImportance, splitImportance } from './importance.ts'
import { randomTrees } from './random-trees.case.ts'

test('shares of gain and of splits by feature', () => {
  const trees = {
    ...randomTrees(1),
    feature: Int32Array.of(0, 2, -1, 0, -1, -1, -1),
    gain: Float64Array.of(4, 3, 0, 1, 0, 0, 0),
  }
  expect([...gainImportance(trees)]).toEqual([5 / 8, 0, 3 / 8, 0])
  expect([...splitImportance(trees)]).toEqual([2 / 3, 0, 1 / 3, 0])
})

test('a stump without a split gives nothing to anyone', () => {
  const trees = randomTrees(1, { splits: 0 })
  expect([...gainImportance(trees)]).toEqual([0, 0, 0, 0])
  expect([...splitImportance(trees)]).toEqual([0, 0, 0, 0])
})
