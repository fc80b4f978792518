import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { memorySource } from '../source.ts'
import { windowAt } from '../window.ts'
import { decompose } from './decompose.ts'
import { fillSeries, keepLongGaps } from './fill.ts'
import { outliersOf } from './outliers.ts'
import { cleanPanel } from './panel.ts'
import { type CleaningPolicy, DEFAULT_CLEANING, FILLS, OUTLIER_RULES } from './policy.ts'
import { medianAndMad, quantileOf } from './robust.ts'
import { leadingZeros, shapeOf } from './shape.ts'
import { cleanedWindow } from './window.ts'

const NA = Number.NaN
const calendar = new Calendar({ unit: 'day' })
const f = (...values: number[]) => Float64Array.from(values)
const cell = fc.option(fc.integer({ min: -2, max: 30 }), { nil: NA, freq: 3 })
const policies: fc.Arbitrary<CleaningPolicy> = fc.record({
  missing: fc.constantFrom(...FILLS),
  longestGap: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
  neighbours: fc.constantFrom(1, 3),
  outliers: fc.constantFrom(...OUTLIER_RULES),
  threshold: fc.constantFrom(1.5, 3),
  replaceOutliers: fc.boolean(),
  negatives: fc.constantFrom('keep', 'zero', 'missing'),
  leadingZeros: fc.constantFrom('keep', 'missing'),
  censored: fc.constantFrom('keep', 'missing'),
  closed: fc.constantFrom('keep', 'missing'),
})

test('values after the cutoff change nothing in a cleaned window, whatever the policy', async () => {
  const length = 40
  const series = fc.array(cell, { minLength: length, maxLength: length })
  const bits = fc.array(fc.constantFrom(0, 0, 0, Mask.censored, Mask.closed), { minLength: length, maxLength: length })
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.integer({ min: 5, max: 35 }),
      fc.tuple(series, series, bits, bits),
      async (policy, cutoff, [values, other, mask, otherMask]) => {
        const mixed = <T>(a: readonly T[], b: readonly T[]) => a.map((v, t) => (t <= cutoff ? v : (b[t] as T)))
        const past = async (v: readonly number[], m: readonly number[]) => {
          const sister = v.map((x, t) => x * 2 + (t % 3))
          const made = panelOf(
            [
              { id: 'a', start: 0, values: v, mask: m },
              { id: 'b', start: 0, values: sister, mask: m },
            ],
            { calendar },
          )
          const [panel] = await Array.fromAsync(cleanedWindow(windowAt(memorySource(made), cutoff, 3), policy).past())
          return panel
        }
        expect(await past(mixed(values, other), mixed(mask, otherMask))).toEqual(await past(values, mask))
      },
    ),
    { numRuns: 150 },
  )
})

test('cleaning changes only what it says it changed', () => {
  fc.assert(
    fc.property(policies, fc.array(cell, { minLength: 1, maxLength: 60 }), (policy, values) => {
      const panel = panelOf([{ id: 'a', start: 0, values }], { calendar })
      const { panel: cleaned, report } = cleanPanel(panel, policy)
      let imputed = 0
      for (let t = 0; t < values.length; t++) {
        const before = at(panel.target, t)
        const after = at(cleaned.target, t)
        if (at(cleaned.mask, t) & Mask.imputed) imputed++
        else if (!Number.isNaN(after)) expect(after).toBe(before)
      }
      const zeroed = policy.negatives === 'zero' ? report.negatives.cells : 0
      // A value may be zeroed and then replaced, so the counts bound the flags.
      expect(imputed).toBeLessThanOrEqual(report.filled.cells + report.replaced.cells + zeroed)
      expect(imputed).toBeGreaterThanOrEqual(Math.max(report.filled.cells, report.replaced.cells))
      expect([...panel.target]).toEqual(values)
    }),
    { numRuns: 200 },
  )
})

