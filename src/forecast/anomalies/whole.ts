import type { Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import type { Alert, AlertSettings } from './alert.ts'
import type { Looked } from './look.ts'
import { short } from './short.ts'

/** Scores of all series lie off by this much on average before it matters. */
const LEAST_OFF = 0.2
/** And by so many standard errors, taken from how the means of single periods differ: series have their days in common. */
const LEAST_STRENGTH = 3
/** The standard deviation of a period's mean where there are too few periods to tell. */
const USUAL_OFF = 0.15
/** This many times as many values outside of the range as were promised are too many. */
const TOO_MANY = 3
const LEAST_CELLS = 200

/** Whether all series together run above or below the forecast, and whether it promises more certainty than there is. */
export function wholeAlerts(forecast: Forecast, looked: Looked, { central }: AlertSettings): Alert[] {
  const { horizon, start } = forecast
  const means = new Float64Array(horizon)
  const counts = new Float64Array(horizon)
  let [value, expected, above, outside] = [0, 0, 0, 0]
  for (let cell = 0; cell < looked.actual.length; cell++) {
    const y = at(looked.actual, cell)
    if (Number.isNaN(y)) continue
    const h = cell % horizon
    means[h] = at(means, h) + at(looked.score, cell)
    counts[h] = at(counts, h) + 1
    value += y
    expected += at(forecast.mean, cell)
    above += at(looked.score, cell) > 0 ? 1 : 0
    if (2 * Math.min(at(looked.above, cell), at(looked.below, cell)) < 1 - central) outside++
  }
  const seen = [...means.keys()].filter((h) => at(counts, h) > 0)
  const days = seen.map((h) => at(means, h) / at(counts, h))
  const off = days.reduce((a, b) => a + b, 0) / days.length
  const error = Math.max(0.02, spreadOf(days, off)) / Math.sqrt(days.length)
  const frame = {
    kind: 'whole' as const,
    from: start + Math.min(...seen),
    to: start + Math.max(...seen),
    value,
    expected,
  }
  const found: Alert[] = []
  if (looked.tested < LEAST_CELLS) return found
  if (Math.abs(off) >= LEAST_OFF && Math.abs(off) >= LEAST_STRENGTH * error) {
    // The range of the whole is that of its mean score, brought to units by what it is off by now.
    const reach = Math.abs(((value - expected) / off) * LEAST_STRENGTH * error)
    found.push({
      ...frame,
      low: expected - reach,
      high: expected + reach,
      probability: chebyshev(off / error),
      code: off > 0 ? 'anomalies.wholeUp' : 'anomalies.wholeDown',
      details: { value: short(value), expected: short(expected), above: short((100 * above) / looked.tested) },
    })
  }
  const share = outside / looked.tested
  // A forecast that is off is held against more than its width.
  if (found.length === 0 && share >= TOO_MANY * (1 - central))
    found.push({
      ...frame,
      value: share,
      expected: 1 - central,
      low: 0,
      high: TOO_MANY * (1 - central),
      // Markov's inequality, which holds however much the series have in common.
      probability: (1 - central) / share,
      code: 'anomalies.wholeWide',
      details: { outside: short(100 * share), wanted: short(100 * (1 - central)) },
    })
  return found
}

function spreadOf(days: readonly number[], mean: number): number {
  if (days.length < 4) return USUAL_OFF
  return Math.sqrt(days.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (days.length - 1))
}

/** No distribution strays further more often: there are too few periods to say it better. */
const chebyshev = (strength: number) => Math.min(1, 1 / strength ** 2)
