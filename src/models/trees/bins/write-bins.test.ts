import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharedFloat32, sharedUint8 } from '../../../core/memory.ts'
import { Random } from '../../../core/random.ts'
import { runOf } from '../../../core/run.ts'
import { type TableBlock, tableOf } from '../../table.ts'
import type { FeatureBins } from '../bins.ts'
import { chooseBins } from './choose-bins.ts'
import { binOfZero, thresholdOf } from './threshold.ts'
import { writeBins } from './write-bins.ts'

const run = runOf({ threads: 1 })

/** The bin of a value as the contract words it. */
function binOf(bins: FeatureBins, value: number): number {
  if (bins.feature.categorical) {
    const bin = bins.codes.indexOf(Math.trunc(value))
    return bin < 0 || Number.isNaN(value) ? bins.codes.length : bin
  }
  if (Number.isNaN(value)) return bins.missing ? bins.bins - 1 : binOf(bins, 0)
  const bin = bins.bounds.findIndex((bound) => value <= bound)
  return bin < 0 ? bins.bounds.length : bin
}

const numbers = (bounds: number[], missing = false): FeatureBins => ({
  feature: { name: 'x', categorical: false },
  bins: bounds.length + (missing ? 2 : 1),
  missing,
  bounds: Float64Array.from(bounds),
  codes: new Int32Array(0),
})

async function cellsOf(bins: FeatureBins, values: ArrayLike<number>): Promise<number[]> {
  const cells = new Uint8Array(values.length)
  const block = { rows: values.length, columns: [Float32Array.from(values)] }
  await writeBins(block, [bins], { columnOf: Int32Array.of(0), stride: 1 }, cells, 0)
  return [...cells]
}

const neighbours = (value: number) => {
  const at = Float32Array.of(value)
  const bits = new Int32Array(at.buffer)
  return [-1, 0, 1].map((by) => {
    const near = Float32Array.from(at)
    new Int32Array(near.buffer)[0] = (bits[0] as number) + by
    return near[0] as number
  })
}

test('every value has the first bin whose bound it does not exceed, down to the last bit', async () => {
  const bound = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 2000, max: 2040 }).map((year) => year + 0.5),
    fc.constantFrom(0, 1e-35, -1e-35, 1e-42),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(bound, { maxLength: 254 }),
      fc.array(fc.float(), { maxLength: 30 }),
      fc.boolean(),
      async (given, others, missing) => {
        const bounds = [...new Set(given.map((b) => b + 0))].sort((a, b) => a - b)
        const bins = numbers(bounds, missing)
        const values = Float32Array.from([...bounds.flatMap(neighbours), ...others, 0, -0, Number.NaN])
        expect(await cellsOf(bins, values)).toEqual([...values].map((value) => binOf(bins, value)))
      },
    ),
    { numRuns: 150 },
  )
})

test('bins that crowd in a short range are found as well', async () => {
  const bounds = Array.from({ length: 254 }, (_, k) => 1_000_000 + k / 16)
  const bins = numbers([-1e30, ...bounds.slice(1)])
  const values = Float32Array.from({ length: 4000 }, (_, i) => 1_000_000 + i / 200)
  expect(await cellsOf(bins, values)).toEqual([...values].map((value) => binOf(bins, value)))
})

test('missing values that nobody saw before go to the bin of 0', async () => {
  const bins = numbers([-3, -1, 2])
  expect(binOfZero(bins)).toBe(2)
  expect(await cellsOf(bins, [Number.NaN, -5, -2, 0, 9])).toEqual([2, 0, 1, 2, 3])
})

test('categories: fractions are cut off, unknown, negative and missing codes go to the last bin', async () => {
  const bins: FeatureBins = {
    ...numbers([]),
    feature: { name: 'c', categorical: true },
    bins: 4,
    codes: Int32Array.of(5, 0, 300),
  }
  const values = [5, 0, 300, -1, 7, 5.9, -0.5, Number.NaN, 1e9, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  expect(await cellsOf(bins, values)).toEqual([0, 1, 2, 3, 3, 0, 1, 3, 3, 3, 3])
  expect(await cellsOf(bins, values)).toEqual(values.map((value) => binOf(bins, value)))
})

test('thresholds part original values as their bins do', async () => {
  const random = new Random(5)
  const values = Float32Array.from({ length: 3000 }, () => Math.round(random.normal() * 1e4) / 1e4)
  const [bins] = (await chooseBins(tableOf(['x'], { rows: 3000, columns: [values] }), { bins: 40 }, run)) as [
    FeatureBins,
  ]
  const cells = await cellsOf(bins, values)
  for (let bin = 0; bin < bins.bins; bin++) {
    const threshold = thresholdOf(bins, bin)
    expect([...values].map((value) => value <= threshold)).toEqual(cells.map((cell) => cell <= bin))
  }
})

test('cells lie row by row at their columns, the same with one thread and two, shared memory or not', async () => {
  const random = new Random(9)
  const rows = 150_001
  const constant = new Float32Array(rows)
  const columns = [...Array.from({ length: 13 }, () => new Float32Array(rows).map(() => random.normal())), constant]
  const shared: TableBlock = {
    rows,
    columns: columns.map((column) => {
      const copy = sharedFloat32(rows)
      copy.set(column)
      return copy
    }),
  }
  const block: TableBlock = { rows, columns }
  const bins = await chooseBins(
    tableOf(
      columns.map((_, f) => `f${f}`),
      block,
    ),
    { bins: 50, sample: 5000 },
    run,
  )
  expect(bins[13]).toMatchObject({ bins: 1 })
  const layout = { columnOf: Int32Array.from(columns, (_, f) => (f === 13 ? -1 : 12 - f)), stride: 16 }
  const written = async (from: TableBlock, threads: number) => {
    const cells = sharedUint8((rows + 2) * layout.stride)
    await writeBins(from, bins, layout, cells, 2, runOf({ threads }))
    return cells
  }
  const alone = await written(block, 1)
  expect(alone.subarray(0, 32).every((cell) => cell === 0)).toBe(true)
  for (let row = 0; row < rows; row += 997)
    for (let f = 0; f < 13; f++)
      expect(alone[(2 + row) * 16 + 12 - f]).toBe(
        binOf(bins[f] as FeatureBins, (columns[f] as Float32Array)[row] as number),
      )
  expect(Buffer.from(await written(block, 2)).equals(Buffer.from(alone))).toBe(true)
  expect(Buffer.from(await written(shared, 2)).equals(Buffer.from(alone))).toBe(true)
})
