import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, type Panel, panelOf, pickSeries } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import type { Anomaly, Findings } from './anomaly.ts'
import { findAnomalies } from './find.ts'
import { PLANTS, type Planted, planted } from './planted.case.ts'

const run = runOf({ threads: 1 })
const calendar = new Calendar({ unit: 'day' })
const DAYS = 90
const START = 700
const SERIES = 80

const passing = (a: Anomaly) => a.kind === 'outlier' || a.kind === 'pulseRun'
const find = (panel: Panel) => findAnomalies(panel, {}, run)

/** Cells of all series that were flagged as outliers or runs. */
function flagged({ series }: Findings): Set<number> {
  const cells = new Set<number>()
  for (const [i, { anomalies }] of series.entries())
    for (const a of anomalies.filter(passing)) for (let p = a.from; p <= a.to; p++) cells.add(i * DAYS + p - START)
  return cells
}

const share = (of: Iterable<number>, within: ReadonlySet<number>, count: number) =>
  [...of].filter((cell) => within.has(cell)).length / count

describe.each(PLANTS)('%s demand', (kind) => {
  const shape = { series: SERIES, days: DAYS, seed: 41 }

  test('clean series stay clean: 0.5 % of cells and 3 % of series at the most', async () => {
    const found = await find(planted(kind, shape).panel)
    expect(flagged(found).size / (SERIES * DAYS)).toBeLessThanOrEqual(0.005)
    const changed = found.series.filter(({ anomalies }) => !anomalies.every(passing)).length
    expect(changed / SERIES).toBeLessThanOrEqual(0.03)
  })

  test('outliers as seldom as 6 standard deviations are found', async () => {
    const { panel, wild } = planted(kind, { ...shape, outliers: 2 })
    const found = flagged(await find(panel))
    expect(share(wild, found, wild.size)).toBeGreaterThanOrEqual(kind === 'lumpy' ? 0.7 : 0.9)
    expect((found.size - share(found, wild, 1)) / (SERIES * DAYS)).toBeLessThanOrEqual(0.005)
  })
})

/** Shifts of a series and how many were found within some periods of the truth. */
async function located(plant: Planted, within: number) {
  const { series } = await find(plant.panel)
  const near = series.filter(({ anomalies }, i) =>
    anomalies.some((a) => a.kind === 'levelShift' && Math.abs(a.from - START - at(plant.changed, i)) <= within),
  )
  return near.length / series.length
}

test.each(['normal', 'weekly', 'large counts', 'small counts', 'promoted', 'alike'] as const)(
  'a level shift of 4 standard deviations in %s demand is found within 2 periods, an outlier notwithstanding',
  async (kind) => {
    const plant = planted(kind, { series: SERIES, days: DAYS, seed: 42, shift: 4, outliers: 1 })
    expect(await located(plant, 2)).toBeGreaterThanOrEqual(0.9)
  },
)

test('a change of trend is found as one, without a jump', async () => {
  const plant = planted('normal', { series: SERIES, days: DAYS, seed: 43, bend: 14 })
  const { series } = await find(plant.panel)
  const bent = series.filter(({ anomalies }) => anomalies.some((a) => a.kind === 'trendBreak'))
  expect(bent.length / SERIES).toBeGreaterThanOrEqual(0.7)
})

/** Twenty a day, more at weekends, with what a test does to it. */
function sold(change: (y: number, t: number) => number, lift: (t: number) => number = () => 1): number[] {
  const random = Random.of(5, 'sold')
  return Array.from({ length: DAYS }, (_, t) => change(random.poisson(lift(t) * usualAt(t)), t))
}
const usualAt = (t: number) => (t % 7 > 4 ? 40 : 20)

const panelFrom = (values: number[], more: { mask?: number[]; columns?: Record<string, number[]> } = {}) =>
  panelOf([{ id: 'tea', start: START, values, ...more }], { calendar, knownAhead: Object.keys(more.columns ?? {}) })

const anomaliesOf = async (panel: Panel) => ((await find(panel)).series[0] as Findings['series'][number]).anomalies

test('a few days together are one run, with what was expected of each', async () => {
  const [a, ...more] = await anomaliesOf(panelFrom(sold((y, t) => (t >= 50 && t < 54 ? y + 25 : y))))
  expect(more).toEqual([])
  expect(a).toMatchObject({ kind: 'pulseRun', from: START + 50, to: START + 53 })
  expect(a?.size).toBeCloseTo(25, -1)
  expect(a?.expected.map((e) => Math.round(e / 20))).toEqual([1, 1, 1, 1].map((_, k) => ((50 + k) % 7 > 4 ? 2 : 1)))
  a?.expected.forEach((e, k) => {
    expect(at(a.low, k)).toBeLessThan(e)
    expect(at(a.high, k)).toBeGreaterThan(e)
  })
})

test('the expected range holds as many usual values as it says', async () => {
  const random = Random.of(9, 'range')
  const [a] = await anomaliesOf(panelFrom(sold((y, t) => (t === 45 ? 200 : y))))
  let inside = 0
  const draws = 4000
  for (let k = 0; k < draws; k++) {
    const y = random.poisson(usualAt(45))
    if (y >= at(a?.low ?? [], 0) && y <= at(a?.high ?? [], 0)) inside++
  }
  expect(inside / draws).toBeGreaterThan(0.965)
  expect(inside / draws).toBeLessThan(0.9999)
})

