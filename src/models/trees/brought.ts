import type { TreeEnsemble } from './ensemble.ts'
import { type FittedTrees, fittedTrees } from './fitted.ts'

/**
 * Trees that were trained elsewhere, as a fitted regressor: it predicts, saves itself and tells importances by gain.
 *
 * @example
 * const regressor = broughtRegressor(lightgbmModel(await readFile('model.txt', 'utf8')))
 */
export const broughtRegressor = (trees: TreeEnsemble): FittedTrees => fittedTrees('brought', {}, trees)
