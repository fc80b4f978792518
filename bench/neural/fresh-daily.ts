import { backtest } from '../../src/backtest/backtest.ts'
import type { LeaderboardRow } from '../../src/backtest/result.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, type Figure, shown } from '../bench.ts'
import { peakGiB } from '../child.ts'
import { groceriesNet } from '../neural-recipes.ts'
import { NHITS_FOR_GROCERIES, neuralforecast } from '../neuralforecast.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'

const RIVAL = 'N-HiTS of neuralforecast'

const bench: Bench = {
  about:
    'one network on daily groceries, two windows: WAPE of all rows and in stock, WQL, coverage, seconds, beside N-HiTS of neuralforecast',
  async measure({ data, python, smoke, log }) {
    const { options } = PROTOCOLS['fresh-daily']
    const source = memorySource(await loadFreshDaily(data, smoke ? { stores: 20 } : {}))
    // A quick try does not look at the withheld days.
    const cutoffs = smoke ? [FRESH_FIRST_DAY + 47] : options.cutoffs
    const net = groceriesNet(...(smoke ? [{ mostSteps: 30 }] : []))
    if (!python) log('the rival is not set up, see bench/peers/README.md: ours alone')
    const theirs = python
      ? [neuralforecast(RIVAL, python, { ...NHITS_FOR_GROCERIES, ...(smoke && { steps: 30 }) }, log)]
      : []
    log([net, ...theirs].map(({ name }) => name).join(', '))
    const { leaderboard } = await backtest(source, [net, ...theirs], { ...options, cutoffs }, runOf({ threads: 2 }))
    const row = leaderboard.find(({ model }) => model === net.name)
    const rival = leaderboard.find(({ model }) => model === RIVAL)
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
      ...(row && rival ? compare(row, rival, windows) : []),
    ]
  },
}
export default bench

function compare(ours: LeaderboardRow, theirs: LeaderboardRow, windows: number): Figure[] {
  const number = (x: number | null | undefined) => x ?? Number.NaN
  const wape = number(theirs.wape)
  const seconds = theirs.fitSeconds + theirs.forecastSeconds
  return [
    atMost('WAPE over that of N-HiTS', number(ours.wape) / wape, 1, '', `neuralforecast ${wape.toFixed(4)}`),
    atMost(
      'seconds over those of N-HiTS',
      (ours.fitSeconds + ours.forecastSeconds) / seconds,
      1,
      '',
      `neuralforecast ${(seconds / windows).toFixed(0)} s a window`,
    ),
    shown('WQL of N-HiTS', number(theirs.wql), ''),
  ]
}
