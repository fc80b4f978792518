import type { Run } from '../../core/run.ts'
import { loadTrees } from './artifact/artifact.ts'
import type { TreeRegressor } from './boosting.ts'
import { checkOptions } from './check-options.ts'
import { prepare } from './engine/prepare.ts'
import { train } from './engine/train.ts'
import { fittedTrees } from './fitted.ts'
import { LeafSamples, loadQuantileForest, quantileForest } from './leaf-samples.ts'
import { objectiveOf } from './objectives/objectives.ts'
import type { ForestOptions } from './options.ts'

/** What a forest does unless told otherwise: deep trees on bootstrapped rows, a third of the features at each node. */
const DEFAULTS = { leaves: 1024, minRows: 5, featureShareByNode: 1 / 3, bootstrap: true, trees: 100 } as const

/**
 * A random forest (Breiman, 2001) on the histogram engine; with `extra` extremely randomised trees (Geurts, Ernst and Wehenkel, 2006);
 * with `levels` it answers quantiles out of the training targets of the leaves that a row reaches (Meinshausen, 2006).
 *
 * A forest cannot go on from another one; `from` is not looked at.
 *
 * @example
 * const fitted = await forest({ trees: 200, levels: [0.1, 0.5, 0.9] }).fit(table, run)
 */
export function forest(options: ForestOptions = {}): TreeRegressor {
  checkOptions(options)
  const given = { ...DEFAULTS, ...(options.extra ? { bootstrap: false } : {}), ...options }
  const name = options.extra ? 'extra-trees' : 'random-forest'
  return {
    name,
    async fit(table, run: Run, { valid } = {}) {
      const objective = objectiveOf({ loss: 'l2' })
      const began = performance.now()
      const prepared = await prepare(table, valid, { ...given, objective, seed: options.seed ?? 0, exact: true }, run)
      const binned = performance.now()
      const { levels } = options
      const samples = levels && new LeafSamples(prepared.layout)
      const { ensemble, validation } = await train(
        prepared,
        objective,
        {
          ...given,
          rounds: given.trees,
          learningRate: 1,
          patience: undefined,
          averaged: true,
          stage: name,
          ...(samples ? { onTree: (tree, segments, order) => samples.add(tree, segments, order) } : {}),
        },
        run,
      )
      const seconds = { binning: (binned - began) / 1000, training: (performance.now() - binned) / 1000 }
      const fitted = fittedTrees(name, options, ensemble, { validation, seconds })
      return samples ? quantileForest(fitted, samples.build(), levels) : fitted
    },
    async load(dir) {
      const fitted = fittedTrees(name, options, await loadTrees(dir))
      return options.levels ? await loadQuantileForest(fitted, dir, options.levels) : fitted
    },
  }
}
