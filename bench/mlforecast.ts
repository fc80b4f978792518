import type { Model } from '../src/models/model.ts'
import { type Peer, type PeerColumns, peerModel } from './peer.ts'

/** Losses of LightGBM, by its names. */
type LightgbmLoss = 'tweedie' | 'regression_l1' | 'regression'

/** What the rival makes of a series' own past. */
interface MlforecastPast {
  readonly lags: readonly number[]
  /** Of rolling means. */
  readonly windows: readonly number[]
  /** Of rolling deviations, extremes and medians. */
  readonly shapes: readonly number[]
  /** Of rolling means of groups. */
  readonly shared: readonly number[]
  /** Of means of the same phase; 1 for none. */
  readonly season: number
}

const DAILY: MlforecastPast = {
  lags: [1, 2, 3, 4, 5, 6, 7, 14, 21, 28],
  windows: [3, 7, 14, 28],
  shapes: [14, 28],
  shared: [7, 28],
  season: 7,
}

/** How the rival forecasts. */
export interface MlforecastOptions extends Omit<PeerColumns, 'past'> {
  readonly losses: readonly LightgbmLoss[]
  /** Each step fed back into the next with one model, or a model for each step. */
  readonly strategy: 'recursive' | 'direct'
  /** Whether there is a LightGBM quantile model for each level; the mean stands for all of them otherwise. */
  readonly quantiles: boolean
  readonly rounds: number
  /** Parameters of LightGBM, by its names. */
  readonly params: Readonly<Record<string, number>>
  /** Static columns whose values together name groups with rolling means of their own. */
  readonly groups: readonly (readonly string[])[]
  /** That of days unless given. */
  readonly of?: MlforecastPast
}

/** LightGBM on daily groceries, told all that mlforecast has of our features and grown as ours is. */
export const LIGHTGBM_FOR_GROCERIES = {
  strategy: 'recursive',
  rounds: 200,
  params: {
    num_leaves: 63,
    learning_rate: 0.1,
    min_child_samples: 100,
    colsample_bytree: 0.35,
    subsample: 0.8,
    subsample_freq: 1,
  },
  relative: ['discount'],
  groups: [['product'], ['product', 'city'], ['store'], ['store', 'category3'], ['city', 'category3'], ['city']],
  within: ['product', 'city'],
} satisfies Omit<MlforecastOptions, 'losses' | 'quantiles'>

/** LightGBM on less than a year of weeks: customary rates and leaves, no lag so long that it would cost most of the rows. */
export const LIGHTGBM_FOR_WEEKS = {
  strategy: 'recursive',
  rounds: 200,
  params: {
    num_leaves: 31,
    learning_rate: 0.05,
    min_child_samples: 40,
    colsample_bytree: 0.5,
    subsample: 0.8,
    subsample_freq: 1,
  },
  relative: [],
  groups: [],
  within: [],
  of: { lags: [1, 2, 3, 4, 5, 6, 7, 8], windows: [2, 4, 8], shapes: [8], shared: [], season: 1 },
} satisfies Omit<MlforecastOptions, 'losses' | 'quantiles'>

/**
 * LightGBM through mlforecast as a rival.
 *
 * It sees the known-ahead columns with the same derived ones as ours, static columns as categories, the date, and mlforecast's own
 * lags, rolling, seasonal, exponential and group features (`bench/peers/mlforecast_run.py`).
 */
export function mlforecastPeer(
  { relative, within, quantiles, of = DAILY, ...rest }: MlforecastOptions,
  place: Pick<Peer, 'python' | 'keep' | 'log'>,
): Peer {
  const columns = { relative, within, past: [] }
  return { ...place, script: 'mlforecast_run.py', quantiles, columns, options: { ...rest, ...of } }
}

/** The same as a model, with one loss for the point. */
export function mlforecast(
  python: string,
  {
    name,
    loss,
    ...options
  }: Omit<MlforecastOptions, 'losses'> & { readonly name: string; readonly loss: LightgbmLoss },
  log: (line: string) => void,
): Model {
  return peerModel(name, mlforecastPeer({ ...options, losses: [loss] }, { python, log }), loss)
}
