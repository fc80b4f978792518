import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rollingDeviation } from './deviation.ts'
import { eigenOf } from './eigen.ts'
import { expanding } from './expanding.ts'
import { rollingExtreme } from './extreme.ts'
import { Observed, type Target } from './observed.ts'
import { rollingQuantile } from './quantile.ts'
import { difference, exponentialLevel, exponentialMean, sinceActive } from './recent.ts'
import { seasonalMean } from './seasonal.ts'
import { rollingActive, rollingSum } from './sum.ts'

interface Pandas {
  readonly values: (number | null)[]
  readonly ewm: Record<string, (number | null)[]>
  readonly halfLife: Record<string, (number | null)[]>
  readonly std: (number | null)[]
  readonly q30: (number | null)[]
  readonly median: (number | null)[]
}
const { pandas } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/features/oracle.json', import.meta.url), 'utf8'),
) as { pandas: Pandas }
const floats = (values: readonly (number | null)[]) => Float64Array.from(values, (x) => x ?? Number.NaN)

const gap = Number.NaN

type Kernel = (o: Observed, target: Target) => void
function run(kernel: Kernel, values: ArrayLike<number>, { shift = 0, atLeast = 1 } = {}): number[] {
  const out = new Float32Array(values.length + shift).fill(-7)
  kernel(new Observed().load(Float64Array.from(values)), { out, shift, atLeast })
  return [...out]
}
function near(got: readonly number[], want: ArrayLike<number>, relative = 1e-6): void {
  expect(got.length).toBe(want.length)
  got.forEach((x, k) => {
    const y = want[k] as number
    if (Number.isNaN(y)) expect(x).toBeNaN()
    else expect(Math.abs(x - y)).toBeLessThanOrEqual(relative * Math.max(1e-6, Math.abs(y)))
  })
}

/** Each statistic of a window in the plainest words. */
const NAIVE: Record<string, (window: number[]) => number> = {
  sum: (w) => w.reduce((a, b) => a + b, 0),
  mean: (w) => w.reduce((a, b) => a + b, 0) / w.length,
  min: (w) => Math.min(...w),
  max: (w) => Math.max(...w),
  active: (w) => w.filter((x) => x !== 0).length,
  share: (w) => w.filter((x) => x !== 0).length / w.length,
  std: (w) => {
    // Exact about the first value, which is subtracted without rounding from its neighbours.
    const pivot = w[0] as number
    const d = w.map((x) => x - pivot)
    const mean = d.reduce((a, b) => a + b, 0) / d.length
    return w.length < 2 ? Number.NaN : Math.sqrt(d.reduce((a, b) => a + (b - mean) ** 2, 0) / (d.length - 1))
  },
}
const ROLLING: Record<string, (window: number) => Kernel> = {
  sum: (w) => (o, t) => rollingSum(o, w, 'sum', t),
  mean: (w) => (o, t) => rollingSum(o, w, 'mean', t),
  min: (w) => (o, t) => rollingExtreme(o, w, -1, t),
  max: (w) => (o, t) => rollingExtreme(o, w, 1, t),
  active: (w) => (o, t) => rollingActive(o, w, false, t),
  share: (w) => (o, t) => rollingActive(o, w, true, t),
  std: (w) => (o, t) => rollingDeviation(o, w, t),
}

const cell = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }).map(Number) },
  { weight: 2, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)
const series = fc.oneof(fc.array(cell, { maxLength: 60 }), fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }))

test.each(Object.keys(ROLLING))('rolling %s is that of the plain definition, for any window and gaps', (name) => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 4 }), (values, window, atLeast) => {
      const want = values.map((_, k) => {
        const seen = values.slice(Math.max(0, k + 1 - window), k + 1).filter((x) => !Number.isNaN(x))
        return seen.length < atLeast ? Number.NaN : (NAIVE[name]?.(seen) as number)
      })
      const got = run(ROLLING[name]?.(window) as Kernel, values, { atLeast })
      // Sums of values of both signs may cancel: what is left is judged by the size of what went in.
      got.forEach((x, k) => {
        const y = want[k] as number
        if (Number.isNaN(y)) expect(x).toBeNaN()
        else expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-6 * Math.abs(y) + 1e-9)
      })
    }),
    { numRuns: 150 },
  )
})

