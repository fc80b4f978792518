import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { backtest } from './backtest/backtest.ts'
import { bestOf } from './backtest/best.ts'
import type { Keep } from './backtest/keep.ts'
import type { MetricName } from './backtest/metrics/metrics.ts'
import { type Backtest, rank } from './backtest/result.ts'
import type { Unit } from './core/calendar.ts'
import { ForetideError } from './core/errors.ts'
import { askOf, DEFAULT_LEVELS, type Forecast } from './core/forecast.ts'
import type { Run } from './core/run.ts'
import type { Window } from './core/window.ts'
import { type Explanation, explainForecast } from './explain/explain.ts'
import { type Change, changeOf } from './explain/sentence.ts'
import type { AutoOptions } from './forecast/auto/auto-model.ts'
import type { Aim } from './forecast/auto/metric.ts'
import { type Update, updated } from './forecast/continual/update.ts'
import { reconciledModel } from './forecast/hierarchy/reconciled.ts'
import { isAutoName, modelNamed } from './forecast/named.ts'
import { isOwnName, OWN, ownName } from './forecast/pretraining.ts'
import { optionsOf } from './forecast/search/place.ts'
import type { Search } from './forecast/search/result.ts'
import { search } from './forecast/search/search.ts'
import { searchSpaceOf } from './forecast/search/spaces.ts'
import { parseTuned, TUNED, type Tuned, tunedOf } from './forecast/search/tuned.ts'
import { ingest } from './ingest/ingest.ts'
import type { IngestOptions, Input } from './ingest/options.ts'
import { throughWindow } from './models/adapted.ts'
import { chainOf } from './models/chain.ts'
import type { Model, TrainingCurve } from './models/model.ts'
import { loadPretrained, savePretrained } from './models/pretrained/files.ts'
import { type Finetuned, type FinetuneOptions, finetune } from './models/pretrained/finetune.ts'
import { groundOf } from './models/pretrained/ground.ts'
import { SWELL_1, swellModel } from './models/pretrained/model.ts'
import { pretrain } from './models/pretrained/pretrain.ts'
import { type Pretrained, swellForecast } from './models/pretrained/swell.ts'
import { candidateNames, FALLBACKS } from './models/registry.ts'
import { renamed } from './models/renamed.ts'
import type { Selection } from './models/selection.ts'
import { assembleReport, trainingOf } from './report/assemble.ts'
import type { ReportData } from './report/data.ts'
import { qualityOf } from './report/findings.ts'
import { renderLearning } from './report/learning-page.ts'
import { learningSamples } from './report/learning-samples.ts'
import type { CleaningPolicy } from './store/clean/policy.ts'
import { cleanedWindow } from './store/clean/window.ts'
import type { ImportFacts } from './store/facts.ts'
import { writeWhole } from './store/files.ts'
import { type ImportOptions, importInto } from './store/import.ts'
import type { PanelSource } from './store/source.ts'
import { latestWindow, windowAt } from './store/window.ts'
import { openDuckDb, type Workspace } from './store/workspace.ts'
import type { CurveRow } from './tensor/train/curve.ts'

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
  /** Whether models that were tuned in this workspace compete with the parameters found, as `NAME@tuned`. */
  readonly tuned?: boolean | undefined
  /** Static columns or keys to segment the errors by. */
  readonly by?: readonly string[] | undefined
  readonly metric?: MetricName | undefined
  readonly levels?: readonly number[] | undefined
  readonly paths?: number | undefined
  /** Levels above the series that forecasts are to add up to, each as the columns that its sums share, `[]` being the total; sums are answered, too. */
  readonly coherent?: readonly (readonly string[])[] | undefined
  /** Whether what was learned for an earlier forecast is used again, and learned anew only by schedule or when errors have drifted. */
  readonly update?: boolean | undefined
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
  const names = competing(workspace, options.models ?? [DEFAULT_MODEL, ...candidateNames(work)], options, run)
  const from = source.lastObserved - horizon - (windows - 1) * step + 1
  for (const { model, seen } of tunedAmong(workspace, names))
    if (source.calendar.parse(seen) >= from)
      run.notice({ code: 'search.seen', details: { model, seen, from: source.calendar.format(from) } })
  // Automatic selection looks at one window before each that is backtested, be there time for more: it is many models, fitted anew for every window.
  const models = names.map((name) => seeing(modelIn(workspace, name, options.metric, { windows: 1 }), clean))
  const by = options.by ?? segmentsOf(workspace.facts())
  return await backtest(
    source,
    models,
    {
      ...{ horizon, windows, step, gap, by },
      ...(options.refit === undefined ? {} : { refit: options.refit }),
      fallback: FALLBACKS.map((name) => seeing(modelNamed(name), clean)),
      ...(options.levels ? { levels: [...new Set([...DEFAULT_LEVELS, ...options.levels])] } : {}),
      keep: keptUnder(workspace, tagOf(workspace, names, clean) + aimTag(names, options.metric)),
    },
    run,
  )
}

