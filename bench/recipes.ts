import { averaged } from '../src/models/global/averaged.ts'
import { type GlobalModel, globalModel } from '../src/models/global/global-model.ts'
import { boosting } from '../src/models/trees/boosting.ts'
import type { BoostingOptions } from '../src/models/trees/options.ts'
import { PROTOCOL_LEVELS } from './protocols.ts'

/** Boosted models that are averaged, as plain data. */
interface Averages {
  readonly members: readonly BoostingOptions[]
}

const makeAverage = (options: object) =>
  averaged((options as Averages).members.map((member) => ({ regressor: boosting(member) })))

/** Sizes that a quick try makes smaller. */
export interface RecipeSize {
  readonly rounds: number
  readonly maxRows: number
}

/**
 * What was found best for daily groceries on windows before those of `fresh-daily`: series in units of their own recent mean, history
 * beside what was on the shelf, days alike, and what goes on in groups of stores and products.
 */
export function groceries(size: RecipeSize = { rounds: 200, maxRows: 1_200_000 }): GlobalModel {
  const grown = { rounds: size.rounds, learningRate: 0.1, leaves: 63, minRows: 300, featureShare: 0.2, rowShare: 0.8 }
  const quantiles = { loss: 'quantiles', levels: PROTOCOL_LEVELS } as const
  return globalModel({
    name: 'boosting for groceries',
    point: {
      make: makeAverage,
      options: {
        members: [
          { ...grown, leaves: 2 * grown.leaves, seed: 1, objective: { loss: 'l1' } },
          { ...grown, seed: 2, objective: { loss: 'tweedie', power: 1.2 } },
        ],
      } satisfies Averages,
      weighting: 0.8,
    },
    quantiles: {
      make: makeAverage,
      options: {
        members: [
          { ...grown, leaves: 2 * grown.leaves, seed: 3, objective: quantiles },
          { ...grown, rounds: 1.5 * grown.rounds, learningRate: 0.05, seed: 4, objective: quantiles },
        ],
      } satisfies Averages,
      weighting: 0.8,
    },
    maxRows: size.maxRows,
    recent: 42,
    minHistory: 14,
    target: { scale: 'level', window: 28 },
    units: ['demand', 'sale_in_stock'],
    similar: { columns: ['discount', 'holiday', 'activity'], window: 28, halfLife: 10, phase: 2 },
    groups: [
      ['product'],
      ['product', 'city'],
      ['store'],
      ['store', 'category3'],
      ['city', 'category3'],
      ['city'],
      ['store', 'category1'],
    ],
    groupKnown: ['discount', 'activity'],
    groupOf: ['demand'],
    features: {
      families: [
        { family: 'lags', lags: [1, 2, 3, 4, 5, 6, 7], seasons: [1, 2, 3, 4] },
        { family: 'rolling', windows: [3, 7, 14, 28], stats: ['mean'] },
        { family: 'rolling', windows: [7, 14, 28], stats: ['median', 'std'] },
        { family: 'rolling', windows: [14], stats: ['min', 'max'] },
        { family: 'expanding', stats: ['mean'] },
        { family: 'seasonal', counts: [4, 8] },
        { family: 'exponential', halfLives: [2, 5, 12] },
        { family: 'rolling', of: 'demand', windows: [7, 14, 28], stats: ['mean'] },
        { family: 'exponential', of: 'demand', halfLives: [5] },
        { family: 'seasonal', of: 'demand', counts: [4] },
        { family: 'rolling', of: 'sale_in_stock', windows: [14, 28], stats: ['mean'] },
        { family: 'rolling', of: 'sale_in_stock', windows: [28], stats: ['median'] },
        { family: 'seasonal', of: 'sale_in_stock', counts: [4] },
        { family: 'lags', of: 'stockout_hours', lags: [1, 2] },
        { family: 'rolling', of: 'stockout_hours', windows: [3, 7, 14, 28], stats: ['mean'] },
        { family: 'seasonal', of: 'stockout_hours', counts: [4] },
        { family: 'stockOut', of: 'stockout_hours', windows: [14] },
        { family: 'calendar', terms: ['dayOfWeek'] },
        { family: 'column' },
        { family: 'price', of: 'discount', windows: [7, 28] },
        { family: 'promotion', of: 'activity' },
        { family: 'promotion', of: 'holiday' },
        { family: 'category' },
      ],
    },
    calibration: { windows: 1, refit: true },
  })
}

/**
 * What was found best for weekly juice on windows before those of `orange-juice`: an absolute loss weighed by the inverse of the target,
 * which is what MAPE counts, on units relative to the recent mean; prices beside their own past and weeks of alike prices.
 */
export function juice(size: { readonly rounds: number } = { rounds: 300 }): GlobalModel {
  const grown = { rounds: size.rounds, learningRate: 0.05, leaves: 31, minRows: 30, featureShare: 0.5, rowShare: 0.8 }
  return globalModel({
    name: 'boosting for juice',
    point: {
      make: makeAverage,
      options: {
        members: [1, 2, 3, 4].map((seed) => ({ ...grown, seed, objective: { loss: 'l1' } })),
      } satisfies Averages,
      weighting: 0,
      relative: 1,
    },
    target: { scale: 'level', window: 26 },
    similar: { columns: ['price', 'deal', 'feat'], window: 104, halfLife: 26, phase: 0 },
    groups: [],
    features: {
      families: [
        { family: 'lags', lags: [1, 2, 3, 4] },
        { family: 'rolling', windows: [4, 8, 13, 26, 52], stats: ['mean', 'std', 'max'] },
        { family: 'exponential', halfLives: [2, 8] },
        { family: 'age' },
        { family: 'calendar' },
        { family: 'fourier', seasons: [{ period: 52.18, order: 3 }] },
        { family: 'column' },
        { family: 'price', of: 'price', windows: [4, 13, 52], category: 'store' },
        { family: 'promotion', of: 'deal' },
        { family: 'promotion', of: 'feat' },
        { family: 'category' },
      ],
    },
    calibration: { windows: 0 },
  })
}
