import type { Locale } from '../core/errors.ts'
import { VERSION } from '../core/version.ts'
import type { PanelSource } from '../store/source.ts'
import type { Outcome } from './keep.ts'
import { type LevelScores, levelScoresOf, METRICS, type MetricName, type Scores, scoresOf } from './metrics/metrics.ts'
import { type Layout, Sum } from './metrics/statistics.ts'
import { mergeTally, rowsOf, type Sums, type Tally } from './metrics/tally.ts'
import type { Settings } from './options.ts'

/** A score of all cells, and beside it of those in stock alone, whose sales are demand; null where no cell was censored. */
export type ScoresByStock = Scores & { readonly inStock: Scores | null }

/** How a model fared over all windows. Counts of series are of series × windows. */
export type LeaderboardRow = ScoresByStock & {
  readonly model: string
  /** Why the model is out, and since which cutoff; null if it is not. Its scores are null then. */
  readonly failed: ({ readonly cutoff: string } & { readonly [L in Locale]: string }) | null
  /** Series that the model itself answered, that it refused, and that in the end nobody answered. */
  readonly answered: number
  readonly refused: number
  readonly unanswered: number
  /** Wall-clock seconds of all fits and forecasts (fallbacks included), and per 1,000 series fitted or forecast. */
  readonly fitSeconds: number
  readonly forecastSeconds: number
  readonly fitSecondsPer1000: number
  readonly forecastSecondsPer1000: number
  /** Highest resident memory of the process during fit and forecast. */
  readonly peakMegabytes: number
  readonly levels: readonly LevelScores[]
  /** Weighted RMSSE, mean over the windows; null unless a hierarchy was given. */
  readonly wrmsse: { readonly total: number | null; readonly levels: readonly (number | null)[] } | null
}

/** What was done: enough to do it again. */
export interface Protocol {
  readonly version: string
  readonly seed: number
  readonly data: string
  readonly series: number
  readonly unit: string
  readonly horizon: number
  readonly gap: number
  readonly step: number
  readonly windows: readonly { readonly cutoff: string; readonly from: string; readonly to: string }[]
  readonly refit: number | 'never'
  /** Periods of past that models see; null for all. */
  readonly history: number | null
  readonly season: number
  readonly point: 'mean' | 'median'
  /** Levels of the weighted quantile loss. */
  readonly averaged: readonly number[]
  readonly levels: readonly number[]
  readonly intervals: readonly number[]
  readonly fallback: readonly string[]
}

/** What a backtest found, plain JSON data: the document of `foretide backtest --json`. */
export interface Backtest {
  readonly protocol: Protocol
  /** Best WQL first, failed models last. */
  readonly leaderboard: readonly LeaderboardRow[]
  /** For each model, who answered how many series × windows. */
  readonly answeredBy: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Scores by family of segments: `decile` and `abc` of past volume, `pattern` of demand, and the columns asked for. */
  readonly segments: Readonly<Record<string, readonly (ScoresByStock & { model: string; segment: string })[]>>
  /** Scores by step of the horizon; step 1 is the first period after the cutoff. */
  readonly steps: readonly (ScoresByStock & { model: string; step: number })[]
  readonly windows: readonly (ScoresByStock & { model: string; cutoff: string })[]
}

/** What became of one model. */
export interface Course {
  readonly model: string
  /** Its outcomes, one a window until it failed. */
  readonly outcomes: readonly Outcome[]
  readonly failed: LeaderboardRow['failed']
}

