import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { askOf, type Forecast } from '../core/forecast.ts'
import { at, Mask, type Panel, panelOf } from '../core/panel.ts'
import { Random } from '../core/random.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { latestWindow, windowAt } from '../store/window.ts'
import type { Model } from './model.ts'

const calendar = new Calendar({ unit: 'day' })
const HORIZON = 9
const ask = askOf({ paths: 20 })

/** What a model may declare itself excused from, each with the reason. */
export interface ContractOptions {
  /** Kinds of series that the model refuses by design, and why. */
  readonly refuses?: { readonly [Kind in keyof typeof KINDS]?: string }
  /** Why a constant is not answered by itself. */
  readonly notConstant?: string
  /** Why sample paths are not given. */
  readonly noPaths?: string
}

const seasonal = (t: number, random: Random) => 20 + 6 * Math.sin((2 * Math.PI * t) / 7) + 2 * random.normal()
const KINDS = {
  seasonal: { length: 84, value: seasonal },
  trending: { length: 84, value: (t: number, random: Random) => 10 + 0.4 * t + random.normal() },
  intermittent: {
    length: 84,
    value: (_: number, random: Random) => (random.uniform() < 0.3 ? 1 + random.poisson(1) : 0),
  },
  constant: { length: 84, value: () => 5 },
  zeros: { length: 84, value: () => 0 },
  gaps: {
    length: 84,
    value: (t: number, random: Random) => (t % 11 === 3 || t > 81 ? Number.NaN : seasonal(t, random)),
  },
  negative: { length: 84, value: (t: number, random: Random) => seasonal(t, random) - 25 },
  large: { length: 84, value: (t: number, random: Random) => 1e7 * seasonal(t, random) },
  two: { length: 2, value: (t: number) => 3 + t },
  one: { length: 1, value: () => 4 },
  missing: { length: 20, value: () => Number.NaN },
} as const

/** The kinds that a model must always answer unless it is excused; the rest may be refused as too short or empty. */
const MUST: readonly (keyof typeof KINDS)[] = [
  'seasonal',
  'trending',
  'intermittent',
  'constant',
  'zeros',
  'gaps',
  'negative',
  'large',
]

function panelOfKinds(shuffled = false): Panel {
  const names = Object.keys(KINDS) as (keyof typeof KINDS)[]
  if (shuffled) names.reverse()
  const series = names.map((name) => {
    const random = Random.of(11, name)
    const { length, value } = KINDS[name]
    const values = Array.from({ length: length + HORIZON }, (_, t) => (t < length ? value(t, random) : Number.NaN))
    const promo = values.map((_, t) => (t % 10 === 4 ? 1 : 0))
    return { id: name, start: 100 - length, values, columns: { promo } }
  })
  return panelOf(series, { calendar, knownAhead: ['promo'] })
}

const rowOf = (forecast: Forecast, id: string) => {
  const i = forecast.ids.indexOf(id)
  const { horizon, levels } = forecast
  return {
    by: forecast.answeredBy[i],
    mean: forecast.mean.slice(i * horizon, (i + 1) * horizon),
    quantiles: forecast.quantiles.slice(i * horizon * levels.length, (i + 1) * horizon * levels.length),
  }
}

/**
 * The proof that every model passes: answers or typed refusals for every kind of series, determinism under a seed and for any
 * number of threads and order of series, bit-identical save and load, quantiles that do not cross, planned closures at zero.
 */
