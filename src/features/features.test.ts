import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { at, Mask, type Panel, panelOf, pickSeries } from '../core/panel.ts'
import { Random } from '../core/random.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { windowAt } from '../store/window.ts'
import { FAMILIES, familyOf } from './families.ts'
import { type Feature, isKnownAhead } from './family.ts'
import { type FeatureBlock, featureBlocks, features } from './features.ts'
import { contextOf, frameOf, learn } from './plan.ts'
import { defaultSpec, type FeatureSpec, featureSpec } from './spec.ts'

const calendar = new Calendar({ unit: 'day' })
const FIRST = calendar.parse('2026-01-20')
const LENGTH = 70
const CUTOFF = FIRST + 49
const HORIZON = 7
const run = runOf({ threads: 1 })

/** A small shop with every kind of column, ragged starts and gaps, known beyond the cutoff. */
function shop(seed = 1, count = 5): Panel {
  const random = Random.of(seed, 'shop')
  const draw = (length: number, value: () => number) => Float64Array.from({ length }, value)
  const series = Array.from({ length: count }, (_, i) => {
    const lead = random.integer(6)
    const length = LENGTH - lead
    return {
      id: `s${i}`,
      start: FIRST + lead,
      values: draw(length, () => (random.uniform() < 0.1 ? Number.NaN : random.poisson(3))),
      mask: Uint8Array.from({ length }, () =>
        random.uniform() < 0.1 ? Mask.censored : random.uniform() < 0.05 ? Mask.closed : 0,
      ),
      columns: {
        price: draw(length, () => 5 + random.integer(4)),
        promo: draw(length, () => (random.uniform() < 0.3 ? 1 : 0)),
        views: draw(length, () => random.poisson(40)),
        carts: draw(length, () => random.poisson(8)),
        dry: draw(length, () => random.integer(3)),
      },
    }
  })
  return panelOf(series, {
    calendar,
    knownAhead: ['price', 'promo'],
    statics: { brand: series.map((_, i) => i % 2), store: series.map((_, i) => i % 3) },
    categories: { brand: ['ours', 'theirs'], store: ['a', 'b', 'c'] },
  })
}

/** Every family there is, past-only and known-ahead. */
const EVERYTHING = [
  { family: 'lags', lags: [1, 2, 9], seasons: [1, 2] },
  { family: 'lags', of: 'views', lags: [1] },
  { family: 'lags', of: 'price', lags: [1] },
  {
    family: 'rolling',
    windows: [5, 14],
    stats: ['mean', 'sum', 'std', 'min', 'max', 'median', 'active', 'activeShare'],
  },
  { family: 'rolling', windows: [5], of: 'price', stats: ['mean'], lag: 1 },
  { family: 'expanding', quantiles: [0.5] },
  { family: 'exponential', halfLives: [3], alphas: [0.2] },
  { family: 'difference', periods: [1], seasonal: true },
  { family: 'seasonal', counts: [3] },
  { family: 'recency' },
  { family: 'smoothing', trailing: [3], centred: [4, 5], alphas: [0.3] },
  { family: 'age' },
  { family: 'calendar' },
  { family: 'fourier', seasons: [{ period: 7, order: 3 }] },
  { family: 'holidays', country: 'CN', names: ['Spring Festival'] },
  { family: 'lunar' },
  { family: 'shopping', own: [{ name: 'Prime', from: '2026-03-01', to: '2026-03-02' }] },
  { family: 'column' },
  { family: 'price', windows: [7], category: 'brand' },
  { family: 'promotion', leads: [1, 2], lags: [1] },
  { family: 'stockOut', windows: [7] },
  { family: 'stockOut', of: 'dry', windows: [7] },
  { family: 'behaviour', windows: [7] },
  { family: 'category', encoding: 'oneHot' },
  { family: 'targetEncoding' },
  { family: 'pca', of: ['views', 'carts', 'dry'] },
  { family: 'pca', of: ['price', 'promo'], components: 1 },
]

async function make(panel: Panel, spec: FeatureSpec): Promise<FeatureBlock> {
  for await (const { block } of featureBlocks(windowAt(memorySource(panel), CUTOFF, HORIZON), spec, run)) return block
  throw new Error('no block')
}

/** A copy in which one cell of one column, or of the target or mask, holds something else. */
function changed(panel: Panel, name: string, cell: number): Panel {
  const copy = pickSeries(panel, panel.ids.keys().toArray())
  if (name === 'mask') copy.mask[cell] = at(copy.mask, cell) ^ Mask.closed
  else {
    const values = name === 'target' ? copy.target : (copy.columns.get(name)?.values as Float64Array)
    values[cell] = Number.isNaN(at(values, cell)) ? 123 : at(values, cell) * 3 + 50
  }
  return copy
}
const periodOf = (panel: Panel, i: number, cell: number) => at(panel.start, i) + cell - at(panel.offsets, i)

