import { Random } from '../../src/core/random.ts'
import type { CheckData } from '../../src/report/check-data.ts'
import type { ReportData, ReportSeries } from '../../src/report/data.ts'

const periods = (from: string, count: number) =>
  Array.from({ length: count }, (_, k) => new Date(Date.parse(from) + k * 86_400_000).toISOString().slice(0, 10))

/** A report's data with everything in it, made up; `hostile` puts markup into every text that a user could have written. */
export function sampleReport(hostile = ''): ReportData {
  const random = Random.of(1, 'report')
  const history = 120
  const horizon = 14
  const levels = [0.025, 0.1, 0.3, 0.7, 0.9, 0.975]
  const widths = [-1.96, -1.28, -0.52, 0.52, 1.28, 1.96]
  const names = ['Oolong tea 乌龙茶', 'Green tea', 'Coffee beans', 'Mug', 'Kettle', 'Filter', 'Honey', 'Biscuits']
  const series: ReportSeries[] = names.map((title, i) => {
    const level = 60 / (i + 1)
    const value = (t: number) =>
      Math.max(0, level * (1 + 0.004 * (i % 3 === 0 ? 1 : -1) * t + 0.3 * Math.sin((2 * Math.PI * t) / 7)))
    const past = Array.from({ length: history }, (_, t) => Math.round(value(t) + Math.sqrt(level) * random.normal()))
    const mean = Array.from({ length: horizon }, (_, h) => value(history + h))
    const refused = i === 7
    return {
      id: `S1/item-${i}${hostile}`,
      title: title + hostile,
      groups: refused ? ['refused'] : ([i < 3 ? 'largest' : 'uncertain', i % 3 === 0 ? 'rising' : 'falling'] as const),
      periods: periods('2026-07-01', history + horizon),
      history: past.map((v, t) => (t === 40 ? null : Math.max(0, v))),
      censored: [20, 21],
      closed: [50],
      outliers: [77],
      mean: refused ? mean.map(() => null) : mean,
      quantiles: widths.map((z) =>
        mean.map((m, h) => (refused ? null : Math.max(0, m + z * Math.sqrt(level) * (1 + h / 20)))),
      ),
      answeredBy: refused ? null : 'auto-ets',
      refused: refused
        ? [{ model: 'auto-ets', reason: { en: 'The series has no observed value.', zh: '该序列没有任何观测值。' } }]
        : [],
      expected: mean.reduce((a, b) => a + b, 0),
      recent: past.slice(-horizon).reduce((a, b) => a + b, 0),
    }
  })
  const models = ['ensemble', 'auto-ets', 'auto-theta', 'seasonal-naive', 'naive']
  return {
    title: `Tea shop${hostile}`,
    generatedAt: '2026-10-28 12:00',
    version: '0.1.0',
    command: 'foretide run sales.csv --horizon 14',
    windowDigest: 'a1b2c3d4e5f60718',
    seed: 0,
    unit: 'day',
    keys: ['store', 'item'],
    files: [`sales.csv${hostile}`],
    seriesCount: names.length,
    cellCount: names.length * history,
    from: '2026-07-01',
    to: '2026-10-28',
    horizon,
    forecastTo: '2026-11-11',
    total: {
      periods: periods('2026-07-01', history + horizon),
      history: Array.from({ length: history }, (_, t) => series.reduce((a, s) => a + (s.history[t] ?? 0), 0)),
      mean: Array.from({ length: horizon }, (_, h) => series.reduce((a, s) => a + (s.mean[h] ?? 0), 0)),
    },
    bandLevels: levels,
    series,
    backtest: {
      windows: ['2026-09-16', '2026-09-30', '2026-10-14'],
      metric: 'wql',
      leaderboard: models.map((model, i) => ({
        model,
        chosen: i === 0,
        failed: i === 4 ? { en: 'out of memory', zh: '内存不足' } : null,
        metrics: {
          wql: 0.2 + 0.03 * i,
          wape: 0.25 + 0.04 * i,
          mase: 0.8 + 0.1 * i,
          bias: 0.01 * i,
          coverage80: 0.8 - 0.02 * i,
        },
        seconds: 3.2 / (i + 1),
        answered: 21 - i,
        refused: i,
      })),
      segments: ['category', 'volume', 'demand'].map((by, k) => ({
        by,
        rows: ['A', 'B', `C${hostile}`].map((value, i) => ({
          value,
          wape: 0.2 + 0.1 * i + 0.02 * k,
          bias: 0.01 * (i - 1),
          cells: 300,
          series: 3,
        })),
      })),
      steps: models
        .slice(0, 3)
        .map((model, i) => ({ model, wape: Array.from({ length: horizon }, (_, h) => 0.2 + 0.02 * i + 0.004 * h) })),
      coverage: [0.5, 0.8, 0.9, 0.95].map((nominal) => ({ nominal, actual: nominal - 0.02 })),
    },
    selection: {
      ...{ preset: 'balanced', metric: 'wql', cutoffs: ['2026-05-01'], together: 0.31, seconds: 21, early: false },
      candidates: [
        ...(['swell', 'boosting', 'ensemble', 'naive'] as const).map((model, k) => ({
          ...{
            model,
            loss: 0.32 + 0.02 * k,
            weight: [0.6, 0.3, 0.1, 0][k] as number,
            fitSeconds: k,
            forecastSeconds: 0.4,
          },
          outcome: k < 3 ? ('chosen' as const) : ('dropped' as const),
        })),
        { model: 'auto-arima', loss: null, weight: 0, fitSeconds: 0, forecastSeconds: 0, outcome: 'late' as const },
      ],
    },
    training: ['lstm 1', 'lstm 2'].map((name, k) => {
      const steps = Array.from({ length: 100 }, (_, i) => 5 * (i + 1))
      const held = (i: number) => 0.3 + 0.6 * Math.exp(-i / 15) + (k * i * i) / 1e5
      return {
        name: name + hostile,
        steps,
        loss: steps.map((_, i) => 0.2 + 0.9 * Math.exp(-i / 12) * (1 + 0.05 * Math.sin(i * i))),
        validation: steps.map((_, i) => (i % 5 === 4 ? held(i) : null)),
        rate: steps.map((_, i) => 0.002 * Math.sin((Math.PI * (i + 1)) / 101)),
      }
    }),
    answeredBy: [
      { model: 'ensemble', series: 6 },
      { model: 'naive', series: 1 },
    ],
    unanswered: 1,
    quality: {
      rowsRead: 1000,
      rowsLoaded: 996,
      rowsRejected: 4,
      quarantine: '.foretide/quarantine/sales.csv',
      shares: { zeros: 0.12, missing: 0.03, censored: 0.02, closed: 0.01, outliers: 0.004 },
      findings: [
        {
          kind: { en: 'A date that does not exist', zh: '不存在的日期' },
          done: { en: 'row set aside', zh: '该行已隔离' },
          count: 4,
          series: 2,
          severity: 'warning',
          examples: [`sales.csv row 17: 2026-02-30${hostile}`],
        },
      ],
    },
  }
}

/** What `check` found, made up; `hostile` as in {@link sampleReport}. */
export function sampleCheck(hostile = ''): CheckData {
  const { files, series, quality, unit, from, to } = sampleReport(hostile)
  const [first, second] = series as readonly [ReportSeries, ReportSeries]
  const days = periods(from, first.history.length)
  const count = (each: (t: number) => number) => days.map((_, t) => each(t))
  return {
    files,
    span: `${from} – ${to}`,
    unit,
    series: series.length,
    quality,
    coverage: {
      periods: days,
      observed: count((t) => 8 - (t % 7 === 0 ? 2 : 0) - (t % 11 === 0 ? 1 : 0)),
      missing: count((t) => (t % 11 === 0 ? 1 : 0)),
      censored: count((t) => (t % 7 === 0 ? 1 : 0)),
      closed: count((t) => (t % 7 === 0 ? 1 : 0)),
    },
    examples: [
      { from: first, why: { en: 'most outliers', zh: '异常值最多' } },
      { from: second, why: { en: 'most often out of stock', zh: '缺货最多' } },
    ].map(({ from: { id, history, censored, closed, outliers }, why }) => ({
      ...{ id, why, periods: days, values: history, censored, closed, outliers },
    })),
  }
}
