import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { askOf, blankForecast, DEFAULT_LEVELS } from '../core/forecast.ts'
import { at, Mask, type Panel, panelOf, pickSeries } from '../core/panel.ts'
import { memorySource, type PanelSource } from '../store/source.ts'
import { latestWindow } from '../store/window.ts'
import { assembleReport, type ReportInputs } from './assemble.ts'

const calendar = new Calendar({ unit: 'day' })
const cutoff = calendar.parse('2026-03-31')
const HORIZON = 4
const SERIES = 40
/** How many series each list shows. */
const LISTED = 12

/** A source in several blocks, as a large workspace gives it. */
function inBlocks(panel: Panel, size: number): PanelSource {
  return {
    ...memorySource(panel),
    async *blocks() {
      for (let from = 0; from < panel.ids.length; from += size)
        yield pickSeries(
          panel,
          Array.from({ length: Math.min(size, panel.ids.length - from) }, (_, k) => from + k),
        )
    },
  }
}

/** What a series sold: of its own length and level, with a gap here and there. */
const soldBy = (i: number) =>
  Array.from({ length: 5 + (i % 9) }, (_, t) => (t === 1 && i % 5 === 0 ? Number.NaN : ((7 * i) % 23) + (t % 3)))
const ids = Array.from({ length: SERIES }, (_, i) => `S/p${i}`)
const panel = panelOf(
  ids.map((id, i) => {
    const values = soldBy(i)
    const mask = values.map((_, t) =>
      t === 2 && i % 4 === 0 ? Mask.censored : t === 3 && i % 6 === 0 ? Mask.outlier : 0,
    )
    return { id, start: cutoff - values.length + 1, values, mask }
  }),
  { calendar, keys: ['store', 'item'] },
)
const window = latestWindow(inBlocks(panel, 7), HORIZON)
const refusing = (i: number) => i % 10 === 9
const meanOf = (i: number, h: number) => ((11 * i) % 29) + h
const provenance = { model: 'chain', window: window.digest, version: '9.9.9' }
const forecast = blankForecast({ calendar, ids, start: cutoff + 1, horizon: HORIZON, provenance }, askOf())
for (let i = 0; i < SERIES; i++) {
  if (refusing(i)) {
    forecast.refused.set(i, [{ model: 'auto-ets', reason: 'tooShort', details: { has: 5, needs: 14 } }])
    continue
  }
  forecast.answeredBy[i] = i % 3 === 0 ? 'naive' : 'auto-ets'
  for (let h = 0; h < HORIZON; h++) {
    forecast.mean[i * HORIZON + h] = meanOf(i, h)
    DEFAULT_LEVELS.forEach((level, l) => {
      forecast.quantiles[(i * HORIZON + h) * DEFAULT_LEVELS.length + l] = meanOf(i, h) + (1 + (i % 7)) * (level - 0.5)
    })
  }
}
const inputs: ReportInputs = {
  title: 'Shop',
  command: 'foretide run',
  generatedAt: new Date('2026-04-01T08:30:00Z'),
  seed: 0,
  files: ['sales.csv'],
  window,
  forecast,
  backtest: undefined,
  chosen: 'auto-ets',
  metric: 'wql',
  quality: {
    ...{ rowsRead: 1, rowsLoaded: 1, rowsRejected: 0, quarantine: null, findings: [] },
    shares: { zeros: 0, missing: 0, censored: 0, closed: 0, outliers: 0 },
  },
}

test('the total is the sum of what was observed and of what is expected, whatever blocks the series come in', async () => {
  const data = await assembleReport(inputs)
  const history = Array.from({ length: 13 }, (_, back) => {
    const values = ids
      .map((_id, i) => soldBy(i).at(back - 13))
      .filter((y, i) => y !== undefined && !Number.isNaN(y) && soldBy(i).length >= 13 - back)
    return values.reduce((a: number, b) => a + (b ?? 0), 0)
  })
  expect(data.total.history).toEqual(history)
  const answering = ids.map((_id, i) => i).filter((i) => !refusing(i))
  expect(data.total.mean).toEqual([0, 1, 2, 3].map((h) => answering.reduce((sum, i) => sum + meanOf(i, h), 0)))
  expect(data.total.periods).toHaveLength(13 + HORIZON)
  expect([data.total.periods[0], data.from, data.to, data.forecastTo]).toEqual([
    '2026-03-19',
    '2026-03-19',
    '2026-03-31',
    '2026-04-04',
  ])
  expect(data).toMatchObject({
    seriesCount: SERIES,
    unanswered: 4,
    cellCount: panel.target.length,
    version: '9.9.9',
    backtest: null,
  })
  expect(data.answeredBy).toEqual([
    { model: 'auto-ets', series: 24 },
    { model: 'naive', series: 12 },
  ])
  const outliers = ids.filter((_id, i) => i % 6 === 0 && soldBy(i).length > 3).length
  expect(data.quality.shares.outliers).toBeCloseTo(outliers / panel.target.length, 12)
})