test('rolling deviation keeps its precision on a large offset, after an outlier and over a jump', () => {
  const wave = Array.from({ length: 400 }, (_, k) => Math.sin(k) + Math.cos(3 * k))
  for (const values of [
    wave.map((x) => 1e9 + x),
    wave.map((x, k) => (k === 50 ? 1e12 : x)),
    wave.map((x, k) => (k < 200 ? x : 1e8 + x)),
    wave.map((x, k) => x + k * 1e5),
    wave.map((x, k) => (k % 11 === 3 ? Number.NaN : 1e9 + x)),
  ])
    for (const window of [2, 7, 28, 91]) {
      const want = values.map((_, k) =>
        NAIVE.std?.(values.slice(Math.max(0, k + 1 - window), k + 1).filter((x) => !Number.isNaN(x))),
      )
      near(
        run((o, t) => rollingDeviation(o, window, t), values),
        want.map((x) => x ?? Number.NaN),
      )
      const means = values.map((_, k) =>
        NAIVE.mean?.(values.slice(Math.max(0, k + 1 - window), k + 1).filter((x) => !Number.isNaN(x))),
      )
      near(
        run((o, t) => rollingSum(o, window, 'mean', t), values),
        means.map((x) => x ?? Number.NaN),
      )
    }
})

test('a constant window has no deviation at all', () => {
  expect(
    run((o, t) => rollingDeviation(o, 5, t), new Float64Array(20).fill(0.1))
      .slice(1)
      .every((x) => x === 0),
  ).toBe(true)
})

test('exponential means, deviations and quantiles with gaps are those of pandas', () => {
  const values = floats(pandas.values)
  for (const [alpha, want] of Object.entries(pandas.ewm))
    near(
      run((o, t) => exponentialMean(o, Number(alpha), t), values),
      floats(want),
    )
  for (const [half, want] of Object.entries(pandas.halfLife))
    near(
      run((o, t) => exponentialMean(o, 1 - 0.5 ** (1 / Number(half)), t), values),
      floats(want),
    )
  near(
    run((o, t) => rollingDeviation(o, 7, t), values),
    floats(pandas.std),
  )
  near(
    run((o, t) => rollingQuantile(o, 9, 0.3, t), values),
    floats(pandas.q30),
  )
  near(
    run((o, t) => rollingQuantile(o, Number.POSITIVE_INFINITY, 0.5, t), values),
    floats(pandas.median),
  )
})

test('an exponential mean outlasts a gap of any length', () => {
  const values = [4, ...new Float64Array(5000).fill(gap), 9, 9]
  const got = run((o, t) => exponentialMean(o, 0.5, t), values)
  expect(got[5000]).toBe(4)
  expect(got.at(-1)).toBe(9)
})

test('rolling quantiles are those of the sorted window', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 12 }), fc.double({ min: 0, max: 1, noNaN: true }), (v, w, level) => {
      const want = v.map((_, k) => {
        const sorted = Float64Array.from(v.slice(Math.max(0, k + 1 - w), k + 1).filter((x) => !Number.isNaN(x))).sort()
        if (sorted.length === 0) return Number.NaN
        const position = level * (sorted.length - 1)
        const below = Math.floor(position)
        const left = sorted[below] as number
        return left + (position - below) * ((sorted[below + 1] ?? left) - left)
      })
      const got = run((o, t) => rollingQuantile(o, w, level, t), v)
      got.forEach((x, k) => {
        if (Number.isNaN(want[k] as number)) expect(x).toBeNaN()
        else expect(Math.abs(x - (want[k] as number))).toBeLessThanOrEqual(1e-4)
      })
    }),
    { numRuns: 200 },
  )
})

