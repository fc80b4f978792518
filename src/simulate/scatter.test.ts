import { expect, test } from 'vitest'
import { Random } from '../core/random.ts'
import { drawItem, type Scatter } from './item.ts'
import { settingsOf } from './options.ts'
import { scatterDemand, varianceOf } from './scatter.ts'

const options = {
  smooth: { intermittentShare: 0, burstyShare: 0 },
  intermittent: { intermittentShare: 1, burstyShare: 0 },
  bursty: { intermittentShare: 0, burstyShare: 1 },
}

test.each(['smooth', 'intermittent', 'bursty'] as const)(
  '%s demand has its planted mean and variance',
  (scatter: Scatter) => {
    const item = drawItem(settingsOf({ preset: 'tiny', ...options[scatter] }), 0, 400)
    expect(item.scatter).toBe(scatter)
    const n = 200_000
    const mean = scatter === 'intermittent' ? 0.2 : 6
    const demand = new Float64Array(n)
    const variance = new Float64Array(n)
    scatterDemand(item, new Float64Array(n).fill(mean), 0, n, new Random(5), demand, variance)
    const average = demand.reduce((a, b) => a + b, 0) / n
    const spread = demand.reduce((a, b) => a + (b - mean) ** 2, 0) / n
    expect(Math.abs(average / mean - 1)).toBeLessThan(0.03)
    expect(Math.abs(spread / varianceOf(item, mean) - 1)).toBeLessThan(0.06)
    expect(variance[7]).toBe(varianceOf(item, mean))
  },
)

test('bursty demand comes in clusters: one busy day makes the next likely to be busy', () => {
  const item = drawItem(settingsOf({ preset: 'tiny', ...options.bursty }), 0, 400)
  const n = 50_000
  const demand = new Float64Array(n)
  scatterDemand(item, new Float64Array(n).fill(6), 0, n, new Random(5), demand, new Float64Array(n))
  const mean = demand.reduce((a, b) => a + b, 0) / n
  let together = 0
  let apart = 0
  for (let t = 1; t < n; t++) {
    together += ((demand[t] as number) - mean) * ((demand[t - 1] as number) - mean)
    apart += ((demand[t] as number) - mean) ** 2
  }
  expect(together / apart).toBeGreaterThan(0.2)
})
