import { join } from 'node:path'
import { backtest } from './backtest/backtest.ts'
import { bestOf } from './backtest/best.ts'
import type { Keep } from './backtest/keep.ts'
import type { MetricName } from './backtest/metrics/metrics.ts'
import type { Backtest } from './backtest/result.ts'
import type { Unit } from './core/calendar.ts'
import { askOf, DEFAULT_LEVELS, type Forecast } from './core/forecast.ts'
import type { Run } from './core/run.ts'
import type { Window } from './core/window.ts'
import { ingest } from './ingest/ingest.ts'
import type { IngestOptions, Input } from './ingest/options.ts'
import { throughWindow } from './models/adapted.ts'
import { chainOf } from './models/chain.ts'
import type { Model } from './models/model.ts'
import { candidateNames, FALLBACKS, modelNamed } from './models/registry.ts'
import { assembleReport } from './report/assemble.ts'
import type { ReportData } from './report/data.ts'
import { qualityOf } from './report/findings.ts'
import type { CleaningPolicy } from './store/clean/policy.ts'
import { cleanedWindow } from './store/clean/window.ts'
import type { ImportFacts } from './store/facts.ts'
import { writeWhole } from './store/files.ts'
import { type ImportOptions, importInto } from './store/import.ts'
import { latestWindow } from './store/window.ts'
import { openDuckDb, type Workspace } from './store/workspace.ts'

/** How far ahead is looked where nobody says: a step that a shop of that frequency plans by. */
const USUAL_HORIZON: { readonly [U in Unit]: number } = { hour: 48, day: 28, week: 13, month: 12, quarter: 4, year: 2 }
/** Windows of a backtest where nobody says how many. */
const USUAL_WINDOWS = 3

