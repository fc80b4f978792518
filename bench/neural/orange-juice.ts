import { backtest } from '../../src/backtest/backtest.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { juiceNet } from '../neural-recipes.ts'
import { loadOrangeJuice, orangeJuiceWeek } from '../protocols.ts'

const bench: Bench = {
  about: 'one network on weekly juice, twelve rounds: MAPE',
  async measure({ data, smoke, log }) {
    const { options } = PROTOCOLS['orange-juice']
    // A quick try does not look at the withheld weeks.
    const cutoffs = smoke ? [orangeJuiceWeek(111)] : options.cutoffs
    const net = juiceNet(...(smoke ? [{ mostSteps: 30 }] : []))
    log(net.name)
    const source = memorySource(await loadOrangeJuice(data))
    const { leaderboard } = await backtest(source, [net], { ...options, cutoffs }, runOf({ threads: 2 }))
    const [row] = leaderboard
    return [
      atMost('MAPE', 100 * (row?.mape ?? Number.NaN), 36.5, '%', 'dilated CNN 37.09, RNN 37.68, LightGBM 36.28'),
      shown('seconds to fit, all rounds', row?.fitSeconds ?? Number.NaN, 's'),
    ]
  },
}
export default bench
