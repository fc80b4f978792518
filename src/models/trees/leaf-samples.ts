import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import type { Dir } from '../model.ts'
import type { TableBlock } from '../table.ts'
import type { GrownTree } from './engine/grow.ts'
import type { Layout } from './engine/layout.ts'
import { leafOf, treeCount } from './ensemble.ts'
import type { FittedTrees } from './fitted.ts'

/** Targets kept of a leaf at most; larger leaves are thinned out evenly over their sorted targets. */
const KEPT = 128

/** Targets of the training rows in every leaf: `targets[from[node] … from[node + 1])` of node `node`, ascending. */
export interface Samples {
  readonly from: Int32Array
  readonly targets: Float32Array
}

/** Gathers the training targets of leaves while a forest grows. */
export class LeafSamples {
  readonly #target: Float32Array
  readonly #from = [0]
  readonly #targets: number[] = []

  constructor({ memory, train }: Layout) {
    this.#target = new Float32Array(memory.buffer, train.target, train.rows)
  }

  add(tree: GrownTree, segments: Float64Array, order: Int32Array): void {
    for (const { leaf } of tree.nodes) {
      if (leaf >= 0) {
        const rows = order.subarray(segments[2 * leaf], segments[2 * leaf + 1])
        const sorted = Float32Array.from(rows, (row) => this.#target[row] as number).sort()
        const kept = Math.min(KEPT, sorted.length)
        for (let k = 0; k < kept; k++)
          this.#targets.push(sorted[Math.floor(((k + 0.5) * sorted.length) / kept)] as number)
      }
      this.#from.push(this.#targets.length)
    }
  }

  build(): Samples {
    return { from: Int32Array.from(this.#from), targets: Float32Array.from(this.#targets) }
  }
}

const FILE = 'leaf-samples.bin'

/** The same forest with quantiles in place of means. */
export function quantileForest(fitted: FittedTrees, samples: Samples, levels: readonly number[]): FittedTrees {
  return {
    ...fitted,
    outputs: levels.length,
    levels,
    predict: async (block) => quantilesOf(fitted, samples, levels, block),
    save: async (dir) => {
      const manifest = await fitted.save(dir)
      const head = Int32Array.of(samples.from.length, samples.targets.length)
      const bytes = (a: Int32Array | Float32Array) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)
      await writeFile(join(dir.path, FILE), Buffer.concat([bytes(head), bytes(samples.from), bytes(samples.targets)]))
      const whole = { ...manifest, files: [...manifest.files, FILE] }
      await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(whole, null, 2))
      return whole
    },
  }
}

/** Reads back what a quantile forest saved beside its trees. */
export async function loadQuantileForest(
  fitted: FittedTrees,
  dir: Dir,
  levels: readonly number[],
): Promise<FittedTrees> {
  const bytes = await readFile(join(dir.path, FILE))
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const [nodes = 0, targets = 0] = bytes.length >= 8 ? new Int32Array(copy, 0, 2) : []
  if (nodes !== fitted.ensemble.feature.length + 1 || bytes.length !== 8 + 4 * (nodes + targets))
    throw new ForetideError('trees.artifact', { file: join(dir.path, FILE), what: `${bytes.length} bytes` })
  const samples = { from: new Int32Array(copy, 8, nodes), targets: new Float32Array(copy, 8 + 4 * nodes, targets) }
  return quantileForest(fitted, samples, levels)
}

/** Quantiles of each row: every tree has one vote, shared out among the targets of the leaf that the row reaches. */
function quantilesOf(
  { ensemble }: FittedTrees,
  { from, targets }: Samples,
  levels: readonly number[],
  { rows, columns }: TableBlock,
): Float64Array {
  const made = new Float64Array(rows * levels.length)
  const trees = treeCount(ensemble)
  for (let row = 0; row < rows; row++) {
    const value = (feature: number) => (columns[feature] as Float32Array)[row] as number
    const votes: [target: number, weight: number][] = []
    for (let t = 0; t < trees; t++) {
      const leaf = leafOf(ensemble, t, value)
      const begin = at(from, leaf)
      const end = at(from, leaf + 1)
      for (let k = begin; k < end; k++) votes.push([at(targets, k), 1 / (end - begin)])
    }
    votes.sort((a, b) => a[0] - b[0])
    let weight = 0
    let next = 0
    for (const [target, share] of votes) {
      weight += share
      while (next < levels.length && weight >= (levels[next] as number) * trees - 1e-9)
        made[row * levels.length + next++] = target
    }
  }
  return made
}
