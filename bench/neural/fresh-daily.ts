import { backtest } from '../../src/backtest/backtest.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { peakGiB } from '../child.ts'
import { groceriesNet } from '../neural-recipes.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'

const bench: Bench = {
  about: 'one network on daily groceries, two windows: WAPE of all rows and in stock, WQL, coverage, seconds',
  async measure({ data, smoke, log }) {
    const { options } = PROTOCOLS['fresh-daily']
    const source = memorySource(await loadFreshDaily(data, smoke ? { stores: 20 } : {}))
    // A quick try does not look at the withheld days.
    const cutoffs = smoke ? [FRESH_FIRST_DAY + 47] : options.cutoffs
    const net = groceriesNet(...(smoke ? [{ mostSteps: 30 }] : []))
    log(net.name)
    const { leaderboard } = await backtest(source, [net], { ...options, cutoffs }, runOf({ threads: 2 }))
    const [row] = leaderboard
    const windows = cutoffs?.length ?? 1
    return [
      atMost('WAPE, all rows', row?.wape ?? Number.NaN, 0.315, '', 'best simple 0.3501, untuned trees 0.3174'),
      shown('WAPE, in stock', row?.inStock?.wape ?? Number.NaN, ''),
      shown('bias, all rows', row?.bias ?? Number.NaN, ''),
      shown('WQL, levels 0.1 … 0.9', row?.wql ?? Number.NaN, ''),
      shown('coverage of the central 80 %', row?.coverage['80'] ?? Number.NaN, ''),
      shown('seconds to fit, a window', (row?.fitSeconds ?? Number.NaN) / windows, 's'),
      shown('seconds to forecast, a window', (row?.forecastSeconds ?? Number.NaN) / windows, 's'),
      shown('peak memory', peakGiB(), 'GiB'),
    ]
  },
}
export default bench
