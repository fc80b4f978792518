import { ForetideError } from '../../core/errors.ts'
import { type Parameter, type SearchSpace, searchSpace } from './space.ts'

/** Periods looked back: as many short spans as long ones by ratio. */
const window: Parameter = { kind: 'integer', low: 2, high: 366, log: true }
/** A smoothing constant. */
const weight = (usual: number): Parameter => ({ kind: 'logUniform', low: 0.01, high: 1, default: usual })
const decomposition: Parameter = {
  kind: 'choice',
  values: ['multiplicative', 'additive', 'none'],
  default: 'multiplicative',
}

/**
 * What is worth searching of each model, by its name; models that choose everything by themselves are not here.
 *
 * Ranges are those of the literature and of what users of LightGBM and scikit-learn search.
 */
export const SEARCH_SPACES: Readonly<Record<string, SearchSpace>> = {
  'window-average': searchSpace({ window }),
  'window-median': searchSpace({ window }),
  'seasonal-window-average': searchSpace({ window: { kind: 'integer', low: 1, high: 26, log: true, default: 4 } }),
  'profile-average': searchSpace({ window, trust: { kind: 'uniform', low: 0, high: 1, default: 0.3 } }),
  empirical: searchSpace({ window, point: { kind: 'choice', values: ['mean', 'median'], default: 'mean' } }),
  ses: searchSpace({ alpha: weight(0.1) }),
  'seasonal-ses': searchSpace({ alpha: weight(0.1) }),
  'auto-ets': searchSpace({
    criterion: { kind: 'choice', values: ['aicc', 'aic', 'bic'], default: 'aicc' },
    multiplicativeTrend: { kind: 'choice', values: [false, true], default: false },
  }),
  theta: searchSpace({ decomposition }),
  'auto-theta': searchSpace({ decomposition }),
  mstl: searchSpace({
    trend: { kind: 'choice', values: ['ets', 'arima'], default: 'ets' },
    robust: { kind: 'choice', values: [false, true], default: false },
  }),
  tsb: searchSpace({ sizes: weight(0.1), chance: weight(0.1) }),
  hurdle: searchSpace({ chance: weight(0.1), sizes: weight(0.2) }),
}

/**
 * The space that belongs to a model's name; refuses a model that has none.
 *
 * @example
 * Object.keys(searchSpaceOf('tsb')) // → ['sizes', 'chance']
 */
export function searchSpaceOf(model: string): SearchSpace {
  const space = Object.hasOwn(SEARCH_SPACES, model) ? SEARCH_SPACES[model] : undefined
  if (space) return space
  throw new ForetideError(
    'search.noSpace',
    { model, models: Object.keys(SEARCH_SPACES).join(', ') },
    { fault: 'usage' },
  )
}
