import { backtest } from '../../src/backtest/backtest.ts'
import type { Backtest, LeaderboardRow } from '../../src/backtest/result.ts'
import { runOf } from '../../src/core/run.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS, type Protocol } from '../baselines.ts'
import { type Bench, equals, type Figure, shown } from '../bench.ts'

/** A published number: of which simple forecast, and how it comes out of the leaderboard. */
interface Published {
  readonly figure: string
  readonly model: string
  readonly value: (row: LeaderboardRow, result: Backtest) => number | null | undefined
  readonly goal: number
  /** Decimals that were printed. */
  readonly digits: number
  readonly unit?: string
}

const PUBLISHED: { readonly [P in Exclude<keyof typeof PROTOCOLS, 'online-retail'>]: readonly Published[] } = {
  'orange-juice': [
    { figure: 'MAPE', model: 'naive', value: (r) => percent(r.mape), goal: 109.67, digits: 2, unit: '%' },
    { figure: 'MAPE', model: 'seasonal naive', value: (r) => percent(r.mape), goal: 165.06, digits: 2, unit: '%' },
    { figure: 'MAPE', model: 'mean', value: (r) => percent(r.mape), goal: 70.74, digits: 2, unit: '%' },
  ],
  'car-parts': [
    { figure: 'MASE', model: 'seasonal naive', value: (r) => r.mase, goal: 1.2015, digits: 4 },
    {
      figure: 'series with a scale',
      model: 'seasonal naive',
      value: scaledSeries,
      goal: 2493,
      digits: 0,
      unit: 'series',
    },
    { figure: 'WQL', model: 'seasonal naive', value: (r) => r.wql, goal: 1.6, digits: 4 },
    { figure: 'MASE', model: 'zeros', value: (r) => r.mase, goal: 0.796, digits: 3 },
    { figure: 'WQL', model: 'quantiles of 24 months', value: (r) => r.wql, goal: 0.9045, digits: 4 },
  ],
  'fresh-daily': [
    { figure: 'rows', model: 'seasonal naive', value: (r) => r.n, goal: 593894, digits: 0, unit: 'rows' },
    { figure: 'WAPE', model: 'seasonal naive', value: (r) => r.wape, goal: 0.419, digits: 4 },
    { figure: 'bias', model: 'seasonal naive', value: (r) => r.bias, goal: 0.0018, digits: 4 },
    { figure: 'WAPE in stock', model: 'seasonal naive', value: (r) => r.inStock?.wape, goal: 0.4165, digits: 4 },
    { figure: 'bias in stock', model: 'seasonal naive', value: (r) => r.inStock?.bias, goal: 0.0239, digits: 4 },
    { figure: 'WAPE', model: 'mean of 14 × profile', value: (r) => r.wape, goal: 0.3501, digits: 4 },
    { figure: 'WAPE', model: 'median of 14', value: (r) => r.wape, goal: 0.356, digits: 4 },
    { figure: 'WAPE', model: 'mean of 7', value: (r) => r.wape, goal: 0.3574, digits: 4 },
    { figure: 'WQL', model: 'quantiles of 28 days', value: (r) => r.wql, goal: 0.2903, digits: 4 },
  ],
}

const bench: Bench = {
  about: 'our backtest and metrics reproduce the published figures of simple forecasts on four data sets',
  async measure({ data, log, smoke }) {
    const figures: Figure[] = []
    for (const [name, protocol] of Object.entries(PROTOCOLS) as [keyof typeof PROTOCOLS, Protocol][]) {
      if (smoke && name === 'fresh-daily') continue
      log(name)
      const source = memorySource(await protocol.load(data))
      const by = name === 'car-parts' ? ['series'] : []
      const began = process.cpuUsage()
      const result = await backtest(source, protocol.baselines(), { ...protocol.options, by }, runOf())
      const used = process.cpuUsage(began)
      for (const p of name === 'online-retail' ? [] : PUBLISHED[name]) {
        const row = result.leaderboard.find((r) => r.model === p.model) as LeaderboardRow
        const tolerance = p.digits === 0 ? 0 : 0.5 * 10 ** -p.digits
        const value = p.value(row, result) ?? Number.NaN
        figures.push(equals(`${name}: ${p.model}, ${p.figure}`, value, p.goal, tolerance, p.unit ?? ''))
      }
      for (const row of result.leaderboard) figures.push(...others(name, row))
      figures.push(shown(`${name}: processor time of the backtest`, (used.user + used.system) / 1e6, 's'))
    }
    return figures
  },
}
export default bench

const percent = (fraction: number | null) => (fraction === null ? null : 100 * fraction)

function scaledSeries(row: LeaderboardRow, result: Backtest): number {
  return (result.segments.series ?? []).filter((s) => s.model === row.model && s.mase !== null).length
}

/** What was not published of a baseline, so that every model later stands beside the same numbers. */
function others(name: keyof typeof PROTOCOLS, row: LeaderboardRow): Figure[] {
  const all = { WAPE: row.wape, bias: row.bias, RMSSE: row.rmsse, WQL: row.wql, 'coverage of 80 %': row.coverage['80'] }
  const published: readonly Published[] = name === 'online-retail' ? [] : PUBLISHED[name]
  return Object.entries(all).flatMap(([figure, value]) =>
    typeof value !== 'number' || published.some((p) => p.model === row.model && p.figure === figure)
      ? []
      : [shown(`${name}: ${row.model}, ${figure}`, value, '')],
  )
}
