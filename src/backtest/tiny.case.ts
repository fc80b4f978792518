import { askOf, blankForecast, type Forecast } from '../core/forecast.ts'
import { at, type Panel } from '../core/panel.ts'
import type { Window } from '../core/window.ts'
import type { Fitted, Model } from '../models/model.ts'

/** How a tiny model for tests behaves; it forecasts one number for all steps and quantiles of a series, plus `spread` × (level − ½). */
export interface Tiny {
  readonly name: string
  /** The number for a series, from its past at the fit and now; undefined to refuse. */
  readonly say: (now: readonly number[], atFit: readonly number[]) => number | undefined
  readonly spread?: number
  readonly onFit?: (window: Window) => void
}

const pasts = async (window: Window): Promise<Map<string, number[]>> => {
  const found = new Map<string, number[]>()
  for await (const block of window.past())
    block.ids.forEach((id, i) => {
      found.set(id, [...block.target.subarray(block.offsets[i], block.offsets[i + 1])])
    })
  return found
}

/** A model of a few lines that counts its fits and can refuse, for tests of the machinery around models. */
export function tinyModel({ name, say, spread = 0, onFit }: Tiny): Model {
  const fitted = (learned: ReadonlyMap<string, number[]>): Fitted => ({
    save: () => Promise.reject(new Error('a tiny model is not saved')),
    forecast: async (window, ask) => {
      const now = await pasts(window)
      const { calendar, cutoff, horizon, digest } = window
      const provenance = { model: name, window: digest, version: '0' }
      const forecast = blankForecast({ calendar, ids: [...now.keys()], start: cutoff + 1, horizon, provenance }, ask)
      forecast.ids.forEach((id, i) => {
        const value = say(now.get(id) as number[], learned.get(id) ?? [])
        if (value === undefined) forecast.refused.set(i, [{ model: name, reason: 'tooShort', details: {} }])
        else {
          forecast.answeredBy[i] = name
          for (let h = 0; h < horizon; h++) {
            forecast.mean[i * horizon + h] = value
            ask.levels.forEach((level, l) => {
              forecast.quantiles[(i * horizon + h) * ask.levels.length + l] = value + spread * (level - 0.5)
            })
          }
        }
      })
      return forecast
    },
  })
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true },
    load: () => Promise.reject(new Error('a tiny model is not saved')),
    fit: async (window) => {
      onFit?.(window)
      return fitted(await pasts(window))
    },
  }
}

/** The last value seen. */
export const last = (now: readonly number[]) => now.findLast((y) => !Number.isNaN(y))
/** The mean of what was seen. */
export const average = (now: readonly number[]) => now.reduce((a, b) => a + b, 0) / now.length

/** A forecast with the given numbers for the series of a panel, answered by `given`. */
export function givenForecast(
  panel: Panel,
  start: number,
  horizon: number,
  levels: readonly number[],
  mean: ArrayLike<number>,
  quantiles: ArrayLike<number> = [],
): Forecast {
  const provenance = { model: 'given', window: '', version: '0' }
  const forecast = blankForecast(
    { calendar: panel.calendar, ids: panel.ids, start, horizon, provenance },
    askOf({ levels }),
  )
  forecast.mean.set(mean)
  for (let k = 0; k < quantiles.length; k++) forecast.quantiles[k] = at(quantiles, k)
  forecast.answeredBy.fill('given')
  return forecast
}
