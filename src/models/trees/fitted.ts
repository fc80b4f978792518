import type { Run } from '../../core/run.ts'
import type { Dir, Manifest } from '../model.ts'
import type { FittedRegressor } from '../regressor.ts'
import type { TableBlock } from '../table.ts'
import { saveTrees } from './artifact/artifact.ts'
import { gainImportance } from './attribution/importance.ts'
import type { TreeEnsemble } from './ensemble.ts'
import { predictBlock } from './predict/predict.ts'

/** A regressor that answers from trees. */
export interface FittedTrees extends FittedRegressor {
  readonly ensemble: TreeEnsemble
  /** Loss on the validation table after each round; empty where there was none, or after loading. */
  readonly validation: readonly number[]
  /** What training took. */
  readonly seconds: { readonly binning: number; readonly training: number }
}

/** Wraps trained trees as a regressor that can predict and save itself. */
export function fittedTrees(
  model: string,
  options: object,
  ensemble: TreeEnsemble,
  learned: Pick<FittedTrees, 'validation' | 'seconds'> = { validation: [], seconds: { binning: 0, training: 0 } },
): FittedTrees {
  return {
    ...learned,
    ensemble,
    features: ensemble.features,
    outputs: ensemble.outputs,
    ...(ensemble.levels ? { levels: ensemble.levels } : {}),
    predict: (block: TableBlock, run: Run) => predictBlock(ensemble, block, run),
    importance: () => gainImportance(ensemble),
    save: (dir: Dir): Promise<Manifest> => saveTrees(ensemble, dir, { model, options: { ...options } }),
  }
}
