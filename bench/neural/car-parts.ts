import { backtest } from '../../src/backtest/backtest.ts'
import { endOf, slicePeriods } from '../../src/core/panel.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { partsNet } from '../neural-recipes.ts'
import { loadCarParts } from '../protocols.ts'

const bench: Bench = {
  about: 'one network on monthly spare parts: WQL beside the quantiles of 24 months, coverage',
  async measure({ data, smoke, log }) {
    const { options, baselines } = PROTOCOLS['car-parts']
    const whole = await loadCarParts(data)
    // A quick try does not look at the withheld months.
    const panel = smoke ? slicePeriods(whole, Number.NEGATIVE_INFINITY, endOf(whole, 0) - options.horizon) : whole
    const net = partsNet(...(smoke ? [{ mostSteps: 30 }] : []))
    log(net.name)
    const { leaderboard } = await backtest(memorySource(panel), [net, ...baselines()], options, runOf({ threads: 2 }))
    const row = leaderboard.find(({ model }) => model === net.name)
    const simple = leaderboard.find(({ model }) => model === 'quantiles of 24 months')
    return [
      atMost('WQL', row?.wql ?? Number.NaN, 0.92, '', `quantiles of 24 months ${simple?.wql?.toFixed(4)}, TiRex 0.991`),
      shown('MASE', row?.mase ?? Number.NaN, ''),
      shown('coverage of the central 80 %', row?.coverage['80'] ?? Number.NaN, ''),
      shown('seconds to fit', row?.fitSeconds ?? Number.NaN, 's'),
    ]
  },
}
export default bench
