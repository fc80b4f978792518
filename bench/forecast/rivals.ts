import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtest } from '../../src/backtest/backtest.ts'
import type { BacktestOptions } from '../../src/backtest/options.ts'
import type { LeaderboardRow } from '../../src/backtest/result.ts'
import { askOf } from '../../src/core/forecast.ts'
import { type Panel, pickSeries } from '../../src/core/panel.ts'
import { runOf } from '../../src/core/run.ts'
import { autoModel } from '../../src/forecast/auto/auto-model.ts'
import type { Model } from '../../src/models/model.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { autogluonPeer } from '../autogluon.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, type BenchContext, type Figure, Skip, shown } from '../bench.ts'
import { LIGHTGBM_FOR_GROCERIES, LIGHTGBM_FOR_WEEKS, mlforecastPeer } from '../mlforecast.ts'
import { NHITS_FOR_GROCERIES, NHITS_FOR_WEEKS, neuralforecastPeer } from '../neuralforecast.ts'
import { keepAnswer, keptReport, type Peer, peerModel } from '../peer.ts'
import { earlierCutoff, swellFrom } from '../pretrained-lab.ts'
import { loadFreshDaily, loadOnlineRetail, PROTOCOL_LEVELS } from '../protocols.ts'
import { medianOf, type StatsforecastModel, statsforecastPeer } from '../statsforecast.ts'
import { AIMS } from './protocols.ts'

const SETS = ['online-retail', 'fresh-daily'] as const
type Set = (typeof SETS)[number]

/** What runs rivals, or says why one cannot run. */
interface Place {
  readonly python: string
  readonly autogluon: string | undefined
  readonly keep: string
  readonly smoke: boolean
  log(line: string): void
}

/** The rivals' programs for a set, the cheapest first; each answers a window in one go and is kept under its name. */
const STEPS: { readonly [S in Set]: (place: Place) => Readonly<Record<string, Peer>> } = {
  'online-retail': (place) => ({
    ...statistical(place, 1, ['DynamicOptimizedTheta', 'AutoETS']),
    ...lightgbm(place, LIGHTGBM_FOR_WEEKS, ['regression', 'regression_l1']),
    ...statistical(place, 1, ['AutoCES', 'AutoARIMA']),
    'n-hits': neuralforecastPeer({ ...NHITS_FOR_WEEKS, ...(place.smoke && { steps: 30 }) }, place),
    ...autogluon(place, { ...NHITS_FOR_WEEKS }),
  }),
  // AutoARIMA would take hours for as many series.
  'fresh-daily': (place) => ({
    ...statistical(place, 7, ['DynamicOptimizedTheta']),
    ...lightgbm(place, LIGHTGBM_FOR_GROCERIES, ['regression_l1']),
    'n-hits': neuralforecastPeer({ ...NHITS_FOR_GROCERIES, ...(place.smoke && { steps: 30 }) }, place),
    ...statistical(place, 7, ['AutoETS', 'AutoCES']),
    ...autogluon(place, { ...NHITS_FOR_GROCERIES }),
  }),
}

function statistical(place: Place, season: number, models: readonly StatsforecastModel[]): Record<string, Peer> {
  return Object.fromEntries(models.map((model) => [model, statsforecastPeer(model, season, place)]))
}

function lightgbm(
  place: Place,
  options: typeof LIGHTGBM_FOR_GROCERIES | typeof LIGHTGBM_FOR_WEEKS,
  losses: readonly ('regression' | 'regression_l1')[],
): Record<string, Peer> {
  const size = { ...options, ...(place.smoke && { rounds: 10 }) }
  return {
    lightgbm: mlforecastPeer({ ...size, losses, quantiles: false }, place),
    'lightgbm-tweedie': mlforecastPeer({ ...size, losses: ['tweedie'], quantiles: false }, place),
    'lightgbm-quantiles': mlforecastPeer({ ...size, losses: [], quantiles: true }, place),
  }
}

