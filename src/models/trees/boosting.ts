import { ForetideError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Regressor } from '../regressor.ts'
import type { Table } from '../table.ts'
import { loadTrees } from './artifact/artifact.ts'
import { checkOptions } from './check-options.ts'
import { joined } from './engine/builder.ts'
import { prepare } from './engine/prepare.ts'
import { weighsRows } from './engine/sampling.ts'
import { train } from './engine/train.ts'
import type { TreeEnsemble } from './ensemble.ts'
import { type FittedTrees, fittedTrees } from './fitted.ts'
import { objectiveOf } from './objectives/objectives.ts'
import type { BoostingOptions } from './options.ts'
import { rawBlock } from './predict/predict.ts'

/** A regressor whose fits are trees, for those who want more of them than a {@link Regressor} promises. */
export interface TreeRegressor extends Regressor {
  fit(table: Table, run: Run, options?: { readonly valid?: Table; readonly from?: FittedTrees }): Promise<FittedTrees>
}

/**
 * Gradient-boosted trees on histograms, grown leaf by leaf (Friedman, 2001; Ke et al., LightGBM, 2017).
 *
 * Deterministic under `seed` and the run's seed, whatever the number of threads: gradients are rounded to integers, whose sums do
 * not depend on their order. A warm start goes on from another fit's scores, with trees of its own options. Refuses targets that
 * the loss has no meaning for, and `patience` without a validation table.
 *
 * @example
 * const fitted = await boosting({ rounds: 50, objective: { loss: 'tweedie' } }).fit(table, run)
 * const predictions = await fitted.predict(block, run)
 */
export function boosting(options: BoostingOptions = {}): TreeRegressor {
  checkOptions(options)
  const { patience } = options
  return {
    name: 'boosting',
    async fit(table, run, { valid, from } = {}) {
      if (patience !== undefined && !valid) throw new ForetideError('trees.patience', { patience })
      const objective = objectiveOf(options.objective ?? { loss: 'l2' })
      if (from) checkWarmStart(from.ensemble, table, objective.outputs)
      const began = performance.now()
      const prepared = await prepare(
        table,
        valid,
        {
          ...options,
          objective,
          seed: options.seed ?? 0,
          exact: weighsRows(options),
          ...(from ? { rawOf: (block) => rawBlock(from.ensemble, block, run) } : {}),
        },
        run,
      )
      const binned = performance.now()
      const { ensemble, validation } = await train(
        prepared,
        objective,
        {
          ...options,
          rounds: options.rounds ?? 100,
          learningRate: options.learningRate ?? 0.1,
          patience,
          averaged: false,
          stage: 'boosting',
        },
        run,
      )
      const seconds = { binning: (binned - began) / 1000, training: (performance.now() - binned) / 1000 }
      const whole = from ? withBase(joined(from.ensemble, ensemble), ensemble.base) : ensemble
      return fittedTrees('boosting', options, whole, { validation, seconds })
    },
    async load(dir) {
      return fittedTrees('boosting', options, await loadTrees(dir))
    },
  }
}

/** A warm start's own base comes on top of the earlier one. */
function withBase(trees: TreeEnsemble, more: Float64Array): TreeEnsemble {
  return { ...trees, base: trees.base.map((b, k) => b + (more[k] as number)) }
}

function checkWarmStart(from: TreeEnsemble, table: Table, outputs: number): void {
  const same =
    from.outputs === outputs &&
    !from.averaged &&
    from.features.length === table.features.length &&
    from.features.every(
      (f, i) => f.name === table.features[i]?.name && f.categorical === table.features[i]?.categorical,
    )
  if (!same) throw new ForetideError('trees.warmStart')
}
