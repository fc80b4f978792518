import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Period } from '../../core/calendar.ts'
import type { Ask, Forecast } from '../../core/forecast.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import { at, Mask, slicePeriods } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { keptWindow } from '../../models/global/kept-window.ts'
import type { Fitted, Model } from '../../models/model.ts'
import { earlierWindow } from '../../models/statistical/calibrated.ts'
import { pinball } from '../pinball.ts'
import { adapted, movedLevel, REACHES, type Reaches } from './adaptive.ts'
import { type DriftPolicy, FRESH_WATCH, hasDrifted, type Watch, watched } from './drift.ts'

/** When a model is fitted anew; in between it forecasts from the newest data with what it has learned. */
export interface UpdatePolicy extends DriftPolicy {
  /** Periods after which it is fitted anew whatever happens; four seasons of the calendar unless given. */
  readonly every?: number
}

/** What an update did. */
export interface Update {
  readonly forecast: Forecast
  /** Why the model was fitted anew, if it was: there was no fit, its time was up, its losses had drifted, or it was of another model, horizon or version. */
  readonly refitted: 'first' | 'schedule' | 'drift' | 'other' | null
  /** The loss of what it would have said before the new periods, as a share of their size; null where nothing new was observed. */
  readonly loss: number | null
  readonly watch: Watch
  /** Distances from the median that are asked for, so that intervals hold what they say; see {@link adapted}. */
  readonly reaches: Reaches
  /** Last period that it has learned from, and that it has seen. */
  readonly learnedTo: Period
  readonly seenTo: Period
}

/** What is kept between updates, beside the fit. */
interface Standing {
  readonly model: string
  readonly version: string
  readonly horizon: number
  readonly learnedTo: Period
  readonly seenTo: Period
  readonly watch: Watch
  readonly reaches: Reaches
}

const FILE = 'standing.json'
const FIT = 'fit'
/** Levels by whose quantile loss a fit is watched. */
const LEVELS = [0.1, 0.5, 0.9]
const SEASONS = 4

/**
 * Forecasts a window that came after others with what was learned then: the fit is read from a folder, held against what came since, and made anew only by schedule or
 * when its losses have drifted. Refuses nothing that the model does not; a folder of another model, horizon or version is fitted anew.
 *
 * @example
 * const { forecast, refitted } = await updated(modelNamed('auto'), window, askOf(), { path: 'state' }, {}, runOf())
 */
export async function updated(
  model: Model,
  asked: Window,
  ask: Ask,
  dir: { readonly path: string },
  policy: UpdatePolicy,
  run: Run,
): Promise<Update> {
  const window = keptWindow(asked)
  const before = await standingIn(dir.path)
  const same = before && before.model === model.name && before.version === VERSION && before.horizon === window.horizon
  if (!same || before.seenTo > window.cutoff)
    return await refit(model, window, ask, dir.path, before ? 'other' : 'first', null, run)
  const fitted = await model.load({ path: join(dir.path, FIT) }, run)
  const { loss, held } = await since(fitted, window, before, run)
  const reaches = adapted(before.reaches, held)
  const watch = loss === null ? before.watch : watched(before.watch, loss, policy)
  const { every = SEASONS * window.calendar.season } = policy
  if (hasDrifted(watch, policy)) return await refit(model, window, ask, dir.path, 'drift', loss, run)
  if (window.cutoff - before.learnedTo >= every) return await refit(model, window, ask, dir.path, 'schedule', loss, run)
  const forecast = await forecastMoved(fitted, window, ask, reaches, run)
  const standing: Standing = { ...before, seenTo: window.cutoff, watch, reaches }
  await writeFile(join(dir.path, FILE), JSON.stringify(standing))
  return { forecast, refitted: null, loss, watch, reaches, learnedTo: before.learnedTo, seenTo: window.cutoff }
}