function autogluon(place: Place, { relative, within, past }: Peer['columns']): Record<string, Peer> {
  if (!place.autogluon) return {}
  const columns = { relative, within, past }
  const options = { ...columns, preset: 'medium_quality', seconds: place.smoke ? 60 : 600 } as const
  return { autogluon: autogluonPeer(options, { ...place, python: place.autogluon }) }
}

/** A rival that is scored: a point of one step's answers, or the middle of several. */
interface Rival {
  readonly model: Model
  readonly steps: readonly string[]
}

/** All rivals that steps make; losses other than a step's own are read from the same answer. */
function rivalsOf(set: Set, steps: Readonly<Record<string, Peer>>): Rival[] {
  const one = (name: string, step: string, point: Parameters<typeof peerModel>[2]): Rival[] => {
    const peer = steps[step]
    return peer ? [{ model: peerModel(name, peer, point), steps: [step] }] : []
  }
  const statistical = Object.keys(steps).filter((name) => /^(Auto[A-Z]|Dynamic)/.test(name))
  const median = { level: PROTOCOL_LEVELS.indexOf(0.5) }
  return [
    ...statistical.flatMap((name) => one(`statsforecast ${name}`, name, 'mean')),
    {
      model: medianOf(
        'statsforecast ensemble',
        statistical.map((name) => steps[name] as Peer),
      ),
      steps: statistical,
    },
    ...one('neuralforecast N-HiTS', 'n-hits', 'point'),
    ...(set === 'online-retail' ? one('LightGBM, squared error', 'lightgbm', 'regression') : []),
    ...one('LightGBM, absolute error', 'lightgbm', 'regression_l1'),
    ...one('LightGBM, Tweedie', 'lightgbm-tweedie', 'tweedie'),
    ...one('LightGBM, quantiles', 'lightgbm-quantiles', median),
    ...one('AutoGluon, means', 'autogluon', 'mean'),
    ...one('AutoGluon, medians', 'autogluon', median),
  ]
}

/** The windows of a set, and who is asked. */
interface Contest {
  readonly set: Set
  readonly panel: Panel
  readonly options: BacktestOptions & { readonly cutoffs: readonly number[] }
  readonly steps: Readonly<Record<string, Peer>>
}

/** A quick try looks at few series, and not at withheld periods. */
async function contestOf(set: Set, { data, smoke }: BenchContext, place: Place): Promise<Contest> {
  const { options } = PROTOCOLS[set]
  const whole =
    set === 'fresh-daily' ? await loadFreshDaily(data, smoke ? { stores: 20 } : {}) : await loadOnlineRetail(data)
  const few = smoke && set === 'online-retail'
  const panel = few
    ? pickSeries(
        whole,
        Array.from({ length: 200 }, (_, i) => i),
      )
    : whole
  const cutoffs = smoke ? [earlierCutoff(set, panel)] : options.cutoffs
  return { set, panel, options: { ...options, cutoffs }, steps: STEPS[set](place) }
}

/**
 * Which steps are run, as `SET/STEP/WINDOW` from the left, such as `online-retail` or `fresh-daily/n-hits/1`: all unless
 * `FORETIDE_RIVALS_ONLY` names some, and with `kept` none, so that what is kept is scored.
 */
const ONLY = process.env.FORETIDE_RIVALS_ONLY?.split(',')
const wanted = (step: string) => !ONLY || ONLY.some((named) => step === named || step.startsWith(`${named}/`))
const looked = (set: Set) => !ONLY || ONLY.some((named) => named === 'kept' || named.split('/')[0] === set)