export function modelContract(make: () => Model, options: ContractOptions = {}): void {
  const name = make().name
  describe(`${name} keeps the model contract`, () => {
    const window = latestWindow(memorySource(panelOfKinds()), HORIZON)
    const forecastOf = async (run = runOf({ threads: 1 }), w = window) =>
      (await make().fit(w, run)).forecast(w, ask, run)

    test('answers each kind of series fully, or refuses it by type', async () => {
      const forecast = await forecastOf()
      for (const id of forecast.ids as (keyof typeof KINDS)[]) {
        const { by, mean, quantiles } = rowOf(forecast, id)
        if (by === undefined) {
          expect(forecast.refused.get(forecast.ids.indexOf(id))?.[0]?.model, id).toBe(name)
          expect([...mean, ...quantiles].every(Number.isNaN), `${id} refused, yet has numbers`).toBe(true)
          if (MUST.includes(id))
            expect(options.refuses?.[id], `${id} refused without a stated reason`).toBeTypeOf('string')
        } else {
          expect([...mean, ...quantiles].every(Number.isFinite), `${id} has gaps in its answer`).toBe(true)
        }
      }
      expect(rowOf(forecast, 'missing').by).toBeUndefined()
    })

    test('quantiles ascend, and are not negative where the past is not', async () => {
      const forecast = await forecastOf()
      const levels = forecast.levels.length
      for (const id of forecast.ids) {
        const { by, mean, quantiles } = rowOf(forecast, id)
        if (by === undefined) continue
        for (let k = 0; k < quantiles.length; k++) {
          if (k % levels > 0) expect(at(quantiles, k), `${id} crosses`).toBeGreaterThanOrEqual(at(quantiles, k - 1))
          if (id !== 'negative') expect(at(quantiles, k)).toBeGreaterThanOrEqual(0)
        }
        if (id !== 'negative') expect(Math.min(...mean)).toBeGreaterThanOrEqual(0)
      }
    })

    test('is plausible: constants stay, zeros stay low, a large scale is only a scale', async () => {
      const forecast = await forecastOf()
      const constant = rowOf(forecast, 'constant')
      if (constant.by !== undefined && name !== 'zero' && !options.notConstant)
        for (const m of constant.mean) expect(m).toBeCloseTo(5, 1)
      const zeros = rowOf(forecast, 'zeros')
      if (zeros.by !== undefined) for (const m of zeros.mean) expect(m).toBeLessThan(0.5)
      const typical = rowOf(forecast, 'seasonal')
      const large = rowOf(forecast, 'large')
      if (typical.by !== undefined && large.by !== undefined && name !== 'zero')
        for (let h = 0; h < HORIZON; h++) {
          expect(at(typical.mean, h)).toBeGreaterThan(5)
          expect(at(large.mean, h)).toBeGreaterThan(5e7)
          expect(at(large.mean, h)).toBeLessThan(4e8)
        }
    })

    test('gives the same under a seed, whatever the threads and the order of series', async () => {
      const one = await forecastOf(runOf({ seed: 3, threads: 1 }))
      const two = await forecastOf(runOf({ seed: 3, threads: 2 }))
      const turned = await forecastOf(
        runOf({ seed: 3, threads: 1 }),
        latestWindow(memorySource(panelOfKinds(true)), HORIZON),
      )
      expect(two.quantiles).toEqual(one.quantiles)
      expect(two.mean).toEqual(one.mean)
      if (make().needs.crossSeries) return
      for (const id of one.ids) expect(rowOf(turned, id)).toEqual(rowOf(one, id))
    })

    test('forecasts the same to the last bit after save and load', async () => {
      const run = runOf({ threads: 1 })
      const path = await mkdtemp(join(tmpdir(), 'foretide-contract-'))
      try {
        const fitted = await make().fit(window, run)
        const before = await fitted.forecast(window, ask, run)
        const manifest = await fitted.save({ path })
        expect(manifest.model).toBe(name)
        const after = await (await make().load({ path }, run)).forecast(window, ask, run)
        expect(after.mean).toEqual(before.mean)
        expect(after.quantiles).toEqual(before.quantiles)
        expect(after.answeredBy).toEqual(before.answeredBy)
        expect(after.paths?.values).toEqual(before.paths?.values)
      } finally {
        await rm(path, { recursive: true, force: true })
      }
    })

    test('a fit serves later windows, and longer horizons begin with the shorter ones', async () => {
      const run = runOf({ threads: 1 })
      const source = memorySource(panelOfKinds())
      const fitted = await make().fit(windowAt(source, 80, HORIZON), run)
      const later = await fitted.forecast(windowAt(source, 99, HORIZON), ask, run)
      expect(rowOf(later, 'seasonal').by ?? options.refuses?.seasonal).toBeDefined()
      const short = await (await make().fit(window, run)).forecast(windowAt(source, window.cutoff, 2), ask, run)
      expect(short.horizon).toBe(2)
      expect(short.mean.length).toBe(2 * short.ids.length)
    })

    test('a planned closure is forecast as nothing, and a closed day of the past is not read as no demand', async () => {
      const closed = { plain: 0, shut: 0 }
      const values = Array.from({ length: 70 }, (_, t) => 10 + (t % 7))
      const shut = values.map((v, t) => (t % 7 === 6 ? 0 : v))
      const mask = values.map((_, t) => (t % 7 === 6 ? Mask.closed : 0))
      const plan = (n: number) => Array.from({ length: n }, (_, t) => (t % 7 === 6 ? 1 : 0))
      const pad = (v: readonly number[]) => [...v, ...new Array(HORIZON).fill(Number.NaN)]
      const source = memorySource(
        panelOf(
          [
            {
              id: 'shut',
              start: 0,
              values: pad(shut),
              mask: [...mask, ...new Array(HORIZON).fill(0)],
              columns: { closed: plan(79) },
            },
            { id: 'plain', start: 0, values: pad(shut), columns: { closed: new Array(79).fill(0) } },
          ],
          { calendar, knownAhead: ['closed'] },
        ),
      )
      const forecast = await forecastOf(runOf({ threads: 1 }), latestWindow(source, HORIZON))
      for (const id of ['plain', 'shut'] as const) {
        const { by, mean, quantiles } = rowOf(forecast, id)
        if (by === undefined) return
        closed[id] = mean.reduce((a, b) => a + b, 0)
        if (id === 'shut') {
          expect(at(mean, 6)).toBe(0)
          expect(Math.max(...quantiles.slice(6 * ask.levels.length, 7 * ask.levels.length))).toBe(0)
        }
      }
      if (name !== 'zero') expect(closed.shut).toBeGreaterThan(50)
    })

    test.skipIf(options.noPaths)('sample paths agree with the mean', async () => {
      const run = runOf({ threads: 1 })
      const forecast = await (await make().fit(window, run)).forecast(
        window,
        askOf({ levels: [0.1, 0.5, 0.9], paths: 400 }),
        run,
      )
      const i = forecast.ids.indexOf('seasonal')
      if (forecast.answeredBy[i] === undefined) return
      for (let h = 0; h < HORIZON; h++) {
        let sum = 0
        for (let p = 0; p < 400; p++) sum += at(forecast.paths?.values ?? [], (i * 400 + p) * HORIZON + h)
        const spread = at(forecast.quantiles, (i * HORIZON + h) * 3 + 2) - at(forecast.quantiles, (i * HORIZON + h) * 3)
        expect(Math.abs(sum / 400 - at(forecast.mean, i * HORIZON + h))).toBeLessThan(0.25 * spread + 0.5)
      }
    })
  })
}
