import { CannotForecast } from '../../../core/errors.ts'
import type { LocalMethod, Series } from '../../local.ts'
import { writeLinearAnswer } from '../linear-answer.ts'
import { type CesKind, KINDS, RULES, runCes, trackOf } from './filter.ts'
import { type CesCriterion, type Chosen, chooseKind, packed, unpacked } from './fit.ts'

/** What can be chosen of complex exponential smoothing. */
export interface CesOptions {
  /** The kind of season; without it the criterion chooses. */
  readonly kind?: CesKind
  readonly criterion?: CesCriterion
  /** Length of the seasonal cycle in place of the calendar's. */
  readonly season?: number
}

/**
 * Complex exponential smoothing: a level and the potential behind it as one complex number, which follows levels and trends
 * without deciding between them (Svetunkov, Kourentzes and Ord, 2022); the season none, simple, partial or full, by AICc.
 *
 * Takes gaps as they are; quantiles are normal with the variance of the linear state space form. Refuses fewer than five values.
 *
 * @example
 * autoCes({ kind: 'partial' }).options // → { kind: 'partial' }
 */
export const autoCes = (options: CesOptions = {}): LocalMethod<CesOptions> => {
  const fit = (series: Series): Chosen => {
    const observed = series.values.reduce((count, v) => (!Number.isNaN(v) ? count + 1 : count), 0)
    if (observed === 0) throw new CannotForecast('noValues')
    const m = Math.max(1, Math.round(options.season ?? series.season))
    const kinds = options.kind ? [options.kind] : KINDS
    const chosen = chooseKind(series.values, m, kinds, options.criterion ?? 'aicc')
    if (chosen) return chosen
    if (m < 2 && options.kind && options.kind !== 'none') throw new CannotForecast('noSeason')
    const needs = Math.min(...kinds.map((kind) => Math.max(RULES[kind].states + 3, kind === 'none' ? 0 : 2 * m)))
    throw new CannotForecast('tooShort', { has: observed, needs })
  }
  return {
    name: options.kind ? `ces-${options.kind}` : 'auto-ces',
    needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true },
    options,
    fit: (series) => packed(fit(series)),
    forecast({ values }, parameters, answer) {
      const { kind, m, variance, smooth, start } = unpacked(parameters)
      // The horizon as missing values: the recursion then projects its states, and what it expected is the forecast.
      const y = new Float64Array(values.length + answer.horizon).fill(Number.NaN)
      y.set(values)
      const track = trackOf(y, m, kind)
      track.rows.set(start)
      if (!Number.isFinite(runCes(track, smooth))) throw new CannotForecast('didNotConverge')
      for (let h = 0; h < answer.horizon; h++)
        answer.mean[h] = expected(track.rows, kind, track.lead, values.length + h)
      writeLinearAnswer(answer, responseOf(kind, m, smooth, answer.horizon), variance)
    },
  }
}

/** The one-step mean of value t, from the rows that it looks back at. */
function expected(rows: Float64Array, kind: CesKind, lead: number, t: number): number {
  const row = lead + t
  const level = rows[4 * (row - (RULES[kind].lagged ? lead : 1))] as number
  return RULES[kind].states > 2 ? level + (rows[4 * (row - lead) + 2] as number) : level
}

/** What an error of 1 adds to the values after it: the recursion from empty states over one value of 1. */
function responseOf(kind: CesKind, m: number, smooth: Float64Array, steps: number): Float64Array {
  const y = new Float64Array(steps).fill(Number.NaN)
  y[0] = 1
  const track = trackOf(y, m, kind)
  runCes(track, smooth)
  return y.map((_, j) => (j === 0 ? 1 : expected(track.rows, kind, track.lead, j)))
}