const bench: Bench = {
  about:
    'rivals of automatic selection on groceries and a gift shop: WAPE, RMSSE, WQL, seconds; beside ours where asked',
  async measure(context) {
    const { python, smoke, log } = context
    if (!python) throw new Skip('the rivals are not set up, see bench/peers/README.md')
    if (!context.autogluon) log('AutoGluon is not set up, see bench/peers/README.md')
    const keep = process.env.FORETIDE_RIVALS ?? join(tmpdir(), 'foretide-rivals')
    const place: Place = { python, autogluon: context.autogluon, keep, smoke, log }
    const figures: Figure[] = []
    for (const set of SETS.filter(looked)) {
      const contest = await contestOf(set, context, place)
      const source = memorySource(contest.panel)
      const ask = askOf({ levels: PROTOCOL_LEVELS })
      const seconds: Record<string, number> = {}
      for (const [name, peer] of Object.entries(contest.steps)) {
        const times: number[] = []
        for (const [w, cutoff] of contest.options.cutoffs.entries()) {
          const window = windowAt(source, cutoff, contest.options.horizon)
          const step = `${set}/${name}/${w + 1}`
          try {
            const report =
              (await keptReport(peer, window, ask)) ?? (wanted(step) ? await keepAnswer(peer, window, ask) : undefined)
            if (report) times.push(report.fitSeconds + report.forecastSeconds)
          } catch (error) {
            log(`${step} failed: ${error instanceof Error ? error.message.slice(-2000) : error}`)
          }
        }
        // A rival is scored where it answered every window.
        if (times.length === contest.options.cutoffs.length) seconds[name] = sum(times) / times.length
      }
      figures.push(...(await scored(contest, seconds, log)))
    }
    return figures
  },
}
export default bench

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const known = (value: number | null | undefined) => value ?? Number.NaN

async function scored(
  { set, panel, options, steps }: Contest,
  seconds: Readonly<Record<string, number>>,
  log: (line: string) => void,
): Promise<Figure[]> {
  const rivals = rivalsOf(set, steps).filter(({ steps }) => steps.every((step) => step in seconds))
  if (rivals.length === 0) return []
  const ours = process.env.FORETIDE_OURS
    ? [autoModel('auto', { aim: AIMS[set], preset: 'balanced', windows: 1, ...pretrained() })]
    : []
  log(`${set}: ${rivals.map(({ model }) => model.name).join(', ')}`)
  const models = [...ours, ...rivals.map(({ model }) => model)]
  const { leaderboard } = await backtest(memorySource(panel), models, options, runOf({ threads: 2 }))
  const rowOf = (name: string) => leaderboard.find((row) => row.model === name) as LeaderboardRow
  const rows = rivals.map(({ model }) => rowOf(model.name))
  return [
    ...MEASURES[set].flatMap(([measure, of]) =>
      best(`${set}: ${measure}`, of, rows, ours.length > 0 ? rowOf('auto') : undefined),
    ),
    ...rivals.flatMap(({ model, steps }) => {
      const row = rowOf(model.name)
      const named = (measure: string) => `${set}: ${model.name}, ${measure}`
      return [
        ...MEASURES[set].map(([measure, of]) => shown(named(measure), of(row), '')),
        shown(named('WQL'), known(row.wql), ''),
        shown(named('seconds a window'), sum(steps.map((step) => seconds[step] as number)), 's'),
      ]
    }),
  ]
}

const pretrained = () => {
  const { from } = swellFrom()
  return from === undefined ? {} : { pretrained: from }
}

/** What is to be lower than the best rival's. */
const MEASURES: { readonly [S in Set]: readonly (readonly [string, (row: LeaderboardRow) => number])[] } = {
  'fresh-daily': [
    ['WAPE', (row) => known(row.wape)],
    ['WAPE in stock', (row) => known(row.inStock?.wape)],
  ],
  'online-retail': [
    ['WAPE', (row) => known(row.wape)],
    ['RMSSE', (row) => known(row.rmsse)],
  ],
}

/** The best rival by one measure, and ours over it where ours was asked for. */
function best(
  named: string,
  of: (row: LeaderboardRow) => number,
  rows: readonly LeaderboardRow[],
  ours: LeaderboardRow | undefined,
): Figure[] {
  const least = rows.reduce((a, b) => (of(b) < of(a) ? b : a))
  const figures = [shown(`${named} of the best rival`, of(least), '', least.model)]
  if (!ours) return figures
  const against = `${least.model} ${of(least).toFixed(4)}`
  return [
    ...figures,
    shown(`${named} of ours`, of(ours), ''),
    atMost(`${named} over that of the best rival`, of(ours) / of(least), 0.95, '', against),
  ]
}
