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

/** Boosted trees: how many, how large and how much each is trusted; what they learn from; which loss counts fit the best. */
const boosted: SearchSpace = searchSpace({
  'regressor.learningRate': { kind: 'logUniform', low: 0.02, high: 0.2, default: 0.06 },
  'regressor.rounds': { kind: 'integer', low: 50, high: 600, log: true, default: 200 },
  'regressor.leaves': { kind: 'integer', low: 7, high: 127, log: true, default: 31 },
  'regressor.minRows': { kind: 'integer', low: 5, high: 300, log: true, default: 40 },
  'regressor.l2': { kind: 'logUniform', low: 0.01, high: 100 },
  'regressor.featureShare': { kind: 'uniform', low: 0.3, high: 1, default: 0.7 },
  'regressor.rowShare': { kind: 'uniform', low: 0.4, high: 1, default: 0.8 },
  'regressor.objective.loss': { kind: 'choice', values: ['tweedie', 'poisson', 'l2'], default: 'tweedie' },
  'regressor.objective.power': {
    kind: 'uniform',
    low: 1.05,
    high: 1.9,
    default: 1.3,
    when: { 'regressor.objective.loss': ['tweedie'] },
  },
})
const forest: SearchSpace = searchSpace({
  'regressor.minRows': { kind: 'integer', low: 2, high: 100, log: true, default: 10 },
  'regressor.leaves': { kind: 'integer', low: 64, high: 2048, log: true, default: 512 },
  'regressor.featureShare': { kind: 'uniform', low: 0.2, high: 1 },
})
/** Of columns and a target of variance 1; the default chooses it by cross-validation. */
const penalty: Parameter = { kind: 'logUniform', low: 1e-5, high: 10 }
const machine = {
  'regressor.c': { kind: 'logUniform', low: 0.01, high: 100, default: 1 },
  'regressor.epsilon': { kind: 'logUniform', low: 0.01, high: 1, default: 0.1 },
} as const satisfies SearchSpace

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
  boosting: boosted,
  'boosting-fast': boosted,
  'boosting-direct': boosted,
  'boosting-recursive': boosted,
  'boosting-shift': boosted,
  'random-forest': forest,
  'extra-trees': forest,
  ridge: searchSpace({ 'regressor.penalty': penalty }),
  lasso: searchSpace({ 'regressor.penalty': penalty }),
  'elastic-net': searchSpace({
    'regressor.penalty': penalty,
    'regressor.l1Ratio': { kind: 'uniform', low: 0.05, high: 1, default: 0.5 },
  }),
  'quantile-regression': searchSpace({ 'quantile.penalty': { kind: 'logUniform', low: 1e-5, high: 0.1 } }),
  svr: searchSpace(machine),
  'svr-rbf': searchSpace({
    ...machine,
    'regressor.features': { kind: 'integer', low: 64, high: 1024, log: true, default: 256 },
  }),
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
