import type { TreeEnsemble } from '../ensemble.ts'

/** An ensemble with its arrays as JSON has them, as `bench/peers/lightgbm_arrays.py` makes it. */
export type WrittenTrees = {
  readonly [K in keyof TreeEnsemble]: TreeEnsemble[K] extends ArrayBufferView ? number[] : TreeEnsemble[K]
}

/** Trees that were written as JSON. */
export function readTrees(written: WrittenTrees): TreeEnsemble {
  return {
    ...written,
    base: Float64Array.from(written.base),
    roots: Int32Array.from(written.roots),
    outputOf: Int32Array.from(written.outputOf),
    feature: Int32Array.from(written.feature),
    threshold: Float64Array.from(written.threshold),
    rule: Uint8Array.from(written.rule),
    left: Int32Array.from(written.left),
    right: Int32Array.from(written.right),
    value: Float64Array.from(written.value),
    cover: Float64Array.from(written.cover),
    gain: Float64Array.from(written.gain),
    categoryFrom: Int32Array.from(written.categoryFrom),
    categories: Uint32Array.from(written.categories),
  }
}
