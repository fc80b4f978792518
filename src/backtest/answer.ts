import { CannotForecast } from '../core/errors.ts'
import { type Ask, blankForecast, type Forecast, type Refused } from '../core/forecast.ts'
import { VERSION } from '../core/version.ts'
import type { Window } from '../core/window.ts'
import { chainOf } from '../models/chain.ts'
import type { Fitted, Model } from '../models/model.ts'

/** A model followed by those who answer what it refuses; one that refuses everything at once is no failure either. */
export function withFallback(model: Model, fallback: readonly Model[]): Model {
  const others = fallback.filter((other) => other.name !== model.name).map(patient)
  return others.length > 0 ? chainOf([patient(model), ...others]) : patient(model)
}

/** Turns a refusal of the whole window into a refusal of each of its series. */
function patient(model: Model): Model {
  const refusing = (error: unknown): Fitted => {
    if (!(error instanceof CannotForecast)) throw error
    const refusal: Refused = { model: model.name, reason: error.reason, details: error.details }
    return {
      forecast: (window, ask) => refuseAll(window, ask, refusal),
      save: () => Promise.reject(error),
    }
  }
  const guard = (fitted: Fitted): Fitted => ({
    ...fitted,
    save: (dir) => fitted.save(dir),
    forecast: async (window, ask, run) => {
      try {
        return await fitted.forecast(window, ask, run)
      } catch (error) {
        return await refusing(error).forecast(window, ask, run)
      }
    },
  })
  return {
    name: model.name,
    needs: model.needs,
    load: (dir, run) => model.load(dir, run),
    fit: async (window, run) => {
      try {
        return guard(await model.fit(window, run))
      } catch (error) {
        return refusing(error)
      }
    },
  }
}

async function refuseAll(window: Window, ask: Ask, refusal: Refused): Promise<Forecast> {
  const ids: string[] = []
  for await (const block of window.past()) ids.push(...block.ids)
  const { calendar, cutoff, horizon, digest } = window
  const provenance = { model: refusal.model, window: digest, version: VERSION }
  const blank = blankForecast({ calendar, ids, start: cutoff + 1, horizon, provenance }, ask)
  for (let i = 0; i < ids.length; i++) blank.refused.set(i, [refusal])
  return blank
}

/** Something done, how long it took, and the highest resident memory seen meanwhile. */
export interface Measured<T> {
  readonly value: T
  readonly seconds: number
  readonly peak: number
}

/** Does a piece of work by the clock on the wall, looking at the memory ten times a second and at both ends. */
export async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  let peak = process.memoryUsage.rss()
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 100)
  const began = performance.now()
  try {
    const value = await work()
    const seconds = (performance.now() - began) / 1000
    look()
    return { value, seconds, peak }
  } finally {
    clearInterval(timer)
  }
}

/** Who answered how many series of a forecast, and how many the model left to others or to nobody. */
export function countAnswers(
  forecast: Forecast,
  model: string,
): { answeredBy: Record<string, number>; refused: number; unanswered: number } {
  const answeredBy: Record<string, number> = {}
  let unanswered = 0
  for (const name of forecast.answeredBy) {
    if (name === undefined) unanswered++
    else answeredBy[name] = (answeredBy[name] ?? 0) + 1
  }
  return { answeredBy, refused: forecast.answeredBy.length - (answeredBy[model] ?? 0), unanswered }
}
