import { describe, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf, type Forecast } from '../../core/forecast.ts'
import { at, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { globalModel } from './global-model.ts'
import { type GlobalOptions, STRATEGIES } from './options.ts'
import { ridgeCase } from './ridge.case.ts'

const HORIZON = 7
const CUTOFF = 119
const run = runOf({ threads: 1 })
const calendar = new Calendar({ unit: 'day' })

/** Series around 20 that a promotion lifts by 8 and a price moves by −3 a unit, both drawn anew each day. */
function market(change: (values: { promo: number[]; price: number[] }) => void = () => {}, factor = 1): Panel {
  const series = Array.from({ length: 30 }, (_, i) => {
    const random = Random.of(5, `market ${i}`)
    const length = CUTOFF + 1 + HORIZON
    const promo = Array.from({ length }, () => (random.uniform() < 0.3 ? 1 : 0))
    const price = Array.from({ length }, () => 1 + random.uniform())
    const values = promo.map((p, t) => factor * (20 + 8 * p - 3 * at(price, t) + 0.2 * random.normal()))
    if (i === 0) change({ promo, price })
    return { id: `s${i}`, start: 0, values, columns: { promo, price } }
  })
  return panelOf(series, { calendar, knownAhead: ['promo', 'price'] })
}

const features = {
  families: [{ family: 'lags', lags: [1] }, { family: 'rolling', windows: [28] }, { family: 'column' }],
}

const windowOf = (panel: Panel) => windowAt(memorySource(panel), CUTOFF, HORIZON)
const ask = askOf({ levels: [0.1, 0.5, 0.9] })

const fitOn = async (panel: Panel, options: Partial<GlobalOptions>) =>
  await globalModel({ name: 'g', features, point: { make: ridgeCase, options: {} }, ...options }).fit(
    windowOf(panel),
    run,
  )

async function forecastOf(panel: Panel, options: Partial<GlobalOptions> = {}): Promise<Forecast> {
  return await (await fitOn(panel, options)).forecast(windowOf(panel), ask, run)
}

describe.each(STRATEGIES)('%s', (strategy) => {
  test('each step of the horizon answers to the covariates of its own step, and to no other', async () => {
    const fitted = await fitOn(market(), { strategy })
    const plain = await fitted.forecast(windowOf(market()), ask, run)
    for (let h = 0; h < HORIZON; h++) {
      const turned = market(({ promo, price }) => {
        promo[CUTOFF + 1 + h] = 1 - at(promo, CUTOFF + 1 + h)
        price[CUTOFF + 1 + h] = at(price, CUTOFF + 1 + h) + 0.5
      })
      const changed = await fitted.forecast(windowOf(turned), ask, run)
      const before = market().columns.get('promo')?.values[CUTOFF + 1 + h] as number
      const effect = (before === 1 ? -8 : 8) - 1.5
      for (let other = 0; other < HORIZON; other++) {
        const difference = at(changed.mean, other) - at(plain.mean, other)
        if (other === h) expect(Math.abs(difference - effect)).toBeLessThan(0.8)
        else expect(Math.abs(difference)).toBeLessThan(strategy === 'recursive' ? 0.2 : 1e-9)
      }
    }
  })

  test('a panel a thousand times as large is forecast a thousand times as high', async () => {
    const one = await forecastOf(market(), { strategy })
    const thousand = await forecastOf(market(undefined, 1000), { strategy })
    for (let k = 0; k < one.mean.length; k++) expect(at(thousand.mean, k) / at(one.mean, k) / 1000).toBeCloseTo(1, 3)
    for (let k = 0; k < one.quantiles.length; k++)
      expect(at(thousand.quantiles, k) / at(one.quantiles, k) / 1000).toBeCloseTo(1, 3)
  })

  test('what happens after the cutoff changes nothing', async () => {
    const poisoned = market()
    for (let i = 0; i < poisoned.ids.length; i++)
      poisoned.target.fill(1e9, at(poisoned.offsets, i + 1) - HORIZON, at(poisoned.offsets, i + 1))
    const clean = await forecastOf(market(), { strategy })
    const forecast = await forecastOf(poisoned, { strategy })
    expect(forecast.mean).toEqual(clean.mean)
    expect(forecast.quantiles).toEqual(clean.quantiles)
  })

  test('quantiles hold what they say', async () => {
    const forecast = await forecastOf(market(), { strategy })
    const truth = market().target
    let inside = 0
    for (let i = 0; i < 30; i++)
      for (let h = 0; h < HORIZON; h++) {
        const y = at(truth, i * (CUTOFF + 1 + HORIZON) + CUTOFF + 1 + h)
        const k = (i * HORIZON + h) * 3
        if (y >= at(forecast.quantiles, k) && y <= at(forecast.quantiles, k + 2)) inside++
      }
    expect(inside / (30 * HORIZON)).toBeGreaterThan(0.7)
    expect(inside / (30 * HORIZON)).toBeLessThan(0.92)
  })
})

/** Deviations from 50 that shrink to 0.8 of themselves from day to day, but for noise. */
function autoregression(): Panel {
  const series = Array.from({ length: 40 }, (_, i) => {
    const random = Random.of(9, `ar ${i}`)
    let y = 0
    const values = Array.from({ length: CUTOFF + 1 + HORIZON }, (_, t) => {
      y = 0.8 * y + random.normal()
      // The last day of the first series stands far out, so that what becomes of it is seen.
      return 50 + (i === 0 && t === CUTOFF ? 10 : y)
    })
    return { id: `s${i}`, start: 0, values }
  })
  return panelOf(series, { calendar })
}

test('recursion and one model a step agree on an autoregression, and with its closed form', async () => {
  const options: Partial<GlobalOptions> = {
    features: { families: [{ family: 'lags', lags: [1] }] },
    extras: [],
    target: { scale: 'none' },
  }
  const panel = autoregression()
  const recursive = await forecastOf(panel, { ...options, strategy: 'recursive' })
  const direct = await forecastOf(panel, { ...options, strategy: 'direct' })
  for (let h = 0; h < HORIZON; h++) {
    const exact = 50 + 10 * 0.8 ** (h + 1)
    expect(Math.abs(at(recursive.mean, h) - exact)).toBeLessThan(0.35)
    expect(Math.abs(at(direct.mean, h) - exact)).toBeLessThan(0.6)
  }
  // An error of one step ahead has deviation 1; of h steps, the root of 1 + 0.64 + … + 0.64^(h − 1).
  for (const forecast of [recursive, direct])
    for (const h of [0, HORIZON - 1]) {
      const width = at(forecast.quantiles, h * 3 + 2) - at(forecast.quantiles, h * 3)
      const exact = 2 * 1.2816 * Math.sqrt((1 - 0.64 ** (h + 1)) / 0.36)
      expect(width / exact).toBeGreaterThan(0.75)
      expect(width / exact).toBeLessThan(1.3)
    }
})