test('a day on which nothing was observed is missing from the total, not zero', async () => {
  const gappy = panelOf([{ id: 'a/b', start: cutoff - 2, values: [3, Number.NaN, 4] }], {
    calendar,
    keys: ['store', 'item'],
  })
  const one = latestWindow(memorySource(gappy), HORIZON)
  const blank = blankForecast({ calendar, ids: ['a/b'], start: cutoff + 1, horizon: HORIZON, provenance }, askOf())
  expect((await assembleReport({ ...inputs, window: one, forecast: blank })).total.history).toEqual([3, null, 4])
})

test('each list holds the twelve series that it is named for', async () => {
  const { series } = await assembleReport(inputs)
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const facts = ids.map((id, i) => {
    const latest = soldBy(i)
      .slice(-HORIZON)
      .filter((y) => !Number.isNaN(y))
    return {
      id,
      i,
      expected: sum([0, 1, 2, 3].map((h) => meanOf(i, h))),
      recent: (sum(latest) * HORIZON) / latest.length,
    }
  })
  const answered = facts.filter(({ i }) => !refusing(i))
  const top = (score: (f: (typeof facts)[number]) => number) =>
    answered
      .filter((f) => score(f) > 0)
      .sort((a, b) => score(b) - score(a) || a.i - b.i)
      .slice(0, LISTED)
      .map((f) => f.id)
  const listed = (group: string) => series.filter((s) => s.groups.some((g) => g === group)).map((s) => s.id)
  expect(new Set(listed('largest'))).toEqual(new Set(top((f) => f.expected)))
  expect(new Set(listed('rising'))).toEqual(new Set(top((f) => f.expected - 1.01 * f.recent)))
  expect(new Set(listed('falling'))).toEqual(new Set(top((f) => 0.99 * f.recent - f.expected)))
  expect(listed('refused').sort()).toEqual(ids.filter((_id, i) => refusing(i)).sort())
  expect(listed('uncertain')).toHaveLength(LISTED)
  // Nothing is shown that stands in no list, and nothing twice.
  expect(series.every((s) => s.groups.length > 0)).toBe(true)
  expect(new Set(series.map((s) => s.id)).size).toBe(series.length)
  for (const shown of series) {
    const fact = facts.find((f) => f.id === shown.id)
    expect(shown.recent).toBeCloseTo(fact?.recent ?? Number.NaN, 9)
    if (shown.answeredBy) expect(shown.expected).toBe(fact?.expected)
  }
})

test('a series is drawn with its own history, marks and the levels of the bands', async () => {
  const data = await assembleReport(inputs)
  expect(data.bandLevels).toEqual([0.025, 0.1, 0.3, 0.7, 0.9, 0.975])
  for (const shown of data.series) {
    const i = ids.indexOf(shown.id)
    const values = soldBy(i)
    expect(shown.history).toEqual(values.map((y) => (Number.isNaN(y) ? null : y)))
    expect(shown.periods).toHaveLength(values.length + HORIZON)
    expect(shown.periods[values.length]).toBe('2026-04-01')
    expect(shown.censored).toEqual(i % 4 === 0 ? [2] : [])
    expect(shown.outliers).toEqual(i % 6 === 0 && at(values, 3) >= 0 ? [3] : [])
    if (refusing(i)) {
      expect([shown.answeredBy, shown.mean]).toEqual([null, [null, null, null, null]])
      expect(shown.refused[0]?.reason.zh).toMatch(/[\u4e00-\u9fff]/)
      continue
    }
    data.bandLevels.forEach((level, l) => {
      for (let h = 0; h < HORIZON; h++)
        expect(shown.quantiles[l]?.[h]).toBeCloseTo(meanOf(i, h) + (1 + (i % 7)) * (level - 0.5), 9)
    })
  }
})

test('only the levels that a forecast has are drawn', async () => {
  const few = blankForecast(
    { calendar, ids, start: cutoff + 1, horizon: HORIZON, provenance },
    askOf({ levels: [0.1, 0.5, 0.9] }),
  )
  expect((await assembleReport({ ...inputs, forecast: few })).bandLevels).toEqual([0.1, 0.9])
})

test('how the chosen model was trained is shown point by point; held-out losses only where they were looked at', async () => {
  expect((await assembleReport(inputs)).training).toEqual([])
  const rows = [
    { step: 5, seconds: 1, rate: 0.01, loss: 2, norm: 3 },
    { step: 10, seconds: 2, rate: 0.02, loss: 1, norm: 2, validation: 1.5 },
  ]
  const { training } = await assembleReport({ ...inputs, training: [{ name: 'gru', rows }] })
  expect(training).toEqual([{ name: 'gru', steps: [5, 10], loss: [2, 1], validation: [null, 1.5], rate: [0.01, 0.02] }])
})
