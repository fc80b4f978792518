import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { session } from '../../../tensor/runtime.ts'
import { randomRows, randomTrees, rowOf } from '../attribution/random-trees.case.ts'
import { Rule, rawScores, type TreeEnsemble } from '../ensemble.ts'
import { loadTrees, saveTrees } from './artifact.ts'

/** Two trees, one of them with a set of categories; numbers that text would not keep. */
const TREES: TreeEnsemble = {
  features: [
    { name: 'price', categorical: false },
    { name: '商品', categorical: true },
  ],
  outputs: 2,
  width: 1,
  link: 'exp',
  averaged: false,
  levels: [0.1, 0.9],
  base: Float64Array.of(-0, Number.MIN_VALUE),
  roots: Int32Array.of(0, 5, 8),
  outputOf: Int32Array.of(0, 1),
  feature: Int32Array.of(0, 1, -1, -1, -1, 0, -1, -1),
  threshold: Float64Array.of(Number.POSITIVE_INFINITY, 0, 0, 0, 0, 0.1 + 0.2, 0, 0),
  rule: Uint8Array.of(Rule.missingLeft, Rule.categorical, 0, 0, 0, Rule.zeroIsMissing, 0, 0),
  left: Int32Array.of(1, 2, -1, -1, -1, 6, -1, -1),
  right: Int32Array.of(4, 3, -1, -1, -1, 7, -1, -1),
  value: Float64Array.of(1, 2, 1 / 3, -1e300, 5e-324, 6, 7, 8),
  cover: Float64Array.of(10, 6, 3, 3, 4, 10, 5, 5),
  gain: Float64Array.of(2, 1, 0, 0, 0, 3, 0, 0),
  categoryFrom: Int32Array.of(0, 0, 2, 2, 2, 2, 2, 2, 2),
  categories: Uint32Array.of(0xffffffff, 5),
}

let path = ''
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'foretide-trees-'))
})
afterEach(() => rm(path, { recursive: true }))
const save = (trees: TreeEnsemble) => saveTrees(trees, { path }, { model: 'boosting', options: { rounds: 2 } })

test('loads to the last bit', async () => {
  const manifest = await save(TREES)
  const again = await loadTrees({ path })
  expect(again).toEqual(TREES)
  expect(Object.is(again.base[0], -0)).toBe(true)
  expect(manifest).toMatchObject({
    model: 'boosting',
    options: { rounds: 2 },
    files: ['trees.json', 'trees.bin', 'trees.onnx'],
  })
  expect(JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'))).toEqual(manifest)
})

test('the ONNX model among the files answers what the loaded trees do', async () => {
  await save({ ...randomTrees(5, { trees: 40, splits: 20, features: 3, outputs: 2 }), link: 'exp' })
  const trees = await loadTrees({ path })
  const block = randomRows(trees, 50, 6)
  const data = Float32Array.from({ length: 150 }, (_, k) => rowOf(block, Math.floor(k / 3))(k % 3))
  const model = await session(new Uint8Array(await readFile(join(path, 'trees.onnx'))), { threads: 1 })
  try {
    const { prediction } = await model.run({ features: { type: 'float32', dims: [50, 3], data } })
    for (let r = 0; r < 50; r++)
      for (const [k, score] of rawScores(trees, rowOf(block, r)).entries())
        expect(Math.abs(Number(prediction?.data[2 * r + k]) / Math.exp(score) - 1)).toBeLessThan(1e-6)
  } finally {
    await model.dispose()
  }
})

test('arrays that are views of larger ones are saved alone', async () => {
  await save({ ...TREES, value: Float64Array.of(99, ...TREES.value, 99).subarray(1, 9) })
  expect((await loadTrees({ path })).value).toEqual(TREES.value)
})

describe('refuses', () => {
  const head = () => join(path, 'trees.json')
  const refused = (code: string, details: object) =>
    expect(loadTrees({ path })).rejects.toMatchObject({ code, details, fault: 'badInput' })

  test('an empty folder', () => refused('trees.unreadable', { file: head(), reason: 'ENOENT' }))

  test('a head that is no JSON', async () => {
    await save(TREES)
    await writeFile(head(), '{')
    await refused('trees.unreadable', { file: head(), reason: 'JSON' })
  })

  test('a head that lacks something, naming it', async () => {
    await save(TREES)
    const json = JSON.parse(await readFile(head(), 'utf8'))
    await writeFile(head(), JSON.stringify({ ...json, lengths: { ...json.lengths, gain: undefined } }))
    await refused('trees.unreadable', { file: head(), reason: 'lengths.gain' })
  })

  test('another format', async () => {
    await save(TREES)
    const text = await readFile(head(), 'utf8')
    await writeFile(head(), text.replace('foretide-trees-1', 'foretide-trees-2'))
    await refused('trees.format', { found: 'foretide-trees-2', wanted: 'foretide-trees-1' })
  })

  test('a file that was cut', async () => {
    await save(TREES)
    const file = join(path, 'trees.bin')
    const bytes = await readFile(file)
    await writeFile(file, bytes.subarray(0, -1))
    await refused('trees.size', { file, found: bytes.length - 1, wanted: bytes.length })
  })

  const set = (array: Int32Array, place: number, value: number) => array.with(place, value)
  const damaged: Readonly<Record<string, [change: Partial<TreeEnsemble>, details: object]>> = {
    'nodes in a circle': [{ left: set(TREES.left, 1, 0) }, { field: 'left', place: 1, found: 0 }],
    'a child in another tree': [{ right: set(TREES.right, 0, 6) }, { field: 'right', place: 0, found: 6 }],
    'a child of two nodes': [{ right: set(TREES.right, 1, 2) }, { field: 'right', place: 1, found: 2 }],
    'a node that nothing leads to': [{ feature: set(TREES.feature, 5, -1) }, { field: 'roots', place: 1, found: 6 }],
    'a feature outside': [{ feature: set(TREES.feature, 5, 2) }, { field: 'feature', place: 5, found: 2 }],
    'an output outside': [{ outputOf: set(TREES.outputOf, 1, 2) }, { field: 'outputOf', place: 1, found: 2 }],
    'roots that fall': [{ roots: set(TREES.roots, 1, 9) }, { field: 'roots', place: 2, found: 8 }],
    'sets that fall': [{ categoryFrom: set(TREES.categoryFrom, 2, 3) }, { field: 'categoryFrom', place: 3, found: 2 }],
    'sets outside': [{ categories: Uint32Array.of(1) }, { field: 'categoryFrom', place: 8, found: 2 }],
    'arrays of other lengths': [{ cover: new Float64Array(7) }, { field: 'cover', place: 7, found: 7 }],
    'a width that fits no output': [{ width: 3 }, { field: 'width', place: 0, found: 3 }],
  }
  test.each(Object.entries(damaged))('%s', async (_, [change, details]) => {
    // Of some no ONNX model can be made; the files that are read back are written by then.
    await save({ ...TREES, ...change }).catch(() => {})
    await refused('trees.damaged', { file: join(path, 'trees.bin'), ...details })
  })
})
