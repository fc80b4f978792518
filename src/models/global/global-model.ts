import type { Unit } from '../../core/calendar.ts'
import { CannotForecast, ForetideError } from '../../core/errors.ts'
import { at, Mask } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { frameOf, type PlanFrame } from '../../features/plan.ts'
import { featureSpec } from '../../features/spec.ts'
import { blocksOf } from '../local-model.ts'
import type { Fitted, Model } from '../model.ts'
import { answerAll } from './answer.ts'
import { calibrate, uncalibrated } from './calibration.ts'
import { derivedFeatures, gatherDerived, planDerived } from './derived-plan.ts'
import { type Ground, learnedOn } from './ground.ts'
import { fitHeads, type Heads, levelsOf } from './heads.ts'
import { heldOut, heldOutRecursed } from './held-out.ts'
import { keptWindow } from './kept-window.ts'
import { type Layout, layoutOf } from './layout.ts'
import { type GlobalOptions, type GlobalSettings, settingsOf } from './options.ts'
import type { PastOptions } from './past.ts'
import { loadState, saveState } from './save.ts'
import { segmentsOf } from './segments.ts'
import { specFor } from './spec.ts'
import type { GlobalState } from './state.ts'

/** A model whose fits can be taken up again on newer data. */
export interface GlobalModel extends Model {
  /**
   * Goes on from an earlier fit of the same model: its regressors learn from the rows that are new in the window, from where they
   * were (a warm start), and the calibration is taken anew. Refuses fits of other kinds.
   */
  continueFrom(fitted: Fitted, window: Window, run: Run): Promise<Fitted>
}

interface GlobalFitted extends Fitted {
  readonly state: GlobalState
}

interface UnitDefaults {
  /** Newest periods learned from. */
  readonly recent: number
  /** Periods of recent means. */
  readonly window: number
}

const USUAL: { readonly [U in Unit]: UnitDefaults } = {
  hour: { recent: 1344, window: 168 },
  day: { recent: 400, window: 28 },
  week: { recent: 156, window: 13 },
  month: { recent: 84, window: 12 },
  quarter: { recent: 40, window: 8 },
  year: { recent: 20, window: 4 },
}

/**
 * A model that learns across all series at once, on any {@link Regressor}: a table of rows (series, origin, step) whose features are
 * what was known at the origin and what is known ahead of the row's own period.
 *
 * Quantiles come from a head of their own or from held-out errors, calibrated by split conformal prediction on the windows before the
 * cutoff; means from the other head. Refuses series without an observed value, and all of a panel with nothing to learn from.
 *
 * @example
 * const model = globalModel({ name: 'mine', point: { make: boosting, options: { rounds: 200 } }, strategy: 'direct' })
 */
export function globalModel(options: GlobalOptions): GlobalModel {
  const settings = settingsOf(options)
  const { name } = options
  const heads: Heads = { point: options.point, ...(options.quantiles ? { quantiles: options.quantiles } : {}) }
  const make = (state: GlobalState): GlobalFitted => ({
    state,
    forecast: async (window, ask, run) => await answerAll(await groundOf(state, keptWindow(window), run), state, ask),
    save: async (dir) => await saveState(state, dir),
  })
  return {
    name,
    needs: { minHistory: settings.minHistory, knownAhead: 'used', crossSeries: true, missing: true },
    fit: async (window, run) => make(await fitState(name, heads, settings, keptWindow(window), run)),
    load: async (dir, run) => make(await loadState(heads, dir, run)),
    async continueFrom(fitted, window, run) {
      const { state } = fitted as Partial<GlobalFitted>
      if (state?.name !== name) throw new ForetideError('global.continue', { model: name })
      return make(await continueState(state, heads, keptWindow(window), run))
    },
  }
}

/** What the first look at a window gives. */
interface Facts {
  readonly frame: PlanFrame
  readonly series: number
  readonly censored: boolean
  /** First and last period in which any series has an observed value. */
  readonly first: number
  readonly last: number
}

async function factsOf(window: Window): Promise<Facts> {
  let frame: PlanFrame | undefined
  let censored = false
  let series = 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for await (const [past, known] of blocksOf(window)) {
    frame ??= frameOf(past, known)
    series += past.ids.length
    censored ||= past.mask.some((mask) => (mask & Mask.censored) !== 0)
    for (let i = 0; i < past.ids.length; i++) {
      const from = at(past.offsets, i)
      const to = at(past.offsets, i + 1)
      let k = from
      while (k < to && Number.isNaN(at(past.target, k))) k++
      if (k === to) continue
      first = Math.min(first, at(past.start, i) + k - from)
      for (k = to - 1; Number.isNaN(at(past.target, k)); ) k--
      last = Math.max(last, at(past.start, i) + k - from)
    }
  }
  if (!frame) throw new CannotForecast('noValues')
  return { frame, series, censored, first, last }
}

