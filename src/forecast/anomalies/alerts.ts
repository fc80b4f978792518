import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { at, type Panel } from '../../core/panel.ts'
import { type Alert, type AlertOptions, type AlertSettings, type Alerts, byChance } from './alert.ts'
import { believedUpTo } from './discoveries.ts'
import { driftAlerts } from './drifts.ts'
import { type Looked, look, saidOf } from './look.ts'
import { requireWithin } from './options.ts'
import { short } from './short.ts'
import { edgeOf } from './tails.ts'
import { wholeAlerts } from './whole.ts'

const DEFAULTS: AlertSettings = { central: 0.99, rate: 0.05, before: new Map() }

/**
 * Holds new values against the forecast that was made before they were known: single values outside of its range, series that drift away
 * from it, and all series together.
 *
 * A value is an alert if it lies outside of the central range and is so unlikely that, among all values looked at, no more than a rate of the
 * alerts are false on average (Benjamini and Hochberg, 1995); drifts are cumulative sums of normal scores (Page, 1954), under the same
 * control. Closed periods are passed over, and so are low values while the shelf was empty. `actual` may reach further than the forecast, and
 * hold other series; refused is one that shares no period of any series (`anomalies.unlike`), or options out of range (`anomalies.option`).
 *
 * @example
 * const { values, scores } = alertsOf(forecast, panel, { before: yesterday.scores })
 * values.map((alert) => textOf(alert.code, alert.details, 'en'))
 */
export function alertsOf(forecast: Forecast, actual: Panel, options: AlertOptions = {}): Alerts {
  const settings = { ...DEFAULTS, ...options }
  requireWithin('central', settings.central, 0.5, 0.9999)
  requireWithin('rate', settings.rate, 1e-6, 0.5)
  const looked = look(forecast, actual)
  const { tested } = looked
  if (tested === 0) throw new ForetideError('anomalies.unlike', { problem: 'no value of any series was forecast' })
  return {
    values: valueAlerts(forecast, looked, settings),
    ...driftAlerts(forecast, looked, settings),
    whole: wholeAlerts(forecast, looked, settings),
    tested,
  }
}

function valueAlerts(forecast: Forecast, looked: Looked, { central, rate }: AlertSettings): Alert[] {
  const chances = looked.above.map((above, cell) => Math.min(1, 2 * Math.min(above, at(looked.below, cell))))
  const most = Math.min(1 - central, believedUpTo(chances, rate))
  const alerts: Alert[] = []
  for (let cell = 0; cell < chances.length; cell++) {
    const probability = at(chances, cell)
    if (!(probability <= most)) continue
    const s = Math.floor(cell / forecast.horizon)
    const said = saidOf(forecast, cell, looked.counted[s] === 1)
    const [low, high] = [edgeOf(said, (1 - central) / 2), edgeOf(said, (1 + central) / 2)]
    const value = at(looked.actual, cell)
    if (value >= low && value <= high) continue
    const id = forecast.ids[s] as string
    const from = forecast.start + (cell % forecast.horizon)
    const details = {
      id,
      period: forecast.calendar.format(from),
      value: short(value),
      low: short(low),
      high: short(high),
      rarity: rarity(probability / 2),
    }
    const code = value > high ? 'anomalies.aboveForecast' : 'anomalies.belowForecast'
    alerts.push({
      kind: 'value',
      id,
      from,
      to: from,
      value,
      expected: said.mean,
      low,
      high,
      probability,
      code,
      details,
    })
  }
  return alerts.sort(byChance)
}

/** Once in how many, as people say it: two digits, and no more than a million million. */
function rarity(probability: number): string {
  const times = Math.min(1e12, 1 / probability)
  return Number(times.toPrecision(2)).toLocaleString('en-US')
}
