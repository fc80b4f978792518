import type { Forecast } from '../../core/forecast.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import { normalQuantile } from '../../models/statistical/normal.ts'
import { type Said, tailsOf } from './tails.ts'

/** New values beside their forecasts, by series and step; NaN where nothing was seen. */
export interface Looked {
  readonly actual: Float64Array
  readonly counted: Uint8Array
  /** Chances of as much and more, and as little and less. */
  readonly above: Float64Array
  readonly below: Float64Array
  readonly score: Float64Array
  readonly tested: number
}

/** The distribution that a forecast gives for a cell. */
export const saidOf = (forecast: Forecast, cell: number, counted: boolean): Said => ({
  levels: forecast.levels,
  of: forecast.quantiles,
  from: cell * forecast.levels.length,
  mean: at(forecast.mean, cell),
  counted,
})

/** Holds every value of a panel that was forecast against its distribution. */
export function look(forecast: Forecast, actual: Panel): Looked {
  const cells = forecast.mean.length
  const blank = () => new Float64Array(cells).fill(Number.NaN)
  const looked = { actual: blank(), above: blank(), below: blank(), score: blank() }
  const counted = new Uint8Array(forecast.ids.length)
  const places = new Map(actual.ids.map((id, i) => [id, i]))
  let tested = 0
  for (const [s, id] of forecast.ids.entries()) {
    const i = places.get(id)
    if (i === undefined) continue
    counted[s] = isCounted(actual, i) ? 1 : 0
    for (let h = 0; h < forecast.horizon; h++) {
      const cell = s * forecast.horizon + h
      const at_ = at(actual.offsets, i) + forecast.start + h - at(actual.start, i)
      if (at_ < at(actual.offsets, i) || at_ >= at(actual.offsets, i + 1)) continue
      const y = at(actual.target, at_)
      const bits = at(actual.mask, at_)
      if (Number.isNaN(y) || Number.isNaN(at(forecast.mean, cell)) || (bits & Mask.closed) !== 0) continue
      const tails = tailsOf(saidOf(forecast, cell, counted[s] === 1), y)
      // What was sold from an empty shelf is the least that was wanted: it can be too much, but not too little.
      if ((bits & Mask.censored) !== 0 && tails.below < tails.above) continue
      tested++
      looked.actual[cell] = y
      looked.above[cell] = tails.above
      looked.below[cell] = tails.below
      looked.score[cell] = scoreOf(tails.above, tails.below)
    }
  }
  return { ...looked, counted, tested }
}

function isCounted(panel: Panel, i: number): boolean {
  for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
    const y = at(panel.target, k)
    if (!Number.isNaN(y) && !(Number.isInteger(y) && y >= 0)) return false
  }
  return true
}

/** The middle of where a value stands in its distribution, as a normal number. */
const scoreOf = (above: number, below: number) =>
  normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, (below + 1 - above) / 2)))
