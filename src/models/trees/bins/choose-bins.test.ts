import fc from 'fast-check'
import { expect, test } from 'vitest'
import fixture from '../../../../test/fixtures/trees/bins.json' with { type: 'json' }
import { runOf } from '../../../core/run.ts'
import { type Table, tableOf } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import type { BinOptions } from '../options.ts'
import { chooseBins } from './choose-bins.ts'

const run = runOf({ threads: 1 })

async function binsOf(values: ArrayLike<number>, options: BinOptions = {}, weight?: number[]): Promise<FeatureBins> {
  const block = {
    rows: values.length,
    columns: [Float32Array.from(values)],
    ...(weight && { weight: Float32Array.from(weight) }),
  }
  return (await chooseBins(tableOf(['x'], block), options, run))[0] as FeatureBins
}

const binOf = ({ bounds }: FeatureBins, value: number) => {
  const bin = bounds.findIndex((bound) => value <= bound)
  return bin < 0 ? bounds.length : bin
}

const places = fixture.cases.map(({ feature, bins, minBinRows }) => `${feature}, ${bins} bins of ${minBinRows} rows`)
test.each(places)('rows share bins as in LightGBM: %s', async (name) => {
  const given = fixture.cases[places.indexOf(name)] as (typeof fixture.cases)[number]
  const values = Float32Array.from(fixture.values[given.feature as keyof typeof fixture.values], (v) => v ?? Number.NaN)
  const bins = await binsOf(values, given)
  expect(bins.missing).toBe(values.some(Number.isNaN))
  const greatest = new Map<number, number>()
  for (const value of values)
    if (!Number.isNaN(value))
      greatest.set(binOf(bins, value), Math.max(value, greatest.get(binOf(bins, value)) ?? -Infinity))
  const uppers = [...greatest].sort(([a], [b]) => a - b).map(([, value]) => value)
  expect(uppers).toEqual(given.uppers.map((upper) => Math.fround(upper as number)))
})

test('bounds are Float32 values that ascend, at most one fewer than bins, and no two distinct values share one needlessly', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.float({ noNaN: false }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (values, most, minBinRows) => {
        const bins = await binsOf(values, { bins: most, minBinRows })
        const numbers = values.filter((v) => !Number.isNaN(v))
        expect(bins.bounds.length).toBeLessThan(most)
        expect(bins.bins).toBe(bins.bounds.length + (bins.missing ? 2 : 1))
        expect(bins.missing).toBe(numbers.length > 0 && numbers.length < values.length)
        bins.bounds.forEach((bound, k) => {
          expect(Math.fround(bound)).toBe(bound)
          expect(Number.isFinite(bound)).toBe(true)
          if (k > 0) expect(bound).toBeGreaterThan(bins.bounds[k - 1] as number)
        })
        // With room for all, ordinary values each have their own bin.
        const distinct = new Set(numbers.map((v) => v + 0))
        const ordinary = [...distinct].every((v) => v === 0 || (Math.abs(v) > 1e-30 && Math.abs(v) < 1e38))
        if (minBinRows === 1 && distinct.size * 2 < most && ordinary)
          expect(new Set([...distinct].map((v) => binOf(bins, v))).size).toBe(distinct.size)
      },
    ),
  )
})

test('infinities have bins beyond all numbers', async () => {
  const bins = await binsOf([Number.NEGATIVE_INFINITY, -1, 2, Number.POSITIVE_INFINITY], { minBinRows: 1 })
  expect(
    [Number.NEGATIVE_INFINITY, -1e38, -1, 0, 2, 1e38, Number.POSITIVE_INFINITY].map((v) => binOf(bins, v)),
  ).toEqual([0, 1, 1, 2, 3, 3, 4])
})

test('bins hold about the same weight, not the same number of rows', async () => {
  const values = Array.from({ length: 4000 }, (_, i) => 1 + i)
  const weight = values.map((v) => (v <= 400 ? 9 : 1))
  const bins = await binsOf(values, { bins: 21 }, weight)
  const mass = new Float64Array(bins.bins)
  values.forEach((value, i) => {
    mass[binOf(bins, value)] = (mass[binOf(bins, value)] as number) + (weight[i] as number)
  })
  // 20 bins share a weight of 7,200 (one of the 21 is kept for zeros).
  expect(mass).toHaveLength(20)
  for (const m of mass) expect(Math.abs(m - 360)).toBeLessThanOrEqual(10)
})

