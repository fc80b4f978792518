import { type Forecast, quantileAt } from '../core/forecast.ts'
import { at, type Panel } from '../core/panel.ts'
import type { Window } from '../core/window.ts'
import type { LearningSample } from './learning-page.ts'

/** Series shown, and times the horizon that is shown of their past. */
const SHOWN = 6
const LOOKED_BACK = 5
const BANDS = [0.95, 0.8, 0.5]

/** Some series with what was forecast of them and what came, from the one that sells most to those that sell little: `window` has all of their past. */
export async function learningSamples(window: Window, forecast: Forecast): Promise<LearningSample[]> {
  const { calendar } = window
  const { start, horizon, ids } = forecast
  const volumes = new Map<string, number>()
  const blocks: Panel[] = []
  for await (const past of window.past()) {
    blocks.push(past)
    for (const [i, id] of past.ids.entries()) {
      let sum = 0
      for (let k = at(past.offsets, i); k < at(past.offsets, i + 1); k++) sum += Math.max(0, at(past.target, k) || 0)
      volumes.set(id, sum)
    }
  }
  const answered = ids.filter((id, i) => forecast.answeredBy[i] && (volumes.get(id) ?? 0) > 0)
  const ranked = answered.sort((a, b) => (volumes.get(b) ?? 0) - (volumes.get(a) ?? 0))
  const count = Math.min(SHOWN, ranked.length)
  const chosen = Array.from({ length: count }, (_, k) => ranked[Math.floor((k * ranked.length) / count)] as string)
  return chosen.map((id) => {
    const past = blocks.find((block) => block.ids.includes(id)) as Panel
    const i = past.ids.indexOf(id)
    const valueAt = (t: number) => {
      const k = t - at(past.start, i)
      const y =
        k >= 0 && k < at(past.offsets, i + 1) - at(past.offsets, i)
          ? at(past.target, at(past.offsets, i) + k)
          : Number.NaN
      return Number.isNaN(y) ? null : y
    }
    const first = Math.max(at(past.start, i), start - LOOKED_BACK * horizon)
    const span = (from: number, length: number) => Array.from({ length }, (_, k) => from + k)
    const series = ids.indexOf(id)
    const quantile = (level: number) => span(0, horizon).map((h) => quantileAt(forecast, series, h, level))
    return {
      id,
      periods: span(first, start + horizon - first).map((t) => calendar.format(t)),
      history: span(first, start - first).map(valueAt),
      came: span(start, horizon).map(valueAt),
      median: quantile(0.5),
      bands: BANDS.map((share) => ({ low: quantile((1 - share) / 2), high: quantile((1 + share) / 2) })),
    }
  })
}
