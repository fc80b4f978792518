import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { writerOf } from './example.ts'
import { frameAt, KNOWN, STATICS } from './shape.ts'
import type { Told } from './told.ts'

const SIZES = { context: 32, horizon: 16 }
const FRAME = frameAt(SIZES.context, SIZES.horizon)
const random = Random.of(4, 'example')
const VALUES = Float64Array.from({ length: 76 }, (_, t) => (t % 11 === 5 ? Number.NaN : random.poisson(3)))
const TOLD: Told = {
  ...{ unit: 'day', values: VALUES, from: 0, origin: 59, phases: [3, 100] },
  pooled: Float64Array.from({ length: 76 }, () => random.normal()),
}

function written(told: Told, sizes = SIZES) {
  const room = batchOf(frameAt(sizes.context, sizes.horizon), 1)
  writerOf(sizes).write(told, 0, room)
  return room
}

test('values are seen in units of their mean, seasons before as what came then', () => {
  const room = written(TOLD)
  const seen = [...VALUES.slice(28, 60)].filter((y) => !Number.isNaN(y))
  const level = seen.reduce((a, b) => a + b) / seen.length
  expect(at(room.level, 0)).toBeCloseTo(level, 5)
  const z = (t: number) => (t < 0 || t > 59 ? Number.NaN : Math.asinh(at(VALUES, t) / level))
  const known = (t: number, k: number) => at(room.known as Float32Array, (t - 28) * KNOWN + k)
  for (let t = 28; t < 76; t++) {
    if (t < 60) {
      const there = !Number.isNaN(at(VALUES, t))
      expect(at(room.observed, t - 28)).toBe(there ? 1 : 0)
      expect(at(room.target, t - 28)).toBeCloseTo(there ? z(t) : 0, 5)
    } else {
      const y = at(VALUES, t)
      expect(at(room.weight, t - 60)).toBe(Number.isNaN(y) ? 0 : 1)
      if (!Number.isNaN(y)) expect(at(room.truth, t - 60)).toBeCloseTo(Math.asinh(y / level), 4)
    }
    expect(known(t, 0)).toBeCloseTo(Math.sin((2 * Math.PI * (t + 3)) / 7), 5)
    expect(known(t, 3)).toBeCloseTo(Math.cos((2 * Math.PI * (t + 100)) / 364), 5)
    // The same day of the latest week that is past.
    let back = t - 7
    while (back > 59) back -= 7
    expect(known(t, 5)).toBe(Number.isNaN(z(back)) ? 0 : 1)
    if (!Number.isNaN(z(back))) expect(known(t, 4)).toBeCloseTo(z(back), 5)
    const four = [0, 1, 2, 3].map((k) => z(back - 7 * k)).filter((v) => !Number.isNaN(v))
    expect(known(t, 6)).toBeCloseTo(four.length > 0 ? four.reduce((a, b) => a + b) / four.length : 0, 5)
    expect(known(t, 11)).toBeCloseTo(at(TOLD.pooled ?? [], t), 5)
  }
})

test('what comes after the origin is truth, and nothing else', () => {
  const later = VALUES.slice()
  later.fill(1000, 60)
  const [before, after] = [written(TOLD), written({ ...TOLD, values: later })]
  for (const name of ['target', 'observed', 'past', 'known', 'statics', 'level'] as const)
    expect(after[name]).toEqual(before[name])
  expect(after.truth).not.toEqual(before.truth)
})

test('a series of which nothing was seen has a level of 1 and zeros', () => {
  const room = written({ ...TOLD, values: new Float64Array(76).fill(Number.NaN) })
  expect(at(room.level, 0)).toBe(1)
  expect(room.target.every((v) => v === 0)).toBe(true)
  for (const array of [room.known, room.statics, room.past] as Float32Array[])
    expect(array.every((v) => Number.isFinite(v))).toBe(true)
  expect(at(room.statics as Float32Array, 0)).toBe(0)
  expect(room.statics?.length).toBe(STATICS)
  expect(FRAME.known).toBe(KNOWN)
})
