import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, Mask, type Panel } from '../../../core/panel.ts'
import type { Batch } from '../examples.ts'
import { batchOf } from './batches.ts'
import { examplesOf, forecastExamples, type PanelExamples } from './examples.ts'
import type { ExampleInput } from './options.ts'
import { type Preparation, preparationOf } from './preparation.ts'
import { type Change, CUTOFF, HORIZON, shopPanel, shopWindow } from './shop.case.ts'
import { trailingSizes } from './target.ts'

const CONTEXT = 14
const OPTIONS: ExampleInput = {
  cycles: ['week', 'month', 'year'],
  context: CONTEXT,
  units: ['demand'],
  groups: [['store']],
  identity: true,
}

function filled(examples: PanelExamples, which: readonly number[]): Batch {
  const batch = batchOf(examples.frame, which.length)
  // What was in the arrays before must not matter.
  for (const array of Object.values(batch)) if (array instanceof Float32Array) array.fill(Number.NaN)
  batch.categories?.fill(-1n)
  examples.fill(which, batch)
  return batch
}

/** The example of a series and an origin. */
function find(examples: PanelExamples, series: number, origin: number): number {
  for (let e = 0; e < examples.count; e++)
    if (examples.seriesOf(e) === series && examples.originOf(e) === origin) return e
  throw new Error(`no example of series ${series} at ${origin}`)
}

/** One row's part of a field. */
const rowOf = (field: ArrayLike<number | bigint> | undefined, row: number, rows: number) =>
  Array.from(field ?? [], Number).slice((row * (field?.length ?? 0)) / rows, ((row + 1) * (field?.length ?? 0)) / rows)

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const there = (values: readonly number[]) => values.filter((x) => !Number.isNaN(x))