const tunedPath = (workspace: Workspace, model: string) => join(workspace.path, 'tuned', `${model}.json`)

/** The parameters that tuning found for a model in this workspace, if it did; refuses a file that is none of its own. */
function tunedIn(workspace: Workspace, model: string): Tuned | undefined {
  const path = tunedPath(workspace, model)
  if (!existsSync(path)) return undefined
  const tuned = parseTuned(readFileSync(path, 'utf8'))
  if (!tuned) throw new ForetideError('search.file', { path, model }, { fault: 'badInput' })
  return tuned
}

/** The names of those who compete: with `tuned`, whoever was tuned does so with the parameters found. */
function competing(workspace: Workspace, names: readonly string[], { tuned }: ForecastOptions, run: Run): string[] {
  if (!tuned) return [...names]
  const found = names.map((name) => (!name.endsWith(TUNED) && tunedIn(workspace, name) ? `${name}${TUNED}` : name))
  if (!found.some((name) => name.endsWith(TUNED))) run.notice({ code: 'search.noneTuned', details: {} })
  return [...new Set(found)]
}

/** What was found for those among some names that are tuned. */
function tunedAmong(workspace: Workspace, names: readonly string[]): Tuned[] {
  return names.flatMap((name) => (name.endsWith(TUNED) ? (tunedIn(workspace, name.slice(0, -TUNED.length)) ?? []) : []))
}

/** The model of a name; `NAME@tuned` has the parameters that tuning found for it. Refuses one that was not tuned. */
function modelIn(workspace: Workspace, name: string, metric?: MetricName, auto: AutoOptions = {}): Model {
  if (isAutoName(name)) return modelNamed(name, { aim: aimOf(metric), ...auto })
  const own = ownName(name)
  if (own !== undefined) return swellModel(name, { from: ownFolder(workspace, own) })
  if (!name.endsWith(TUNED)) return modelNamed(name)
  const model = name.slice(0, -TUNED.length)
  modelNamed(model)
  const tuned = tunedIn(workspace, model)
  if (!tuned) throw new ForetideError('search.notTuned', { model }, { fault: 'usage' })
  return renamed(modelNamed(model, optionsOf(tuned.parameters)), name)
}

/** Outcomes of automatic selection depend on what it aims at. */
function aimTag(names: readonly string[], metric: MetricName | undefined): string {
  const aim = aimOf(metric)
  return aim !== 'wql' && names.some(isAutoName) ? aim : ''
}

/** What automatic selection aims at where the leader is chosen by a metric: points of the kind that it rewards. */
function aimOf(metric: MetricName | undefined): Aim {
  const aims: { readonly [M in MetricName]?: Aim } = {
    ...{
      wape: 'wape',
      mae: 'wape',
      rmse: 'rmse',
      rmsse: 'rmse',
      r2: 'rmse',
      mase: 'mase',
      mape: 'mape',
      smape: 'mape',
    },
  }
  return (metric && aims[metric]) ?? 'wql'
}

/** What outcomes depend on beside everything that the backtest itself keys them by: cleaning, and parameters that were tuned. */
function tagOf(workspace: Workspace, names: readonly string[], clean: Partial<CleaningPolicy> | undefined): string {
  const tuned = tunedAmong(workspace, names).map(({ model, parameters }) => [model, parameters])
  const own = names.flatMap((name) => {
    const learned = ownName(name)
    return learned === undefined ? [] : [readFileSync(join(ownFolder(workspace, learned), 'manifest.json'), 'utf8')]
  })
  return JSON.stringify(clean ?? {}) + (tuned.length + own.length > 0 ? JSON.stringify([...tuned, ...own]) : '')
}

/** Where a workspace keeps a model that it has learned, of which `swell@NAME` is made. */
const ownPath = (workspace: Workspace, name: string) => join(workspace.path, 'pretrained', name)

