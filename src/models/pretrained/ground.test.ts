import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { groundOf, toldOf } from './ground.ts'

const HORIZON = 5
const CUTOFF = 59
const LIFT = 0.6
const SERIES = 12

/** Twelve items of two brands; a promotion lifts all of them, and each brand has days of its own. */
function shop() {
  const common = ['a', 'b'].map((brand) => {
    const random = Random.of(1, brand)
    return Array.from({ length: CUTOFF + HORIZON + 1 }, () => Math.exp(0.3 * random.normal()))
  })
  const series = Array.from({ length: SERIES }, (_, i) => {
    const random = Random.of(1, `item ${i}`)
    const promo = Array.from({ length: CUTOFF + HORIZON + 1 }, () => (random.uniform() < 0.2 ? 1 : 0))
    const level = 10 ** (i % 4)
    const values = promo.map(
      (on, t) => level * ((common[i % 2] as number[])[t] as number) * Math.exp(LIFT * on + 0.1 * random.normal()),
    )
    return { id: `item ${i}`, start: 0, values, columns: { promo } }
  })
  return panelOf(series, {
    calendar: new Calendar({ unit: 'day' }),
    knownAhead: ['promo'],
    categories: { brand: ['a', 'b'] },
    statics: { brand: series.map((_, i) => i % 2) },
  })
}

test('all series together tell what a promotion does, in the horizon, too', async () => {
  const panel = shop()
  const ground = await groundOf(windowAt(memorySource(panel), CUTOFF, HORIZON))
  const pooled = ground.pooled as Float32Array
  for (let i = 0; i < SERIES; i++) {
    const told = toldOf(ground, i, CUTOFF)
    const [on, off]: number[][] = [[], []]
    for (let t = 0; t < CUTOFF + HORIZON + 1; t++) {
      const promo = at(told.covariates?.[0] ?? [], t)
      ;(promo === 1 ? on : off)?.push(at(told.pooled ?? [], t))
    }
    const mean = (x: number[] = []) => x.reduce((a, b) => a + b, 0) / x.length
    // The slope of asinh at 1 over that of the logarithm is about 0.7.
    expect(mean(on) - mean(off)).toBeGreaterThan(0.6 * 0.7 * LIFT)
    expect(mean(on) - mean(off)).toBeLessThan(LIFT)
  }
  expect(pooled.every((v) => Number.isFinite(v))).toBe(true)
})

test('the mood of a family is the mean of the others, in units of their own', async () => {
  const panel = shop()
  const ground = await groundOf(windowAt(memorySource(panel), CUTOFF, HORIZON))
  const { mood } = toldOf(ground, 2, CUTOFF)
  const values = (i: number) => panel.target.subarray(at(panel.offsets, i), at(panel.offsets, i) + CUTOFF + 1)
  // Six series of two brands each would be families of six; the mood of item 2 is that of the other five even ones.
  const others = [0, 4, 6, 8, 10].map(values)
  for (let t = 0; t <= CUTOFF; t++) {
    const expected =
      others.reduce((sum, y) => sum + at(y, t) / (y.reduce((a, b) => a + b, 0) / y.length), 0) / others.length
    expect(at(mood ?? [], t)).toBeCloseTo(expected, 3)
  }
  for (let t = CUTOFF + 1; t <= CUTOFF + HORIZON; t++) expect(at(mood ?? [], t)).toBeNaN()
})

test('values of the horizon are not told, and columns can be left out', async () => {
  const window = windowAt(memorySource(shop()), CUTOFF, HORIZON)
  const ground = await groundOf(window, { covariates: false, families: false })
  expect(ground.covariates).toEqual([])
  expect(ground.pooled).toBeUndefined()
  expect(ground.mood).toBeUndefined()
  const { values } = toldOf(ground, 0, CUTOFF)
  for (let h = 1; h <= HORIZON; h++) expect(at(values, CUTOFF + h)).toBeNaN()
})
