import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { effectsRoom, ownEffects } from './effects.ts'
import type { Told } from './told.ts'

const SEEN = 90
const AHEAD = 10

/** What is found of a series that sells `lift` more where its covariate is 1. */
function found(times: readonly number[], lift: number, unit: number): Float64Array {
  const random = Random.of(2, 'effects')
  const x = new Float64Array(SEEN + AHEAD)
  for (const t of [...times, SEEN + 4]) x[t] = unit
  const scaled = Float64Array.from(
    { length: SEEN },
    (_, t) => 0.9 + lift * (at(x, t) > 0 ? 1 : 0) + 0.1 * random.normal(),
  )
  const told = { unit: 'day', values: [], from: 0, origin: SEEN - 1, phases: [0, 0], covariates: [x] } as Told
  const into = new Float64Array(SEEN + AHEAD)
  ownEffects(told, 0, scaled, SEEN, SEEN + AHEAD, effectsRoom(SEEN + AHEAD), into)
  return into
}

test('three promotions tell most of what a fourth will do, whatever it is measured in', () => {
  for (const unit of [1, 250]) {
    const effects = found([20, 45, 70], 0.8, unit)
    const fourth = at(effects, SEEN + 4) - at(effects, SEEN + 5)
    expect(fourth).toBeGreaterThan(0.7 * 0.8)
    expect(fourth).toBeLessThan(0.85)
  }
  expect(found([20, 45, 70], 0.8, 250)).toEqual(expect.anything())
  const [one, other] = [found([20, 45, 70], 0.8, 1), found([20, 45, 70], 0.8, 250)]
  for (let t = 0; t < SEEN + AHEAD; t++) expect(at(other, t)).toBeCloseTo(at(one, t), 6)
})

test('a single promotion tells less, none nothing', () => {
  const single = found([45], 0.8, 1)
  const fourth = at(single, SEEN + 4) - at(single, SEEN + 5)
  expect(fourth).toBeGreaterThan(0.2)
  expect(fourth).toBeLessThan(0.6)
  expect(Math.abs(at(found([], 0.8, 1), SEEN + 4))).toBeLessThan(1e-6)
})

test('what all series know already is not counted twice', () => {
  const random = Random.of(3, 'pooled')
  const x = Float64Array.from({ length: SEEN + AHEAD }, (_, t) => (t % 9 === 0 ? 1 : 0))
  const pooled = x.map((v) => 0.5 * v)
  const scaled = Float64Array.from({ length: SEEN }, (_, t) => 0.9 + 0.5 * at(x, t) + 0.02 * random.normal())
  const told = { unit: 'day', values: [], from: 0, origin: SEEN - 1, phases: [0, 0], covariates: [x], pooled } as Told
  const into = new Float64Array(SEEN + AHEAD)
  ownEffects(told, 0, scaled, SEEN, SEEN + AHEAD, effectsRoom(SEEN + AHEAD), into)
  const own = at(into, SEEN) - at(into, SEEN + 1)
  expect(Math.abs(own)).toBeLessThan(0.12)
})
