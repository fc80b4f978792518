import { backtest } from '../../src/backtest/backtest.ts'
import type { LeaderboardRow } from '../../src/backtest/result.ts'
import type { Run } from '../../src/core/run.ts'
import { runOf } from '../../src/core/run.ts'
import type { Window } from '../../src/core/window.ts'
import { type AutoFitted, type AutoModel, type AutoOptions, autoModel } from '../../src/forecast/auto/auto-model.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS } from '../baselines.ts'
import { atMost, type Bench, between, type Figure, shown } from '../bench.ts'
import { earlierCutoff, rowsOf, swellFrom } from '../pretrained-lab.ts'

const INTERVALS = [50, 80, 95]
type Set = keyof typeof PROTOCOLS

/** What automatic selection is told of each protocol: what errors are scored by, nothing else. */
export const AIMS = {
  'car-parts': 'wql',
  'orange-juice': 'mape',
  'online-retail': 'wape',
  'fresh-daily': 'wape',
} as const satisfies Readonly<Record<Set, AutoOptions['aim']>>

/** Says who was chosen at each window. */
function telling(model: AutoModel, log: (line: string) => void): AutoModel {
  return {
    ...model,
    async fit(window: Window, run: Run): Promise<AutoFitted> {
      const fitted = await model.fit(window, run)
      const { candidates, seconds } = fitted.selection
      const said = candidates.map(({ model: name, weight, loss, outcome, problem }) =>
        outcome === 'chosen'
          ? `${name} ${(100 * weight).toFixed(0)} %`
          : `${name} ${loss?.toFixed(3) ?? problem ?? outcome}`,
      )
      log(`${window.calendar.format(window.cutoff)}: ${said.join(', ')}; ${seconds.toFixed(0)} s`)
      return fitted
    },
  }
}

const bench: Bench = {
  about: 'automatic selection on all four protocols: WAPE, WQL, MAPE, bias, coverage, seconds',
  async measure({ data, smoke, log }) {
    const figures: Figure[] = []
    const run = runOf({ threads: 2 })
    for (const set of Object.keys(AIMS) as Set[]) {
      if (smoke && set !== 'car-parts') continue
      const { load, options } = PROTOCOLS[set]
      const panel = await load(data)
      // A quick try does not look at withheld periods.
      const cutoffs = smoke ? [earlierCutoff(set, panel)] : undefined
      const { from } = swellFrom()
      const own: AutoOptions = {
        ...{ aim: AIMS[set], preset: smoke ? 'fast' : 'balanced', windows: 1 },
        ...(from === undefined ? {} : { pretrained: from }),
      }
      log(set)
      const model = telling(autoModel('auto', own), log)
      const asked = { ...options, intervals: INTERVALS, ...(cutoffs && { cutoffs }) }
      const row = rowsOf((await backtest(memorySource(panel), [model], asked, run)).leaderboard)('auto')
      figures.push(...FIGURES[set](row))
      for (const central of INTERVALS) {
        const share = 100 * (row.coverage[String(central)] ?? Number.NaN)
        figures.push(between(`${set}: coverage of the central ${central} %`, share, central - 2, central + 2, '%'))
      }
      const windows = asked.cutoffs?.length ?? 1
      figures.push(shown(`${set}: seconds a window`, (row.fitSeconds + row.forecastSeconds) / windows, 's'))
    }
    return figures
  },
}
export default bench

const known = (value: number | null | undefined) => value ?? Number.NaN

const FIGURES: { readonly [S in Set]: (row: LeaderboardRow) => Figure[] } = {
  'car-parts': (row) => [
    atMost('car-parts: WQL', known(row.wql), 0.885, '', 'quantiles of 24 months 0.9045, TimeCopilot 0.977'),
  ],
  'orange-juice': (row) => [atMost('orange-juice: MAPE', 100 * known(row.mape), 33, '%', 'LightGBM 36.28')],
  'online-retail': (row) => [
    shown('online-retail: WAPE', known(row.wape), ''),
    shown('online-retail: RMSSE', known(row.rmsse), ''),
    shown('online-retail: WQL', known(row.wql), ''),
  ],
  'fresh-daily': (row) => [
    atMost('fresh-daily: WAPE', known(row.wape), 0.3, '', 'untuned boosted trees 0.3174'),
    atMost('fresh-daily: WAPE in stock', known(row.inStock?.wape), 0.285, '', 'untuned boosted trees 0.3029'),
    atMost('fresh-daily: WQL', known(row.wql), 0.235, '', 'quantiles of 28 days 0.2903'),
    between('fresh-daily: bias in stock', known(row.inStock?.bias), -0.01, 0.01, ''),
  ],
}
