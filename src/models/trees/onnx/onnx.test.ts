import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readModel } from '../../../tensor/onnx/read.ts'
import { session } from '../../../tensor/runtime.ts'
import type { TableBlock } from '../../table.ts'
import { randomRows, randomTrees, rowOf } from '../attribution/random-trees.case.ts'
import { applyLink, LINKS, rawScores, type TreeEnsemble } from '../ensemble.ts'
import { treesToOnnx } from './onnx.ts'

test('ONNX Runtime predicts what the plain way does, on random trees, rows, leaves and links', async () => {
  const cases = fc.record({
    seed: fc.integer(),
    trees: fc.integer({ min: 0, max: 12 }),
    splits: fc.integer({ min: 0, max: 30 }),
    features: fc.integer({ min: 1, max: 6 }),
    outputs: fc.integer({ min: 1, max: 4 }),
    vector: fc.boolean(),
    averaged: fc.boolean(),
    chain: fc.boolean(),
    link: fc.constantFrom(...LINKS),
    rows: fc.constantFrom(1, 2, 33),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, link, rows, ...shape }) => {
      const trees: TreeEnsemble = { ...randomTrees(seed, shape), link }
      expect(await worst(trees, randomRows(trees, rows, seed))).toBeLessThan(1e-12)
    }),
    { numRuns: 150 },
  )
})

test('500 trees on many rows stay within 1e-6, thresholds between two float32 numbers included', async () => {
  const plain = randomTrees(7, { trees: 500, splits: 62, features: 8 })
  // Just below and just above a value that rows have: rounded to float32, the first would send that value elsewhere.
  const threshold = plain.threshold.map((t, i) => t + (i % 3 === 0 ? -1e-9 : i % 3 === 1 ? 1e-9 : 0))
  const trees: TreeEnsemble = { ...plain, threshold, link: 'exp', value: plain.value.map((v) => v / 20) }
  expect(await worst(trees, randomRows(trees, 600, 8))).toBeLessThan(1e-12)
})

test('codes beyond every set, fractions of codes, empty and full sets', async () => {
  const leaf = { left: -1, right: -1 }
  for (const missingLeft of [0, 2]) {
    for (const words of [
      [],
      [0],
      [0xffffffff],
      [0x80000001, 0, 5],
      Array.from({ length: 12 }, (_, i) => 0x1010101 << i),
    ]) {
      const trees: TreeEnsemble = {
        ...randomTrees(1, { trees: 0, features: 1 }),
        features: [{ name: 'shop', categorical: true }],
        roots: Int32Array.of(0, 3),
        outputOf: Int32Array.of(0),
        feature: Int32Array.of(0, -1, -1),
        threshold: new Float64Array(3),
        rule: Uint8Array.of(1 | missingLeft, 0, 0),
        left: Int32Array.of(1, leaf.left, leaf.left),
        right: Int32Array.of(2, leaf.right, leaf.right),
        value: Float64Array.of(0, 10, 20),
        cover: new Float64Array(3),
        gain: new Float64Array(3),
        categoryFrom: Int32Array.of(0, words.length, words.length, words.length),
        categories: Uint32Array.from(words),
      }
      const codes = [Number.NaN, -1, -0.5, 0.5, 2.7, 31, 31.9, 32, 64, 66.2, 500, 65535, ...Array(400).keys()]
      expect(await worst(trees, { rows: codes.length, columns: [Float32Array.from(codes)] })).toBe(0)
    }
  }
})

test('the file says what goes in and comes out', () => {
  const trees: TreeEnsemble = {
    ...randomTrees(3, { outputs: 3, features: 2 }),
    link: 'sorted',
    levels: [0.1, 0.5, 0.9],
  }
  const model = readModel(treesToOnnx(trees, { metadata: { shop: '东京' }, doc: 'weekly' }))
  expect(model).toMatchObject({ producer: 'foretide', doc: 'weekly', opsets: { '': 18, 'ai.onnx.ml': 5 } })
  expect(model.metadata).toMatchObject({
    shop: '东京',
    'foretide.form': '1',
    'foretide.features': '["f0","f1"]',
    'foretide.link': 'sorted',
    'foretide.levels': '[0.1,0.5,0.9]',
  })
  expect(model.graph.inputs).toEqual([{ name: 'features', type: 'float32', dims: ['rows', 2] }])
  expect(model.graph.outputs).toEqual([{ name: 'prediction', type: 'float64', dims: ['rows', 3] }])
})

/** The largest difference between ONNX Runtime and the plain way, absolute for small predictions and relative for large ones. */
async function worst(trees: TreeEnsemble, block: TableBlock): Promise<number> {
  const width = trees.features.length
  const data = new Float32Array(block.rows * width)
  for (let r = 0; r < block.rows; r++) {
    for (let f = 0; f < width; f++) data[r * width + f] = rowOf(block, r)(f)
  }
  const model = await session(treesToOnnx(trees), { threads: 1 })
  try {
    const { prediction } = await model.run({ features: { type: 'float32', dims: [block.rows, width], data } })
    expect(prediction).toMatchObject({ type: 'float64', dims: [block.rows, trees.outputs] })
    let most = 0
    for (let r = 0; r < block.rows; r++) {
      const expected = applyLink(trees.link, rawScores(trees, rowOf(block, r)))
      for (let k = 0; k < trees.outputs; k++) {
        const want = expected[k] as number
        const got = prediction?.data[r * trees.outputs + k] as number
        most = Math.max(most, Math.abs(got - want) / Math.max(1, Math.abs(want)))
      }
    }
    return most
  } finally {
    await model.dispose()
  }
}
