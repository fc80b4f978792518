import { CannotForecast, ForetideError } from '../../core/errors.ts'
import type { Ask, Forecast } from '../../core/forecast.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { keptWindow } from '../../models/global/kept-window.ts'
import type { Dir, Fitted, Model } from '../../models/model.ts'
import type { Candidacy, Selection } from '../../models/selection.ts'
import { type AutoPreset, candidatesFor, type Made } from './candidates.ts'
import { combined, type Learned } from './combine.ts'
import { blindly, type Decided, decide } from './decided.ts'
import type { Aim } from './metric.ts'
import { type Profile, profileOf } from './profile.ts'
import { loadAuto, saveAuto } from './save.ts'
import { type Trial, trialOf } from './trial.ts'
import { type Validation, validationOf } from './validation.ts'

/** What is chosen of automatic selection; everything else the data decides. */
export interface AutoOptions {
  /** Seconds, minutes, or as long as `budget` says; `balanced` unless given. */
  readonly preset?: AutoPreset
  /** Seconds that a fit may take; 60, 420 and 3,600 by preset unless given. */
  readonly budget?: number
  /** What errors are weighed by, and so which point is said; `wql`, whose points are means, unless given. */
  readonly aim?: Aim
  /** Rolling windows that candidates are held against; 1, 1 and 2 by preset unless given, more where they are cheap. */
  readonly windows?: number
  /** Folder of the pretrained model that competes; the one that comes with the package unless given. */
  readonly pretrained?: string
  /** Models that compete in the place of those that suit the data. */
  readonly candidates?: readonly Model[]
}

/** A fit of {@link autoModel}, with what was found on the way. */
export interface AutoFitted extends Fitted {
  readonly selection: Selection
}

/** Automatic selection as a model. */
export interface AutoModel extends Model {
  fit(window: Window, run: Run): Promise<AutoFitted>
  load(dir: Dir, run: Run): Promise<AutoFitted>
}

const BUDGETS: { readonly [P in AutoPreset]: number } = { fast: 60, balanced: 420, best: 3600 }
const WINDOWS: { readonly [P in AutoPreset]: number } = { fast: 1, balanced: 1, best: 2 }
/** Cells up to which all is cheap enough for more validation windows. */
const SMALL = 300_000
const MORE_WINDOWS = 3
/** Who answers where there is too little past to choose by. */
const BLIND = 'swell'

/**
 * The best forecast by default: candidates that suit the data are held against rolling windows before the cutoff; those that do not pay are dropped; what
 * the rest say is averaged by weights found on the quantile loss (Caruana et al., 2004), and corrected until intervals hold what they say.
 *
 * An interrupt or the budget ends the looking, not the forecast: whoever had a turn by then competes, and a second interrupt ends all. A series that
 * every candidate refuses is refused. See `docs/automatic.md` for why it is right.
 *
 * @example
 * autoModel('auto', { preset: 'fast', aim: 'wape' }).name // → 'auto'
 */
export function autoModel(name: string, options: AutoOptions = {}): AutoModel {
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'used', crossSeries: true, missing: true },
    fit: (window, run) => fitAuto(name, options, window, run),
    load: (dir, run) => loadAuto(name, dir, run, fittedOf),
  }
}

/** All that a fit is made of. */
export interface AutoParts {
  readonly profile: Profile
  readonly preset: AutoPreset
  readonly decided: Decided
  readonly members: readonly Learned[]
  readonly selection: Selection
  readonly window: string
}

/** `spent` is the signal whose interrupt ended the fit's looking: it must not end the forecast, too. */
function fittedOf(name: string, parts: AutoParts, spent?: AbortSignal): AutoFitted {
  return {
    selection: parts.selection,
    forecast: (window: Window, ask: Ask, run: Run): Promise<Forecast> =>
      combined(name, parts.decided, parts.members, keptWindow(window), ask, run.signal === spent ? onwards(run) : run),
    save: (dir) => saveAuto(name, parts, dir),
    ...trainingOf(parts.members),
  }
}

function trainingOf(members: readonly Learned[]): Pick<Fitted, 'training'> {
  const training = members.flatMap(({ fitted }) => fitted.training ?? [])
  return training.length > 0 ? { training } : {}
}

