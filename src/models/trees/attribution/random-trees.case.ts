import { Random } from '../../../core/random.ts'
import type { TableBlock } from '../../table.ts'
import { Rule, type TreeEnsemble } from '../ensemble.ts'

/** What a random ensemble is like; the rest is drawn. */
export interface RandomTrees {
  readonly trees?: number
  readonly features?: number
  /** Splits of a tree. */
  readonly splits?: number
  readonly outputs?: number
  readonly vector?: boolean
  readonly averaged?: boolean
  /** Some leaves that no training row came to. */
  readonly empty?: boolean
  /** One leaf a split on the way down, by one feature after the other: as deep as can be. */
  readonly chain?: boolean
}

const CODES = 40

/** Random trees with numbers, categories, every way of treating missing values, features that come again on a path. */
export function randomTrees(seed: number, shape: RandomTrees = {}): TreeEnsemble {
  const random = Random.of(seed, 'trees')
  const { trees = 3, features = 4, splits = 6, outputs = 1, vector = false, averaged = false } = shape
  const { empty = false, chain = false } = shape
  const width = vector ? outputs : 1
  const categorical = Array.from({ length: features }, () => random.uniform() < 0.3)
  const nodes: Record<'feature' | 'threshold' | 'rule' | 'left' | 'right' | 'cover' | 'gain', number[]> = {
    feature: [],
    threshold: [],
    rule: [],
    left: [],
    right: [],
    cover: [],
    gain: [],
  }
  const value: number[] = []
  const sets: number[][] = []
  const grow = (left: number): number => {
    const node = nodes.feature.length
    for (const column of Object.values(nodes)) column.push(0)
    for (let k = 0; k < width; k++) value.push(random.normal())
    sets.push([])
    nodes.left[node] = -1
    nodes.right[node] = -1
    nodes.feature[node] = -1
    if (left === 0) {
      nodes.cover[node] = empty && random.uniform() < 0.2 ? 0 : 1 + random.integer(50)
      return node
    }
    const feature = chain ? left % features : random.integer(features)
    nodes.feature[node] = feature
    nodes.gain[node] = random.uniform()
    nodes.rule[node] = random.uniform() < 0.5 ? Rule.missingLeft : 0
    if (categorical[feature]) {
      nodes.rule[node] |= Rule.categorical
      for (let w = 0; w <= random.integer(2); w++) sets[node]?.push(random.uint32())
    } else {
      nodes.threshold[node] = random.integer(5) - 2
      if (random.uniform() < 0.2) nodes.rule[node] |= Rule.nanIsZero
      if (random.uniform() < 0.2) nodes.rule[node] |= Rule.zeroIsMissing
    }
    const toLeft = chain ? 0 : random.integer(left)
    const l = grow(toLeft)
    const r = grow(left - 1 - toLeft)
    nodes.left[node] = l
    nodes.right[node] = r
    nodes.cover[node] = (nodes.cover[l] as number) + (nodes.cover[r] as number)
    return node
  }
  const roots = Array.from({ length: trees }, () => grow(chain ? splits : random.integer(splits + 1)))
  const categoryFrom = [0]
  for (const set of sets) categoryFrom.push((categoryFrom.at(-1) as number) + set.length)
  return {
    features: categorical.map((c, f) => ({ name: `f${f}`, categorical: c })),
    outputs,
    width,
    link: 'identity',
    averaged,
    base: Float64Array.from({ length: outputs }, () => random.normal()),
    roots: Int32Array.from([...roots, nodes.feature.length]),
    outputOf: Int32Array.from({ length: trees }, (_, t) => (vector ? 0 : t % outputs)),
    feature: Int32Array.from(nodes.feature),
    threshold: Float64Array.from(nodes.threshold),
    rule: Uint8Array.from(nodes.rule),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    value: Float64Array.from(value),
    cover: Float64Array.from(nodes.cover),
    gain: Float64Array.from(nodes.gain),
    categoryFrom: Int32Array.from(categoryFrom),
    categories: Uint32Array.from(sets.flat()),
  }
}

/** Rows for {@link randomTrees}, a tenth of the cells missing, zeros and unknown categories among them. */
export function randomRows(trees: TreeEnsemble, rows: number, seed: number): TableBlock {
  const random = Random.of(seed, 'rows')
  const cell = (categorical: boolean) => {
    if (random.uniform() < 0.1) return Number.NaN
    return categorical ? random.integer(2 * CODES) - 1 : random.integer(13) / 2 - 3
  }
  return {
    rows,
    columns: trees.features.map(({ categorical }) => Float32Array.from({ length: rows }, () => cell(categorical))),
  }
}

/** Values of one row, by feature. */
export const rowOf = (block: TableBlock, row: number) => (feature: number) => block.columns[feature]?.[row] as number