/** The folder of a model that a workspace has learned; refuses a name of which there is none. */
function ownFolder(workspace: Workspace, name: string): string {
  const folder = ownPath(workspace, name)
  if (!existsSync(join(folder, 'manifest.json')))
    throw new ForetideError('pretrained.none', { name, workspace: workspace.path }, { fault: 'usage' })
  return folder
}

/** What is chosen of learning on from a pretrained model. */
export interface FinetuneWorkspaceOptions extends FinetuneOptions {
  readonly horizon?: number | undefined
  /** `swell`, the name of a model of this workspace, or a folder; `swell` unless given. */
  readonly from?: string | undefined
  /** The name it is to have in this workspace: `swell@NAME`; `mine` unless given. */
  readonly out?: string | undefined
}

/** Learns on from a pretrained model on a workspace's series, and keeps what came of it for `swell@NAME`. */
export async function finetuneWorkspace(
  workspace: Workspace,
  { from = 'swell', out = 'mine', ...options }: FinetuneWorkspaceOptions,
  run: Run,
): Promise<
  Omit<Finetuned, 'kept'> & {
    readonly name: string
    readonly folder: string
    readonly horizon: number
    readonly page: string
  }
> {
  if (!isOwnName(out)) throw new ForetideError('pretrained.name', { name: out }, { fault: 'usage' })
  const source = workspace.source()
  const horizon = horizonOf(workspace, { horizon: options.horizon })
  const begin = from === 'swell' ? SWELL_1 : existsSync(join(from, 'manifest.json')) ? from : ownFolder(workspace, from)
  const { kept } = await loadPretrained(begin)
  const started = performance.now()
  const { kept: tuned, ...came } = await finetune(kept, latestWindow(source, horizon), options, run)
  const folder = ownPath(workspace, out)
  const lastSeen = source.calendar.format(source.lastObserved)
  const corpus = [{ set: 'workspace', share: 1 - (options.rehearse ?? 0), lastSeen, series: source.count }]
  await savePretrained({ ...tuned, name: out }, folder, {
    corpus,
    steps: came.steps,
    batch: options.batch ?? 128,
    seconds: (performance.now() - started) / 1000,
    remarks: `Learned on from ${from === 'swell' || isOwnName(from) ? from : 'a folder'}.`,
  })
  const name = `swell${OWN}${out}`
  const page = await learningReport(folder, name, tuned, came.curve, source, horizon, run)
  return { ...came, name, folder, horizon, page }
}

/** Writes how a model learned beside it: the curve, and what it says of the newest periods of some series. */
async function learningReport(
  folder: string,
  name: string,
  kept: Pretrained,
  curve: readonly CurveRow[],
  source: PanelSource | undefined,
  horizon: number,
  run: Run,
): Promise<string> {
  const page = join(folder, 'report.html')
  const samples = source
    ? await learningSamples(
        latestWindow(source, 1),
        await swellForecast(kept, windowAt(source, source.lastObserved - horizon, horizon), askOf(), run),
      )
    : []
  const subtitle = source
    ? `${source.calendar.format(source.first)} – ${source.calendar.format(source.lastObserved)}`
    : 'Foretide'
  const training = [trainingOf({ name, rows: curve })]
  writePage(page, renderLearning({ title: name, subtitle, training, samples }, run.locale))
  return page
}

/** What is chosen of training a model from nothing. */
export interface PretrainWorkspaceOptions {
  readonly out?: string | undefined
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly rate?: number | undefined
  /** Share of the examples that are windows of the workspace's series; half where it has any, none where not. */
  readonly share?: number | undefined
  /** Latest periods that are not learned from, so that a backtest on them stays honest; none unless given. */
  readonly holdBack?: number | undefined
  /** Sizes of the network; see `docs/pretrained.md`. */
  readonly network?: object | undefined
}

/**
 * Trains a model from nothing on synthetic series and those of a workspace, and keeps it for `swell@NAME`. What was cut off goes on from its latest
 * checkpoint when the same is asked for again.
 */
