import { backtest } from '../../src/backtest/backtest.ts'
import type { LeaderboardRow } from '../../src/backtest/result.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, type Figure, shown } from '../bench.ts'
import { LIGHTGBM_FOR_GROCERIES, mlforecast } from '../mlforecast.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'
import { groceries } from '../recipes.ts'

const bench: Bench = {
  about:
    'boosted trees on daily groceries, two windows: WAPE of all rows and in stock, WQL, beside LightGBM through mlforecast',
  async measure({ data, python, smoke, log }) {
    const { options, baselines } = PROTOCOLS['fresh-daily']
    const source = memorySource(await loadFreshDaily(data, smoke ? { stores: 20 } : {}))
    const size = smoke ? { rounds: 10, maxRows: 20_000 } : undefined
    const ours = groceries(size)
    if (!python) log('the rival is not set up, see bench/peers/README.md: ours alone')
    const rival = { ...LIGHTGBM_FOR_GROCERIES, ...(size ? { rounds: size.rounds } : {}) }
    const rivals = python
      ? [
          mlforecast(python, { ...rival, name: 'mlforecast tweedie', loss: 'tweedie', quantiles: true }, log),
          mlforecast(python, { ...rival, name: 'mlforecast l1', loss: 'regression_l1', quantiles: false }, log),
        ]
      : []
    const models = [ours, ...rivals, ...baselines()]
    log(models.map((m) => m.name).join(', '))
    // A quick try does not look at the withheld days.
    const cutoffs = smoke ? [FRESH_FIRST_DAY + 47] : options.cutoffs
    const { leaderboard } = await backtest(source, models, { ...options, cutoffs }, runOf({ threads: 2 }))
    const rowOf = (name: string) => leaderboard.find((row) => row.model === name) as LeaderboardRow
    const row = rowOf(ours.name)
    const untuned = (value: number) => `untuned XGBoost ${value}`
    return [
      atMost('WAPE, all rows', number(row.wape), 0.307, '', untuned(0.3174)),
      atMost('WAPE, in stock', number(row.inStock?.wape), 0.293, '', untuned(0.3029)),
      shown('bias, all rows', number(row.bias), ''),
      shown('bias, in stock', number(row.inStock?.bias), ''),
      shown('WQL, levels 0.1 … 0.9', number(row.wql), ''),
      shown('coverage of the central 80 %', number(row.coverage['80']), ''),
      shown('seconds to fit, a window', row.fitSeconds / cutoffs.length, 's'),
      shown('seconds to forecast, a window', row.forecastSeconds / cutoffs.length, 's'),
      shown('peak memory', row.peakMegabytes / 1024, 'GiB'),
      ...(rivals.length > 0
        ? compare(
            row,
            rivals.map((rival) => rowOf(rival.name)),
          )
        : []),
      ...leaderboard.filter(({ model }) => model !== ours.name).flatMap(scores),
    ]
  },
}
export default bench

/** Ours over theirs: the better of their losses for the point, their quantile models for the distribution. */
function compare(ours: LeaderboardRow, theirs: readonly LeaderboardRow[]): Figure[] {
  const least = (of: (row: LeaderboardRow) => number) => Math.min(...theirs.map(of))
  const wape = least((row) => number(row.wape))
  const inStock = least((row) => number(row.inStock?.wape))
  const wql = least((row) => number(row.wql))
  const theirName = (value: number) => `mlforecast ${value.toFixed(4)}`
  return [
    atMost('WAPE over that of LightGBM through mlforecast', number(ours.wape) / wape, 1, '', theirName(wape)),
    atMost('WQL over that of LightGBM through mlforecast', number(ours.wql) / wql, 0.95, '', theirName(wql)),
    shown('WAPE in stock over theirs', number(ours.inStock?.wape) / inStock, '', theirName(inStock)),
  ]
}

function scores({ model, wape, inStock, wql, fitSeconds, forecastSeconds }: LeaderboardRow): Figure[] {
  return [
    shown(`${model}: WAPE, all rows`, number(wape), ''),
    shown(`${model}: WAPE, in stock`, number(inStock?.wape), ''),
    shown(`${model}: WQL`, number(wql), ''),
    shown(`${model}: seconds`, fitSeconds + forecastSeconds, 's'),
  ]
}

const number = (value: number | null | undefined) => value ?? Number.NaN
