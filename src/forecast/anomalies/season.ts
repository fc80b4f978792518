import type { Calendar } from '../../core/calendar.ts'
import { at } from '../../core/panel.ts'
import { BELIEVED, clipped } from './robust.ts'
import { type Spread, varianceAt } from './spread.ts'

/** A cycle is measured phase by phase once so many of them were observed; longer ones only as waves. */
const CYCLES = 4
/** A phase of which little was seen leans on no season at all by so many counted units or variances over means. */
const LEAN = 3

/** The longest cycle of a calendar whose every phase was seen often enough, and the one that must be told by waves; 1 and 0 for none. */
export function cyclesOf(calendar: Calendar, length: number): { readonly phases: number; readonly wave: number } {
  let phases = 1
  let wave = 0
  const seasons = calendar.unit === 'hour' ? [24, 168] : calendar.seasons
  for (const season of seasons) {
    if (Number.isInteger(season) && season > 1 && length >= CYCLES * season) phases = Math.max(phases, season)
    else if (season > phases && length >= 2 * season) wave = season
  }
  return { phases, wave }
}

/** What a season is measured from. */
export interface Unseasoned {
  /** Observed values, NaN where none; the phase of the first. */
  readonly values: Float64Array
  readonly first: number
  readonly phases: number
  /** What was expected, the season so far included. */
  readonly mean: Float64Array
  /** The same without it. */
  readonly rest: Float64Array
  readonly spread: Spread
  readonly sparse: boolean
  /** Whether seasons are added, not multiplied. */
  readonly signed: boolean
}

/** One factor (or addend) for each phase of the cycle, 1 (or 0) in the middle, with residuals clipped and rarely seen phases drawn to the middle. */
export function seasonOf(given: Unseasoned): Float64Array {
  const { values, first, phases, mean, rest, spread, sparse, signed } = given
  const sums = new Float64Array(phases)
  const weights = new Float64Array(phases)
  for (let t = 0; t < values.length; t++) {
    const y = at(values, t)
    if (Number.isNaN(y)) continue
    const p = (first + t) % phases
    const mu = at(mean, t)
    const variance = varianceAt(spread, mu)
    const kept = sparse ? y : clipped(y, mu, BELIEVED * Math.sqrt(variance))
    const unit = signed ? variance : variance / Math.max(mu, 1e-9 * Math.sqrt(variance))
    sums[p] = at(sums, p) + (signed ? kept - at(rest, t) : kept) / unit
    weights[p] = at(weights, p) + (signed ? 1 : at(rest, t)) / unit
  }
  const lean = signed ? 1 / varianceAt(spread, 0) : LEAN
  const season = new Float64Array(phases)
  let total = 0
  for (let p = 0; p < phases; p++) {
    season[p] = (at(sums, p) + (signed ? 0 : lean)) / (at(weights, p) + lean)
    total += at(season, p) / phases
  }
  for (let p = 0; p < phases; p++) season[p] = signed ? at(season, p) - total : at(season, p) / total
  return season
}
