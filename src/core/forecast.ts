import type { Calendar, Period } from './calendar.ts'
import { type Details, ForetideError, type Refusal } from './errors.ts'
import { sharedFloat64 } from './memory.ts'
import { at } from './panel.ts'

/** The quantile levels of a forecast that asks for no others. */
export const DEFAULT_LEVELS: readonly number[] = [
  0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99,
]

/** What is wanted of a forecast beside its mean. */
export interface Ask {
  /** Quantile levels between 0 and 1, ascending. */
  readonly levels: readonly number[]
  /** How many sample paths a series; 0 for none. */
  readonly paths: number
}

/** Fills in what was not asked for explicitly; refuses levels outside of (0, 1) and sorts the rest. */
export function askOf(wanted: Partial<Ask> = {}): Ask {
  const levels = [...new Set(wanted.levels ?? DEFAULT_LEVELS)].sort((a, b) => a - b)
  for (const level of levels)
    if (!(level > 0 && level < 1)) throw new ForetideError('forecast.level', { level }, { fault: 'usage' })
  return { levels, paths: wanted.paths ?? 0 }
}

/** Why a model left a series to the next candidate. */
export interface Refused {
  readonly model: string
  readonly reason: Refusal
  readonly details: Details
}

/** Where a forecast comes from. */
export interface Provenance {
  readonly model: string
  /** {@link Window.digest} of what was known. */
  readonly window: string
  /** Version of Foretide. */
  readonly version: string
}

/**
 * What a model says of the periods after the cutoff, for each series and step.
 *
 * Arrays are series-major. `mean[i·H + h]`, `quantiles[(i·H + h)·L + l]`, `paths[(i·P + p)·H + h]`, with H steps, L levels, P paths.
 * Quantiles never cross, and are never negative where the series' past is not. Series that nobody could answer hold NaN.
 */
export interface Forecast {
  readonly calendar: Calendar
  readonly ids: readonly string[]
  /** The first period forecast, the one after the cutoff. */
  readonly start: Period
  readonly horizon: number
  readonly levels: readonly number[]
  readonly mean: Float64Array
  readonly quantiles: Float64Array
  readonly paths?: { readonly count: number; readonly values: Float64Array }
  /** The name of the model that answered each series; undefined where none did. */
  readonly answeredBy: readonly (string | undefined)[]
  /** Who refused which series, and why, by index of the series. */
  readonly refused: ReadonlyMap<number, readonly Refused[]>
  readonly provenance: Provenance
}

/** An empty forecast of the right shape, every number NaN, for a model to write its answer into. */
export function blankForecast(
  frame: Pick<Forecast, 'calendar' | 'ids' | 'start' | 'horizon' | 'provenance'>,
  ask: Ask,
): Forecast & { answeredBy: (string | undefined)[]; refused: Map<number, Refused[]> } {
  const n = frame.ids.length
  const h = frame.horizon
  return {
    ...frame,
    levels: ask.levels,
    mean: sharedFloat64(n * h).fill(Number.NaN),
    quantiles: sharedFloat64(n * h * ask.levels.length).fill(Number.NaN),
    ...(ask.paths > 0
      ? { paths: { count: ask.paths, values: sharedFloat64(n * ask.paths * h).fill(Number.NaN) } }
      : {}),
    answeredBy: new Array(n).fill(undefined),
    refused: new Map(),
  }
}

/** One quantile of one series and step; levels between two that the forecast has are interpolated, outside ones refused. */
export function quantileAt(forecast: Forecast, series: number, step: number, level: number): number {
  const { levels, quantiles, horizon } = forecast
  const base = (series * horizon + step) * levels.length
  const upper = levels.findIndex((l) => l >= level - 1e-12)
  if (upper < 0 || (upper === 0 && at(levels, 0) > level + 1e-12)) throw new ForetideError('forecast.level', { level })
  const right = at(quantiles, base + upper)
  if (Math.abs(at(levels, upper) - level) < 1e-12) return right
  const left = at(quantiles, base + upper - 1)
  const share = (level - at(levels, upper - 1)) / (at(levels, upper) - at(levels, upper - 1))
  return left + share * (right - left)
}
