import type { Unit } from '../../core/calendar.ts'
import { averaged } from '../../models/global/averaged.ts'
import { type GlobalModel, globalModel } from '../../models/global/global-model.ts'
import { boosting } from '../../models/trees/boosting.ts'
import type { BoostingOptions } from '../../models/trees/options.ts'
import { LEVELS } from './levels.ts'
import type { Aim } from './metric.ts'
import type { Profile } from './profile.ts'

/** How much trees may cost. */
export interface TreeSize {
  readonly rounds: number
  readonly maxRows: number
  /** Whether two models of different losses are averaged for points, and two of different pace for quantiles. */
  readonly twofold: boolean
}

interface Reach {
  readonly lags: readonly number[]
  readonly seasons: readonly number[]
  readonly windows: readonly number[]
  readonly means: readonly number[]
  readonly halfLives: readonly number[]
  /** Periods of a series' level, and looked back for days alike, with the age at which these weigh half. */
  readonly level: number
  readonly alike: readonly [window: number, halfLife: number, phase: number]
  readonly extra: readonly object[]
}

const DAYS = [{ family: 'calendar', terms: ['dayOfWeek'] }]
const REACHES: { readonly [U in Unit]: Reach } = {
  hour: {
    ...{ lags: [1, 2, 3], seasons: [1, 2, 7], windows: [6, 24, 168], means: [7], halfLives: [12, 72], level: 168 },
    ...{ alike: [336, 120, 2], extra: [{ family: 'calendar', terms: ['hour', 'dayOfWeek'] }] },
  },
  day: {
    ...{ lags: [1, 2, 3, 4, 5, 6, 7], seasons: [1, 2, 3, 4], windows: [3, 7, 14, 28], means: [4, 8] },
    ...{ halfLives: [2, 5, 12], level: 28, alike: [28, 10, 2], extra: DAYS },
  },
  week: {
    ...{ lags: [1, 2, 3, 4], seasons: [1], windows: [4, 8, 13, 26, 52], means: [2], halfLives: [2, 8], level: 26 },
    ...{ alike: [104, 26, 0], extra: [{ family: 'calendar' }, { family: 'age' }] },
  },
  month: {
    ...{ lags: [1, 2, 3], seasons: [1, 2], windows: [3, 6, 12], means: [2], halfLives: [2, 6], level: 12 },
    ...{ alike: [36, 12, 1], extra: [{ family: 'calendar' }, { family: 'age' }] },
  },
  quarter: {
    ...{ lags: [1, 2], seasons: [1, 2], windows: [2, 4], means: [2], halfLives: [2], level: 4 },
    ...{ alike: [16, 6, 1], extra: [{ family: 'calendar' }] },
  },
  year: {
    ...{ lags: [1, 2], seasons: [], windows: [2, 3], means: [], halfLives: [2], level: 3 },
    ...{ alike: [8, 4, 0], extra: [{ family: 'age' }] },
  },
}
const PRICE = /price|discount|markdown|价|折/i
/** Columns looked at by features of their own at most. */
const MOST = 6

const make = (options: object) =>
  averaged(
    (options as { members: readonly BoostingOptions[] }).members.map((member) => ({ regressor: boosting(member) })),
  )

/**
 * Boosted trees that look at all that a panel has: the series in units of its own recent mean, days alike, groups and pairs of groups, columns of the
 * past in units of demand beside it, what was out of stock.
 */
export function richTrees(profile: Profile, size: TreeSize, aim: Aim): GlobalModel {
  const reach = REACHES[profile.unit]
  const grown = {
    ...{ rounds: size.rounds, learningRate: 20 / (size.rounds + 40), featureShare: 0.25, rowShare: 0.8 },
    leaves: profile.cells > 500_000 ? 63 : 31,
    minRows: profile.cells > 500_000 ? 200 : 30,
  }
  const l1 = { ...grown, seed: 1, objective: { loss: 'l1' } } as const
  const meant = profile.signed
    ? ({ ...grown, seed: 2, objective: { loss: 'l2' } } as const)
    : ({ ...grown, seed: 2, objective: { loss: 'tweedie', power: 1.2 } } as const)
  const quantiles = { ...grown, seed: 3, objective: { loss: 'quantiles', levels: LEVELS.slice(1, -1) } } as const
  const slower = { ...quantiles, seed: 4, rounds: Math.round(1.4 * size.rounds), learningRate: grown.learningRate / 2 }
  const relative = aim === 'mape'
  const weighting = relative || aim === 'mase' ? 0 : 0.8
  const { past, units, known } = columnsOf(profile)
  return globalModel({
    name: 'rich-trees',
    point: {
      make,
      options: { members: relative ? [l1, { ...l1, seed: 5 }] : size.twofold ? [l1, meant] : [meant] },
      ...(relative ? { relative: 1 } : {}),
      weighting,
    },
    quantiles: { make, options: { members: size.twofold ? [quantiles, slower] : [quantiles] }, weighting },
    maxRows: size.maxRows,
    ...(profile.unit === 'day' && { recent: Math.max(42, 6 * profile.horizon) }),
    minHistory: 1,
    target: { scale: 'level', window: reach.level },
    units: [...units],
    similar: { columns: known.slice(0, 3), window: reach.alike[0], halfLife: reach.alike[1], phase: reach.alike[2] },
    groups: profile.groups.map((group) => [...group]),
    groupKnown: known.slice(0, 2),
    groupOf: units.slice(0, 1),
    features: { families: familiesOf(reach, profile, { past, units, known }) },
    calibration: { windows: 0 },
  })
}

interface Columns {
  readonly past: readonly string[]
  readonly units: readonly string[]
  readonly known: readonly string[]
}

function columnsOf({ past, alike, known }: Profile): Columns {
  const units = past.filter((name) => alike.includes(name)).slice(0, 3)
  return { units, past: past.filter((name) => !units.includes(name)).slice(0, MOST), known: known.slice(0, MOST) }
}

function familiesOf(reach: Reach, profile: Profile, { past, units, known }: Columns): object[] {
  const { lags, seasons, windows, means, halfLives } = reach
  const longer = windows.slice(-2)
  return [
    { family: 'lags', lags, seasons },
    { family: 'rolling', windows, stats: ['mean'] },
    { family: 'rolling', windows: longer, stats: ['median', 'std', 'min', 'max'] },
    { family: 'expanding', stats: ['mean'] },
    ...(means.length > 0 ? [{ family: 'seasonal', counts: means }] : []),
    { family: 'exponential', halfLives },
    ...units.flatMap((of) => [
      { family: 'rolling', of, windows: longer, stats: ['mean'] },
      { family: 'exponential', of, halfLives: halfLives.slice(1, 2) },
      ...(means.length > 0 ? [{ family: 'seasonal', of, counts: means.slice(0, 1) }] : []),
    ]),
    ...past.flatMap((of) => [
      { family: 'lags', of, lags: [1] },
      { family: 'rolling', of, windows: windows.slice(0, 3), stats: ['mean'] },
    ]),
    ...(profile.censored ? [{ family: 'stockOut', windows: longer.slice(0, 1) }] : []),
    ...(known.length > 0 ? [{ family: 'column' }] : []),
    ...known.map((of) => (PRICE.test(of) ? { family: 'price', of, windows: longer } : { family: 'promotion', of })),
    ...(profile.statics.length > 0 ? [{ family: 'category' }] : []),
    ...reach.extra,
  ]
}
