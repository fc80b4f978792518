import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { evaluationAt } from '../evaluation.ts'
import { type BacktestOptions, settingsOf } from '../options.ts'
import { givenForecast } from '../tiny.case.ts'
import { crpsOfSample, levelShares } from './crps.ts'
import { levelScoresOf, type Scores, scoresOf } from './metrics.ts'
import { scoreForecast } from './score.ts'
import { layoutOf } from './statistics.ts'
import { mergeTally, rowsOf, type Sums, type Tally, tallyFromBytes, tallyToBytes } from './tally.ts'

const calendar = new Calendar({ unit: 'day' })

interface Fixture {
  season: number
  horizon: number
  levels: number[]
  averaged: number[]
  series: { id: string; past: (number | null)[]; truth: (number | null)[]; mean: number[]; quantiles: number[] }[]
  fev: Record<string, number>
  utilsforecast: Record<string, Record<string, number | null>>
}
const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/metrics/metrics.json', import.meta.url), 'utf8'),
) as Fixture
const CUTOFF = 100
const values = (list: readonly (number | null)[]) => list.map((v) => v ?? Number.NaN)

async function tallyOf(series: Fixture['series'], more: Partial<BacktestOptions> = {}): Promise<Tally> {
  const { horizon, levels, averaged, season } = fixture
  const panel = panelOf(
    series.map(({ id, past, truth }) => ({
      id,
      start: CUTOFF + 1 - past.length,
      values: values([...past, ...truth]),
    })),
    { calendar },
  )
  const source = memorySource(panel)
  const settings = settingsOf({ horizon, levels, averaged, season, by: ['series'], ...more }, season)
  const { truth } = await evaluationAt(source, windowAt(source, CUTOFF, horizon), settings)
  const mean = series.flatMap((s) => s.mean)
  const quantiles = series.flatMap((s) => s.quantiles)
  const forecast = givenForecast(panel, CUTOFF + 1, horizon, levels, mean, quantiles)
  return scoreForecast(forecast, truth, { layout, point: settings.point })
}
const layout = layoutOf({ levels: fixture.levels, averaged: fixture.averaged, intervals: [50, 80, 90, 95] })
const scores = (sums: Sums | undefined): Scores => scoresOf(rowsOf(sums as Sums, layout).all, layout)

describe('metrics agree with other programs', () => {
  test('pooled over all series with fev', async () => {
    const ours = scores((await tallyOf(fixture.series)).get('all')?.get('all'))
    const { fev } = fixture
    for (const name of ['mse', 'rmse', 'mae', 'wape', 'mape', 'smape', 'mase', 'rmsse', 'mql', 'wql', 'sql'] as const)
      expect(ours[name], name).toBeCloseTo(fev[name.toUpperCase()] as number, 11)
    expect(ours.n).toBe(fixture.series.flatMap((s) => s.truth).filter((y) => y !== null).length)
  })

  test('series by series with utilsforecast', async () => {
    const groups = (await tallyOf(fixture.series)).get('series')
    const utils = fixture.utilsforecast
    const ids = Object.keys(utils.mae as object)
    expect(ids.length).toBeGreaterThan(5)
    for (const id of ids) {
      const ours = scores(groups?.get(id))
      const theirs = (name: string) => utils[name]?.[id] as number | null
      const same = (mine: number | null, name: string, factor = 1) => {
        const other = theirs(name)
        if (other === null) expect(mine, `${name} of ${id}`).toBeNull()
        else expect(mine, `${name} of ${id}`).toBeCloseTo(factor * other, 11)
      }
      for (const name of ['mae', 'mse', 'rmse', 'mape', 'wape', 'mase', 'rmsse'] as const) same(ours[name], name)
      same(ours.meanError, 'bias')
      same(ours.sql, 'scaled_mqloss', 2)
      same(ours.wql, 'scaled_crps')
      // Theirs halves it, and counts a cell where both are 0 as 0, where fev and we leave the cell out.
      const series = fixture.series.find((s) => s.id === id) as Fixture['series'][number]
      const both = series.truth.filter((y, h) => y === 0 && series.mean[h] === 0).length
      const { horizon } = fixture
      expect(((ours.smape ?? 0) / 2) * ((horizon - both) / horizon)).toBeCloseTo(theirs('smape') as number, 11)
      for (const percent of ['50', '80', '90', '95']) {
        same(ours.coverage[percent] as number, `coverage_${percent}`)
        same(ours.winkler[percent] as number, `winkler_${percent}`)
      }
      const levels = levelScoresOf(rowsOf(groups?.get(id) as Sums, layout).all, layout)
      for (const level of [0.1, 0.5, 0.95]) {
        const found = levels.find((l) => l.level === level)
        same(found?.pinball ?? null, `quantile_loss_${level}`)
        same(found?.below ?? null, `calibration_${level}`)
      }
    }
  })
})

