import type { Period } from '../../core/calendar.ts'
import { endOf, type Panel } from '../../core/panel.ts'
import { parallelMap } from '../../core/parallel.ts'
import { type Run, runOf } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { AnomalyOptions, AnomalySettings, Findings, SeriesFindings } from './anomaly.ts'
import { type Measured, type Priors, priorsOf } from './effects.ts'
import { anomalySettings, LASTING } from './options.ts'
import { findingJobs, type JobOfSeries, type SharedSeries } from './worker.ts'

/**
 * Finds what is unusual in every series of a panel, or of a window's past: single values, runs, changes of level and of trend, each with
 * the range that was to be expected and, where a known column was out of the ordinary too, its name.
 *
 * Each series is taken apart robustly into level, season, the usual effects of known columns (which lean on the other series of the same
 * block), and a scatter that small counts have; changes are those of an optimal partition (Killick, Fearnhead and Eckley, 2012) that last.
 * Of a panel everything is looked at; of a window nothing after its cutoff. Series of too few observed values have no findings. Refuses
 * options out of range.
 *
 * @example
 * const sold = Array.from({ length: 60 }, (_, t) => (t === 40 ? 95 : 20 + (t % 7) + ((t * 5) % 3)))
 * const shop = panelOf([{ id: 'tea', start: 0, values: sold }], { calendar: new Calendar({ unit: 'day' }) })
 * const { series } = await findAnomalies(shop)
 * series[0].anomalies.map(({ kind, from, size }) => [kind, from, Math.round(size / 10)]) // → [['outlier', 40, 7]]
 */
export async function findAnomalies(
  source: Panel | Window,
  options: AnomalyOptions = {},
  run: Run = runOf(),
): Promise<Findings> {
  const settings = anomalySettings(options)
  if (!('past' in source)) return { through: lastPeriod(source), series: await findIn(source, settings, run) }
  const series: SeriesFindings[] = []
  for await (const block of source.past()) series.push(...(await findIn(block, settings, run)))
  return { through: source.cutoff, series }
}

function lastPeriod(panel: Panel): Period {
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < panel.ids.length; i++) last = Math.max(last, endOf(panel, i) - 1)
  return last
}

/** Series that a thread takes at a time, at the most. */
const MOST_A_JOB = 512

async function findIn(panel: Panel, given: AnomalySettings, run: Run): Promise<SeriesFindings[]> {
  const { calendar } = panel
  const settings = given.lasting > 0 ? given : { ...given, lasting: LASTING[calendar.unit] }
  const columns = settings.columns ?? [...panel.columns.values()].filter((c) => c.knownAhead).map((c) => c.name)
  const known = columns.flatMap((name) => panel.columns.get(name) ?? [])
  const shared: SharedSeries = {
    calendar: calendar.toJSON(),
    start: panel.start,
    offsets: panel.offsets,
    target: panel.target,
    mask: panel.mask,
    columns: known,
    settings,
  }
  const n = panel.ids.length
  const size = Math.max(1, Math.min(MOST_A_JOB, Math.ceil(n / (run.threads * 4))))
  const cuts = Array.from({ length: Math.ceil(n / size) }, (_, k) => ({
    from: k * size,
    to: Math.min(n, (k + 1) * size),
  }))
  const priors = known.length > 0 && n > 1 ? await commonEffects(shared, cuts, run) : {}
  const jobs = cuts.map((cut) => ({ ...cut, priors }))
  const found = await each(shared, jobs, 'anomalies', run)
  return found.flatMap((part) => part.anomalies).map((anomalies, i) => ({ id: panel.ids[i] as string, anomalies }))
}

/** What the series together say of the effects of known columns. */
async function commonEffects(
  shared: SharedSeries,
  cuts: readonly { readonly from: number; readonly to: number }[],
  run: Run,
): Promise<Priors> {
  const parts = await each(shared, cuts, 'anomalies: effects', run)
  const measured: readonly Measured[] = parts.flatMap((part) => part.measured)
  return priorsOf(measured)
}

function each(shared: SharedSeries, jobs: readonly JobOfSeries[], stage: string, run: Run) {
  const weights = jobs.map((job) => job.to - job.from)
  return parallelMap<SharedSeries, JobOfSeries, ReturnType<ReturnType<typeof findingJobs>>>(run, {
    module: new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url),
    fn: findingJobs.name,
    shared,
    jobs,
    stage,
    weights,
  })
}
