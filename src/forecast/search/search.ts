import { setImmediate } from 'node:timers/promises'
import type { Keep } from '../../backtest/keep.ts'
import { ForetideError } from '../../core/errors.ts'
import { checkInterrupt, type Progress, type Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Model } from '../../models/model.ts'
import { costOf, gainOf, ranked, winnerOf } from './choose.ts'
import { type SearchOptions, type SearchSettings, searchSettingsOf } from './options.ts'
import { keyOf, propose } from './propose.ts'
import type { Dropped, Failure, RungScore, Search, Trial } from './result.ts'
import { type Rung, rungsOf, surviving, workOf } from './rungs.ts'
import { type Source, sampleSeries } from './sample.ts'
import { type SearchSpace, searchSpace } from './space.ts'
import { memoryKeep, type Stage, tryAt } from './trial.ts'

/** What is searched: the space, and how a model is made of values in it (as options, dotted names nested). */
export interface Searched {
  readonly space: SearchSpace
  readonly make: (options: Record<string, unknown>) => Model
}

/**
 * Searches for the parameters with which a model forecast the past best: successive halving over backtest windows (Jamieson and Talwalkar,
 * 2016; Li et al., 2018).
 *
 * All candidates are tried on the same few windows and series first, and the best of them on more. Candidate 0 is the model as it is and
 * goes all the way; then come values spread out evenly, then ones proposed by a model of what was good (Bergstra et al., 2011). Same
 * seed, same candidates and scores, whatever the threads. With `keep`, an interrupted search goes on where it stopped and ends as
 * it would have; `keep` must be another one for another `make`. A candidate that fails is reported and out. An interrupt ends
 * the search with the best so far. Refuses data too short for the windows, and a search in which nothing could be scored.
 *
 * @example
 * const space = { window: { kind: 'integer', low: 2, high: 100, log: true } }
 * const make = (options) => modelNamed('window-average', options)
 * const found = await search(memorySource(panel), { space, make }, { horizon: 7, trials: 20 }, runOf())
 * found.parameters.window
 */
export async function search(
  source: Source,
  { space, make }: Searched,
  options: SearchOptions,
  run: Run,
): Promise<Search> {
  searchSpace(space)
  const settings = searchSettingsOf(options)
  const rungs = rungsOf({ ...settings, series: source.count })
  const stages = await stagesOf(source, settings, rungs, run)
  const work: Work = { space, make, settings, rungs, stages, keep: settings.backtest.keep ?? memoryKeep(), run }
  const state: State = { trials: [], stopped: null, spent: 0, done: 0, told: new Set() }
  try {
    await firstRung(work, state)
    for (let r = 1; r < rungs.length; r++) if (!(await furtherRung(work, state, r))) break
  } catch (error) {
    const interrupted = run.signal.aborted || (error instanceof ForetideError && error.code === 'run.interrupted')
    if (!interrupted || ranked(state.trials, 0, settings.metric).length === 0) throw error
    state.stopped = 'interrupted'
    for (const trial of state.trials) trial.dropped ??= 'interrupted'
  }
  return resultOf(source, work, state)
}

interface Work extends Searched {
  readonly settings: SearchSettings
  readonly rungs: readonly Rung[]
  readonly stages: readonly Stage[]
  readonly keep: Keep
  readonly run: Run
}

interface Candidate extends Trial {
  readonly rungs: (RungScore | null)[]
  seconds: number
  failed: Failure | null
  dropped: Dropped | null
}

interface State {
  readonly trials: Candidate[]
  stopped: Search['stopped']
  /** Seconds of trying so far. */
  spent: number
  /** Work done, for progress. */
  done: number
  /** Reasons of failure already told. */
  readonly told: Set<string>
}

/** The windows and series of each rung; refuses data that is too short. */
async function stagesOf(source: Source, settings: SearchSettings, rungs: readonly Rung[], run: Run): Promise<Stage[]> {
  const { windows, holdBack } = settings
  const { horizon, gap = 0, step = horizon } = settings.backtest
  const latest = source.lastObserved - holdBack - gap - horizon
  const cutoffs = Array.from({ length: windows }, (_, w) => latest - (windows - 1 - w) * step)
  if (!((cutoffs[0] as number) - source.first + 1 >= gap + horizon)) {
    const length = Math.max(0, source.lastObserved - source.first + 1)
    throw new ForetideError('search.tooLittlePast', { length, windows, horizon, holdBack }, { fault: 'badInput' })
  }
  const stages: Stage[] = []
  for (const rung of rungs) {
    const sampled = await sampleSeries(source, rung.series, run.seed)
    const goesOn = sampled.digest === stages.at(-1)?.source.digest && settings.backtest.refit === undefined
    stages.push({ source: sampled, cutoffs: cutoffs.slice(cutoffs.length - rung.windows), goesOn })
  }
  return stages
}