test('a shift that goes back within two weeks is a run, and a lasting one says its ratio', async () => {
  const back = await anomaliesOf(panelFrom(sold((y, t) => (t >= 40 && t < 50 ? 2 * y : y))))
  expect(back.map(({ kind, from, to }) => [kind, from, to])).toEqual([['pulseRun', START + 40, START + 49]])
  const [lasting] = await anomaliesOf(panelFrom(sold((y, t) => (t >= 40 ? 2 * y : y))))
  expect(lasting).toMatchObject({ kind: 'levelShift', from: START + 40 })
  expect(lasting?.ratio).toBeCloseTo(2, 0)
})

test('a promotion with its usual effect is no anomaly, one with another is, and says why', async () => {
  const promotion = sold((_, t) => (t % 15 < 3 ? 1 : 0))
  const usual = sold(
    (y) => y,
    (t) => (promotion[t] === 1 ? 3 : 1),
  )
  expect(await anomaliesOf(panelFrom(usual, { columns: { promotion } }))).toEqual([])
  expect((await anomaliesOf(panelFrom(usual))).length).toBeGreaterThan(0)
  const once = usual.map((y, t) => (t === 61 ? 4 * y : y))
  expect(await anomaliesOf(panelFrom(once, { columns: { promotion } }))).toMatchObject([
    { kind: 'outlier', from: START + 61, explained: 'promotion' },
  ])
})

test('an empty shelf explains too few sales; closed days are never judged', async () => {
  const mask = sold((_, t) => (t === 30 ? Mask.censored : t === 60 ? Mask.closed : 0))
  const values = sold((y, t) => (t === 30 || t === 60 ? 0 : y))
  expect(await anomaliesOf(panelFrom(values, { mask }))).toMatchObject([{ from: START + 30, explained: 'stock-out' }])
})

test('a price that changes explains the level that changes with it', async () => {
  const price = sold((_, t) => (t < 55 ? 10 : 7))
  const values = sold(
    (y) => y,
    (t) => (t < 55 ? 1 : t < 57 ? 2 : 3),
  )
  const found = await anomaliesOf(panelFrom(values, { columns: { price } }))
  for (const a of found) expect(a).toMatchObject({ kind: 'levelShift', explained: 'price' })
  expect(await anomaliesOf(panelFrom(values))).toMatchObject([{ kind: 'levelShift' }])
})

/** Everything but sizes, which are numbers. */
const verdicts = ({ series }: Findings) =>
  series.map(({ id, anomalies }) => ({ id, found: anomalies.map(({ kind, from, to }) => ({ kind, from, to })) }))

test('counting in other units scales sizes, and changes no verdict', async () => {
  const { panel } = planted('promoted', { series: 12, days: DAYS, seed: 7, outliers: 2, shift: 4 })
  const whole = await find(panel)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0.001, 0.25, 6, 12.5, 1000), async (factor) => {
      const scaled = await find({ ...panel, target: panel.target.map((y) => y * factor) })
      expect(verdicts(scaled)).toEqual(verdicts(whole))
      for (const [i, { anomalies }] of scaled.series.entries())
        for (const [k, a] of anomalies.entries())
          expect(a.size / factor / (whole.series[i]?.anomalies[k]?.size ?? Number.NaN)).toBeCloseTo(1, 4)
    }),
    { numRuns: 5 },
  )
})

test('the order of series and the number of threads change nothing', async () => {
  const { panel } = planted('promoted', { series: 30, days: DAYS, seed: 8, outliers: 1 })
  const order = Array.from({ length: 30 }, (_, i) => 29 - i)
  const byId = ({ series }: Findings) => new Map(series.map((s) => [s.id, s.anomalies]))
  const whole = await find(panel)
  expect(byId(await find(pickSeries(panel, order)))).toEqual(byId(whole))
  expect(await findAnomalies(panel, {}, runOf({ threads: 2 }))).toEqual(whole)
})

test('of a window only what its cutoff lets be seen is looked at', async () => {
  const { panel } = planted('weekly', { series: 20, days: DAYS, seed: 9, outliers: 3 })
  const cutoff = START + 69
  const found = await findAnomalies(windowAt(memorySource(panel), cutoff, 7), {}, run)
  const target = panel.target.map((y, k) => (k % DAYS >= 70 ? 1e6 : y))
  expect(await findAnomalies(windowAt(memorySource({ ...panel, target }), cutoff, 7), {}, run)).toEqual(found)
  expect(found.through).toBe(cutoff)
  for (const { anomalies } of found.series) for (const a of anomalies) expect(a.to).toBeLessThanOrEqual(cutoff)
})

test('series that say too little have no findings, and constant ones none but what is no constant', async () => {
  const inputs = [
    [],
    [Number.NaN, Number.NaN],
    new Array(50).fill(0),
    [1, 2, 90],
    new Array(50).fill(5),
    Array.from({ length: 50 }, (_, t) => (t === 20 ? 50 : 5)),
    Array.from({ length: 50 }, (_, t) => (t === 20 ? 50 : -5)),
  ].map((values, i) => ({ id: `${i}`, start: START, values }))
  const { series } = await find(panelOf(inputs, { calendar }))
  expect(series.map(({ anomalies }) => anomalies.map((a) => [a.kind, a.from - START]))).toEqual([
    [],
    [],
    [],
    [],
    [],
    [['outlier', 20]],
    [['outlier', 20]],
  ])
})

test('options out of range are refused by name', async () => {
  const { panel } = planted('normal', { series: 1, days: 20, seed: 1 })
  await expect(findAnomalies(panel, { threshold: 0 }, run)).rejects.toMatchObject({
    code: 'anomalies.option',
    details: { option: 'threshold', value: 0 },
  })
})
