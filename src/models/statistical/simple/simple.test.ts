import { describe, expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { askOf } from '../../../core/forecast.ts'
import { panelOf } from '../../../core/panel.ts'
import { runOf } from '../../../core/run.ts'
import { memorySource } from '../../../store/source.ts'
import { latestWindow } from '../../../store/window.ts'
import { modelContract } from '../../contract.case.ts'
import type { LocalMethod } from '../../local.ts'
import { localModel } from '../../local-model.ts'
import { SIMPLE } from './methods.ts'

const N = Number.NaN
const answered = async (method: LocalMethod, values: readonly number[], horizon: number, levels = [0.1, 0.5, 0.9]) => {
  const window = latestWindow(
    memorySource(panelOf([{ id: 'a', start: 0, values }], { calendar: new Calendar({ unit: 'day' }) })),
    horizon,
  )
  const run = runOf({ threads: 1 })
  return (await localModel(method).fit(window, run)).forecast(window, askOf({ levels }), run)
}
const means = async (method: LocalMethod, values: readonly number[], horizon: number) => [
  ...(await answered(method, values, horizon)).mean,
]

for (const make of Object.values(SIMPLE)) modelContract(() => localModel(make()))

describe('simple forecasts by hand', () => {
  test('naive repeats the last observed value, seasonal naive that of the same weekday', async () => {
    expect(await means(SIMPLE.naive(), [1, 2, 3, N, 4], 2)).toEqual([4, 4])
    const two = [1, 2, 3, 4, 5, 6, 7, 11, N, 13, 14, 15, 16, 17]
    expect(await means(SIMPLE['seasonal-naive'](), two, 9)).toEqual([11, 2, 13, 14, 15, 16, 17, 11, 2])
    expect(await means(SIMPLE['seasonal-naive']({ season: 2 }), [1, 2, 3], 3)).toEqual([2, 3, 2])
  })

  test('drift goes on along the line, averages average what was observed', async () => {
    expect(await means(SIMPLE.drift(), [2, 9, 6], 2)).toEqual([8, 10])
    expect(await means(SIMPLE['historic-mean'](), [1, N, 3], 1)).toEqual([2])
    expect(await means(SIMPLE['window-average']({ window: 3 }), [100, 1, N, 3], 1)).toEqual([2])
    expect(await means(SIMPLE['seasonal-window-average']({ season: 2, window: 2 }), [1, 10, 3, 20], 2)).toEqual([2, 15])
    expect(await means(SIMPLE['window-median']({ window: 3 }), [100, 1, 2, 30], 1)).toEqual([2])
  })

  test('a profile is shrunk towards the mean as far as it is not trusted', async () => {
    const values = [10, 20, 30, 40, 50, 60, 70, 10, 20, 30, 40, 50, 60, 70]
    const trusted = await means(SIMPLE['profile-average']({ window: 14, trust: 0.3 }), values, 7)
    expect(trusted.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([31, 34, 37, 40, 43, 46, 49])
    expect(await means(SIMPLE['profile-average']({ window: 14, trust: 0 }), values, 1)).toEqual([40])
  })

  test('empirical quantiles interpolate order statistics', async () => {
    const forecast = await answered(SIMPLE.empirical({ window: 5 }), [99, 4, 0, 2, 1, 3], 1, [0.1, 0.25, 0.5, 0.9])
    expect([...forecast.quantiles].map((q) => Math.round(q * 1e9) / 1e9)).toEqual([0.4, 1, 2, 3.6])
  })

  test('the variance of a random walk grows with each step, of a seasonal one with each cycle', async () => {
    const values = Array.from({ length: 60 }, (_, t) => 50 + ((t * 37) % 11))
    const width = async (method: LocalMethod, horizon: number) => {
      const { quantiles } = await answered(method, values, horizon)
      return Array.from({ length: horizon }, (_, h) => (quantiles[3 * h + 2] as number) - (quantiles[3 * h] as number))
    }
    const walk = await width(SIMPLE.naive(), 4)
    expect((walk[3] as number) / (walk[0] as number)).toBeCloseTo(2, 10)
    const seasonal = await width(SIMPLE['seasonal-naive'](), 8)
    expect((seasonal[7] as number) / (seasonal[6] as number)).toBeCloseTo(Math.SQRT2, 10)
    expect(await width(SIMPLE.naive({ quantiles: 'point' }), 2)).toEqual([0, 0])
  })

  test('paths of a random walk go on from step to step, those of a seasonal one from cycle to cycle', async () => {
    const values = Array.from({ length: 60 }, (_, t) => 500 + ((t * 37) % 11))
    const panel = panelOf([{ id: 'a', start: 0, values }], { calendar: new Calendar({ unit: 'day' }) })
    const window = latestWindow(memorySource(panel), 8)
    const run = runOf({ threads: 1 })
    for (const [method, before] of [
      [SIMPLE.naive(), 6],
      [SIMPLE['seasonal-naive'](), 0],
    ] as const) {
      const fitted = await localModel(method).fit(window, run)
      const { mean, paths } = await fitted.forecast(window, askOf({ levels: [0.5], paths: 4000 }), run)
      let product = 0
      let first = 0
      let last = 0
      for (let p = 0; p < 4000; p++) {
        const a = (paths?.values[p * 8 + before] as number) - (mean[before] as number)
        const b = (paths?.values[p * 8 + 7] as number) - (mean[7] as number)
        product += a * b
        first += a * a
        last += b * b
      }
      // The correlation of a walk after s and t steps is √(s / t).
      const steps = before === 6 ? 7 / 8 : 1 / 2
      expect(product / Math.sqrt(first * last)).toBeCloseTo(Math.sqrt(steps), 1)
    }
  })
})