test('equal weights are none, and rows of weight 0 are not seen', async () => {
  const values = Array.from({ length: 500 }, (_, i) => Math.sin(i) * 9)
  const plain = await binsOf(values, { bins: 30 })
  expect(
    await binsOf(
      values,
      { bins: 30 },
      values.map(() => 0.25),
    ),
  ).toEqual(plain)
  const more = [...values, ...values.map((v) => v + 100)]
  const seen = await binsOf(
    more,
    { bins: 30 },
    more.map((v) => (v > 50 ? 0 : 2)),
  )
  expect(seen).toEqual(plain)
})

test('constant and wholly missing features have one bin', async () => {
  expect(await binsOf([5, 5, 5, 5])).toMatchObject({ bins: 1, missing: false })
  expect(await binsOf([0, 0])).toMatchObject({ bins: 1, missing: false })
  expect(await binsOf([Number.NaN, Number.NaN])).toMatchObject({ bins: 1, missing: false })
  expect(await binsOf([5, Number.NaN, 5])).toMatchObject({ bins: 2, missing: true })
})

const codesOf = async (values: number[], options: BinOptions = {}, weight?: number[]) => {
  const block = {
    rows: values.length,
    columns: [Float32Array.from(values)],
    ...(weight && { weight: Float32Array.from(weight) }),
  }
  const bins = (await chooseBins(tableOf([{ name: 'c', categorical: true }], block), options, run))[0] as FeatureBins
  return { codes: [...bins.codes], bins: bins.bins }
}

test('categories are listed by how much they weigh; rare, negative and missing ones are not', async () => {
  const values = [7, 7, 7, 7, 3, 3, 3, 12, 12, 12, 12, 12, -4, Number.NaN, 70_000, 9, 9]
  expect(await codesOf(values)).toEqual({ codes: [12, 7, 3], bins: 4 })
  expect(await codesOf(values, { minBinRows: 1 })).toEqual({ codes: [12, 7, 3, 9], bins: 5 })
  expect(await codesOf(values, { bins: 2 })).toEqual({ codes: [12, 7], bins: 3 })
  expect(
    await codesOf(
      values,
      {},
      values.map((v) => (v === 3 ? 10 : 1)),
    ),
  ).toEqual({ codes: [3, 12, 7], bins: 4 })
  expect(await codesOf([4, 4, 4])).toEqual({ codes: [4], bins: 1 })
  expect(await codesOf([4, 4, Number.NaN])).toEqual({ codes: [4], bins: 2 })
  const many = Array.from({ length: 3000 }, (_, i) => i % 1000)
  expect((await codesOf(many)).codes).toEqual(Array.from({ length: 254 }, (_, i) => i))
})

test('a sample of blocks is the same whichever way they are cut, and another under another seed', async () => {
  const all = Float32Array.from({ length: 5000 }, (_, i) => Math.cos(i * i))
  const cut = (size: number): Table => ({
    features: [{ name: 'x', categorical: false }],
    rows: all.length,
    *blocks() {
      for (let at = 0; at < all.length; at += size) {
        const columns = [all.subarray(at, at + size)]
        yield { rows: (columns[0] as Float32Array).length, columns }
      }
    },
  })
  const options = { sample: 700, bins: 63 }
  const whole = await chooseBins(cut(5000), options, run)
  expect(await chooseBins(cut(617), options, run)).toEqual(whole)
  expect(await chooseBins(cut(5000), options, runOf({ threads: 1, seed: 2 }))).not.toEqual(whole)
})

test('two threads choose the same bins as one, weighted or not', async () => {
  const rows = 130_000
  const columns = Array.from({ length: 8 }, (_, f) =>
    new Float32Array(rows).map((_, i) => Math.sin(i * (f + 1)) * (f - 3)),
  )
  const features = columns.map((_, f) => ({ name: `f${f}`, categorical: f === 7 }))
  const weight = new Float32Array(rows).map((_, i) => i % 3)
  for (const block of [
    { rows, columns },
    { rows, columns, weight },
  ]) {
    const alone = await chooseBins(tableOf(features, block), { bins: 40 }, run)
    expect(await chooseBins(tableOf(features, block), { bins: 40 }, runOf({ threads: 2 }))).toEqual(alone)
  }
})

test('numbers of bins that do not fit a byte are refused', async () => {
  await expect(binsOf([1, 2], { bins: 256 })).rejects.toMatchObject({ code: 'trees.bins', details: { bins: 256 } })
  await expect(binsOf([1, 2], { bins: 1 })).rejects.toMatchObject({ code: 'trees.bins' })
  await expect(binsOf([1, 2], { sample: 0 })).rejects.toMatchObject({ code: 'trees.sample' })
})