test('by hand: bias, R², width, and a point that is the median', async () => {
  const series = [
    {
      ...(fixture.series[0] as Fixture['series'][number]),
      truth: [10, 20, 30, null, 40],
      mean: [12, 18, 33, 99, 44],
      quantiles: new Array(5).fill(fixture.levels.map((l) => 20 + 40 * l)).flat(),
    },
  ]
  const mean = scores((await tallyOf(series)).get('all')?.get('all'))
  expect(mean.n).toBe(4)
  expect(mean.bias).toBeCloseTo(7 / 100, 12)
  expect(mean.r2).toBeCloseTo(1 - (4 + 4 + 9 + 16) / (225 + 25 + 25 + 225), 12)
  expect(mean.width['80']).toBeCloseTo(32, 12)
  expect(mean.coverage['80']).toBe(2 / 4)
  const median = scores((await tallyOf(series, { point: 'median' })).get('all')?.get('all'))
  expect(median.mae).toBeCloseTo((30 + 20 + 10 + 0) / 4, 12)
  expect(median.wql).toBe(mean.wql)
})

test('undefined metrics are null and never a number', async () => {
  const flat = { id: 'x', past: [2], truth: [0, 0, 0, 0, 0], mean: [0, 0, 0, 0, 0] }
  const ours = scores(
    (await tallyOf([{ ...flat, quantiles: new Array(5 * fixture.levels.length).fill(0) }])).get('all')?.get('all'),
  )
  expect(ours.mae).toBe(0)
  for (const name of ['wape', 'mape', 'smape', 'mase', 'rmsse', 'r2', 'bias', 'wql', 'sql', 'crpsSample'] as const)
    expect(ours[name], name).toBeNull()
})

test('closed and imputed cells are no truth, censored ones are told apart', async () => {
  const panel = panelOf(
    [
      {
        id: 'x',
        start: 0,
        values: [1, 2, 1, 2, 5, 6, 7, 8, 9],
        mask: [0, 0, 0, 0, 0, Mask.closed, Mask.imputed, Mask.censored, Mask.outlier],
      },
    ],
    { calendar },
  )
  const source = memorySource(panel)
  const settings = settingsOf({ horizon: 5, levels: [0.5], averaged: [0.5], intervals: [] }, 1)
  const { truth } = await evaluationAt(source, windowAt(source, 3, 5), settings)
  const small = layoutOf(settings)
  const forecast = givenForecast(panel, 4, 5, [0.5], [4, 4, 4, 4, 4], [4, 4, 4, 4, 4])
  const tally = scoreForecast(forecast, truth, { layout: small, point: 'mean' })
  const { all, inStock } = rowsOf(tally.get('all')?.get('all') as Sums, small)
  expect(scoresOf(all, small)).toMatchObject({ n: 3, series: 1, mae: (1 + 4 + 5) / 3, mase: (1 + 4 + 5) / 3 })
  expect(scoresOf(inStock, small)).toMatchObject({ n: 2, mae: 3 })
  expect([...(tally.get('step')?.keys() ?? [])]).toEqual(['1', '4', '5'])
})

test('levels between those of a forecast are interpolated, levels outside refused', async () => {
  const panel = panelOf([{ id: 'x', start: 0, values: [1, 1, 5] }], { calendar })
  const source = memorySource(panel)
  const settings = settingsOf({ horizon: 1, levels: [0.5], averaged: [0.5], intervals: [50] }, 1)
  const { truth } = await evaluationAt(source, windowAt(source, 1, 1), settings)
  const wide = layoutOf(settings)
  const ok = givenForecast(panel, 2, 1, [0.2, 0.5, 0.8], [5], [2, 5, 8])
  const row = rowsOf(scoreForecast(ok, truth, { layout: wide, point: 'mean' }).get('all')?.get('all') as Sums, wide).all
  expect(scoresOf(row, wide).width['50']).toBeCloseTo(5, 12)
  const narrow = givenForecast(panel, 2, 1, [0.3, 0.5, 0.8], [5], [3, 5, 8])
  expect(() => scoreForecast(narrow, truth, { layout: wide, point: 'mean' })).toThrow(/no quantile at level 0.25/)
})

