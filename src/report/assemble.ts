import type { Backtest } from '../backtest/result.ts'
import { CannotForecast } from '../core/errors.ts'
import type { Forecast } from '../core/forecast.ts'
import { at, Mask, type Panel, valuesOf } from '../core/panel.ts'
import type { Window } from '../core/window.ts'
import type { TrainingCurve } from '../models/model.ts'
import type { Selection } from '../models/selection.ts'
import type { ReportData, ReportModel, ReportSegment, ReportSeries, ReportTraining } from './data.ts'

/** What a report is made of. */
export interface ReportInputs {
  readonly title: string
  readonly command: string
  readonly generatedAt: Date
  readonly seed: number
  readonly files: readonly string[]
  readonly window: Window
  readonly forecast: Forecast
  /** The backtest that chose, and the metric by which. */
  readonly backtest: Backtest | undefined
  readonly chosen: string
  readonly metric: string
  readonly quality: ReportData['quality']
  /** How the model chosen was trained, where it was. */
  readonly training?: readonly TrainingCurve[]
  /** How its members were chosen, where they competed. */
  readonly selection?: Selection | undefined
  /** The static column that holds a title for people, where there is one. */
  readonly titleColumn?: string | undefined
}

/** Levels of the fans that are drawn, where the forecast has them. */
const BANDS = [0.025, 0.1, 0.3, 0.7, 0.9, 0.975]
/** How many series each list shows. */
const LISTED = 12
/** How many periods of history a chart of one series holds at the most. */
const MOST_HISTORY = 730

/** Gathers the plain data of a report; series by series, so that only those shown are kept. */
export async function assembleReport(inputs: ReportInputs): Promise<ReportData> {
  const { window, forecast } = inputs
  const { horizon, calendar } = window
  const levels = BANDS.filter((level) => forecast.levels.some((l) => Math.abs(l - level) < 1e-9))
  const places = levels.map((level) => forecast.levels.findIndex((l) => Math.abs(l - level) < 1e-9))
  const brief = await summarise(window, forecast, places)
  const chosen = listed(brief)
  const series: ReportSeries[] = []
  let before = 0
  for await (const past of window.past()) {
    for (let i = 0; i < past.ids.length; i++) {
      const groups = chosen.get(before + i)
      if (groups) series.push(drawn(inputs, past, i, before + i, groups, places, brief.rows[before + i]?.recent ?? 0))
    }
    before += past.ids.length
  }
  series.sort((a, b) => b.expected - a.expected)
  const totalMean = Array.from({ length: horizon }, (_, h) => {
    let sum = 0
    for (let i = 0; i < forecast.ids.length; i++)
      if (forecast.answeredBy[i] !== undefined) sum += at(forecast.mean, i * horizon + h)
    return sum
  })
  const counts = new Map<string, number>()
  for (const name of forecast.answeredBy) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  const answered = [...counts].map(([model, n]) => ({ model, series: n })).sort((a, b) => b.series - a.series)
  const { first, total, cells, outliers } = brief
  const shownTotal = total.slice(-MOST_HISTORY)
  return {
    title: inputs.title,
    generatedAt: inputs.generatedAt.toISOString().slice(0, 16).replace('T', ' '),
    version: forecast.provenance.version,
    command: inputs.command,
    windowDigest: window.digest,
    seed: inputs.seed,
    unit: calendar.unit,
    keys: brief.keys,
    files: inputs.files,
    seriesCount: forecast.ids.length,
    cellCount: cells,
    from: calendar.format(first),
    to: calendar.format(window.cutoff),
    horizon,
    forecastTo: calendar.format(window.cutoff + horizon),
    total: {
      periods: labels(window, window.cutoff - shownTotal.length + 1, shownTotal.length + horizon),
      history: shownTotal.map(known),
      mean: totalMean,
    },
    bandLevels: levels,
    series,
    backtest: inputs.backtest ? backtestOf(inputs.backtest, inputs) : null,
    selection: inputs.selection ?? null,
    training: (inputs.training ?? []).map(trainingOf),
    answeredBy: answered,
    unanswered: forecast.answeredBy.filter((name) => name === undefined).length,
    quality: { ...inputs.quality, shares: { ...inputs.quality.shares, outliers: cells > 0 ? outliers / cells : 0 } },
  }
}