/** Tries as many candidates on the least work as leave time for the rungs to come. */
async function firstRung(work: Work, state: State): Promise<void> {
  report(work, state, 0)
  await begin(work, state, 0)
  report(work, state, 1)
}

/** Tries the best of a rung, and the default, on the next, then some that begin there; false where there is no time or nobody. */
async function furtherRung(work: Work, state: State, r: number): Promise<boolean> {
  const { settings, rungs } = work
  const field = ranked(state.trials, r - 1, settings.metric) as Candidate[]
  const others = field.filter(({ number }) => number > 0)
  const chosen = others.slice(0, surviving(field.length, settings.keepOneIn) - 1)
  for (const trial of others.slice(chosen.length)) trial.dropped = 'worse'
  for (const trial of state.trials) if (trial.rungs.length === r && !field.includes(trial)) trial.dropped ??= 'worse'
  if (chosen.length === 0) return false
  const ratio = addedWork(work, r) / workOf(rungs[r - 1] as Rung)
  const expected = ({ rungs: scores }: Candidate) => (scores[r - 1]?.seconds ?? 0) * ratio
  // The default first: what a candidate is worth is told beside it.
  const queue = [...field.filter(({ number }) => number === 0), ...chosen]
  const least = queue.slice(0, 2).reduce((sum, trial) => sum + expected(trial), 0)
  if (state.spent + least > settings.seconds) {
    for (const trial of queue) trial.dropped = 'time'
    state.stopped = 'time'
    return false
  }
  for (const [k, trial] of queue.entries()) {
    if (k > 1 && !leavesTime(work, state, r, expected(trial))) {
      trial.dropped = 'time'
      state.stopped = 'time'
    } else await tryNext(work, state, trial, r)
  }
  await begin(work, state, r)
  report(work, state, r + 1)
  return true
}

/** Proposes the candidates that begin on a rung, by what was good there or, where too little is known, on the rung before it. */
async function begin(work: Work, state: State, r: number): Promise<void> {
  const { space, settings, rungs, run } = work
  const startup = Math.max(Object.keys(space).length + 2, Math.min(10, Math.ceil(settings.trials / 3)))
  for (let k = 0; k < (rungs[r] as Rung).fresh; k++) {
    if (state.trials.length > 0 && !leavesTime(work, state, r, meanSeconds(state, r))) {
      state.stopped = 'time'
      return
    }
    const enough = r === 0 ? startup : Object.keys(space).length + 2
    let told = r
    while (told > 0 && state.trials.filter(({ rungs: scores }) => scores[told]).length < enough) told--
    const tried = state.trials.map(({ parameters: values, rungs: scores }) => {
      const score = scores[told]
      return score ? { values, cost: costOf(settings.metric, score.score) } : { values }
    })
    const proposal = propose(space, tried, enough, run.seed)
    if (!proposal) {
      state.stopped = 'exhausted'
      return
    }
    const { values: parameters, by: proposedBy } = proposal
    const [number, before] = [state.trials.length, new Array<null>(r).fill(null)]
    await tryNext(
      work,
      state,
      { number, parameters, proposedBy, rungs: before, seconds: 0, failed: null, dropped: null },
      r,
    )
  }
}

async function tryNext(work: Work, state: State, trial: Candidate, r: number): Promise<void> {
  const { make, settings, stages, keep, rungs, run } = work
  // Quick models may never leave the event loop its turn, and an interrupt would not be heard.
  await setImmediate()
  checkInterrupt(run)
  const stage = stages[r] as Stage
  const before = trial.rungs[r - 1]
  const added = before ? addedWork(work, r) : workOf(rungs[r] as Rung)
  const inside = ({ done, total }: Progress) => show(work, state, (added * done) / total)
  const { failed, ...score } = await tryAt(make, trial.parameters, stage, settings, keep, { ...run, progress: inside })
  // Windows that the rung before had computed cost nothing again, though they count among the seconds of this one.
  const seconds = Math.max(0, score.seconds - (stage.goesOn ? (before?.seconds ?? 0) : 0))
  if (trial.number === state.trials.length) state.trials.push(trial)
  trial.rungs.push(score)
  trial.seconds += seconds
  state.spent += seconds
  state.done += added
  if (failed) {
    trial.failed = failed
    trial.dropped = 'failed'
    tell(state, trial, failed, run)
  }
  show(work, state)
}

