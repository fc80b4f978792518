import { backtest } from '../../src/backtest/backtest.ts'
import type { BacktestOptions } from '../../src/backtest/options.ts'
import { runOf } from '../../src/core/run.ts'
import type { Model } from '../../src/models/model.ts'
import { swellModel } from '../../src/models/pretrained/model.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, between, type Figure, shown } from '../bench.ts'
import { rowsOf, swellFrom } from '../pretrained-lab.ts'
import { FRESH_FIRST_DAY, loadFreshDaily, loadOrangeJuice, orangeJuiceWeek } from '../protocols.ts'
import { FINETUNING } from '../swell-recipes.ts'

const INTERVALS = [50, 80, 95]

const bench: Bench = {
  about:
    'the pretrained model after minutes of fine-tuning on groceries and on orange juice: WAPE, MAPE, bias, seconds',
  async measure({ data, smoke, log }) {
    const figures: Figure[] = []
    const tuned = (set: keyof typeof FINETUNING, name: string, point: 'mean' | 'median' | 'relative'): Model =>
      swellModel(name, { ...swellFrom(), point, finetune: { ...FINETUNING[set], ...(smoke && { steps: 10 }) } })
    const run = runOf({ threads: 2 })
    const fresh = await loadFreshDaily(data, smoke ? { stores: 10 } : {})
    // A quick try does not look at withheld periods.
    const early = (cutoff: number): BacktestOptions | object => (smoke ? { cutoffs: [cutoff] } : {})
    log('fresh-daily')
    const freshOptions = { ...PROTOCOLS['fresh-daily'].options, intervals: INTERVALS }
    const groceries = await backtest(
      memorySource(fresh),
      [tuned('fresh-daily', 'tuned', 'median')],
      { ...freshOptions, ...early(FRESH_FIRST_DAY + 47) },
      run,
    )
    const row = rowsOf(groceries.leaderboard)('tuned')
    figures.push(
      atMost('fresh-daily: WAPE', row.wape ?? Number.NaN, 0.305, '', 'trained trees 0.3117, trained network 0.3193'),
      shown('fresh-daily: WAPE in stock', row.inStock?.wape ?? Number.NaN, ''),
      between('fresh-daily: bias in stock', row.inStock?.bias ?? Number.NaN, -0.01, 0.01, ''),
      shown('fresh-daily: WQL', row.wql ?? Number.NaN, ''),
      shown('fresh-daily: coverage of the central 80 %', row.coverage['80'] ?? Number.NaN, ''),
      atMost('fresh-daily: seconds of fine-tuning a window', row.fitSeconds / (smoke ? 1 : 2), 300, 's'),
    )
    log('orange-juice')
    const juice = await backtest(
      memorySource(await loadOrangeJuice(data)),
      [tuned('orange-juice', 'tuned', 'median')],
      { ...PROTOCOLS['orange-juice'].options, intervals: INTERVALS, ...early(orangeJuiceWeek(111)) },
      run,
    )
    const pressed = rowsOf(juice.leaderboard)('tuned')
    figures.push(
      atMost('orange-juice: MAPE', 100 * (pressed.mape ?? Number.NaN), 34, '%', 'LightGBM, trained, 36.28'),
      shown('orange-juice: WQL', pressed.wql ?? Number.NaN, ''),
      shown('orange-juice: coverage of the central 80 %', pressed.coverage['80'] ?? Number.NaN, ''),
      shown('orange-juice: seconds of fine-tuning a round', pressed.fitSeconds / (smoke ? 1 : 12), 's'),
    )
    return figures
  },
}
export default bench