/** Everything again, the slow way: each number from the panel, by period. */
function oracle(panel: Panel, { settings }: Preparation, series: number, origin: number) {
  const { context, horizon, censored, scale, groupsOf } = settings
  const read = (values: ArrayLike<number>, i: number, period: number) => {
    const k = period - at(panel.start, i)
    return k < 0 ? Number.NaN : at(values, at(panel.offsets, i) + k)
  }
  const bits = (i: number, period: number) => read(panel.mask, i, period) || 0
  const y = (i: number, period: number, hidden: number) =>
    (bits(i, period) & hidden) !== 0 ? Number.NaN : read(panel.target, i, period)
  const seen = (i: number, period: number) => y(i, period, censored === 'missing' ? 3 : Mask.closed)
  const range = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k)
  const periods = range(origin - context + 1, context)
  const ahead = range(origin + 1, horizon)
  const column = (name: string) => panel.columns.get(name)?.values as Float64Array
  // What was learned is learned from cells up to the cutoff.
  const learned = (values: ArrayLike<number>) =>
    panel.ids.flatMap((_, i) =>
      there(range(at(panel.start, i), CUTOFF + 1).map((p) => (p <= CUTOFF ? read(values, i, p) : Number.NaN))),
    )
  const standard = (x: number, all: readonly number[]) => {
    if (Number.isNaN(x)) return 0
    const m = mean(all)
    return (x - m) / Math.sqrt(mean(all.map((a) => (a - m) ** 2)))
  }
  const all = panel.ids.flatMap((_, i) => there(range(0, CUTOFF + 1).map((p) => seen(i, p))))
  const sizeOver = (i: number, from: number, to: number) => {
    const sizes = there(range(from, to - from + 1).map((p) => seen(i, p))).map(Math.abs)
    return sizes.length > 0 ? mean(sizes) : 0
  }
  const sizeAt = (i: number, period: number) => sizeOver(i, period - context + 1, period)
  const size = sizeAt(series, origin) || sizeOver(series, 0, origin) || mean(all.map(Math.abs))
  const context_ = there(periods.map((p) => seen(series, p)))
  const deviation = Math.sqrt(mean(context_.map((x) => (x - mean(context_)) ** 2)))
  const level = scale === 'none' ? 1 : scale === 'mean' ? size : deviation || size
  const offset = scale === 'standard' ? mean(context_) : 0
  const scaled = (x: number) => (Number.isNaN(x) ? 0 : (x - offset) / level)
  const gone = (x: number) => (Number.isNaN(x) ? 1 : 0)
  const begun = (p: number) => p >= at(panel.start, series)
  const said = (i: number, p: number) => (groupsOf ? read(column(groupsOf), i, p) : seen(i, p))
  const usual = (i: number, p: number) => {
    const sizes = there(range(p - context + 1, context).map((q) => said(i, q))).map(Math.abs)
    return sizes.length > 0 ? mean(sizes) : 0
  }
  const mood = (p: number) => {
    const store = (id: string) => id.split('/')[0]
    const others = range(0, panel.ids.length).filter(
      (i) =>
        i !== series &&
        store(panel.ids[i] as string) === store(panel.ids[series] as string) &&
        !Number.isNaN(said(i, p)) &&
        usual(i, p - 1) > 0,
    )
    if (others.length === 0) return 0
    return others.reduce((sum, i) => sum + said(i, p), 0) / others.reduce((sum, i) => sum + usual(i, p - 1), 0) - 1
  }
  const terms = (p: number) => {
    const date = new Date(p * 86_400_000)
    const year = Date.UTC(1970, 0, 1)
    const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][date.getUTCMonth()] as number
    const ofMonth = (2 * Math.PI * (date.getUTCDate() - 1)) / days
    const ofYear = (2 * Math.PI * ((date.getTime() - year) / 86_400_000 - (p < 0 ? -365 : 0))) / 365
    return [
      ...range(0, 7).map((d) => ((date.getUTCDay() + 6) % 7 === d ? 1 : 0)),
      Math.sin(ofMonth),
      Math.cos(ofMonth),
      Math.sin(ofYear),
      Math.cos(ofYear),
    ]
  }
  const truth = ahead.map((p) => (p <= CUTOFF ? y(series, p, censored === 'keep' ? Mask.closed : 3) : Number.NaN))
  const ages = panel.ids.flatMap((_, i) => {
    const born = range(0, CUTOFF + 1).find((p) => !Number.isNaN(seen(i, p)))
    return born === undefined ? [] : range(born, CUTOFF + 1 - born).map((p) => Math.log1p(p - born + 1))
  })
  const logSizes = panel.ids.flatMap((_, i) =>
    range(at(panel.start, i), CUTOFF + 1 - at(panel.start, i))
      .map((p) => sizeAt(i, p))
      .filter((s) => s > 0)
      .map(Math.log),
  )
  const born = range(0, CUTOFF + 1).find((p) => !Number.isNaN(seen(series, p))) ?? 1000
  const weights = panel.statics.get('weight')?.values as Float64Array
  const brand = at(panel.statics.get('brand')?.values as Float64Array, series)
  // Values in the order of how often they were seen.
  const deals = learned(column('deal'))
  const order = [0, 1, 2].sort((a, b) => deals.filter((d) => d === b).length - deals.filter((d) => d === a).length)
  return {
    target: periods.map((p) => scaled(seen(series, p))),
    observed: periods.map((p) => 1 - gone(seen(series, p))),
    past: periods.flatMap((p) => {
      const [views, demand] = [read(column('views'), series, p), read(column('demand'), series, p)]
      if (!begun(p)) return [0, 0, 0, 0, 0, 0]
      return [
        standard(views, learned(column('views'))),
        gone(views),
        bits(series, p) & 1,
        mood(p),
        gone(demand),
        scaled(demand),
      ]
    }),
    known: [...periods, ...ahead].flatMap((p) => {
      const [price, deal] = [read(column('price'), series, p), read(column('deal'), series, p)]
      if (!begun(p)) return [0, 0, 0, 0, 0, ...terms(p)]
      return [
        standard(price, learned(column('price'))),
        gone(price),
        ...order.map((d) => (d === deal ? 1 : 0)),
        ...terms(p),
      ]
    }),
    statics: [
      standard(at(weights, series), there([...weights])),
      standard(Math.log1p(Math.max(0, origin - born + 1)), ages),
      standard(Math.log(size), logSizes),
    ],
    categories: [Number.isNaN(brand) ? 0 : brand + 1, series < 3 ? 1 : 2, (series % 3) + 1, series + 1],
    truth: truth.map(scaled),
    weight: truth.map((x) => 1 - gone(x)),
    level: [level],
    offset: [offset],
  }
}

describe.each([
  { ...OPTIONS, scale: 'mean', censored: 'keep' },
  { ...OPTIONS, scale: 'standard', censored: 'keep' },
  { ...OPTIONS, scale: 'none', censored: 'missing' },
  { ...OPTIONS, scale: 'mean', censored: 'weightless' },
  { ...OPTIONS, scale: 'mean', censored: 'keep', groupsOf: 'demand' },
] satisfies ExampleInput[])('examples of $scale, $censored', (options) => {
  test('are what a plain reading of the panel says', async () => {
    const panel = shopPanel()
    const preparation = await preparationOf(shopWindow(panel), options)
    const examples = await examplesOf(shopWindow(panel), preparation)
    const forecast = await forecastExamples(shopWindow(panel), preparation)
    const cases = [
      [0, 40],
      [0, 3],
      [1, 75],
      [1, 78],
      [2, 33],
      [3, 72],
      [4, 20],
      [5, 60],
    ] as const
    for (const [series, origin] of [...cases, ...[0, 1, 2, 3, 4, 5].map((i) => [i, CUTOFF] as const)]) {
      const from = origin === CUTOFF ? forecast : examples
      const e = origin === CUTOFF ? series : find(examples, series, origin)
      // Beside others, in the middle of a batch.
      const batch = filled(from, [0, e, 1])
      const expected = oracle(panel, preparation, series, origin)
      for (const [name, values] of Object.entries(expected)) {
        const found = rowOf(batch[name as keyof Batch], 1, 3)
        expect(found.length, name).toBe(values.length)
        for (let k = 0; k < values.length; k++)
          expect(found[k], `${name} ${k} of series ${series} at ${origin}`).toBeCloseTo(at(values, k), 4)
      }
    }
  })
})