export const trainingOf = ({ name, rows }: TrainingCurve): ReportTraining => ({
  name,
  steps: rows.map(({ step }) => step),
  loss: rows.map(({ loss }) => loss),
  validation: rows.map(({ validation }) => validation ?? null),
  rate: rows.map(({ rate }) => rate),
})

const labels = (window: Window, from: number, count: number) =>
  Array.from({ length: count }, (_, k) => window.calendar.format(from + k))
const known = (value: number) => (Number.isFinite(value) ? value : null)

interface Brief {
  readonly keys: readonly string[]
  readonly first: number
  readonly cells: number
  readonly outliers: number
  /** Sum of all series by period, from `first` to the cutoff; NaN where none was observed. */
  readonly total: number[]
  readonly rows: {
    readonly expected: number
    readonly recent: number
    readonly spread: number
    readonly answered: boolean
  }[]
}

/** One pass over the past: totals, and what each series is listed by. */
async function summarise(window: Window, forecast: Forecast, places: readonly number[]): Promise<Brief> {
  const { horizon } = window
  const levels = forecast.levels.length
  let keys: readonly string[] = []
  let first = Number.POSITIVE_INFINITY
  let cells = 0
  let outliers = 0
  let total: number[] = []
  const rows: Brief['rows'] = []
  const wide = [places[1] ?? 0, places.at(-2) ?? levels - 1] as const
  for await (const past of window.past()) {
    keys = past.keys
    for (let k = 0; k < past.mask.length; k++) if ((at(past.mask, k) & Mask.outlier) !== 0) outliers++
    for (let i = 0; i < past.ids.length; i++) {
      const values = valuesOf(past, i)
      cells += values.length
      const from = at(past.start, i)
      if (values.length > 0 && from < first) {
        const more = Number.isFinite(first) ? first - from : window.cutoff - from + 1
        total = [...new Array<number>(more).fill(Number.NaN), ...total]
        first = from
      }
      let recent = 0
      let open = 0
      for (let k = 0; k < values.length; k++) {
        const y = at(values, k)
        if (Number.isNaN(y)) continue
        const before = at(total, from + k - first)
        total[from + k - first] = Number.isNaN(before) ? y : before + y
        if (k < values.length - horizon) continue
        recent += y
        open++
      }
      // Closed and missing days are no lack of demand: the pace of the observed ones is what a forecast is held against.
      if (open > 0) recent *= horizon / open
      const place = rows.length
      let expected = 0
      let spread = 0
      for (let h = 0; h < horizon; h++) {
        expected += at(forecast.mean, place * horizon + h)
        const base = (place * horizon + h) * levels
        spread += at(forecast.quantiles, base + wide[1]) - at(forecast.quantiles, base + wide[0])
      }
      rows.push({ expected, recent, spread, answered: forecast.answeredBy[place] !== undefined })
    }
  }
  return { keys, first: Number.isFinite(first) ? first : window.cutoff, cells, outliers, total, rows }
}

type Group = ReportSeries['groups'][number]

/** Which series are shown, and in which lists. */
function listed({ rows }: Brief): Map<number, Group[]> {
  const chosen = new Map<number, Group[]>()
  const take = (group: Group, score: (row: Brief['rows'][number]) => number) => {
    const order = rows.map((row, i) => [score(row), i] as const).filter(([s]) => s > 0)
    order.sort((a, b) => b[0] - a[0] || a[1] - b[1])
    for (const [, i] of order.slice(0, LISTED)) chosen.set(i, [...(chosen.get(i) ?? []), group])
  }
  const typical = rows.reduce((sum, r) => sum + (r.answered ? r.expected : 0), 0) / Math.max(1, rows.length)
  take('largest', (r) => (r.answered ? r.expected : 0))
  take('rising', (r) => (r.answered ? r.expected - 1.01 * r.recent : 0))
  take('falling', (r) => (r.answered ? 0.99 * r.recent - r.expected : 0))
  take('uncertain', (r) => (r.answered ? r.spread / (r.expected + typical) : 0))
  take('refused', (r) => (r.answered ? 0 : 1))
  return chosen
}