/** Stage 1: files and databases into the workspace. */
export async function importFiles(
  workspace: Workspace,
  inputs: readonly (string | Input)[],
  options: IngestOptions & ImportOptions,
  run: Run,
): Promise<ImportFacts> {
  const temp = workspace.folder('temp')
  const instance = await openDuckDb(temp, run.threads)
  const connection = await instance.connect()
  try {
    const quarantineDir = options.quarantineDir ?? workspace.folder('quarantine')
    const staged = await ingest(connection, inputs, { ...options, quarantineDir, tempDir: temp }, run)
    // Reading numbers rows by their order; joining and sorting later need not keep it, and are leaner without.
    await connection.run('SET preserve_insertion_order = false')
    return await importInto(workspace, staged, connection, options, run)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** What is chosen of backtests and forecasts; everything left out is found in the data. */
export interface ForecastOptions {
  readonly horizon?: number | undefined
  readonly windows?: number | undefined
  readonly step?: number | undefined
  readonly gap?: number | undefined
  readonly refit?: number | 'never' | undefined
  /** Names of the models that compete. */
  readonly models?: readonly string[] | undefined
  /** Static columns or keys to segment the errors by. */
  readonly by?: readonly string[] | undefined
  readonly metric?: MetricName | undefined
  readonly levels?: readonly number[] | undefined
  readonly paths?: number | undefined
  /** Cleaning that models see the past through. */
  readonly clean?: Partial<CleaningPolicy> | undefined
}

/** The horizon that is asked for, or usual. */
export const horizonOf = (workspace: Workspace, options: ForecastOptions): number =>
  options.horizon ?? USUAL_HORIZON[workspace.source().calendar.unit]

/** Stage 2: forecast the past again, and see who does it best; undefined where the data is too short for even one window. */
export async function backtestWorkspace(
  workspace: Workspace,
  options: ForecastOptions,
  run: Run,
): Promise<Backtest | undefined> {
  const source = workspace.source()
  const horizon = horizonOf(workspace, options)
  const { gap = 0, step = horizon } = options
  const length = source.lastObserved - source.first + 1
  const room = Math.floor((length - gap - 2 * horizon) / step) + 1
  const windows = options.windows ?? Math.min(USUAL_WINDOWS, room)
  if (options.windows === undefined && room < 1) {
    run.notice({ code: 'pipeline.noBacktest', details: { length, horizon } })
    return undefined
  }
  const work = source.count * length
  const clean = cleaningOf(workspace, options)
  const models = (options.models ?? candidateNames(work)).map((name) => seeing(modelNamed(name), clean))
  const by = options.by ?? segmentsOf(workspace.facts())
  return await backtest(
    source,
    models,
    {
      ...{ horizon, windows, step, gap, by },
      ...(options.refit === undefined ? {} : { refit: options.refit }),
      fallback: FALLBACKS.map((name) => seeing(modelNamed(name), clean)),
      ...(options.levels ? { levels: [...new Set([...DEFAULT_LEVELS, ...options.levels])] } : {}),
      keep: keptUnder(workspace, JSON.stringify(clean ?? {})),
    },
    run,
  )
}

/** Results kept by what models saw the past through, beside everything that the backtest itself keys them by. */
const keptUnder = ({ keep }: Workspace, tag: string): Keep => ({
  get: (key) => keep.get(`${tag}:${key}`),
  put: (key, bytes) => keep.put(`${tag}:${key}`, bytes),
})

/** The columns that errors are shown by where nobody names any: the identity's parts and a few coarse static columns. */
function segmentsOf(facts: ImportFacts): string[] {
  const coarse = facts.statics.filter(
    (name) => /categor|department|brand|region|type|类|品牌|地区/i.test(name) && !/_zh$/.test(name),
  )
  const place = facts.keys.length > 1 ? facts.keys.filter((k) => /store|shop|location|site|门店|店/i.test(k)) : []
  return [...new Set([...place, ...coarse])].slice(0, 4)
}

/**
 * How models see the past: a zero under a stock-out says nothing of demand and is missing to them, unless cleaning is told otherwise;
 * see docs/decisions for what that gains.
 */
function cleaningOf(workspace: Workspace, { clean }: ForecastOptions): Partial<CleaningPolicy> | undefined {
  const masked = workspace.facts().shares.censored > 0
  return clean || masked ? { outliers: 'none', ...(masked ? { censored: 'zeroMissing' } : {}), ...clean } : undefined
}

const seeing = (model: Model, clean: Partial<CleaningPolicy> | undefined): Model =>
  clean ? throughWindow(model, (window) => cleanedWindow(window, clean)) : model

/** What a forecast of the workspace gives. */
export interface WorkspaceForecast {
  readonly window: Window
  readonly forecast: Forecast
  readonly chosen: string
}

/** Stage 3: the newest window, forecast by the leader of the backtest or the model named, with fallbacks. */
export async function forecastWorkspace(
  workspace: Workspace,
  tested: Backtest | undefined,
  options: ForecastOptions,
  run: Run,
): Promise<WorkspaceForecast> {
  const window = latestWindow(workspace.source(), horizonOf(workspace, options))
  const chosen = tested
    ? bestOf(tested, options.metric ?? 'wql').model
    : (options.models?.[0] ?? (FALLBACKS[0] as string))
  const clean = cleaningOf(workspace, options)
  const rest = FALLBACKS.filter((name) => name !== chosen).map((name) => seeing(modelNamed(name), clean))
  const chain = chainOf([seeing(modelNamed(chosen), clean), ...rest])
  const levels = options.levels ? [...new Set([...DEFAULT_LEVELS, ...options.levels])] : DEFAULT_LEVELS
  const forecast = await (await chain.fit(window, run)).forecast(
    window,
    askOf({ levels, paths: options.paths ?? 0 }),
    run,
  )
  return { window, forecast, chosen }
}

/** Stage 4: everything on one page. */
export async function reportWorkspace(
  workspace: Workspace,
  tested: Backtest | undefined,
  { window, forecast, chosen }: WorkspaceForecast,
  about: { readonly title: string; readonly command: string; readonly metric?: MetricName | undefined },
  run: Run,
): Promise<ReportData> {
  const facts = workspace.facts()
  // Flags outliers of the charts; nothing is changed by it.
  const flagged = cleanedWindow(window, {})
  const titleColumn = facts.statics.find((name) =>
    (run.locale === 'zh'
      ? /^(title|name|description)_zh$|名称|标题|品名/i
      : /^(title|name|product_?name|description)$|名称|标题|品名/i
    ).test(name),
  )
  return await assembleReport({
    ...about,
    generatedAt: run.now(),
    seed: run.seed,
    files: facts.tables.flatMap((table) => table.files),
    window: flagged,
    forecast,
    backtest: tested,
    chosen,
    metric: about.metric ?? 'wql',
    quality: qualityOf(facts),
    titleColumn: titleColumn ?? facts.statics.find((name) => /^(title|name|description)$/i.test(name)),
  })
}

/** Where a workspace keeps its newest report. */
export const reportPath = (workspace: Workspace): string => join(workspace.path, 'report.html')

/** Writes a page whole or not at all. */
export const writePage = (path: string, html: string): void => writeWhole(path, html)