/** Calls back with every row that differs: the feature, the series, the period. */
function differences(
  a: FeatureBlock,
  b: FeatureBlock,
  see: (f: Feature, series: number, period: number) => void,
): void {
  a.features.forEach((feature, f) => {
    for (let i = 0; i + 1 < a.rowOffsets.length; i++) {
      const from = at(a.rowOffsets, i)
      const count = at(a.rowOffsets, i + 1) - from
      for (let r = 0; r < count; r++)
        if (!Object.is(a.past[f * a.rows + from + r], b.past[f * b.rows + from + r]))
          see(feature, i, CUTOFF + 1 - count + r)
      for (let h = 0; h < HORIZON; h++)
        if (!Object.is(a.future[f * a.steps + i * HORIZON + h], b.future[f * b.steps + i * HORIZON + h]))
          see(feature, i, CUTOFF + 1 + h)
    }
  })
}

const panel = shop()
const cells = panel.target.length
const seriesOf = (cell: number) => panel.offsets.findLastIndex((from) => from <= cell)
const PAST_ONLY = ['target', 'mask', 'views', 'carts', 'dry']

test('every family is in the leakage tests', () => {
  expect(new Set(EVERYTHING.map(({ family }) => family))).toEqual(new Set(Object.keys(FAMILIES)))
})

test('what a family declares to know ahead is what its features are', async () => {
  const window = windowAt(memorySource(panel), CUTOFF, HORIZON)
  const [past] = await Array.fromAsync(window.past())
  const [known] = await Array.fromAsync(window.known())
  const { families, ...rest } = featureSpec({ families: EVERYTHING })
  const context = contextOf({ families, ...rest }, frameOf(past as Panel, known as Panel))
  for (const one of families) {
    const { family, ...options } = one
    const declared = isKnownAhead(familyOf(family), options, context)
    const made = await features(past as Panel, known as Panel, { ...rest, families: [one] }, run)
    expect(made.features.length).toBeGreaterThan(0)
    for (const feature of made.features) expect([feature.name, feature.knownAhead]).toEqual([feature.name, declared])
  }
})

test('a column that was not declared known ahead stays past-only, whatever the future holds', async () => {
  const window = windowAt(memorySource(panel), CUTOFF, HORIZON)
  const [past] = await Array.fromAsync(window.past())
  const [known] = await Array.fromAsync(window.known())
  const views = { name: 'views', knownAhead: true, values: Float64Array.from((known as Panel).target, () => 1) }
  const leaky = { ...(known as Panel), columns: new Map([...(known as Panel).columns, ['views', views]]) }
  const made = await features(past as Panel, leaky, featureSpec({ families: [{ family: 'column' }] }), run)
  expect(made.features.map(({ name }) => name)).toEqual(['price', 'promo'])
})

test.each(['shift', 'missing'])(
  'no target and no past-only value after the cutoff changes any feature (%s)',
  async (beyond) => {
    const spec = featureSpec({ beyond, families: EVERYTHING })
    const before = await make(panel, spec)
    let changes = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PAST_ONLY), fc.integer({ min: 0, max: cells - 1 }), async (name, cell) => {
        fc.pre(periodOf(panel, seriesOf(cell), cell) > CUTOFF)
        differences(before, await make(changed(panel, name, cell), spec), (f) => {
          throw new Error(`${f.name} saw ${name}`)
        })
        changes++
      }),
      { numRuns: 40 },
    )
    expect(changes).toBe(40)
  },
)

test.each(['shift', 'missing'])('a past-only value is not felt before its period plus the lag (%s)', async (beyond) => {
  // Components of past-only columns are learned from all of the past, as a model is; everything else is as of its row.
  const families = EVERYTHING.filter(({ family, of }) => family !== 'pca' || of?.includes('price'))
  const spec = featureSpec({ beyond, families })
  const before = await make(panel, spec)
  const felt = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PAST_ONLY), fc.integer({ min: 0, max: cells - 1 }), async (name, cell) => {
      const period = periodOf(panel, seriesOf(cell), cell)
      fc.pre(period <= CUTOFF)
      differences(before, await make(changed(panel, name, cell), spec), (f, _, row) => {
        if (f.knownAhead) throw new Error(`${f.name} is known ahead and saw ${name}`)
        if (row < period + f.lag) throw new Error(`${f.name} saw ${name} only ${row - period} periods later`)
        felt.add(f.name)
      })
    }),
    { numRuns: 80 },
  )
  expect(felt.size).toBeGreaterThan(25)
})

