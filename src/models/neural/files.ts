import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Dir, Fitted } from '../model.ts'
import { type DistilOptions, distilled } from './distil.ts'
import { explained, type SeriesExplanation } from './explained.ts'
import { fittedOf, loadLearned } from './neural-model.ts'
import type { NeuralInput } from './options.ts'

/**
 * What the networks of a saved model that can be read (`tft`) looked at to forecast a window: shares of columns by name, and of periods; see
 * {@link SeriesExplanation}.
 *
 * @example
 * const [first] = await explainNetwork({ path: 'models/tft' }, window, run)
 */
export const explainNetwork = async (dir: Dir, window: Window, run: Run): Promise<readonly SeriesExplanation[]> =>
  explained(await loadLearned(dir), window, run)

/**
 * A small network that has learned to say what the networks of a saved model say of a window's series (Hinton, Vinyals and Dean, 2015).
 *
 * Refuses students of another head than quantiles at the usual levels.
 *
 * @example
 * const small = await distilNetwork({ path: 'models/ensemble' }, { name: 'small', architecture: { name: 'mlp' } }, window, run)
 */
export const distilNetwork = async (
  teacher: Dir,
  student: NeuralInput,
  window: Window,
  run: Run,
  options: DistilOptions = {},
): Promise<Fitted> => fittedOf(await distilled(await loadLearned(teacher), student, window, run, options))