async function fitAuto(name: string, options: AutoOptions, asked: Window, run: Run): Promise<AutoFitted> {
  const { preset = 'balanced', aim = 'wql', budget = BUDGETS[preset] } = options
  const begun = performance.now()
  const window = keptWindow(asked)
  const profile = await profileOf(window)
  if (profile.series === 0 || profile.longest === 0) throw new CannotForecast('noValues')
  const wanted = options.windows ?? (profile.cells <= SMALL ? MORE_WINDOWS : WINDOWS[preset])
  const validation = await validationOf(window, wanted, run.random(`${name}: sample`), profile.family)
  const given =
    options.candidates?.map((model): Made => ({ model, cost: 0 })) ??
    candidatesFor(profile, preset, aim, options.pretrained)
  // Without a window to be held against, there is nothing to choose by: the pretrained model knows most of short histories.
  const blind = validation.windows.length === 0
  const made = blind ? given.filter(({ model }, k) => (options.candidates ? k === 0 : model.name === BLIND)) : given
  const left = () => budget - (performance.now() - begun) / 1000
  const course = blind ? NO_COURSE : await compete(name, made, validation, left, run)
  const decided = blind
    ? blindly(
        made.map(({ model }) => model.name),
        aim,
      )
    : decide(course.trials, validation, window.horizon, aim, profile.family)
  const spent = run.signal.aborted ? run.signal : undefined
  const members = await learned(name, decided, made, course, window, left, spent ? onwards(run) : run)
  const seconds = (performance.now() - begun) / 1000
  const selection: Selection = {
    ...{ preset, metric: aim, seconds, early: course.early },
    cutoffs: validation.windows.map(({ cutoff, calendar }) => calendar.format(cutoff)),
    candidates: candidaciesOf(made, course, decided),
    together: Number.isFinite(decided.together) ? decided.together : null,
  }
  return fittedOf(name, { profile, preset, decided, members, selection, window: window.digest }, spent)
}

/** The same run, which goes on although it was interrupted once. */
const onwards = (run: Run): Run => ({ ...run, signal: new AbortController().signal })

/** What became of the candidates that had their turn. */
interface Course {
  readonly trials: Map<string, Trial>
  readonly problems: Map<string, string>
  /** Whether some had none, for an interrupt or the budget. */
  early: boolean
}

const NO_COURSE: Course = { trials: new Map(), problems: new Map(), early: false }

/** Lets candidates have their turn, until time is over. */
async function compete(
  name: string,
  made: readonly Made[],
  validation: Validation,
  left: () => number,
  run: Run,
): Promise<Course> {
  const course: Course = { trials: new Map(), problems: new Map(), early: false }
  for (const [k, { model, cost }] of made.entries()) {
    run.progress({ stage: `${name}: ${model.name}`, done: k, total: made.length })
    // Whoever is tried must have time left to learn once more.
    if (course.trials.size > 0 && (run.signal.aborted || (validation.windows.length + 1) * cost > left())) {
      course.early = true
      continue
    }
    try {
      course.trials.set(model.name, await trialOf(model, validation, quiet(run)))
    } catch (error) {
      if (run.signal.aborted || (error instanceof ForetideError && error.code === 'run.interrupted')) {
        if (course.trials.size === 0) throw error
        course.early = true
        continue
      }
      const problem = error instanceof ForetideError ? error.text(run.locale) : String(error)
      course.problems.set(model.name, problem)
      if (!(error instanceof CannotForecast))
        run.notice({ code: 'auto.failed', details: { model: model.name, error: problem } })
    }
  }
  run.progress({ stage: name, done: made.length, total: made.length })
  if (course.early) run.notice({ code: 'auto.early', details: { tried: course.trials.size, of: made.length } })
  if (course.trials.size === 0) {
    checkInterrupt(run)
    throw new ForetideError('auto.none', {
      tried: [...course.problems].map(([model, why]) => `${model}: ${why}`).join('; '),
    })
  }
  return course
}

const quiet = (run: Run): Run => ({ ...run, progress: () => {} })

/** Fits the members once more on all that is known, the heaviest first; one for which no time is left stays as it was before the last window. */
async function learned(
  name: string,
  { members, overall }: Decided,
  made: readonly Made[],
  { trials }: Course,
  window: Window,
  left: () => number,
  run: Run,
): Promise<Learned[]> {
  const order = members
    .map((member, m) => ({ member, weight: overall[m] as number }))
    .sort((a, b) => b.weight - a.weight)
  const found: Learned[] = []
  for (const [k, { member }] of order.entries()) {
    run.progress({ stage: `${name}: ${member}`, done: k, total: order.length })
    const trial = trials.get(member)
    const { model } = made.find((one) => one.model.name === member) as Made
    const again = !trial || k === 0 || trial.fitSeconds <= left() || !model.needs.crossSeries
    const fitted = again ? await model.fit(window, quiet(run)) : trial.latest
    found.push({ name: member, fitted })
  }
  run.progress({ stage: name, done: order.length, total: order.length })
  return found
}

function candidaciesOf(made: readonly Made[], { trials, problems }: Course, decided: Decided): Candidacy[] {
  const tried = [...trials.keys()]
  const rows = made.map(({ model: { name } }): Candidacy => {
    const trial = trials.get(name)
    const m = decided.members.indexOf(name)
    const problem = problems.get(name)
    return {
      model: name,
      loss: trial ? (decided.losses[tried.indexOf(name)] ?? null) : null,
      weight: m < 0 ? 0 : (decided.overall[m] as number),
      fitSeconds: trial?.fitSeconds ?? 0,
      forecastSeconds: trial?.forecastSeconds ?? 0,
      outcome: problem ? 'failed' : m >= 0 ? 'chosen' : trial ? 'dropped' : 'late',
      ...(problem ? { problem } : {}),
    }
  })
  return rows.sort((a, b) => (a.loss ?? Number.POSITIVE_INFINITY) - (b.loss ?? Number.POSITIVE_INFINITY))
}