test('a known-ahead value at a step is felt at that very step, and raw columns nowhere else', async () => {
  const spec = featureSpec({ families: EVERYTHING })
  const before = await make(panel, spec)
  for (const name of ['price', 'promo'])
    for (let h = 0; h < HORIZON; h++) {
      const cell = at(panel.offsets, 2) + CUTOFF + 1 + h - at(panel.start, 2)
      const after = await make(changed(panel, name, cell), spec)
      const rows = new Map<string, Set<number>>()
      differences(before, after, (f, series, row) => {
        expect(f.knownAhead).toBe(true)
        if (series === 2) rows.set(f.name, (rows.get(f.name) ?? new Set()).add(row))
      })
      const f = after.features.findIndex((feature) => feature.name === name)
      const column = after.future.subarray(f * after.steps + 2 * HORIZON, f * after.steps + 3 * HORIZON)
      expect(column[h]).toBe(at(panel.columns.get(name)?.values as Float64Array, cell) * 3 + 50)
      expect(rows.get(name)).toEqual(new Set([CUTOFF + 1 + h]))
      if (name === 'price') expect(rows.get('price_change')?.has(CUTOFF + 1 + h)).toBe(true)
    }
})

test('a lag that the horizon outruns is shifted, missing or refused, and never filled', async () => {
  const families = [{ family: 'lags', lags: [1, 3, 7, 10], seasons: [1] }]
  const names = (block: FeatureBlock) => block.features.map(({ name }) => name)
  const shifted = await make(panel, featureSpec({ families }))
  expect(names(shifted)).toEqual(['target_lag_7', 'target_lag_9', 'target_lag_10'])
  const missing = await make(panel, featureSpec({ beyond: 'missing', families }))
  expect(names(missing)).toEqual(['target_lag_1', 'target_lag_3', 'target_lag_7', 'target_lag_10'])
  const full = panelOf([{ id: 'x', start: FIRST, values: Float64Array.from({ length: 50 }, (_, k) => k) }], {
    calendar,
  })
  const block = await make(full, featureSpec({ beyond: 'missing', families }))
  const step = (f: number) => [...block.future.subarray(f * HORIZON, (f + 1) * HORIZON)]
  const gap = Number.NaN
  expect(step(0)).toEqual([49, gap, gap, gap, gap, gap, gap])
  expect(step(1)).toEqual([47, 48, 49, gap, gap, gap, gap])
  expect(step(3)).toEqual([40, 41, 42, 43, 44, 45, 46])
  await expect(make(panel, featureSpec({ beyond: 'refuse', families }))).rejects.toThrow(/target_lag_1.*step 7/)
  const refuse = featureSpec({ beyond: 'refuse', families: [{ family: 'lags', lags: [7, 10] }] })
  expect(names(await make(panel, refuse))).toEqual(['target_lag_7', 'target_lag_10'])
  const perStep = featureSpec({ leastLag: 3, families: [{ family: 'lags', lags: [1] }] })
  expect(names(await make(panel, perStep))).toEqual(['target_lag_3'])
})

test('closed periods are gaps, and censored ones on demand', async () => {
  const values = [5, 6, 7, 8]
  const mask = [0, Mask.closed, Mask.censored, 0]
  const small = panelOf([{ id: 'x', start: CUTOFF - 3, values, mask }], { calendar })
  const spec = (censored: string) =>
    featureSpec({
      censored,
      leastLag: 1,
      beyond: 'missing',
      families: [{ family: 'rolling', windows: [3], stats: ['sum'] }],
    })
  expect([...(await make(small, spec('keep'))).past]).toEqual([Number.NaN, 5, 5, 12])
  expect([...(await make(small, spec('missing'))).past]).toEqual([Number.NaN, 5, 5, 5])
})

test('recent rows, other blocks and more threads change nothing but the shape', async () => {
  const spec = featureSpec({ families: EVERYTHING })
  const window = windowAt(memorySource(panel), CUTOFF, HORIZON)
  const whole = await make(panel, spec)
  for await (const { block } of featureBlocks(window, spec, run, { recent: 10 })) {
    expect(block.rows).toBe(10 * panel.ids.length)
    for (let f = 0; f < block.features.length; f++)
      for (let i = 0; i < panel.ids.length; i++)
        for (let r = 0; r < 10; r++)
          expect(block.past[f * block.rows + i * 10 + r]).toEqual(
            whole.past[f * whole.rows + at(whole.rowOffsets, i + 1) - 10 + r],
          )
    expect(block.future).toEqual(whole.future)
  }
  const halves = [pickSeries(panel, [0, 1]), pickSeries(panel, [2, 3, 4])]
  const source = {
    ...memorySource(panel),
    blocks: async function* () {
      yield* halves
    },
  }
  const futures: number[][] = []
  for await (const { block } of featureBlocks(windowAt(source, CUTOFF, HORIZON), spec, run))
    futures.push([...block.future])
  whole.features.forEach((feature, f) => {
    const count = (part: number) => (halves[part]?.ids.length ?? 0) * HORIZON
    const joined = [0, 1].flatMap((p) => futures[p]?.slice(f * count(p), (f + 1) * count(p)) ?? [])
    const want = [...whole.future.subarray(f * whole.steps, (f + 1) * whole.steps)]
    joined.forEach((x, k) => {
      if (Number.isNaN(want[k] as number)) expect(x, feature.name).toBeNaN()
      else expect(x, feature.name).toBeCloseTo(want[k] as number, 4)
    })
  })
})