export async function pretrainWorkspace(
  workspace: Workspace,
  {
    out = 'own',
    steps = 20_000,
    batch = 256,
    rate = 1e-3,
    holdBack = 0,
    network = {},
    ...rest
  }: PretrainWorkspaceOptions,
  run: Run,
): Promise<{
  readonly name: string
  readonly folder: string
  /** The page that says how it learned. */
  readonly page: string
  readonly parameters: number
  readonly seconds: number
  readonly share: number
  readonly curve: readonly CurveRow[]
}> {
  if (!isOwnName(out)) throw new ForetideError('pretrained.name', { name: out }, { fault: 'usage' })
  const source = workspace.current ? workspace.source() : undefined
  const share = rest.share ?? (source ? 0.5 : 0)
  const folder = ownPath(workspace, out)
  const checkpoint = join(folder, 'checkpoint')
  const corpus = []
  const grounds = []
  if (source && share > 0) {
    const last = source.lastObserved - holdBack
    grounds.push({ share, ground: await groundOf(windowAt(source, last, 1)) })
    corpus.push({ set: 'workspace', share, lastSeen: source.calendar.format(last), series: source.count })
  }
  const { kept, trained } = await pretrain(
    { name: out, network, grounds, steps, batch, rate, checkpoint: { folder: checkpoint, every: 100 } },
    run,
  )
  const { manifest } = await savePretrained(kept, folder, { corpus, steps, batch, seconds: trained.seconds })
  rmSync(checkpoint, { recursive: true, force: true })
  const name = `swell${OWN}${out}`
  const horizon = source ? horizonOf(workspace, {}) : 0
  const page = await learningReport(folder, name, kept, trained.curve, source, horizon, run)
  return { name, folder, page, parameters: manifest.parameters, seconds: trained.seconds, share, curve: trained.curve }
}

/** What is chosen of tuning; everything left out is found in the data. */
export interface TuneOptions
  extends Pick<ForecastOptions, 'horizon' | 'windows' | 'step' | 'gap' | 'metric' | 'clean'> {
  readonly model: string
  readonly trials?: number | undefined
  readonly seconds?: number | undefined
  /** Latest periods that are not looked at; as many as a usual backtest scores unless given, fewer where the data is short. */
  readonly holdBack?: number | undefined
  /** Whether a gain within one standard error counts as none. */
  readonly careful?: boolean | undefined
}

/**
 * Beside the stages: searches for the parameters with which a model forecast the past best, and leaves them in the workspace for
 * `NAME@tuned`. An interrupted search leaves nothing but what it finished, so that the next one goes on.
 */
export async function tuneWorkspace(
  workspace: Workspace,
  options: TuneOptions,
  run: Run,
): Promise<{ readonly found: Search; readonly file: string | null }> {
  const { model } = options
  modelNamed(model)
  const space = searchSpaceOf(model)
  const source = workspace.source()
  const horizon = horizonOf(workspace, options)
  const { gap = 0, step = horizon } = options
  const room = Math.max(0, Math.floor((source.lastObserved - source.first + 1 - gap - 2 * horizon) / step) + 1)
  const left = Math.min(USUAL_WINDOWS, Math.floor(room / 2))
  const clean = cleaningOf(workspace, options)
  const found = await search(
    source,
    { space, make: (given) => seeing(modelNamed(model, given), clean) },
    {
      ...{ horizon, gap, step },
      windows: options.windows ?? Math.max(1, Math.min(USUAL_WINDOWS, room - left)),
      holdBack: options.holdBack ?? (left > 0 ? horizon + (left - 1) * step : 0),
      fallback: FALLBACKS.filter((name) => name !== model).map((name) => seeing(modelNamed(name), clean)),
      keep: keptUnder(workspace, JSON.stringify(['tune', model, clean ?? {}])),
      ...(options.trials === undefined ? {} : { trials: options.trials }),
      ...(options.seconds === undefined ? {} : { seconds: options.seconds }),
      ...(options.metric === undefined ? {} : { metric: options.metric }),
      ...(options.careful ? { choose: 'oneStandardError' } : {}),
    },
    run,
  )
  if (found.stopped === 'interrupted') return { found, file: null }
  if (found.stopped === 'time' && found.trials.length < 2) {
    const taken = Math.round(found.seconds)
    throw new ForetideError('search.noTime', { model, taken, seconds: Math.round(options.seconds ?? 0) })
  }
  const file = tunedPath(workspace, model)
  writeWhole(file, `${JSON.stringify(tunedOf(found), null, 2)}\n`)
  return { found, file }
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
  /** How the model chosen learned, where that went step by step. */
  readonly training?: readonly TrainingCurve[]
  /** How its members were chosen, where they compete. */
  readonly selection?: Selection
  /** Whether it learned anew, where it was asked to use again what it had learned. */
  readonly update?: Omit<Update, 'forecast'>
}