test('zero and forward fills read nothing later; the others agree with their formulas', () => {
  const holes = f(NA, 2, NA, NA, 8, NA)
  expect([...fillSeries(holes, 'zero', 1)]).toEqual([NA, 2, 0, 0, 8, 0])
  expect([...fillSeries(holes, 'forward', 1)]).toEqual([NA, 2, 2, 2, 8, 8])
  expect([...fillSeries(holes, 'mean', 1)]).toEqual([NA, 2, 5, 5, 8, 5])
  expect([...fillSeries(holes, 'linear', 1)]).toEqual([NA, 2, 4, 6, 8, NA])
  expect([...fillSeries(f(1, 5, 2, NA, 3, 9, 4, NA), 'seasonal', 2)]).toEqual([1, 5, 2, 7, 3, 9, 4, 9])
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 30 }), fc.nat(29), (values, cut) => {
      const whole = Float64Array.from(values)
      const to = Math.min(cut, values.length)
      for (const how of ['zero', 'forward'] as const)
        expect(fillSeries(whole.subarray(0, to), how, 7)).toEqual(fillSeries(whole, how, 7).slice(0, to))
    }),
  )
})

test('long gaps stay missing', () => {
  const values = f(1, NA, 2, NA, NA, 3, NA)
  const filled = fillSeries(values, 'forward', 1)
  keepLongGaps(values, filled, 1)
  expect([...filled]).toEqual([1, 1, 2, NA, NA, 3, 3])
})

test('a neighbour that moves in proportion fills a hole exactly, from its own period', () => {
  const random = Random.of(1, 'neighbours')
  const base = Array.from({ length: 40 }, () => random.integer(50))
  const noise = Array.from({ length: 40 }, () => random.integer(50))
  const values = base.map((v, t) => (t === 20 || t === 21 ? NA : 3 * v + 4))
  const panel = panelOf(
    [
      { id: 'holes', start: 5, values },
      { id: 'noise', start: 0, values: noise },
      { id: 'sister', start: 0, values: [7, 7, 7, 7, 7, ...base] },
    ],
    { calendar },
  )
  const policy: CleaningPolicy = { ...DEFAULT_CLEANING, outliers: 'none', missing: 'neighbours', neighbours: 1 }
  const { panel: cleaned, report } = cleanPanel(panel, policy)
  expect(at(cleaned.target, 20)).toBeCloseTo(3 * (base[20] as number) + 4, 9)
  expect(at(cleaned.target, 21)).toBeCloseTo(3 * (base[21] as number) + 4, 9)
  expect(report.filled).toEqual({ cells: 2, series: 1 })
})

test('the decomposition gives back a planted trend and season, in spite of gaps and spikes', () => {
  const n = 140
  const season = [3, -1, -4, 0, 2, 5, -5]
  const truth = Float64Array.from({ length: n }, (_, t) => 50 + 0.2 * t + (season[t % 7] as number))
  const values = Float64Array.from(truth)
  for (const t of [30, 31, 77]) values[t] = NA
  for (const t of [50, 90]) values[t] = at(values, t) + 40
  const { trend, seasonal, residual } = decompose(values, 7)
  for (let t = 0; t < n; t++) {
    expect(at(trend, t) + at(seasonal, t)).toBeCloseTo(at(truth, t), 1)
    if (t === 50 || t === 90) expect(at(residual, t)).toBeCloseTo(40, 0)
  }
  expect(at(seasonal, 75)).toBeCloseTo(season[75 % 7] as number, 0)
})

test('planted outliers are found by every rule that can see them, and little else', () => {
  const random = Random.of(3, 'outliers')
  const profile = [0, 0, 0, 0, 0, 30, 40]
  const noisy = Float64Array.from({ length: 210 }, (_, t) => 60 + (profile[t % 7] as number) + random.normal() * 3)
  const planted = [40, 101, 160]
  for (const t of planted) noisy[t] = 300
  // An evening of weekend size on a working day is unusual only to a rule that knows the season.
  noisy[71] = 100
  const found = (rule: 'hampel' | 'iqr' | 'seasonalTrend') =>
    [...outliersOf(noisy, 7, rule, rule === 'iqr' ? 3 : 5).flags].flatMap((flag, t) => (flag ? [t] : []))
  expect(found('seasonalTrend')).toEqual([40, 71, 101, 160])
  expect(found('iqr')).toEqual(planted)
  expect(found('hampel')).toEqual(expect.arrayContaining(planted))
})

test('the Hampel rule agrees with its definition', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 20, maxLength: 50 }), (given) => {
      const values = Float64Array.from(given)
      const middle = (list: readonly number[]) => {
        const s = [...list].sort((a, b) => a - b)
        return ((s[(s.length - 1) >> 1] as number) + (s[s.length >> 1] as number)) / 2
      }
      const whole = middle(given.map((v) => Math.abs(v - middle(given))))
      if (whole === 0) return
      const { flags } = outliersOf(values, 1, 'hampel', 3)
      given.forEach((v, t) => {
        const near = given.slice(Math.max(0, t - 7), t + 8)
        const m = middle(near)
        const mad = middle(near.map((x) => Math.abs(x - m)))
        expect(flags[t]).toBe(Math.abs(v - m) > 3 * 1.4826 * Math.max(mad, 1e-9 + whole * 0.1) ? 1 : 0)
      })
    }),
  )
})