describe('sums', () => {
  test('of parts are the sums of the whole, to the last rounding', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: fixture.series.length }), async (split) => {
        const parts = [fixture.series.slice(0, split), fixture.series.slice(split)].filter((p) => p.length > 0)
        const merged: Tally = new Map()
        for (const part of parts) mergeTally(merged, await tallyOf(part))
        const whole = await tallyOf(fixture.series)
        for (const family of ['all', 'step', 'series', 'pattern']) {
          const ours = merged.get(family) as Map<string, Sums>
          expect([...ours.keys()].sort()).toEqual([...(whole.get(family)?.keys() ?? [])].sort())
          for (const [label, sums] of ours) {
            const other = whole.get(family)?.get(label) as Sums
            sums.forEach((v, k) => {
              expect(v).toBeCloseTo(at(other, k), 9)
            })
          }
        }
      }),
      { numRuns: 9 },
    )
  })

  test('survive as bytes to the last bit', async () => {
    const tally = await tallyOf(fixture.series)
    expect(tallyFromBytes(tallyToBytes(tally))).toEqual(tally)
  })

  test('of every segment family add up to those of all', async () => {
    const tally = await tallyOf(fixture.series)
    const all = tally.get('all')?.get('all') as Sums
    for (const family of ['step', 'decile', 'abc', 'pattern', 'series']) {
      let count = 0
      let error = 0
      for (const sums of tally.get(family)?.values() ?? []) {
        count += at(sums, 0)
        error += at(sums, 5)
      }
      expect(count, family).toBe(at(all, 0))
      expect(error, family).toBeCloseTo(at(all, 5), 9)
    }
  })
})

describe('CRPS', () => {
  test('of a sample is the integral of the squared distance of distribution functions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 9 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: -6, max: 10 }),
        (sample, y) => {
          // All numbers are whole, so both functions are constant between whole numbers.
          let integral = 0
          for (let x = -7; x < 11; x++) {
            const below = sample.filter((s) => s <= x).length / sample.length
            integral += (below - (y <= x ? 1 : 0)) ** 2
          }
          expect(crpsOfSample(Float64Array.from(sample), y)).toBeCloseTo(integral, 9)
        },
      ),
    )
  })

  test('from quantiles nears that of a sample of the same distribution', () => {
    const levels = Array.from({ length: 99 }, (_, k) => (k + 1) / 100)
    const shares = levelShares(levels)
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    const uneven = levelShares([0.1, 0.5, 0.9])
    expect([...uneven].map((s) => Math.round(s * 1e9) / 1e9)).toEqual([0.3, 0.4, 0.3])
    // Uniform on 0 … 1: the CRPS at y is 1/3 − y + y².
    for (const y of [0.2, 0.5, 0.9]) {
      let sum = 0
      levels.forEach((level, l) => {
        const q = level
        sum += 2 * at(shares, l) * (y >= q ? level * (y - q) : (1 - level) * (q - y))
      })
      expect(sum).toBeCloseTo(1 / 3 - y + y * y, 3)
    }
  })
})

test('sample paths are scored by their CRPS, quantiles beside them', async () => {
  const panel = panelOf([{ id: 'x', start: 0, values: [1, 1, 5, 7] }], { calendar })
  const source = memorySource(panel)
  const settings = settingsOf({ horizon: 2, levels: [0.5], averaged: [0.5], intervals: [] }, 1)
  const { truth } = await evaluationAt(source, windowAt(source, 1, 2), settings)
  const one = layoutOf(settings)
  const forecast = givenForecast(panel, 2, 2, [0.5], [5, 5], [5, 6])
  const paths = { count: 3, values: Float64Array.from([4, 7, 5, 9, 6, 8]) }
  const row = rowsOf(
    scoreForecast({ ...forecast, paths }, truth, { layout: one, point: 'mean' })
      .get('all')
      ?.get('all') as Sums,
    one,
  ).all
  // At 5 among 4 5 6: ⅔ − ½·8/9; at 7 among 7 8 9: 1 − ½·8/9.
  expect(scoresOf(row, one).crpsSample).toBeCloseTo((2 / 3 + 1 - 8 / 9) / 2, 12)
  expect(scoresOf(row, one).crps).toBeCloseTo((0 + 1) / 2, 12)
})
