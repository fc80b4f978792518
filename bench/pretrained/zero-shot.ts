import { backtest } from '../../src/backtest/backtest.ts'
import type { LeaderboardRow } from '../../src/backtest/result.ts'
import { runOf } from '../../src/core/run.ts'
import type { Model } from '../../src/models/model.ts'
import { swellModel } from '../../src/models/pretrained/model.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, between, type Figure, shown } from '../bench.ts'
import { LIGHTGBM_FOR_WEEKS, mlforecast } from '../mlforecast.ts'
import { earlierCutoff, rowsOf, swellFrom } from '../pretrained-lab.ts'
import { loadFreshDaily } from '../protocols.ts'

const INTERVALS = [50, 80, 95]

const bench: Bench = {
  about: 'the pretrained model without learning, on all four protocols: WAPE, WQL, MAPE, bias, coverage',
  async measure({ data, python, smoke, log }) {
    const figures: Figure[] = []
    const from = swellFrom()
    const all = (point: 'mean' | 'median' | 'relative' = 'mean') => swellModel(`all, ${point}`, { ...from, point })
    const alone = swellModel('alone', { ...from, covariates: false, point: 'median' })
    const rows = async (set: keyof typeof PROTOCOLS, models: readonly Model[]) => {
      const { load, options } = PROTOCOLS[set]
      // A quick try does not look at withheld periods.
      const panel = smoke && set === 'fresh-daily' ? await loadFreshDaily(data, { stores: 10 }) : await load(data)
      const cutoffs = smoke ? { cutoffs: [earlierCutoff(set, panel)] } : {}
      log(`${set}: ${models.map(({ name }) => name).join('; ')}`)
      return rowsOf(
        (
          await backtest(
            memorySource(panel),
            models,
            { ...options, ...cutoffs, intervals: INTERVALS },
            runOf({ threads: 2 }),
          )
        ).leaderboard,
      )
    }
    const parts = await rows('car-parts', [all()])
    figures.push(
      atMost(
        'car-parts: WQL',
        parts('all, mean').wql ?? Number.NaN,
        0.895,
        '',
        'quantiles of 24 months 0.9045, TimeCopilot 0.977',
      ),
    )
    figures.push(...coverages('car-parts', parts('all, mean')))

    // Medians are what absolute errors are weighed by, and were better on all earlier windows.
    const fresh = await rows('fresh-daily', [all(), all('median'), alone])
    const [told, untold] = [fresh('all, median'), fresh('alone')]
    figures.push(
      atMost('fresh-daily: WAPE without covariates', untold.wape ?? Number.NaN, 0.338, '', 'best simple 0.3501'),
      atMost('fresh-daily: WQL without covariates', untold.wql ?? Number.NaN, 0.265, '', 'quantiles of 28 days 0.2903'),
      atMost('fresh-daily: WAPE with covariates', told.wape ?? Number.NaN, 0.322, '', 'trained trees 0.3117'),
      shown('fresh-daily: WAPE with covariates, means', fresh('all, mean').wape ?? Number.NaN, ''),
      shown('fresh-daily: bias of means in stock', fresh('all, mean').inStock?.bias ?? Number.NaN, ''),
      shown('fresh-daily: WQL with covariates', told.wql ?? Number.NaN, ''),
      shown('fresh-daily: WAPE in stock', told.inStock?.wape ?? Number.NaN, ''),
      between('fresh-daily: bias in stock', told.inStock?.bias ?? Number.NaN, -0.01, 0.01, ''),
      ...coverages('fresh-daily', told),
    )

    const juice = await rows('orange-juice', [all('relative'), all('median')])
    figures.push(
      atMost(
        'orange-juice: MAPE',
        100 * (juice('all, median').mape ?? Number.NaN),
        45,
        '%',
        'LightGBM, trained, 36.28; naive 109.67',
      ),
      shown(
        'orange-juice: MAPE of points of least relative error',
        100 * (juice('all, relative').mape ?? Number.NaN),
        '%',
      ),
      ...coverages('orange-juice', juice('all, relative')),
    )

    const rivals = python
      ? (['regression', 'regression_l1'] as const).map((loss) =>
          mlforecast(python, { ...LIGHTGBM_FOR_WEEKS, quantiles: false, name: loss, loss }, log),
        )
      : []
    if (!python) log('the rival is not set up, see bench/peers/README.md: ours alone')
    const online = await rows('online-retail', [all(), all('median'), ...rivals])
    const theirs = Math.min(...rivals.map(({ name }) => online(name).wape ?? Number.POSITIVE_INFINITY))
    figures.push(
      rivals.length > 0
        ? atMost(
            'online-retail: WAPE of medians over that of LightGBM',
            (online('all, median').wape ?? Number.NaN) / theirs,
            1,
            '',
            `LightGBM, trained: ${rivals.map(({ name }) => `${name} ${online(name).wape?.toFixed(4)}`).join(', ')}`,
          )
        : shown('online-retail: WAPE of LightGBM', Number.NaN, ''),
      shown('online-retail: WAPE of medians', online('all, median').wape ?? Number.NaN, ''),
      shown('online-retail: WAPE of means', online('all, mean').wape ?? Number.NaN, ''),
      shown('online-retail: WQL', online('all, mean').wql ?? Number.NaN, ''),
      ...coverages('online-retail', online('all, mean')),
    )
    return figures
  },
}
export default bench

function coverages(set: string, row: LeaderboardRow): Figure[] {
  return INTERVALS.map((central) => {
    const share = row.coverage[String(central)] ?? Number.NaN
    return between(`${set}: coverage of the central ${central} %`, 100 * share, central - 2, central + 2, '%')
  })
}