/** Puts the outcomes of all models together. */
export function backtestOf(
  source: PanelSource,
  cutoffs: readonly number[],
  courses: readonly Course[],
  settings: Settings,
  layout: Layout,
  seed: number,
): Backtest {
  const label = (cutoff: number) => source.calendar.format(cutoff)
  const { horizon, gap } = settings
  const merged = courses.map(({ outcomes, failed }) =>
    (failed ? [] : outcomes).reduce<Tally>((into, { tally }) => mergeTally(into, tally), new Map()),
  )
  const each = <T>(make: (course: Course, tally: Tally) => T[]): T[] =>
    courses.flatMap((course, k) => (course.failed ? [] : make(course, merged[k] as Tally)))
  const families = [...new Set(merged.flatMap((tally) => [...tally.keys()]))].filter((f) => f !== 'all' && f !== 'step')
  return {
    protocol: {
      version: VERSION,
      seed,
      data: source.digest,
      series: source.count,
      unit: source.calendar.unit,
      ...{ horizon, gap, step: settings.step },
      windows: cutoffs.map((c) => ({ cutoff: label(c), from: label(c + gap + 1), to: label(c + gap + horizon) })),
      refit: settings.refit,
      history: settings.history ?? null,
      season: settings.season,
      point: settings.point,
      averaged: settings.averaged,
      levels: layout.levels,
      intervals: settings.intervals,
      fallback: settings.fallback.map((m) => m.name),
    },
    leaderboard: sortBy(
      courses.map((course, k) => rowOf(course, merged[k] as Tally, layout, source.count)),
      'wql',
    ),
    answeredBy: Object.fromEntries(courses.map(({ model, outcomes }) => [model, sumCounts(outcomes)])),
    segments: Object.fromEntries(
      families.map((family) => [
        family,
        each(({ model }, tally) =>
          [...(tally.get(family) ?? [])].map(([segment, sums]) => ({ model, segment, ...byStock(sums, layout) })),
        ),
      ]),
    ),
    steps: each(({ model }, tally) =>
      [...(tally.get('step') ?? [])].map(([step, sums]) => ({ model, step: Number(step), ...byStock(sums, layout) })),
    ),
    windows: each(({ model, outcomes }) =>
      outcomes.map(({ tally }, w) => ({
        model,
        cutoff: label(cutoffs[w] as number),
        ...byStock(tally.get('all')?.get('all'), layout),
      })),
    ),
  }
}

function byStock(sums: Sums | undefined, layout: Layout): ScoresByStock {
  const { all, inStock } = rowsOf(sums ?? new Float64Array(2 * layout.width), layout)
  const censored = (sums?.[layout.width + Sum.count] ?? 0) > 0
  return { ...scoresOf(all, layout), inStock: censored ? scoresOf(inStock, layout) : null }
}

function rowOf({ model, outcomes, failed }: Course, tally: Tally, layout: Layout, series: number): LeaderboardRow {
  const total = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, o) => sum + of(o), 0)
  const sums = tally.get('all')?.get('all')
  const fitted = series * outcomes.filter((o) => o.fitSeconds > 0).length
  const forecast = series * outcomes.length
  const fitSeconds = total((o) => o.fitSeconds)
  const forecastSeconds = total((o) => o.forecastSeconds)
  const weighted = failed ? [] : outcomes.flatMap((o) => (o.wrmsse ? [o.wrmsse] : []))
  return {
    model,
    failed,
    ...byStock(sums, layout),
    answered: total((o) => o.answeredBy[model] ?? 0),
    refused: total((o) => o.refused),
    unanswered: total((o) => o.unanswered),
    fitSeconds,
    forecastSeconds,
    fitSecondsPer1000: fitted > 0 ? (fitSeconds / fitted) * 1000 : 0,
    forecastSecondsPer1000: forecast > 0 ? (forecastSeconds / forecast) * 1000 : 0,
    peakMegabytes: Math.round(outcomes.reduce((peak, o) => Math.max(peak, o.peak), 0) / 2 ** 20),
    levels: sums ? levelScoresOf(rowsOf(sums, layout).all, layout) : [],
    wrmsse: weighted.length > 0 ? meanOf(weighted) : null,
  }
}

function meanOf(rows: readonly (readonly (number | null)[])[]): NonNullable<LeaderboardRow['wrmsse']> {
  const mean = (k: number) =>
    rows.every((row) => row[k] !== null) ? rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length : null
  const [total = null, ...levels] = (rows[0] ?? []).map((_, k) => mean(k))
  return { total, levels }
}

function sumCounts(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { answeredBy } of outcomes)
    for (const [name, count] of Object.entries(answeredBy)) counts[name] = (counts[name] ?? 0) + count
  return counts
}

/** Rows by a metric, the best first, those without a score and the failed last. */
function sortBy(rows: readonly LeaderboardRow[], metric: MetricName): LeaderboardRow[] {
  return [...rows].sort((a, b) => rank(a, metric) - rank(b, metric))
}

/** A number that is lower the better a row is by a metric; infinite where it has no score. */
export function rank(row: LeaderboardRow, metric: MetricName): number {
  const value = row[metric]
  if (row.failed) return Number.MAX_VALUE
  if (value === null) return Number.MAX_VALUE / 2
  const { better } = METRICS[metric]
  return better === 'lower' ? value : better === 'higher' ? -value : Math.abs(value)
}
