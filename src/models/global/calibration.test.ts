import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { calibrate, correct, groupIn, type HeldOut, unitOf } from './calibration.ts'
import { ascend, meanOf, quantileOf, scoreOf, scoresOf } from './grid.ts'

const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
const options = { windows: 1, rows: 1e6, steps: 3, volumes: 4, bias: false, refit: true }

/** Rows of an origin each three steps long, what happened drawn by `happen(level, step)`, what was said by `say(level, levelIndex)`. */
function rows(
  count: number,
  seed: number,
  happen: (level: number, step: number, random: Random) => number,
  say?: (level: number, quantile: number) => number,
): HeldOut {
  const random = Random.of(seed, 'held')
  const held = {
    count,
    follows: new Uint8Array(count),
    step: new Int32Array(count),
    own: new Int32Array(count),
    level: new Float64Array(count),
    actual: new Float64Array(count),
    mean: new Float64Array(count),
    grid: new Float64Array(say ? count * LEVELS.length : 0),
  }
  let level = 1
  for (let r = 0; r < count; r++) {
    if (r % 3 === 0) level = 1 + 99 * random.uniform()
    held.step[r] = 1 + (r % 3)
    held.own[r] = 1 + (r % 3)
    held.follows[r] = r % 3 === 0 ? 0 : 1
    held.level[r] = level
    held.mean[r] = level
    held.actual[r] = happen(level, 1 + (r % 3), random)
    if (say)
      held.grid.set(
        LEVELS.map((l) => say(level, l)),
        r * LEVELS.length,
      )
  }
  return held
}

/** How often each corrected quantile held on new rows. */
function coverage(calibration: ReturnType<typeof calibrate>, fresh: HeldOut): number[] {
  const n = calibration.levels.length
  const below = new Float64Array(n)
  const line = new Float64Array(n)
  for (let r = 0; r < fresh.count; r++) {
    if (calibration.quantiles) line.set(fresh.grid.subarray(r * n, (r + 1) * n))
    else line.fill(at(fresh.mean, r))
    const level = at(fresh.level, r)
    correct(
      calibration,
      line,
      0,
      at(fresh.step, r),
      level,
      unitOf(line, 0, calibration.levels, level, at(fresh.mean, r)),
    )
    for (let l = 0; l < n; l++) if (at(fresh.actual, r) <= at(line, l)) below[l] = at(below, l) + 1
  }
  return [...below].map((count) => count / fresh.count)
}

test('quantiles that were too narrow, and more so at later steps, hold on new rows what they say', () => {
  const happen = (level: number, step: number, random: Random) => level + 2 * step * random.normal()
  const say = (level: number, quantile: number) => level + normalQuantile(quantile)
  const calibration = calibrate(rows(9000, 1, happen, say), LEVELS, options, false)
  const fresh = rows(9000, 2, happen, say)
  for (const [l, share] of coverage(calibration, fresh).entries())
    expect(Math.abs(share - at(LEVELS, l))).toBeLessThan(0.02)
  // By step as well: the last step is three times as wide as the first.
  const only = (step: number) => {
    const kept = [...fresh.step.keys()].filter((r) => fresh.step[r] === step)
    const shifts = kept.slice(0, 1).map((r) => groupIn(calibration, step, at(fresh.level, r)))
    return at(calibration.shift, (shifts[0] as number) * LEVELS.length + LEVELS.length - 1)
  }
  expect(only(3)).toBeGreaterThan(2 * only(1))
})

test.each([
  ['what lasted over all periods is', () => 10, 0.75, 1.1],
  ['what swung to and fro is not', (period: number) => (period % 2 === 1 ? 12 : -8), -0.05, 0.05],
])('of where the middles lay, %s taken to come again', (_, away, least, most) => {
  const random = Random.of(9, 'shocks')
  const held = rows(
    9000,
    8,
    (level) => level,
    (level, quantile) => level + 10 * normalQuantile(quantile),
  )
  for (let r = 0; r < held.count; r++) {
    held.own[r] = 1 + (r % 9)
    held.actual[r] = at(held.level, r) + away(1 + (r % 9)) + 10 * random.normal()
  }
  const calibration = calibrate(held, LEVELS, options, false)
  const middles = [...calibration.shift].filter((__, k) => k % LEVELS.length === 3)
  const unit = 10 * (normalQuantile(0.95) - normalQuantile(0.05))
  for (const middle of middles) {
    expect((middle * unit) / 10).toBeGreaterThan(least)
    expect((middle * unit) / 10).toBeLessThan(most)
  }
})

test('quantiles around means alone follow the errors of each volume', () => {
  const happen = (level: number, _: number, random: Random) => random.poisson(level)
  const calibration = calibrate(rows(9000, 3, happen), [], options, false)
  const shares = coverage(calibration, rows(9000, 4, happen))
  for (const [l, level] of calibration.levels.entries()) expect(Math.abs(at(shares, l) - level)).toBeLessThan(0.03)
})

test('a distribution with a heap of zeros keeps the zeros', () => {
  const happen = (_: number, __: number, random: Random) => (random.uniform() < 0.6 ? 0 : 1 + random.poisson(2))
  const say = (_: number, quantile: number) => (quantile <= 0.5 ? 0 : 4 * quantile)
  const calibration = calibrate(rows(9000, 5, happen, say), LEVELS, options, false)
  const line = Float64Array.from(LEVELS, (l) => say(10, l))
  correct(calibration, line, 0, 1, 10, unitOf(line, 0, LEVELS, 10, 1))
  expect([...line.slice(0, 4)]).toEqual([0, 0, 0, 0])
  expect(at(line, 6)).toBeGreaterThan(3)
})

test('a biased mean is corrected where asked, and the correlation of steps is found', () => {
  let common = 0
  const happen = (level: number, step: number, random: Random) => {
    common = step === 1 ? random.normal() : 0.7 * common + Math.sqrt(1 - 0.49) * random.normal()
    return 1.2 * level + 3 * common
  }
  const calibration = calibrate(rows(9000, 6, happen), [], options, true)
  for (const b of calibration.bias) expect(b).toBeCloseTo(1.2, 1)
  expect(calibration.rho).toBeGreaterThan(0.6)
  expect(calibration.rho).toBeLessThan(0.8)
  expect([...calibrate(rows(9000, 6, happen), [], options, false).bias]).toEqual([...calibration.bias].map(() => 1))
})

test('between its levels a distribution is that of a normal where its quantiles are', () => {
  const scores = scoresOf(LEVELS)
  const grid = Float64Array.from(LEVELS, (l) => 7 + 3 * normalQuantile(l))
  for (const [l, level] of LEVELS.entries())
    expect(quantileOf(grid, 0, scores, normalQuantile(level))).toBeCloseTo(at(grid, l), 12)
  expect(quantileOf(grid, 0, scores, normalQuantile(0.6))).toBeCloseTo(7 + 3 * normalQuantile(0.6), 12)
  expect(scoreOf(grid, 0, scores, 8)).toBeCloseTo(1 / 3, 12)
  expect(meanOf(grid, 0, scores)).toBeCloseTo(7, 10)
})

test('quantiles out of order are put in order', () => {
  const grid = Float64Array.of(9, 9, 3, 2, 5, 1)
  ascend(grid, 2, 3)
  expect([...grid]).toEqual([9, 9, 2, 3, 5, 1])
})
