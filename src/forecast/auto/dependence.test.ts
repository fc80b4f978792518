import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { dependenceOf, scoreDrawer } from './dependence.ts'

const SERIES = 240
const HORIZON = 14
const WINDOWS = 40
const planted = {
  family: 'brand',
  shares: { all: 0.15, family: 0.25, own: 0.6 },
  rhos: { all: 0.6, family: 0.3, own: 0.5 },
}

/** Scores of so many windows, drawn with what is planted. */
function drawn() {
  const draw = scoreDrawer(planted, { horizon: HORIZON, paths: WINDOWS, seed: 3, name: 'test' })
  const rows = Array.from({ length: SERIES }, (_, i) => {
    const own = new Float64Array(WINDOWS * HORIZON)
    draw(`s${i}`, `f${i % 8}`, own)
    return own
  })
  const cells = WINDOWS * SERIES * HORIZON
  const z = new Float64Array(cells)
  const time = new Int32Array(cells)
  const before = new Int32Array(cells)
  const family = new Int32Array(cells)
  const follows = new Uint8Array(cells)
  for (let c = 0; c < cells; c++) {
    const h = c % HORIZON
    const i = Math.floor(c / HORIZON) % SERIES
    const w = Math.floor(c / HORIZON / SERIES)
    z[c] = at(rows[i] as Float64Array, w * HORIZON + h)
    time[c] = w * HORIZON + h
    before[c] = h === 0 ? -1 : w * HORIZON + h - 1
    family[c] = i % 8
    follows[c] = h === 0 ? 0 : 1
  }
  return { z, time, before, family, follows }
}

test('what series, families and steps have in common is found again, and scores stay standard normal', () => {
  const scored = drawn()
  const { shares, rhos } = dependenceOf(scored, 'brand')
  for (const part of ['all', 'family', 'own'] as const) {
    expect(Math.abs(shares[part] - planted.shares[part]), part).toBeLessThan(0.06)
    expect(Math.abs(rhos[part] - planted.rhos[part]), part).toBeLessThan(0.15)
  }
  const mean = scored.z.reduce((a, b) => a + b, 0) / scored.z.length
  const variance = scored.z.reduce((sum, z) => sum + (z - mean) ** 2, 0) / scored.z.length
  expect(Math.abs(mean)).toBeLessThan(0.1)
  expect(Math.abs(variance - 1)).toBeLessThan(0.1)
})

test('where nothing goes together, nothing is found', () => {
  const scored = drawn()
  const random = Random.of(9, 'independent')
  const mixed = { ...scored, z: scored.z.map(() => random.normal()) }
  const { shares } = dependenceOf(mixed, 'brand')
  expect(shares.all).toBeLessThan(0.03)
  expect(shares.family).toBeLessThan(0.03)
})
