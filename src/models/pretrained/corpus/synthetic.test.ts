import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { AHEAD } from '../shape.ts'
import type { Told } from '../told.ts'
import { drawnSeries } from './synthetic.ts'

const COUNT = 3000
const random = Random.of(9, 'synthetic')
const ALL: readonly Told[] = Array.from({ length: COUNT }, () => drawnSeries(random))
const seenOf = ({ values, origin }: Told) =>
  Array.from(values)
    .slice(0, origin + 1)
    .filter((y) => !Number.isNaN(y))
const meanOf = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / Math.max(1, x.length)

test('a seed draws the same series again, another others', () => {
  const draw = (seed: number) => drawnSeries(Random.of(seed, 'again')).values
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})

test('series are of all sizes, lengths and units, many of them intermittent, and none is without a future', () => {
  const levels = ALL.map((told) => meanOf(seenOf(told).map(Math.abs))).filter((level) => level > 0)
  expect(Math.max(...levels) / Math.min(...levels)).toBeGreaterThan(1e8)
  for (const unit of ['hour', 'day', 'week', 'month', 'quarter', 'year'])
    expect(ALL.filter((told) => told.unit === unit).length).toBeGreaterThan(0.01 * COUNT)
  const zeros = ALL.map((told) => {
    const seen = seenOf(told)
    return seen.filter((y) => y === 0).length / seen.length
  })
  const intermittent = zeros.filter((share) => share > 0.5).length / COUNT
  expect(intermittent).toBeGreaterThan(0.15)
  expect(intermittent).toBeLessThan(0.6)
  for (const { values, origin } of ALL) {
    expect(values.length).toBe(origin + 1 + AHEAD)
    expect(Array.from(values).every((y) => Number.isNaN(y) || Number.isFinite(y))).toBe(true)
  }
})

test('what covariates are believed to do goes with what is sold', () => {
  // Over all series, periods that are believed to sell more do.
  let [right, all] = [0, 0]
  for (const told of ALL) {
    if (!told.pooled) continue
    const cells = Array.from({ length: told.origin + 1 }, (_, t) => t).filter((t) => !Number.isNaN(at(told.values, t)))
    const believed = cells.map((t) => at(told.pooled ?? [], t))
    const spread = Math.max(...believed) - Math.min(...believed)
    if (cells.length < 60 || spread < 0.5) continue
    const size = meanOf(cells.map((t) => at(told.values, t)))
    if (size <= 1) continue
    const scaled = cells.map((t) => Math.asinh(at(told.values, t) / size))
    const [mx, my] = [meanOf(believed), meanOf(scaled)]
    all++
    if (scaled.reduce((sum, y, k) => sum + (y - my) * ((believed[k] as number) - mx), 0) > 0) right++
  }
  expect(all).toBeGreaterThan(100)
  expect(right / all).toBeGreaterThan(0.85)
})

test('families go together', () => {
  let [together, all] = [0, 0]
  for (const { values, mood, origin } of ALL) {
    if (!mood || origin < 60) continue
    const cells = Array.from({ length: origin + 1 }, (_, t) => t).filter((t) => !Number.isNaN(at(values, t)))
    const size = meanOf(cells.map((t) => Math.abs(at(values, t))))
    const y = cells.map((t) => Math.asinh(at(values, t) / size))
    const m = cells.map((t) => Math.asinh(at(mood, t)))
    const [my, mm] = [meanOf(y), meanOf(m)]
    all++
    if (y.reduce((sum, v, k) => sum + (v - my) * ((m[k] as number) - mm), 0) > 0) together++
  }
  expect(all).toBeGreaterThan(100)
  expect(together / all).toBeGreaterThan(0.75)
})
