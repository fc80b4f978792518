import type { TableFeature } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import { type Link, Rule, type TreeEnsemble } from '../ensemble.ts'
import type { GrownNode, GrownTree } from './grow.ts'

/** What of an ensemble does not depend on its trees. */
export interface EnsembleFrame {
  readonly features: readonly TableFeature[]
  readonly outputs: number
  readonly width: number
  readonly link: Link
  readonly averaged: boolean
  readonly levels?: readonly number[]
}

/** Gathers grown trees as the flat arrays of a {@link TreeEnsemble}. */
export class EnsembleBuilder {
  readonly #frame: EnsembleFrame
  readonly #bins: readonly FeatureBins[]
  readonly #featureOf: Int32Array
  readonly #roots = [0]
  readonly #outputOf: number[] = []
  readonly #feature: number[] = []
  readonly #threshold: number[] = []
  readonly #rule: number[] = []
  readonly #left: number[] = []
  readonly #right: number[] = []
  readonly #value: number[] = []
  readonly #cover: number[] = []
  readonly #gain: number[] = []
  readonly #categoryFrom = [0]
  readonly #categories: number[] = []

  constructor(frame: EnsembleFrame, bins: readonly FeatureBins[], featureOf: Int32Array) {
    this.#frame = frame
    this.#bins = bins
    this.#featureOf = featureOf
  }

  get trees(): number {
    return this.#roots.length - 1
  }

  /** Adds a tree; `valuesOf` gives the `width` values of a node, whether it is a leaf or only might have been. */
  add(tree: GrownTree, output: number, valuesOf: (node: GrownNode) => ArrayLike<number>): void {
    const base = this.#feature.length
    for (const node of tree.nodes) {
      const { split } = node
      const values = valuesOf(node)
      for (let k = 0; k < this.#frame.width; k++) this.#value.push(values[k] as number)
      this.#cover.push(node.rows)
      this.#gain.push(split?.gain ?? 0)
      if (split) {
        const feature = this.#featureOf[split.column] as number
        const bins = this.#bins[feature] as FeatureBins
        // Missing and unlisted categories have one bin, and it shall be on the right: an unlisted code is in no set.
        const turned = split.set !== undefined && has(split.set, bins.bins - 1)
        this.#feature.push(feature)
        this.#left.push(base + (turned ? split.right : split.left))
        this.#right.push(base + (turned ? split.left : split.right))
        if (split.set) {
          this.#rule.push(Rule.categorical)
          this.#threshold.push(0)
          for (const word of wordsOf(split.set, bins, turned)) this.#categories.push(word)
        } else {
          const missing = split.missingLeft ? Rule.missingLeft : 0
          this.#rule.push(bins.missing ? missing : Rule.nanIsZero)
          this.#threshold.push(bins.bounds[split.bin] ?? Number.POSITIVE_INFINITY)
        }
      } else {
        this.#feature.push(-1)
        this.#left.push(-1)
        this.#right.push(-1)
        this.#rule.push(0)
        this.#threshold.push(0)
      }
      this.#categoryFrom.push(this.#categories.length)
    }
    this.#outputOf.push(output)
    this.#roots.push(this.#feature.length)
  }

  /** The ensemble of the first so many trees, or all. */
  build(base: Float64Array, trees = this.trees): TreeEnsemble {
    const nodes = this.#roots[trees] as number
    const { width } = this.#frame
    return {
      ...this.#frame,
      base,
      roots: Int32Array.from(this.#roots.slice(0, trees + 1)),
      outputOf: Int32Array.from(this.#outputOf.slice(0, trees)),
      feature: Int32Array.from(this.#feature.slice(0, nodes)),
      threshold: Float64Array.from(this.#threshold.slice(0, nodes)),
      rule: Uint8Array.from(this.#rule.slice(0, nodes)),
      left: Int32Array.from(this.#left.slice(0, nodes)),
      right: Int32Array.from(this.#right.slice(0, nodes)),
      value: Float64Array.from(this.#value.slice(0, nodes * width)),
      cover: Float64Array.from(this.#cover.slice(0, nodes)),
      gain: Float64Array.from(this.#gain.slice(0, nodes)),
      categoryFrom: Int32Array.from(this.#categoryFrom.slice(0, nodes + 1)),
      categories: Uint32Array.from(this.#categories.slice(0, this.#categoryFrom[nodes])),
    }
  }
}

const has = (set: Uint32Array, bin: number): boolean => (((set[bin >> 5] as number) >>> (bin & 31)) & 1) === 1

/** The codes whose bins are in a set, or of those that are not, as words of bits. */
function wordsOf(set: Uint32Array, bins: FeatureBins, turned: boolean): number[] {
  const words: number[] = []
  for (let bin = 0; bin < bins.bins - 1; bin++) {
    if (has(set, bin) === turned) continue
    const code = bins.codes[bin] as number
    while (words.length <= code >> 5) words.push(0)
    words[code >> 5] = ((words[code >> 5] as number) | (1 << (code & 31))) >>> 0
  }
  return words
}

/** Two ensembles of the same frame as one, the trees of the first before those of the second; the base is the first's. */
export function joined(first: TreeEnsemble, second: TreeEnsemble): TreeEnsemble {
  const nodes = first.feature.length
  const words = first.categories.length
  const shifted = (values: Int32Array, by: number) => values.map((v) => (v < 0 ? v : v + by))
  const both = <A extends Int32Array | Float64Array | Uint8Array | Uint32Array>(a: A, b: A): A => {
    const made = new (a.constructor as new (length: number) => A)(a.length + b.length)
    made.set(a)
    made.set(b, a.length)
    return made
  }
  return {
    ...first,
    roots: both(first.roots.slice(0, -1), shifted(second.roots, nodes)),
    outputOf: both(first.outputOf, second.outputOf),
    feature: both(first.feature, second.feature),
    threshold: both(first.threshold, second.threshold),
    rule: both(first.rule, second.rule),
    left: both(first.left, shifted(second.left, nodes)),
    right: both(first.right, shifted(second.right, nodes)),
    value: both(first.value, second.value),
    cover: both(first.cover, second.cover),
    gain: both(first.gain, second.gain),
    categoryFrom: both(first.categoryFrom.slice(0, -1), shifted(second.categoryFrom, words)),
    categories: both(first.categories, second.categories),
  }
}