test('expanding statistics are those of everything so far', () => {
  const values = [3, Number.NaN, 0, 5, 4]
  expect(run((o, t) => expanding(o, 'mean', t), values)).toEqual([3, 3, 1.5, Math.fround(8 / 3), 3])
  expect(run((o, t) => expanding(o, 'sum', t), values)).toEqual([3, 3, 3, 8, 12])
  expect(run((o, t) => expanding(o, 'min', t), values)).toEqual([3, 3, 0, 0, 0])
  expect(run((o, t) => expanding(o, 'max', t), values)).toEqual([3, 3, 3, 5, 5])
  expect(run((o, t) => expanding(o, 'active', t), values)).toEqual([1, 1, 1, 2, 3])
  expect(run((o, t) => expanding(o, 'activeShare', t), values)).toEqual([1, 1, 0.5, Math.fround(2 / 3), 0.75])
  const std = run((o, t) => expanding(o, 'std', t), values)
  expect(std.slice(0, 2)).toEqual([Number.NaN, Number.NaN])
  near(std.slice(2), [2.1213203, 2.5166115, 2.1602469])
})

test('differences, seasonal means, time since the last sale, smoothing: by hand', () => {
  const values = [1, 4, Number.NaN, 2, 0, 7, 3]
  expect(run((o, t) => difference(o, 1, 1, t), values)).toEqual([gap, 3, gap, gap, -2, 7, -4])
  expect(run((o, t) => difference(o, 1, 2, t), [1, 4, 9, 16])).toEqual([gap, gap, 2, 2])
  expect(run((o, t) => difference(o, 3, 1, t), values)).toEqual([gap, gap, gap, 1, -4, gap, 1])
  expect(run((o, t) => seasonalMean(o, 3, 2, t), values)).toEqual([1, 4, gap, 1.5, 2, 7, 2.5])
  expect(run(sinceActive, [0, 2, 0, Number.NaN, 1, 0])).toEqual([gap, 0, 1, 2, 0, 1])
  expect(run((o, t) => exponentialLevel(o, 0.5, t), [Number.NaN, 2, 4, Number.NaN, 1])).toEqual([gap, 2, 3, 3, 2])
})

test('the mean of a place in the season is that of the plain definition, for any season and count', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (values, period, count) => {
      const got = run((o, t) => seasonalMean(o, period, count, t), values)
      values.forEach((_, k) => {
        const same = Array.from({ length: count }, (_, j) => values[k - j * period] ?? gap).filter(
          (x) => !Number.isNaN(x),
        )
        if (same.length === 0) expect(got[k]).toBeNaN()
        else expect(got[k]).toBeCloseTo(same.reduce((a, b) => a + b, 0) / same.length, 3)
      })
    }),
    { numRuns: 200 },
  )
})

test('a kernel writes where it is told and nowhere else', () => {
  for (const make of Object.values(ROLLING)) {
    const got = run(make(3), [1, 2, 3, 4], { shift: 2 })
    expect(got.slice(0, 2)).toEqual([-7, -7])
    expect(got.slice(2)).toEqual(run(make(3), [1, 2, 3, 4]))
  }
})

test('eigenvectors rebuild their matrix, are orthonormal and point the same way every time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 36, maxLength: 36 }),
      (n, raw) => {
        const m = new Float64Array(n * n)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) m[i * n + j] = (raw[i * 6 + j] as number) + (raw[j * 6 + i] as number)
        const { values, vectors } = eigenOf(m, n)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            let rebuilt = 0
            let dot = 0
            for (let k = 0; k < n; k++) {
              rebuilt += (values[k] as number) * (vectors[k * n + i] as number) * (vectors[k * n + j] as number)
              dot += (vectors[i * n + k] as number) * (vectors[j * n + k] as number)
            }
            expect(rebuilt).toBeCloseTo(m[i * n + j] as number, 8)
            expect(dot).toBeCloseTo(i === j ? 1 : 0, 10)
          }
        for (let i = 1; i < n; i++) expect(values[i - 1] as number).toBeGreaterThanOrEqual(values[i] as number)
      },
    ),
    { numRuns: 60 },
  )
})