test('every pair with something to see and something to learn is an example, and no other', async () => {
  const panel = shopPanel()
  const pairsOf = async (input: ExampleInput, selection = {}) => {
    const preparation = await preparationOf(shopWindow(panel), { ...OPTIONS, ...input })
    const examples = await examplesOf(shopWindow(panel), preparation, selection)
    return Array.from({ length: examples.count }, (_, e) => `${examples.seriesOf(e)}:${examples.originOf(e)}`)
  }
  const open = (i: number, p: number) => {
    const k = at(panel.offsets, i) + p - at(panel.start, i)
    return p >= at(panel.start, i) && (at(panel.mask, k) & Mask.closed) === 0 && !Number.isNaN(at(panel.target, k))
  }
  const expected = (minHistory: number, last: number, keep: (origin: number) => boolean) => {
    const found: string[] = []
    for (let i = 0; i < 6; i++)
      for (let o = at(panel.start, i); o < last; o++) {
        let seen = 0
        let learnable = 0
        for (let p = o - CONTEXT + 1; p <= o; p++) if (open(i, p)) seen++
        for (let p = o + 1; p <= Math.min(last, o + HORIZON); p++) if (open(i, p)) learnable++
        if (seen >= minHistory && learnable > 0 && keep(o)) found.push(`${i}:${o}`)
      }
    return found
  }
  expect(await pairsOf({})).toEqual(expected(1, CUTOFF, () => true))
  expect(await pairsOf({ minHistory: 9 })).toEqual(expected(9, CUTOFF, () => true))
  expect(await pairsOf({ recent: 20 })).toEqual(expected(1, CUTOFF, (o) => o >= CUTOFF - 20))
  expect(await pairsOf({ every: 7 })).toEqual(expected(1, CUTOFF, (o) => (CUTOFF - o) % 7 === 0))
  expect(await pairsOf({}, { last: 60 })).toEqual(expected(1, 60, () => true))
  expect(await pairsOf({ every: 7 }, { origins: [60, 60] })).toEqual(expected(1, CUTOFF, (o) => o === 60))
  const some = await pairsOf({ maxExamples: 50 }, { seed: 1 })
  expect(some.length).toBe(50)
  expect(new Set(some).size).toBe(50)
  expect(expected(1, CUTOFF, () => true)).toEqual(expect.arrayContaining(some))
  expect(await pairsOf({ maxExamples: 50 }, { seed: 2 })).not.toEqual(some)
})

test('what is held out is not learned', async () => {
  const preparation = await preparationOf(shopWindow(), OPTIONS)
  const examples = await examplesOf(shopWindow(), preparation, { last: 60 })
  const batch = filled(examples, [find(examples, 0, 58)])
  expect([...batch.weight].slice(2)).toEqual([0, 0, 0])
  expect(batch.weight[0]).toBe(1)
})

test('nothing after the origin is seen but what is known ahead, which comes from the own periods', async () => {
  const clean = await preparationOf(shopWindow(), { ...OPTIONS, censored: 'missing' })
  const inputs = ['target', 'observed', 'past', 'known', 'statics', 'categories', 'level', 'offset'] as const
  let compared = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 5, max: CUTOFF - 1 }),
      fc.constantFrom('mean' as const, 'standard' as const, 'none' as const),
      fc.double({ min: -1000, max: 1000, noNaN: true }),
      fc.constantFrom(0, Mask.censored),
      async (series, origin, scale, poison, mask) => {
        const change: Change = (cell, _, period) => {
          if (period <= origin) return
          cell.y = poison
          // The first truth is to be learned, or there is no example.
          cell.mask = period === origin + 1 ? 0 : mask
          cell.views = poison
          cell.demand = Number.NaN
        }
        const preparation = { ...clean, settings: { ...clean.settings, scale } }
        // What a forecast made then sees cannot hold anything later.
        const then = filled(await forecastExamples(shopWindow(shopPanel(), origin), preparation), [series])
        const examples = await examplesOf(shopWindow(shopPanel(change)), preparation)
        let e = 0
        while (e < examples.count && (examples.seriesOf(e) !== series || examples.originOf(e) !== origin)) e++
        if (e === examples.count) return
        compared++
        const trained = filled(examples, [e])
        for (const name of inputs) expect(trained[name], name).toEqual(then[name])
      },
    ),
    { numRuns: 60 },
  )
  expect(compared).toBeGreaterThan(20)
})