/** Who forecasts unless models are named. */
const DEFAULT_MODEL = 'auto-fast'
/** A combination of models this near to the leader of a backtest is taken in its place: the winner of a few windows owes some of its lead to them. */
const NEAR = 1.01

/** The model that a backtest speaks for: its leader, or automatic selection where that is as good but for chance. */
function leaderOf(tested: Backtest, metric: MetricName): string {
  const best = bestOf(tested, metric)
  const auto = tested.leaderboard.find(({ model, failed }) => model === DEFAULT_MODEL && !failed)
  if (!auto || auto[metric] === null || auto.unanswered > best.unanswered) return best.model
  const least = rank(best, metric)
  return least > 0 && rank(auto, metric) <= NEAR * least ? auto.model : best.model
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
    ? leaderOf(tested, options.metric ?? 'wql')
    : (competing(workspace, options.models ?? [DEFAULT_MODEL], options, run)[0] as string)
  const clean = cleaningOf(workspace, options)
  const rest = FALLBACKS.filter((name) => name !== chosen).map((name) => seeing(modelNamed(name), clean))
  const leader = seeing(modelIn(workspace, chosen, options.metric), clean)
  const levels = options.levels ? [...new Set([...DEFAULT_LEVELS, ...options.levels])] : DEFAULT_LEVELS
  const ask = askOf({ levels, paths: options.paths ?? 0 })
  // Sums have no fallback of their own: it is the series below them that others may answer.
  const chain = options.coherent?.length
    ? reconciledModel(leader, { levels: options.coherent, answer: 'nodes', windows: 2 })
    : chainOf([leader, ...rest])
  if (options.update) {
    const tag = createHash('sha256')
      .update(tagOf(workspace, [chosen], clean) + chosen)
      .digest('hex')
      .slice(0, 16)
    const dir = { path: join(workspace.path, 'fits', tag) }
    const { forecast, ...update } = await updated(chain, window, ask, dir, {}, run)
    return { window, forecast, chosen, update }
  }
  const fitted = await chain.fit(window, run)
  const forecast = await fitted.forecast(window, ask, run)
  return {
    ...{ window, forecast, chosen },
    ...(fitted.training && { training: fitted.training }),
    ...(fitted.selection && { selection: fitted.selection }),
  }
}

/** What is asked of explanations beside the series. */
export type ExplainWorkspaceOptions = Pick<ForecastOptions, 'horizon' | 'models' | 'tuned' | 'metric' | 'clean'>

/**
 * Beside the stages: takes the newest forecast of some series apart, and says what changed since they were last explained; what is said now is kept in the workspace for the next time.
 */
export async function explainWorkspace(
  workspace: Workspace,
  ids: readonly string[],
  options: ExplainWorkspaceOptions,
  run: Run,
): Promise<{
  readonly model: string
  readonly explained: readonly Explanation[]
  readonly changes: readonly Change[]
}> {
  const window = latestWindow(workspace.source(), horizonOf(workspace, options))
  const model = competing(workspace, options.models ?? ['auto-fast'], options, run)[0] as string
  const clean = cleaningOf(workspace, options)
  const rest = FALLBACKS.filter((name) => name !== model).map((name) => seeing(modelNamed(name), clean))
  const chain = chainOf([seeing(modelIn(workspace, model, options.metric), clean), ...rest])
  const explained = await explainForecast(await chain.fit(window, run), window, { ids }, run)
  const changes = explained.flatMap((now) => {
    const path = join(
      workspace.path,
      'explained',
      `${createHash('sha256').update(now.id).digest('hex').slice(0, 24)}.json`,
    )
    const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Explanation) : undefined
    writeWhole(path, JSON.stringify(now))
    return (before && before.dates[0] !== now.dates[0] ? changeOf(before, now) : undefined) ?? []
  })
  return { model, explained, changes }
}

/** Stage 4: everything on one page. */
export async function reportWorkspace(
  workspace: Workspace,
  tested: Backtest | undefined,
  { window, forecast, chosen, training = [], selection }: WorkspaceForecast,
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
    training,
    selection,
    titleColumn: titleColumn ?? facts.statics.find((name) => /^(title|name|description)$/i.test(name)),
  })
}

/** Where a workspace keeps its newest report. */
export const reportPath = (workspace: Workspace): string => join(workspace.path, 'report.html')

/** Writes a page whole or not at all. */
export const writePage = (path: string, html: string): void => writeWhole(path, html)
