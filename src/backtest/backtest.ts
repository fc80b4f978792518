import type { Period } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { type Ask, askOf } from '../core/forecast.ts'
import { checkInterrupt, type Run } from '../core/run.ts'
import type { Window } from '../core/window.ts'
import type { Fitted, Model } from '../models/model.ts'
import type { PanelSource } from '../store/source.ts'
import { windowAt } from '../store/window.ts'
import { countAnswers, measured, withFallback } from './answer.ts'
import { cutOnce, cutoffsOf, sourceSince } from './cutoffs.ts'
import { type Evaluation, evaluationAt } from './evaluation.ts'
import { keyOf, type Outcome, outcomeFromBytes, outcomeToBytes } from './keep.ts'
import { scoreForecast } from './metrics/score.ts'
import { type Layout, layoutOf } from './metrics/statistics.ts'
import { weightedRmsse } from './metrics/wrmsse.ts'
import { type BacktestOptions, type Settings, settingsOf } from './options.ts'
import { type Backtest, backtestOf, type LeaderboardRow } from './result.ts'

/**
 * Forecasts the past again from rolling origins and scores every model by what then happened.
 *
 * At each cutoff a model sees a Window and nothing else; the truth stays here. Series that a model refuses go to `fallback`,
 * in turn. A model that fails is reported and left out, the others go on. With `keep`, finished windows of an interrupted
 * backtest are not computed again. Refuses two models of one name, and cutoffs with too little data on either side.
 *
 * @example
 * const result = await backtest(memorySource(panel), [seasonalNaive], { horizon: 7, windows: 2 }, runOf())
 * result.leaderboard[0]?.wape
 */
export async function backtest(
  source: PanelSource,
  models: readonly Model[],
  options: BacktestOptions,
  run: Run,
): Promise<Backtest> {
  const settings = settingsOf(options, source.calendar.season)
  const layout = layoutOf(settings)
  const lanes = lanesOf(models, settings)
  const cutoffs = cutoffsOf(source, settings)
  const windows = cutoffs.map((cutoff) => windowOf(source, cutoff, settings))
  const ask = askOf({ levels: layout.levels, paths: settings.paths })
  const work: Work = { source, windows, settings, layout, ask, run }
  let done = 0
  const total = windows.length * lanes.length
  run.progress({ stage: 'backtest', done, total })
  for (const [w, window] of windows.entries()) {
    const cut = cutOnce(window, source.count)
    let evaluation: Evaluation | undefined
    for (const lane of lanes) {
      checkInterrupt(run)
      if (!lane.failed) {
        const key = keyOf(window.digest, windowFittedFor(work, w).digest, lane.model.name, settings, run)
        const kept = await settings.keep?.get(key)
        if (kept) lane.outcomes.push(outcomeFromBytes(kept))
        else {
          evaluation ??= await evaluationAt(source, cut, settings)
          const learned = windowFittedFor(work, w)
          await attempt(work, lane, { window: cut, learned: learned === window ? cut : learned, evaluation }, key)
        }
      }
      run.progress({ stage: 'backtest', done: ++done, total })
    }
  }
  const courses = lanes.map(({ model, outcomes, failed }) => ({ model: model.name, outcomes, failed }))
  return backtestOf(source, cutoffs, courses, settings, layout, run.seed)
}

/** A model on its way through the windows. */
interface Lane {
  readonly model: Model
  readonly outcomes: Outcome[]
  failed: LeaderboardRow['failed']
  /** The fit in use, and the window that it learned from. */
  held: { readonly fitted: Fitted; readonly digest: string } | undefined
}

interface Work {
  readonly source: PanelSource
  readonly windows: readonly Window[]
  readonly settings: Settings
  readonly layout: Layout
  readonly ask: Ask
  readonly run: Run
}

function lanesOf(models: readonly Model[], settings: Settings): Lane[] {
  if (models.length === 0) throw new ForetideError('backtest.noModels', {}, { fault: 'usage' })
  const names = new Set<string>()
  return models.map((model) => {
    if (names.has(model.name)) throw new ForetideError('backtest.sameName', { model: model.name }, { fault: 'usage' })
    names.add(model.name)
    return { model: withFallback(model, settings.fallback), outcomes: [], failed: null, held: undefined }
  })
}

function windowOf(source: PanelSource, cutoff: Period, { history, gap, horizon }: Settings): Window {
  const seen = history === undefined ? source : sourceSince(source, cutoff + 1 - history)
  return windowAt(seen, cutoff, gap + horizon)
}

/** The window on which the fit that serves window `w` learned. */
function windowFittedFor({ windows, settings: { refit } }: Work, w: number): Window {
  return windows[refit === 'never' ? 0 : w - (w % refit)] as Window
}

/** A model's turn at a window: what it forecasts, what it learns from, and what it is scored by. */
interface Turn {
  readonly window: Window
  readonly learned: Window
  readonly evaluation: Evaluation
}

async function attempt(work: Work, lane: Lane, turn: Turn, key: string): Promise<void> {
  const { settings, run } = work
  let outcome: Outcome
  try {
    outcome = await perform(work, lane, turn)
  } catch (error) {
    if (run.signal.aborted || (error instanceof ForetideError && error.code === 'run.interrupted')) throw error
    const cutoff = work.source.calendar.format(turn.window.cutoff)
    const message = error instanceof Error ? error.message : String(error)
    const [en, zh] = error instanceof ForetideError ? [error.text('en'), error.text('zh')] : [message, message]
    lane.failed = { cutoff, en, zh }
    lane.held = undefined
    const details = { model: lane.model.name, cutoff, error: run.locale === 'zh' ? zh : en }
    run.notice({ code: 'backtest.failed', details })
    return
  }
  lane.outcomes.push(outcome)
  await settings.keep?.put(key, outcomeToBytes(outcome))
}

async function perform(work: Work, lane: Lane, { window, learned, evaluation }: Turn): Promise<Outcome> {
  const { settings, layout, ask, run } = work
  let fitSeconds = 0
  let peak = 0
  if (lane.held?.digest !== learned.digest) {
    lane.held = undefined
    const fit = await measured(() => lane.model.fit(learned, run))
    lane.held = { fitted: fit.value, digest: learned.digest }
    fitSeconds = fit.seconds
    peak = fit.peak
  }
  const { fitted } = lane.held
  const answer = await measured(() => fitted.forecast(window, ask, run))
  if (settings.refit === 1) lane.held = undefined
  const forecast = answer.value
  const tally = scoreForecast(forecast, evaluation.truth, { layout, point: settings.point })
  const weighted = evaluation.hierarchy && weightedRmsse(evaluation.hierarchy, forecast, evaluation.truth)
  return {
    tally,
    fitSeconds,
    forecastSeconds: answer.seconds,
    peak: Math.max(peak, answer.peak),
    ...countAnswers(forecast, lane.model.name),
    ...(weighted ? { wrmsse: [weighted.total, ...weighted.levels].map((v) => (Number.isFinite(v) ? v : null)) } : {}),
  }
}