test('a horizon longer than the window has nothing known at its end, a shorter one its beginning', async () => {
  const knownOf = async (horizon: number) => {
    const preparation = await preparationOf(shopWindow(), { ...OPTIONS, horizon, calendar: false })
    const batch = filled(await forecastExamples(shopWindow(), preparation), [1, 3])
    return rowOf(batch.known, 1, 2).slice(5 * CONTEXT)
  }
  const usual = await knownOf(HORIZON)
  expect(usual.length).toBe(5 * HORIZON)
  // No price, which is said beside it, and none of the three deals.
  expect(await knownOf(7)).toEqual([...usual, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0])
  expect(await knownOf(3)).toEqual(usual.slice(0, 15))
})

test('means that slide along leave no dust behind', () => {
  const values = [0.1, 1e8 + 0.1, 0.4, Number.NaN, 0, 0, -3, 0, 5]
  const sizes = new Float64Array(values.length)
  trailingSizes([9, ...values], 1, values.length, 3, sizes)
  const sums = [0.1, 1e8 + 0.2, 1e8 + 0.6, 1e8 + 0.5, 0.4, 0, 3, 3, 8]
  const counts = [1, 2, 3, 2, 2, 2, 3, 3, 3]
  sums.forEach((sum, k) => {
    expect(sizes[k], String(k)).toBeCloseTo(sum / at(counts, k), 6)
  })
  expect(sizes[5]).toBe(0)
})

test('scales are never 0, whatever the past is', async () => {
  const kinds: Change = (cell, series, period) => {
    cell.mask = 0
    if (series === 0) cell.y = 0
    if (series === 1) cell.y = Number.NaN
    if (series === 2) cell.y = period < 40 ? 8 : 0
    if (series === 3) cell.y = 5
    if (series === 4) cell.y = period === CUTOFF ? 1e-40 : 0
    if (series === 5) cell.y = period % 2 ? 2 : 4
  }
  for (const scale of ['mean', 'standard'] as const) {
    const window = shopWindow(shopPanel(kinds))
    const preparation = await preparationOf(window, { context: CONTEXT, scale })
    const batch = filled(await forecastExamples(window, preparation), [0, 1, 2, 3, 4, 5])
    for (const values of Object.values(batch)) for (const x of values) expect(Number.isFinite(Number(x))).toBe(true)
    expect(Math.min(...batch.level)).toBeGreaterThan(0)
    const { size } = preparation
    const ever = 80 / 50
    const expected =
      scale === 'mean' ? [size, size, ever, 5, size, 3] : [size, size, Math.sqrt(12.8 - ever ** 2), 5, size, 1]
    expected.forEach((level, i) => {
      expect(batch.level[i], `${scale} ${i}`).toBeCloseTo(level, 4)
    })
    const offsets = scale === 'mean' ? [0, 0, 0, 0, 0, 0] : [0, preparation.mean, 0, 5, 0, 3]
    offsets.forEach((offset, i) => {
      expect(batch.offset[i], `${scale} ${i}`).toBeCloseTo(offset, 4)
    })
  }
})

test('a logarithm is taken before scaling', async () => {
  const preparation = await preparationOf(shopWindow(), { ...OPTIONS, transform: 'log1p' })
  const log: Change = (cell) => {
    cell.y = Math.log1p(cell.y)
    cell.demand = Math.log1p(cell.demand)
  }
  const logged = shopWindow(shopPanel(log))
  const plain = await preparationOf(logged, OPTIONS)
  const a = await examplesOf(shopWindow(), preparation)
  const b = await examplesOf(logged, plain)
  expect(a.count).toBe(b.count)
  const [x, y] = [filled(a, [100, 200]), filled(b, [100, 200])]
  expect(x.target).toEqual(y.target)
  expect(x.truth).toEqual(y.truth)
  expect(x.level).toEqual(y.level)
})

test('examples weigh a power of their level, one on average', async () => {
  const preparation = await preparationOf(shopWindow(), { ...OPTIONS, weighting: 1.5 })
  const examples = await examplesOf(shopWindow(), preparation)
  const batch = filled(
    examples,
    Array.from({ length: examples.count }, (_, e) => e),
  )
  const weights = Array.from(batch.level, (_, e) => Math.max(...rowOf(batch.weight, e, examples.count)))
  expect(mean(weights)).toBeCloseTo(1, 5)
  const powers = Array.from(batch.level, (level) => level ** 1.5)
  weights.forEach((weight, e) => {
    expect(weight).toBeCloseTo(at(powers, e) / mean(powers), 4)
  })
})