async function refit(
  model: Model,
  window: Window,
  ask: Ask,
  path: string,
  refitted: NonNullable<Update['refitted']>,
  loss: number | null,
  run: Run,
): Promise<Update> {
  const fitted = await model.fit(window, run)
  const forecast = await fitted.forecast(window, ask, run)
  // What is half written must not be read: the standing goes first and comes last.
  await rm(join(path, FILE), { force: true })
  await rm(join(path, FIT), { recursive: true, force: true })
  await mkdir(join(path, FIT), { recursive: true })
  await fitted.save({ path: join(path, FIT) })
  const standing: Standing = {
    ...{ model: model.name, version: VERSION, horizon: window.horizon },
    ...{ learnedTo: window.cutoff, seenTo: window.cutoff, watch: FRESH_WATCH, reaches: REACHES },
  }
  await writeFile(join(path, FILE), JSON.stringify(standing))
  return { forecast, refitted, loss, ...standing }
}

async function standingIn(path: string): Promise<Standing | undefined> {
  const file = join(path, FILE)
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Standing) : undefined
}

/** Asks for moved levels, and answers under the names of those meant. */
async function forecastMoved(fitted: Fitted, window: Window, ask: Ask, reaches: Reaches, run: Run): Promise<Forecast> {
  if (reaches.every((reach, r) => reach === REACHES[r])) return await fitted.forecast(window, ask, run)
  const moved = ask.levels.map((level) => movedLevel(level, reaches))
  const levels = [...new Set(moved)].sort((a, b) => a - b)
  const forecast = await fitted.forecast(window, { levels, paths: ask.paths }, run)
  const places = moved.map((level) => levels.indexOf(level))
  const quantiles = sharedFloat64(forecast.mean.length * moved.length)
  for (let k = 0; k < forecast.mean.length; k++)
    for (const [l, place] of places.entries())
      quantiles[k * moved.length + l] = at(forecast.quantiles, k * levels.length + place)
  return { ...forecast, levels: ask.levels, quantiles }
}

/**
 * What the fit would have said of the periods since it last saw any: its quantile loss as a share of what was observed, and how often the intervals of each distance from the median
 * held it; NaN and null where nothing new was observed.
 */
async function since(
  fitted: Fitted,
  window: Window,
  { seenTo, reaches }: Standing,
  run: Run,
): Promise<{ readonly loss: number | null; readonly held: readonly number[] }> {
  const back = Math.min(window.cutoff - seenTo, window.horizon)
  if (back <= 0) return { loss: null, held: reaches.map(() => Number.NaN) }
  const earlier = earlierWindow(window, back)
  const levels = [...new Set([...LEVELS, ...reaches.flatMap((reach) => [0.5 - reach, 0.5 + reach])])].sort(
    (a, b) => a - b,
  )
  const { quantiles, answeredBy, horizon } = await fitted.forecast(earlier, { levels, paths: 0 }, run)
  const watchedAt = LEVELS.map((level) => levels.indexOf(level))
  const ends = reaches.map((reach) => [levels.indexOf(0.5 - reach), levels.indexOf(0.5 + reach)] as const)
  const inside = new Float64Array(reaches.length)
  let [loss, size, cells, series] = [0, 0, 0, 0]
  for await (const past of window.past()) {
    const came = slicePeriods(past, earlier.cutoff + 1, earlier.cutoff + 1 + back, true, true)
    for (let i = 0; i < came.ids.length; i++, series++) {
      if (answeredBy[series] === undefined) continue
      for (let h = 0; h < back; h++) {
        const y = at(came.target, i * back + h)
        if (Number.isNaN(y) || (at(came.mask, i * back + h) & Mask.closed) !== 0) continue
        const own = quantiles.subarray(
          (series * horizon + h) * levels.length,
          (series * horizon + h + 1) * levels.length,
        )
        size += Math.abs(y)
        cells++
        for (const [l, place] of watchedAt.entries())
          loss += (2 * pinball(y - at(own, place), at(LEVELS, l))) / LEVELS.length
        for (const [r, [low, high]] of ends.entries())
          if (y >= at(own, low) && y <= at(own, high)) inside[r] = at(inside, r) + 1
      }
    }
  }
  return {
    loss: size > 0 ? loss / size : null,
    held: Array.from(inside, (count) => (cells > 0 ? count / cells : Number.NaN)),
  }
}