async function fitState(
  name: string,
  heads: Heads,
  settings: GlobalSettings,
  window: Window,
  run: Run,
): Promise<GlobalState> {
  const { calendar, horizon } = window
  const facts = await factsOf(window)
  const spec = settings.features
    ? featureSpec(settings.features)
    : specFor({ unit: calendar.unit, frame: facts.frame, censored: facts.censored, country: settings.country })
  const past: PastOptions = {
    window: settings.target.window ?? USUAL[calendar.unit].window,
    season: calendar.season,
    trust: settings.target.trust,
    hidden: Mask.closed | (spec.censored === 'missing' ? Mask.censored : 0),
  }
  const segments = await segmentsOf(window, settings.segmentBy, past, name)
  const derived = planDerived(name, facts.frame, settings, calendar, facts.series)
  const blank = { name, settings, spec, horizon, cutoff: window.cutoff, window: window.digest, past, segments, derived }
  const ground = await groundOf(blank, window, run)
  return { ...blank, ...(await learnHeads(ground, heads, facts, blank)) }
}

async function continueState(state: GlobalState, heads: Heads, window: Window, run: Run): Promise<GlobalState> {
  const facts = await factsOf(window)
  const ground = await groundOf(state, window, run)
  const learned = await learnHeads(ground, heads, facts, state, state)
  return { ...state, cutoff: window.cutoff, window: window.digest, ...learned }
}

/** Fits on all but the newest periods, holds the answers against those, and fits on everything. */
async function learnHeads(
  ground: Ground,
  heads: Heads,
  { first, last }: Facts,
  { name, horizon }: Pick<GlobalState, 'name' | 'horizon'>,
  before?: GlobalState,
): Promise<Pick<GlobalState, 'heads' | 'calibration' | 'oneStep'>> {
  const { settings, window } = ground
  const { cutoff } = window
  const { calibration } = settings
  const recent = settings.recent ?? USUAL[window.calendar.unit].recent
  const base = { cutoff, every: settings.every, share: 1, together: false }
  const from = before ? before.cutoff + 1 : Math.max(first, cutoff - recent + 1)
  const rows = (to: number) => ({ ...base, own: [from, to] as const, origin: Number.NEGATIVE_INFINITY })
  // A third of what there is at the most is held out.
  const back = Math.min(calibration.windows * horizon, Math.floor((last - from + 1) / 3))
  const border = last - back
  const held = back > 0 ? await fitHeads(ground, heads, rows(border), horizon, before?.heads) : undefined
  const fitted = held && !calibration.refit ? held : await fitHeads(ground, heads, rows(last), horizon, before?.heads)
  if (!fitted) {
    // Without a single row everybody is refused, each by type, and the next candidate is asked.
    return before ?? { heads: { groups: [], segments: [], cells: [] }, calibration: uncalibrated([]) }
  }
  const levels = levelsOf(fitted)
  const judged = held ?? (levels.length === 0 ? fitted : undefined)
  if (!judged) return { heads: fitted, calibration: uncalibrated(levels) }
  const shifted = settings.strategy === 'shift'
  const newest = { ...base, own: [held ? border + 1 : from, last] as const }
  const origin = shifted || !held ? Number.NEGATIVE_INFINITY : border
  const seen = await heldOut(ground, judged, { ...newest, origin }, horizon)
  const corrected = calibration.bias || settings.target.transform !== 'none'
  const found = calibrate(seen, levels, calibration, corrected)
  if (settings.strategy !== 'recursive') return { heads: fitted, calibration: found }
  // Quantiles are those of sample tracks, whatever their steps were drawn from, and are held against what happened in turn.
  const tracked = { ...uncalibrated([]), quantiles: true }
  if (!held) return { heads: fitted, calibration: tracked, oneStep: found }
  const learnt = { name, horizon, heads: judged, calibration: tracked, oneStep: found }
  const ahead = await heldOutRecursed(ground, learnt, cutoff - border)
  return { heads: fitted, calibration: calibrate(ahead, tracked.levels, calibration, corrected), oneStep: found }
}

/** What the tables of a window are made from, under what a fit has chosen; refuses windows with other columns. */
async function groundOf(
  state: Pick<GlobalState, 'name' | 'settings' | 'spec' | 'horizon' | 'past' | 'segments' | 'derived'> &
    Partial<Pick<GlobalState, 'heads'>>,
  window: Window,
  run: Run,
): Promise<Ground> {
  const { settings, spec, past, segments } = state
  let layout: Layout | undefined
  for await (const [block, known] of blocksOf(window)) {
    const frame = frameOf(block, known)
    // Rows of a shift look back by the horizon of the fit, whatever is asked for now.
    const horizon = settings.strategy === 'shift' ? state.horizon : Math.max(state.horizon, frame.horizon)
    layout = layoutOf(spec, { ...frame, horizon }, settings, derivedFeatures(state.derived))
    break
  }
  if (!layout) throw new CannotForecast('noValues')
  const fitted = state.heads?.cells.find((cell) => cell !== undefined)?.point.fitted.features
  const names = (features: readonly { readonly name: string }[]) => features.map((f) => f.name).join(', ')
  if (fitted && names(fitted) !== names(layout.features))
    throw new ForetideError('global.columns', {
      model: state.name,
      fitted: names(fitted),
      given: names(layout.features),
    })
  const learned = await learnedOn(window, layout)
  return { window, settings, layout, past, segments, learned, derived: await gatherDerived(window, state.derived), run }
}
