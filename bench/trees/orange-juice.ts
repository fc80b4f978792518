import { backtest } from '../../src/backtest/backtest.ts'
import type { LeaderboardRow } from '../../src/backtest/result.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { orangeJuiceWeek } from '../protocols.ts'
import { juice } from '../recipes.ts'

/** What LightGBM had in TSPerf, in %. */
const PUBLISHED = 36.28

const bench: Bench = {
  about: 'boosted trees on orange juice, 12 rounds: MAPE beside the published one of LightGBM and the simple forecasts',
  async measure({ data, smoke, log }) {
    const { load, options, baselines } = PROTOCOLS['orange-juice']
    const model = juice(smoke ? { rounds: 10 } : undefined)
    // A quick try does not look at the withheld weeks.
    const cutoffs = smoke ? [orangeJuiceWeek(111)] : options.cutoffs
    const source = memorySource(await load(data))
    log(`${model.name}, ${cutoffs.length} rounds`)
    const { leaderboard } = await backtest(
      source,
      [model, ...baselines()],
      { ...options, cutoffs },
      runOf({ threads: 2 }),
    )
    const ours = leaderboard.find((row) => row.model === model.name) as LeaderboardRow
    return [
      atMost('MAPE', percent(ours), 35, '%', `LightGBM (TSPerf) ${PUBLISHED}`),
      shown('seconds to fit and forecast, a round', (ours.fitSeconds + ours.forecastSeconds) / cutoffs.length, 's'),
      shown('WAPE', ours.wape ?? Number.NaN, ''),
      shown('bias', ours.bias ?? Number.NaN, ''),
      ...leaderboard.filter((row) => row !== ours).map((row) => shown(`${row.model}: MAPE`, percent(row), '%')),
    ]
  },
}
export default bench

const percent = ({ mape }: LeaderboardRow) => 100 * (mape ?? Number.NaN)
