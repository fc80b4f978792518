import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { runOf } from '../../../core/run.ts'
import { LINKS, type Link, Rule, rawScores, type TreeEnsemble } from '../ensemble.ts'
import { predictBlock, rawBlock } from './predict.ts'

const FEATURES = 5

/** Random trees with every rule that there is; features 3 and 4 are categories where `categorical`. */
function randomTrees(seed: number, categorical: boolean, width: number, link: Link, mixed = false): TreeEnsemble {
  const random = new Random(seed)
  const roots = [0]
  const nodes: { feature: number; threshold: number; rule: number; left: number; right: number; words: number[] }[] = []
  const outputs = width > 1 ? width : 2
  const zero = [0, Rule.nanIsZero, Rule.zeroIsMissing, 0, 0]
  for (let t = 0; t < 7; t++) {
    const grow = (depth: number): number => {
      const node = nodes.length
      const leaf = depth > 5 || (depth > 0 && random.uniform() < 0.2)
      nodes.push({ feature: -1, threshold: 0, rule: 0, left: -1, right: -1, words: [] })
      if (leaf) return node
      const feature = random.integer(FEATURES)
      const set = categorical && feature >= 3
      const rule = set
        ? Rule.categorical
        : (random.uniform() < 0.5 ? Rule.missingLeft : 0) |
          (mixed && random.uniform() < 0.5 ? 0 : (zero[feature] as number))
      nodes[node] = {
        feature,
        threshold: set ? 0 : Math.round(random.normal() * 4) / 4 + (random.uniform() < 0.5 ? 1e-9 : 0),
        rule,
        left: grow(depth + 1),
        right: grow(depth + 1),
        words: set ? [random.uint32()] : [],
      }
      return node
    }
    grow(0)
    roots.push(nodes.length)
  }
  const categoryFrom = [0]
  for (const { words } of nodes) categoryFrom.push((categoryFrom.at(-1) as number) + words.length)
  return {
    features: Array.from({ length: FEATURES }, (_, f) => ({ name: `f${f}`, categorical: categorical && f >= 3 })),
    outputs,
    width,
    link,
    averaged: seed % 2 === 1,
    base: Float64Array.from({ length: outputs }, () => random.normal()),
    roots: Int32Array.from(roots),
    outputOf: Int32Array.from({ length: 7 }, () => (width > 1 ? 0 : random.integer(outputs))),
    feature: Int32Array.from(nodes, (n) => n.feature),
    threshold: Float64Array.from(nodes, (n) => n.threshold),
    rule: Uint8Array.from(nodes, (n) => n.rule),
    left: Int32Array.from(nodes, (n) => n.left),
    right: Int32Array.from(nodes, (n) => n.right),
    value: Float64Array.from({ length: nodes.length * width }, () => random.normal()),
    cover: new Float64Array(nodes.length),
    gain: new Float64Array(nodes.length),
    categoryFrom: Int32Array.from(categoryFrom),
    categories: Uint32Array.from(nodes.flatMap((n) => n.words)),
  }
}

function randomRows(rows: number, seed: number, missing: boolean): Float32Array[] {
  const random = new Random(seed)
  return Array.from({ length: FEATURES }, (_, f) =>
    Float32Array.from({ length: rows }, () => {
      if (missing && random.uniform() < 0.15) return Number.NaN
      if (f >= 3) return random.integer(40) - 2
      return random.uniform() < 0.2 ? 0 : Math.round(random.normal() * 8) / 8
    }),
  )
}

test('every rule, missing values, vectors and means: the kernel answers as the plain way does, to the last bit', async () => {
  for (let seed = 0; seed < 24; seed++) {
    const trees = randomTrees(seed, seed % 3 === 0, seed % 4 === 0 ? 3 : 1, 'identity', seed % 5 === 0)
    const rows = 8 * seed + 3
    const columns = randomRows(rows, seed + 100, seed % 2 === 0)
    const made = await rawBlock(trees, { rows, columns }, runOf({ threads: 1 }))
    for (let i = 0; i < rows; i++) {
      const plain = rawScores(trees, (f) => at(columns[f] as Float32Array, i))
      expect([...made.subarray(i * trees.outputs, (i + 1) * trees.outputs)]).toEqual([...plain])
    }
  }
})

test('threads change nothing, links and offsets come last', async () => {
  for (const link of LINKS) {
    const trees = randomTrees(2, false, 3, link)
    const rows = 20_000
    const columns = randomRows(rows, 5, true)
    const offset = Float64Array.from({ length: rows }, (_, i) => (i % 7) / 7)
    const one = await predictBlock(trees, { rows, columns, offset }, runOf({ threads: 1 }))
    const two = await predictBlock(trees, { rows, columns, offset }, runOf({ threads: 2 }))
    expect(two).toEqual(one)
    const raw = await rawBlock(trees, { rows: 1, columns }, runOf({ threads: 1 }))
    const first = [...one.subarray(0, 3)]
    if (link === 'exp') expect(first).toEqual([...raw].map((s) => Math.exp(s)))
    if (link === 'softmax') expect(first.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    if (link === 'sorted') expect(first).toEqual([...raw].sort((a, b) => a - b))
  }
})

test('refuses rows of other columns', async () => {
  const trees = randomTrees(1, false, 1, 'identity')
  await expect(predictBlock(trees, { rows: 1, columns: [] }, runOf())).rejects.toThrow(/5 columns.*0/)
})

test('columns of threads may lie anywhere, and be longer than the rows', async () => {
  const trees = randomTrees(4, false, 1, 'identity')
  const rows = 700_000
  const short = randomRows(1000, 6, true)
  const columns = short.map((column) => Float32Array.from({ length: rows + 5 }, (_, i) => at(column, i % 1000)))
  const made = await rawBlock(trees, { rows, columns }, runOf({ threads: 2 }))
  const one = await rawBlock(trees, { rows: 1000, columns: short }, runOf({ threads: 1 }))
  expect(made.length).toBe(rows * trees.outputs)
  for (let i = 0; i < made.length; i += 997) expect(at(made, i)).toBe(at(one, i % one.length))
})