test('worker threads give the same to the last bit', async () => {
  const many = shop(9, 900)
  const spec = featureSpec({ families: EVERYTHING })
  const window = windowAt(memorySource(many), CUTOFF, HORIZON)
  const [past] = await Array.fromAsync(window.past())
  const [known] = await Array.fromAsync(window.known())
  const one = await features(past as Panel, known as Panel, spec, run)
  const two = await features(past as Panel, known as Panel, spec, runOf({ threads: 2 }))
  expect(Buffer.compare(Buffer.from(one.past.buffer), Buffer.from(two.past.buffer))).toBe(0)
  expect(Buffer.compare(Buffer.from(one.future.buffer), Buffer.from(two.future.buffer))).toBe(0)
})

test('a series without a past still has what is known of its future', async () => {
  const values = Float64Array.from({ length: 10 }, () => 4)
  const late = panelOf([{ id: 'new', start: CUTOFF + 3, values, columns: { price: values } }], {
    calendar,
    knownAhead: ['price'],
  })
  const block = await make(
    late,
    featureSpec({ families: [{ family: 'lags', lags: [1] }, { family: 'column' }, { family: 'calendar' }] }),
  )
  expect(block.rows).toBe(0)
  expect([...block.future.subarray(0, 7)].every(Number.isNaN)).toBe(true)
  expect([...block.future.subarray(7, 14)]).toEqual([Number.NaN, Number.NaN, 4, 4, 4, 4, 4])
  // 2026-03-11, the first step, was a Wednesday.
  expect(block.future[14]).toBe(2)
})

test('a wrong specification, column or future is refused with its place', async () => {
  expect(() => featureSpec({ families: [{ family: 'lags', lags: [0] }] })).toThrow(/families\.0\.lags\.0/)
  expect(() => featureSpec({ families: [{ family: 'nope' }] })).toThrow(/families\.0\.family/)
  expect(() => featureSpec({ families: [{ family: 'age', x: 1 }] })).toThrow(/families\.0.*"x"/)
  await expect(make(panel, featureSpec({ families: [{ family: 'lags', of: 'nope', lags: [1] }] }))).rejects.toThrow(
    /nope.*views/,
  )
  await expect(make(panel, featureSpec({ families: [{ family: 'promotion', of: 'views' }] }))).rejects.toThrow(
    /not known ahead/,
  )
  const twice = [{ family: 'age' }, { family: 'age' }]
  await expect(make(panel, featureSpec({ families: twice }))).rejects.toThrow(/both named 'age'/)
  await expect(make(panel, featureSpec({ families: [{ family: 'holidays', country: 'ZZ' }] }))).rejects.toThrow(/ZZ/)
  await expect(
    features(panel, pickSeries(panel, [0]), featureSpec({ families: [{ family: 'age' }] }), run),
  ).rejects.toThrow(/5 ≠ 1/)
})

test('a specification is plain data: written as JSON and read back it is the same', () => {
  for (const unit of ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const) {
    const spec = defaultSpec(unit, { country: 'CN', price: 'price', promotion: 'promo', statics: true })
    expect(featureSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec)
  }
})

test('the default specification of days runs as it is', async () => {
  const block = await make(
    panel,
    defaultSpec('day', { country: 'CN', price: 'price', promotion: 'promo', statics: true }),
  )
  expect(block.features.length).toBeGreaterThan(60)
  expect(block.features.filter(({ knownAhead }) => !knownAhead).every(({ lag }) => lag >= HORIZON)).toBe(true)
  const empty = block.features.filter((_, f) =>
    block.past.subarray(f * block.rows, (f + 1) * block.rows).every(Number.isNaN),
  )
  expect(empty.map(({ name }) => name)).toEqual([])
})

test('what is learned across series passes as plain data', async () => {
  const window = windowAt(memorySource(panel), CUTOFF, HORIZON)
  const [past] = await Array.fromAsync(window.past())
  const [known] = await Array.fromAsync(window.known())
  const spec = featureSpec({ families: EVERYTHING })
  const learned = await learn(spec, [[past as Panel, known as Panel]])
  const again = await features(past as Panel, known as Panel, spec, run, { learned: structuredClone(learned) })
  expect(again.past).toEqual((await make(panel, spec)).past)
})
