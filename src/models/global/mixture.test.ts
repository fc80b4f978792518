import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { scoresOf } from './grid.ts'
import { mixed } from './mixture.ts'

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
const SCORES = scoresOf(LEVELS)
const normal = (mean: number, deviation: number) => LEVELS.map((l) => mean + deviation * normalQuantile(l))

test('mixes normal distributions as sampling from each in turn does', () => {
  const into = new Float64Array(LEVELS.length)
  mixed(Float64Array.from([...normal(0, 1), ...normal(10, 2)]), LEVELS, SCORES, into)
  // Far apart: the first half of the levels is the first's, the second half the other's.
  expect(at(into, 0)).toBeCloseTo(normalQuantile(0.1), 1)
  expect(at(into, 1)).toBeCloseTo(normalQuantile(0.5), 1)
  expect(at(into, 3)).toBeCloseTo(10, 0)
  expect(at(into, 4)).toBeCloseTo(10 + 2 * normalQuantile(0.9), 1)
})

test('leaves one, and several alike, as they are', () => {
  const one = normal(3, 2)
  const into = new Float64Array(LEVELS.length)
  mixed(Float64Array.from(one), LEVELS, SCORES, into)
  expect([...into]).toEqual(one)
  mixed(Float64Array.from([...one, ...one, ...one]), LEVELS, SCORES, into)
  for (const [l, q] of one.entries()) expect(at(into, l)).toBeCloseTo(q, 1)
})