test('sparse demand has no outliers, nor has what was closed or out of stock', () => {
  const sparse = f(0, 0, 0, 5, 0, 0, 0, 0, 3, 0, 0, 0, 0, 9)
  for (const rule of ['hampel', 'iqr', 'seasonalTrend'] as const)
    expect(outliersOf(sparse, 7, rule, 3).flags.some((x) => x > 0)).toBe(false)
  const values = Array.from({ length: 60 }, (_, t) => (t === 20 ? 0 : 50 + (t % 5)))
  const policy = { ...DEFAULT_CLEANING, threshold: 3 }
  const flagged = (mask: number) => {
    const bits = values.map((_, t) => (t === 20 ? mask : 0))
    return cleanPanel(panelOf([{ id: 'a', start: 0, values, mask: bits }], { calendar }), policy).report.outliers.cells
  }
  expect(flagged(0)).toBe(1)
  expect(flagged(Mask.closed)).toBe(0)
  expect(flagged(Mask.censored)).toBe(0)
})

test('a replaced outlier takes the expected value, and never a negative one where none was', () => {
  const values = Array.from({ length: 60 }, (_, t) => (t === 33 ? 500 : 20 + (t % 7)))
  const panel = panelOf([{ id: 'a', start: 0, values }], { calendar })
  const { panel: cleaned, report } = cleanPanel(panel, { ...DEFAULT_CLEANING, replaceOutliers: true })
  expect(at(cleaned.target, 33)).toBeCloseTo(20 + (33 % 7), 0)
  expect(at(cleaned.mask, 33)).toBe(Mask.outlier | Mask.imputed)
  expect(report.replaced).toEqual({ cells: 1, series: 1 })
})

test('negatives, leading zeros, closures and stock-outs follow the policy', () => {
  const values = [0, 0, NA, 4, -2, 6, 7]
  const mask = [0, 0, 0, 0, 0, Mask.censored, Mask.closed]
  const panel = panelOf([{ id: 'a', start: 0, values, mask }], { calendar })
  const { panel: cleaned, report } = cleanPanel(panel, {
    ...DEFAULT_CLEANING,
    negatives: 'zero',
    leadingZeros: 'missing',
    censored: 'missing',
    closed: 'missing',
  })
  expect([...cleaned.target]).toEqual([NA, NA, NA, 4, 0, NA, NA])
  expect([report.leadingZeros.cells, report.negatives.cells, report.censored.cells, report.closed.cells]).toEqual([
    2, 1, 1, 1,
  ])
})

test('another policy makes another digest', () => {
  const panel = panelOf([{ id: 'a', start: 0, values: [1, 2, 3, 4] }], { calendar })
  const window = windowAt(memorySource(panel), 3, 1)
  const digests = [window, cleanedWindow(window, {}), cleanedWindow(window, { missing: 'zero' })].map((w) => w.digest)
  expect(new Set(digests).size).toBe(3)
  expect(cleanedWindow(window, {}).digest).toBe(digests[1])
})

test('shapes of series', () => {
  expect(shapeOf(f())).toBe('empty')
  expect(shapeOf(f(NA, NA))).toBe('empty')
  expect(shapeOf(f(1, 2, 3))).toBe('tooShort')
  expect(shapeOf(f(0, 0, NA, 0, 0))).toBe('allZero')
  expect(shapeOf(f(3, 3, NA, 3, 3))).toBe('constant')
  expect(shapeOf(f(3, 3, 4, 3))).toBe('normal')
  expect(leadingZeros(f(NA, 0, NA, 0, 2, 0))).toBe(2)
  expect(leadingZeros(f(0, 0))).toBe(0)
})

test('quantiles of type 7, with gaps', () => {
  expect(quantileOf(f(4, NA, 1, 3, 2), 0.25)).toBe(1.75)
  expect(quantileOf(f(), 0.5)).toBe(NA)
  expect(medianAndMad(f(1, 1, 2, 2, 4, 6, 9))).toEqual({ median: 2, mad: 1 })
})
