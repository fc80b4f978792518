import { at } from '../../core/panel.ts'
import type { Event } from './events.ts'
import { BELIEVED, clipped, medianOf, middleAndSpread } from './robust.ts'
import { type Spread, varianceAt } from './spread.ts'

/** What is believed of an effect before a series is looked at: logarithms of factors. */
export interface Prior {
  readonly effect: number
  /** Standard deviation between series. */
  readonly sd: number
}
export type Priors = Readonly<Record<string, Prior>>

/** An effect as one series shows it, and how certain that is: 1 / variance. */
export interface Measured {
  readonly key: string
  readonly effect: number
  readonly information: number
}

/** Without other series nothing is known of an effect but that it is seldom greater than five times. */
const UNKNOWN: Prior = { effect: 0, sd: 0.8 }
const STEPS = 4
/** Effects of so many events are begun with their median, which a wild one does not move. */
const SEVERAL = 3
/** No effect multiplies by more than e to this. */
const GREATEST = 4

/** What an effect is measured from: observed values (NaN where none), and what was expected of them without it. */
export interface Without {
  readonly values: Float64Array
  readonly mean: Float64Array
  readonly spread: Spread
  readonly sparse: boolean
}

/**
 * The factor of one event, as a logarithm, in a series whose values are never negative: quasi-likelihood with clipped residuals, drawn to the
 * prior by as much as the series leaves open (Cantoni and Ronchetti, 2001; the prior of empirical Bayes).
 */
export function measure(
  event: Event,
  given: Without,
  prior: Prior = UNKNOWN,
): Measured & { readonly posterior: number } {
  const { values, mean, spread, sparse } = given
  const trust = 1 / prior.sd ** 2
  let effect = startOf(event, given)
  let information = 0
  for (let step = 0; step < STEPS; step++) {
    let pull = 0
    information = 0
    for (const t of event.active) {
      const y = at(values, t)
      if (Number.isNaN(y)) continue
      const x = at(event.x, t)
      const mu = at(mean, t) * Math.exp(effect * x)
      const variance = varianceAt(spread, mu)
      const kept = sparse ? y : clipped(y, mu, BELIEVED * Math.sqrt(variance))
      pull += (x * (kept - mu) * mu) / variance
      information += (x * x * mu * mu) / variance
    }
    if (information === 0) break
    effect = bounded(effect + bounded(pull / information, 1), GREATEST)
  }
  const posterior = (information * effect + trust * prior.effect) / (information + trust)
  return { key: event.key, effect, information, posterior }
}

const bounded = (value: number, most: number) => Math.max(-most, Math.min(most, value))

function startOf({ x, active }: Event, { values, mean, spread, sparse }: Without): number {
  const ratios = new Float64Array(active.length)
  let n = 0
  let sold = 0
  let expected = 0
  let strength = 0
  for (const t of active) {
    const y = at(values, t)
    if (Number.isNaN(y)) continue
    const mu = at(mean, t)
    const unit = mu > 0 ? varianceAt(spread, mu) / mu : 0
    ratios[n++] = Math.log((y + unit / 2) / (mu + unit / 2)) / at(x, t)
    sold += y + unit / 2
    expected += mu + unit / 2
    strength += Math.abs(at(x, t))
  }
  if (n === 0 || active.length > 0.9 * values.length || !(expected > 0)) return 0
  if (n >= SEVERAL && !sparse) return bounded(medianOf(ratios, n), GREATEST)
  const sign = at(x, active[0] as number) > 0 ? 1 : -1
  return bounded((sign * Math.log(sold / expected)) / Math.max(0.05, strength / n), GREATEST)
}

/** Effects measured with less information than this say nothing of other series. */
const INFORMED = 4
const LEAST_SERIES = 5
const LEAST_SD = 0.1

/** What many series say together of each effect: the median of those that are certain of theirs, and how far these lie apart. */
export function priorsOf(measured: readonly Measured[]): Priors {
  const byKey = new Map<string, number[]>()
  for (const { key, effect, information } of measured) {
    if (information < INFORMED) continue
    const known = byKey.get(key)
    if (known) known.push(effect)
    else byKey.set(key, [effect])
  }
  const priors: Record<string, Prior> = {}
  for (const [key, effects] of byKey) {
    if (effects.length < LEAST_SERIES) continue
    const { middle, sd } = middleAndSpread(Float64Array.from(effects), effects.length)
    priors[key] = { effect: middle, sd: Math.max(LEAST_SD, sd) }
  }
  return priors
}
