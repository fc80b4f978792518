import { ForetideError } from '../../core/errors.ts'
import { elasticNet, lasso, quantileRegression, ridge, supportVector } from '../linear/linear.ts'
import { boosting } from '../trees/boosting.ts'
import { forest } from '../trees/forest.ts'
import { type GlobalModel, globalModel } from './global-model.ts'
import type { GlobalInput, GlobalOptions } from './options.ts'

/** What a preset takes beside {@link GlobalInput}: options of its regressors, laid over its own. */
export interface PresetOptions extends GlobalInput {
  /** Of the regressor that answers means, and of that for quantiles as far as it is of the same kind. */
  readonly regressor?: object
  /** Of the regressor for quantiles alone. */
  readonly quantile?: object
}

type Preset = Omit<GlobalOptions, 'name'>

/** Levels of quantile heads; those between are joined on the scale of a normal distribution. */
const LEVELS: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]

const TREES = { rounds: 200, learningRate: 0.06, leaves: 31, minRows: 40, featureShare: 0.7, rowShare: 0.8 } as const

const boosted: Preset = {
  point: {
    make: boosting,
    options: { ...TREES, objective: { loss: 'tweedie', power: 1.3 } },
    signed: { ...TREES, objective: { loss: 'l2' } },
    weighting: 0.7,
  },
  quantiles: {
    make: boosting,
    options: { ...TREES, rounds: 120, learningRate: 0.1, objective: { loss: 'quantiles', levels: LEVELS } },
    weighting: 1,
  },
  maxRows: 400_000,
}

const grown = (options: object): Preset => ({
  point: { make: forest, options, weighting: 0.7 },
  quantiles: { make: forest, options: { ...options, levels: LEVELS } },
  maxRows: 200_000,
})

/** Terms of the calendar that are numbers without an order to a line. */
const TERMS: readonly string[] = ['dayOfWeek', 'hour', 'month', 'quarter', 'weekOfMonth']
const straight: Omit<Preset, 'point'> = { categorical: [...TERMS], maxRows: 200_000 }

/** Every global model by name. */
const PRESETS = {
  boosting: boosted,
  'boosting-fast': {
    point: {
      make: boosting,
      options: { ...TREES, rounds: 80, learningRate: 0.12, objective: { loss: 'tweedie', power: 1.3 } },
      signed: { ...TREES, rounds: 80, learningRate: 0.12, objective: { loss: 'l2' } },
      weighting: 0.7,
    },
    maxRows: 30_000,
  },
  'boosting-direct': { ...boosted, strategy: 'direct', group: 7 },
  'boosting-recursive': { ...boosted, strategy: 'recursive' },
  'boosting-shift': { ...boosted, strategy: 'shift' },
  'random-forest': grown({ trees: 100, minRows: 10, leaves: 512 }),
  'extra-trees': grown({ trees: 100, minRows: 10, leaves: 512, extra: true }),
  ridge: { ...straight, point: { make: ridge, options: {}, weighting: 1 } },
  lasso: { ...straight, point: { make: lasso, options: {}, weighting: 1 } },
  'elastic-net': { ...straight, point: { make: elasticNet, options: {}, weighting: 1 } },
  'quantile-regression': {
    ...straight,
    maxRows: 50_000,
    point: { make: ridge, options: {}, weighting: 1 },
    quantiles: { make: quantileRegression, options: { levels: LEVELS }, weighting: 1 },
  },
  svr: { ...straight, maxRows: 50_000, point: { make: supportVector, options: {}, weighting: 1 } },
  'svr-rbf': { ...straight, maxRows: 50_000, point: { make: supportVector, options: { kernel: 'rbf' }, weighting: 1 } },
} as const satisfies Readonly<Record<string, Preset>>

export type GlobalName = keyof typeof PRESETS

/** The names of all global models. */
export const GLOBAL_NAMES = Object.keys(PRESETS) as readonly GlobalName[]

/**
 * A global model by name, with options of one's own laid over the preset's; refuses options that there are not.
 *
 * @example
 * globalNamed('boosting', { regressor: { leaves: 63 }, strategy: 'direct' }).name // → 'boosting'
 */
export function globalNamed(name: GlobalName, options: PresetOptions = {}): GlobalModel {
  const { point, quantiles, ...preset }: Preset = PRESETS[name]
  const { regressor, quantile, ...own } = options
  for (const [option, value] of Object.entries({ regressor, quantile }))
    if (value !== undefined && (typeof value !== 'object' || value === null))
      throw new ForetideError('global.option', { model: name, option, problem: String(value) }, { fault: 'usage' })
  const same = quantiles?.make === point.make
  return globalModel({
    ...preset,
    ...own,
    target: { ...preset.target, ...own.target },
    calibration: { ...preset.calibration, ...own.calibration },
    name,
    point: {
      ...point,
      options: { ...point.options, ...regressor },
      ...(point.signed ? { signed: { ...point.signed, ...regressor, ...objectiveOf(point.signed) } } : {}),
    },
    ...(quantiles
      ? {
          quantiles: {
            ...quantiles,
            options: {
              ...quantiles.options,
              ...(same ? { ...regressor, ...objectiveOf(quantiles.options) } : {}),
              ...quantile,
            },
          },
        }
      : {}),
  })
}

/** The loss of a head, which options meant for another head must not change. */
const objectiveOf = (options: object) => ('objective' in options ? { objective: options.objective } : {})
