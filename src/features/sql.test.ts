import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { panelOf, type SeriesInput } from '../core/panel.ts'
import { Random } from '../core/random.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { windowAt } from '../store/window.ts'
import { featureBlocks } from './features.ts'
import { featureSpec } from './spec.ts'

const LAG = 3
const W = `PARTITION BY series ORDER BY period ROWS BETWEEN`
const last = (n: number) => `OVER (${W} ${LAG + n - 1} PRECEDING AND ${LAG} PRECEDING)`
const back = (n: number) => `lag(y, ${n}) OVER (PARTITION BY series ORDER BY period)`

/** Each feature and how SQL says it, over a table with a row for every past cell and every step of the horizon (y NULL there). */
const SQL: Readonly<Record<string, string>> = {
  target_lag_3: back(3),
  target_lag_5: back(5),
  target_lag_7: back(7),
  target_lag_14: back(14),
  target_mean_7_lag_3: `avg(y) ${last(7)}`,
  target_sum_7_lag_3: `sum(y) ${last(7)}`,
  target_std_7_lag_3: `stddev_samp(y) ${last(7)}`,
  target_min_7_lag_3: `min(y) ${last(7)}`,
  target_max_7_lag_3: `max(y) ${last(7)}`,
  target_median_7_lag_3: `median(y) ${last(7)}`,
  target_q90_7_lag_3: `quantile_cont(y, 0.9) ${last(7)}`,
  target_active_7_lag_3: `CASE WHEN count(y) ${last(7)} > 0 THEN count(*) FILTER (y <> 0) ${last(7)} END`,
  target_mean_20_lag_3: `avg(y) ${last(20)}`,
  target_std_20_lag_3: `stddev_samp(y) ${last(20)}`,
  target_max_20_lag_3: `max(y) ${last(20)}`,
  target_mean_all_lag_3: `avg(y) OVER (${W} UNBOUNDED PRECEDING AND ${LAG} PRECEDING)`,
  target_std_all_lag_3: `stddev_samp(y) OVER (${W} UNBOUNDED PRECEDING AND ${LAG} PRECEDING)`,
  target_diff_1_lag_3: `${back(3)} - ${back(4)}`,
  target_diff_7_lag_3: `${back(3)} - ${back(10)}`,
  target_season_7_mean_2_lag_7: `CASE WHEN ${back(7)} IS NULL THEN ${back(14)} WHEN ${back(14)} IS NULL THEN ${back(7)} ELSE (${back(7)} + ${back(14)}) / 2 END`,
  target_since_active_lag_3: `period - ${LAG} - max(CASE WHEN y > 0 THEN period END) OVER (${W} UNBOUNDED PRECEDING AND ${LAG} PRECEDING)`,
}
const SPEC = featureSpec({
  leastLag: LAG,
  families: [
    { family: 'lags', lags: [3, 5], seasons: [1, 2] },
    {
      family: 'rolling',
      windows: [7],
      stats: ['mean', 'sum', 'std', 'min', 'max', 'median', 'active'],
      quantiles: [0.9],
    },
    { family: 'rolling', windows: [20], stats: ['mean', 'std', 'max'] },
    { family: 'expanding' },
    { family: 'difference', periods: [1], seasonal: true },
    { family: 'seasonal', counts: [2] },
    { family: 'recency' },
  ],
})

test('lag and rolling features are those of SQL window functions, in the past and at every step of the horizon', async () => {
  const random = Random.of(3, 'sql')
  const horizon = 9
  const series: SeriesInput[] = Array.from({ length: 12 }, (_, i) => ({
    id: `s${i}`,
    start: 100 + random.integer(15),
    values: Array.from({ length: 130 }, () =>
      random.uniform() < 0.1
        ? Number.NaN
        : random.uniform() < 0.3
          ? 0
          : i % 2
            ? random.poisson(5)
            : 10 * random.gamma(2),
    ),
  }))
  const panel = panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
  const window = windowAt(memorySource(panel), 205, horizon)
  const database = await DuckDBInstance.create(':memory:')
  const db = await database.connect()
  await db.run('CREATE TABLE t (series INTEGER, period INTEGER, y DOUBLE)')
  for await (const { past, block } of featureBlocks(window, SPEC, runOf({ threads: 1 }))) {
    const rows: string[] = []
    for (let i = 0; i < past.ids.length; i++) {
      const [from, to] = [past.offsets[i] as number, past.offsets[i + 1] as number]
      for (let k = from; k < to + horizon; k++) {
        const y = k < to ? (past.target[k] as number) : Number.NaN
        rows.push(`(${i}, ${(past.start[i] as number) + k - from}, ${Number.isNaN(y) ? 'NULL' : y})`)
      }
    }
    await db.run(`INSERT INTO t VALUES ${rows.join(',')}`)
    const names = Object.keys(SQL)
    expect(block.features.map((f) => f.name).toSorted()).toEqual(names.toSorted())
    const columns = names.map((name) => `(${SQL[name]})::DOUBLE`).join(', ')
    const want = (await db.runAndReadAll(`SELECT ${columns} FROM t ORDER BY series, period`)).getRows()
    let compared = 0
    names.forEach((name, c) => {
      const f = block.features.findIndex((feature) => feature.name === name)
      const { lag } = block.features[f] as { lag: number }
      let row = 0
      for (let i = 0; i < past.ids.length; i++) {
        const length = (past.offsets[i + 1] as number) - (past.offsets[i] as number)
        for (let k = 0; k < length + horizon; k++, row++) {
          const got =
            k < length
              ? block.past[f * block.rows + (block.rowOffsets[i] as number) + k]
              : block.future[f * block.steps + i * horizon + k - length]
          // SQL would slide its frame over the unknown future; a feature is missing there instead.
          const y = k - length >= lag ? null : want[row]?.[c]
          const where = `${name} of ${past.ids[i]} at ${k - length}`
          if (y === null || y === undefined) expect(got, where).toBeNaN()
          else {
            expect(Math.abs((got as number) - Number(y)), where).toBeLessThanOrEqual(
              1e-6 * Math.max(1, Math.abs(Number(y))),
            )
            compared++
          }
        }
      }
    })
    expect(compared).toBeGreaterThan(20_000)
  }
})
