import { describe, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf, type Forecast } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { modelContract } from '../contract.case.ts'
import type { LocalMethod } from '../local.ts'
import { localModel } from '../local-model.ts'
import { calibrated } from './calibrated.ts'
import { normalQuantile } from './normal.ts'
import { naive } from './simple/naive.ts'

modelContract(() => calibrated(localModel(naive())))

const HORIZON = 7
const LENGTH = 70
/** Knows the true distribution, normal around 50, but claims a spread that is `factor` times the true one. */
const claiming = (factor: number): LocalMethod => ({
  name: 'claiming',
  needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true },
  options: {},
  fit: () => new Float64Array(0),
  forecast(_, __, answer) {
    answer.mean.fill(50)
    for (let k = 0; k < answer.quantiles.length; k++)
      answer.quantiles[k] = 50 + factor * normalQuantile(at(answer.levels, k % answer.levels.length))
  },
})
const series = Array.from({ length: 300 }, (_, i) => {
  const random = Random.of(8, `s${i}`)
  return { id: `s${i}`, start: 0, values: Array.from({ length: LENGTH }, () => 50 + random.normal()) }
})
const source = memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) }))
const window = windowAt(source, LENGTH - HORIZON - 1, HORIZON)
const levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]

async function forecastOf(factor: number): Promise<Forecast> {
  const run = runOf({ threads: 1 })
  const model = calibrated(localModel(claiming(factor)), { tolerance: 0 })
  return (await model.fit(window, run)).forecast(window, askOf({ levels }), run)
}

/** How much of the truth after the cutoff lay between two levels. */
function heldBetween({ quantiles }: Forecast, low: number, high: number): number {
  let held = 0
  series.forEach(({ values }, i) => {
    for (let h = 0; h < HORIZON; h++) {
      const row = (i * HORIZON + h) * levels.length
      const y = at(values, LENGTH - HORIZON + h)
      if (y >= at(quantiles, row + low) && y <= at(quantiles, row + high)) held++
    }
  })
  return held / (series.length * HORIZON)
}

describe('calibration', () => {
  test.each([0.8, 1, 1.15])(
    'makes intervals hold what they say where the model claims %d of the spread',
    async (factor) => {
      const forecast = await forecastOf(factor)
      expect(Math.abs(heldBetween(forecast, 1, 5) - 0.8)).toBeLessThan(0.03)
      expect(Math.abs(heldBetween(forecast, 0, 6) - 0.9)).toBeLessThan(0.03)
    },
  )

  test('moves no mean and no median, keeps the order of levels', async () => {
    const forecast = await forecastOf(0.8)
    expect(forecast.levels).toEqual(levels)
    expect(forecast.mean.every((m) => m === 50)).toBe(true)
    for (let k = 0; k < forecast.quantiles.length; k++) {
      if (k % levels.length === 3) expect(at(forecast.quantiles, k)).toBeCloseTo(50, 9)
      if (k % levels.length > 0) expect(at(forecast.quantiles, k)).toBeGreaterThan(at(forecast.quantiles, k - 1))
    }
  })

  test('leaves a model alone that is within the tolerance, and one without a past to look at', async () => {
    const run = runOf({ threads: 1 })
    const plain = await (await localModel(claiming(1)).fit(window, run)).forecast(window, askOf({ levels }), run)
    const wide = calibrated(localModel(claiming(1)), { tolerance: 0.1 })
    expect((await (await wide.fit(window, run)).forecast(window, askOf({ levels }), run)).quantiles).toEqual(
      plain.quantiles,
    )
    const early = windowAt(source, 3, HORIZON)
    const kept = await (await calibrated(localModel(claiming(0.8))).fit(early, run)).forecast(
      early,
      askOf({ levels }),
      run,
    )
    expect(at(kept.quantiles, 0)).toBeCloseTo(50 + 0.8 * normalQuantile(0.05), 9)
  })

  test('never sees what comes after the cutoff', async () => {
    const run = runOf({ threads: 1 })
    const changed = memorySource(
      panelOf(
        series.map((s) => ({ ...s, values: s.values.map((v, t) => (t >= LENGTH - HORIZON ? 1e6 : v)) })),
        { calendar: new Calendar({ unit: 'day' }) },
      ),
    )
    const other = windowAt(changed, LENGTH - HORIZON - 1, HORIZON)
    const model = calibrated(localModel(claiming(0.8)))
    const one = await (await model.fit(window, run)).forecast(window, askOf({ levels }), run)
    const two = await (await model.fit(other, run)).forecast(other, askOf({ levels }), run)
    expect(two.quantiles).toEqual(one.quantiles)
  })
})