/** The seconds that a candidate took on a rung, on average. */
function meanSeconds({ trials }: State, r: number): number {
  const all = trials.flatMap(({ rungs }) => rungs[r]?.seconds ?? [])
  return all.length > 0 ? all.reduce((a, b) => a + b, 0) / all.length : 0
}

/** Whether another candidate on a rung leaves time for itself and, from the third on, for what the next rungs would then cost. */
function leavesTime(work: Work, state: State, r: number, expected: number): boolean {
  const { settings, rungs } = work
  if (!Number.isFinite(settings.seconds)) return true
  const tried = state.trials.filter((trial) => trial.rungs[r]).length
  const each = meanSeconds(state, r) / workOf(rungs[r] as Rung)
  let later = 0
  let left = tried + 1
  if (tried > 1)
    for (const [q, rung] of rungs.entries()) {
      if (q <= r) continue
      const going = Math.min(left, surviving(left, settings.keepOneIn))
      later += each * (going * addedWork(work, q) + rung.fresh * workOf(rung))
      left = going + rung.fresh
    }
  return state.spent + expected + later <= settings.seconds
}

/** Says why a candidate failed, each reason once. */
function tell({ told }: State, { parameters }: Trial, failed: Failure, run: Run): void {
  if (told.has(failed.en)) return
  told.add(failed.en)
  run.notice({ code: 'search.failed', details: { parameters: keyOf(parameters), error: failed[run.locale] } })
}

/** The work of the first so many rungs as planned. */
const plannedWork = (work: Work, count: number) =>
  work.rungs
    .slice(0, count)
    .reduce((sum, rung, r) => sum + rung.fresh * workOf(rung) + (rung.trials - rung.fresh) * addedWork(work, r), 0)

/** The work that a rung adds for a candidate that comes from the one before. */
const addedWork = ({ rungs, stages }: Work, r: number) =>
  workOf(rungs[r] as Rung) - (stages[r]?.goesOn ? workOf(rungs[r - 1] as Rung) : 0)

/** Says that so many rungs are done, whether or not all that was planned for them was. */
function report(work: Work, state: State, rungs: number): void {
  state.done = plannedWork(work, rungs)
  show(work, state)
}

/** Tells how far the search has come, by work or, where that is nearer to its end, by time; `inside` is of the candidate under way. */
function show(work: Work, { done, spent }: State, inside = 0): void {
  const { settings, rungs, run } = work
  const total = plannedWork(work, rungs.length)
  const share = Math.min(1, spent / settings.seconds)
  run.progress({ stage: 'tune', done: Math.max(done + inside, share * total), total })
}

function resultOf(source: Source, work: Work, { trials, stopped, spent }: State): Search {
  const { make, settings, rungs, stages, run } = work
  const { metric, holdBack } = settings
  const { horizon, gap = 0 } = settings.backtest
  const label = (period: number) => source.calendar.format(period)
  const winner = winnerOf(trials, rungs.length, metric, settings.choose)
  if (!winner) {
    const failed = trials.find((trial) => trial.failed)?.failed
    const details = { model: nameOf(make), metric, error: failed?.en ?? '–', errorZh: failed?.zh ?? '–' }
    throw new ForetideError('search.noScore', details)
  }
  return {
    version: VERSION,
    seed: run.seed,
    model: nameOf(make),
    data: source.digest,
    unit: source.calendar.unit,
    metric,
    horizon,
    seen: label((stages.at(-1)?.cutoffs.at(-1) as number) + gap + horizon),
    holdBack,
    rungs: stages
      .map(({ cutoffs, source: { count } }, r) => ({
        cutoffs: cutoffs.map(label),
        series: count,
        tried: trials.filter((trial) => trial.rungs[r]).length,
      }))
      .filter(({ tried }) => tried > 0),
    trials,
    winner: winner.number,
    parameters: winner.parameters,
    gain: gainOf(winner, trials[0] as Trial, metric),
    stopped,
    seconds: spent,
  }
}

/** The name of the model, where its default can be made. */
function nameOf(make: Searched['make']): string {
  try {
    return make({}).name
  } catch {
    return ''
  }
}
