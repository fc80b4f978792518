import { CannotForecast, ForetideError } from '../../../core/errors.ts'
import type { Answer, LocalMethod, Series } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { writeAnswer } from './answer.ts'
import { countOf, type Form, formsOf } from './form.ts'
import { follow, levelOnly, packed, unpacked } from './parameters.ts'
import { type Chosen, type Criterion, chooseForm, type Fixed } from './select.ts'

/** What can be chosen of an ETS method; everything has a default. */
export interface EtsOptions extends Fixed {
  /** Three letters as in R's `ets`: error A, M or Z; trend N, A, M or Z; season N, A, M or Z; Z lets the data choose. */
  readonly form?: string
  /** Whether trends are damped; without it both are tried. */
  readonly damped?: boolean
  readonly criterion?: Criterion
  /** Whether Z for the trend includes multiplicative ones, which can explode. */
  readonly multiplicativeTrend?: boolean
  /** Whether numerically unstable combinations are left out; true unless given. */
  readonly restrict?: boolean
  /** Length of the seasonal cycle in place of the calendar's. */
  readonly season?: number
}

const NEEDS: Needs = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true }
/** What a level moves by where the series is too short to estimate it. */
const GUESSED_ALPHA = 0.5

/**
 * Makes a method of the ETS family under a name; `simplest` lets a series that no form fits (too short) be answered by a
 * level alone, without it such a series is refused. Refuses a `form` that is none, or one that `restrict` leaves out.
 */
export function etsMethod(name: string, options: EtsOptions, simplest: boolean): LocalMethod<EtsOptions> {
  const { form = 'ZZZ', damped, multiplicativeTrend = false, restrict = true } = options
  const forms = /^[AMZ][NAMZ][NAMZ]$/.test(form) ? formsOf({ form, damped, multiplicativeTrend, restrict }) : []
  if (forms.length === 0) throw new ForetideError('ets.form', { form }, { fault: 'usage' })
  const fit = (series: Series) => fitted(series, forms, options, simplest)
  return {
    name,
    needs: NEEDS,
    options,
    fit: (series) => packed(fit(series)),
    forecast(series: Series, parameters: Float64Array, answer: Answer) {
      const outlook = follow(series.values, unpacked(parameters)) ?? follow(series.values, fit(series))
      if (!outlook) throw new CannotForecast('didNotConverge')
      writeAnswer(outlook, answer)
    },
  }
}

function fitted(series: Series, forms: readonly Form[], options: EtsOptions, simplest: boolean): Chosen {
  const { values } = series
  const { observed, constant, last, least } = glance(values)
  if (observed === 0) throw new CannotForecast('noValues')
  if (constant && observed > 1) return levelOnly(last, 0.9999, 0)
  const m = Math.max(1, Math.round(options.season ?? series.season))
  const chosen = chooseForm(values, m, forms, options.criterion ?? 'aicc', options)
  if (chosen) return chosen
  if (simplest) return shortLevel(values)
  if (m < 2 && forms.every((form) => form.season !== 0)) throw new CannotForecast('noSeason')
  const positive = forms.every((form) => form.error === 1 || form.season === 2 || form.trend === 2)
  if (positive && least <= 0) throw new CannotForecast('notPositive')
  const needs = Math.min(...forms.map((form) => countOf(form, m, true) + 2))
  throw new CannotForecast('tooShort', { has: observed, needs })
}

function glance(values: Float64Array): { observed: number; constant: boolean; last: number; least: number } {
  let observed = 0
  let constant = true
  let last = Number.NaN
  let least = Number.POSITIVE_INFINITY
  for (let t = 0; t < values.length; t++) {
    const value = values[t] as number
    if (Number.isNaN(value)) continue
    if (observed > 0 && value !== last) constant = false
    last = value
    least = Math.min(least, value)
    observed++
  }
  return { observed, constant, last, least }
}

/** A level for a series too short to estimate anything; one value alone is taken as a count, whose variance is its mean. */
function shortLevel(values: Float64Array): Chosen {
  const seen = values.filter((v) => !Number.isNaN(v))
  let level = seen[0] as number
  let sum = 0
  for (let t = 1; t < seen.length; t++) {
    const miss = (seen[t] as number) - level
    sum += miss * miss
    level += GUESSED_ALPHA * miss
  }
  const variance = seen.length > 1 ? sum / (seen.length - 1) : Math.abs(level)
  return levelOnly(seen[0] as number, GUESSED_ALPHA, variance)
}