function drawn(
  inputs: ReportInputs,
  past: Panel,
  i: number,
  place: number,
  groups: readonly Group[],
  bands: readonly number[],
  recent: number,
): ReportSeries {
  const { window, forecast, titleColumn } = inputs
  const { horizon } = window
  const all = valuesOf(past, i)
  const values = all.subarray(Math.max(0, all.length - MOST_HISTORY))
  const offset = at(past.offsets, i + 1) - values.length
  const flagged = (bit: number) =>
    Array.from({ length: values.length }, (_, k) => k).filter((k) => (at(past.mask, offset + k) & bit) !== 0)
  const mean = Array.from({ length: horizon }, (_, h) => known(at(forecast.mean, place * horizon + h)))
  const step = (h: number) => (place * horizon + h) * forecast.levels.length
  const titles = titleColumn === undefined ? undefined : past.statics.get(titleColumn)
  const title = titles?.categories?.[at(titles.values, i)]
  return {
    id: past.ids[i] as string,
    ...(title === undefined ? {} : { title }),
    groups,
    periods: labels(window, window.cutoff - values.length + 1, values.length + horizon),
    history: Array.from(values, known),
    censored: flagged(Mask.censored),
    closed: flagged(Mask.closed),
    outliers: flagged(Mask.outlier),
    mean,
    quantiles: bands.map((l) => mean.map((_, h) => known(at(forecast.quantiles, step(h) + l)))),
    answeredBy: forecast.answeredBy[place] ?? null,
    refused: (forecast.refused.get(place) ?? []).map(({ model, reason, details }) => {
      const said = new CannotForecast(reason, details)
      return { model, reason: { en: said.text('en'), zh: said.text('zh') } }
    }),
    expected: mean.reduce((a: number, b) => a + (b ?? 0), 0),
    recent,
  }
}

/** Segments whose labels have an order of their own. */
const ORDERED = new Set(['decile', 'abc'])
/** How many rows a chart of segments shows. */
const MOST_SEGMENTS = 12

function backtestOf(backtest: Backtest, { chosen, metric }: ReportInputs): NonNullable<ReportData['backtest']> {
  const leaderboard: ReportModel[] = backtest.leaderboard.map((row) => ({
    model: row.model,
    chosen: row.model === chosen,
    failed: row.failed && { en: row.failed.en, zh: row.failed.zh },
    metrics: {
      wql: row.wql,
      wape: row.wape,
      mase: row.mase,
      rmsse: row.rmsse,
      bias: row.bias,
      coverage80: row.coverage['80'] ?? null,
    },
    seconds: row.fitSeconds + row.forecastSeconds,
    answered: row.answered,
    refused: row.refused,
  }))
  const segments: ReportSegment[] = Object.entries(backtest.segments).map(([by, rows]) => ({
    by,
    rows: rows
      .filter((r) => r.model === chosen && r.n > 0)
      .sort((a, b) => b.n - a.n)
      .slice(0, MOST_SEGMENTS)
      .sort((a, b) => (ORDERED.has(by) ? a.segment.localeCompare(b.segment, 'en', { numeric: true }) : b.n - a.n))
      .map((r) => ({ value: r.segment, wape: r.wape, bias: r.bias, cells: r.n, series: r.series })),
  }))
  const best = leaderboard
    .filter((m) => !m.failed)
    .slice(0, 5)
    .map((m) => m.model)
  const top = best.includes(chosen) ? best : [chosen, ...best.slice(0, 4)]
  const row = backtest.leaderboard.find((r) => r.model === chosen)
  return {
    windows: backtest.protocol.windows.map((w) => w.cutoff),
    metric,
    leaderboard,
    segments: segments.filter((s) => s.rows.length > 1),
    steps: top.map((model) => ({
      model,
      wape: backtest.steps
        .filter((s) => s.model === model && s.n > 0)
        .sort((a, b) => a.step - b.step)
        .map((s) => s.wape),
    })),
    coverage: Object.entries(row?.coverage ?? {})
      .map(([percent, actual]) => ({ nominal: Number(percent) / 100, actual }))
      .sort((a, b) => a.nominal - b.nominal),
  }
}
