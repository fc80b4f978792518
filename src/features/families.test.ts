import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { at, Mask, type Panel, panelOf } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { windowAt } from '../store/window.ts'
import { featureBlocks } from './features.ts'
import { PrincipalSums } from './pca.ts'
import { featureSpec } from './spec.ts'

const calendar = new Calendar({ unit: 'day' })
const gap = Number.NaN

/** Past and horizon of every feature for each series, `horizon` steps being the last cells of the panel. */
async function columns(panel: Panel, horizon: number, families: object[], leastLag = 1) {
  const cutoff = at(panel.start, 0) + at(panel.offsets, 1) - at(panel.offsets, 0) - horizon - 1
  const spec = featureSpec({ leastLag, families })
  for await (const { block } of featureBlocks(
    windowAt(memorySource(panel), cutoff, horizon),
    spec,
    runOf({ threads: 1 }),
  ))
    return (name: string, i = 0): number[] => {
      const f = block.features.findIndex((feature) => feature.name === name)
      expect(f, `${name} of ${block.features.map((x) => x.name)}`).toBeGreaterThanOrEqual(0)
      const past = block.past.subarray(
        f * block.rows + at(block.rowOffsets, i),
        f * block.rows + at(block.rowOffsets, i + 1),
      )
      return [...past, ...block.future.subarray(f * block.steps + i * horizon, f * block.steps + (i + 1) * horizon)]
    }
  throw new Error('no block')
}
const near = (got: number[], want: number[]) => {
  expect(got.length).toBe(want.length)
  got.forEach((x, k) => {
    if (Number.isNaN(want[k] as number)) expect(x).toBeNaN()
    else expect(x).toBeCloseTo(want[k] as number, 6)
  })
}

test('a price is seen beside its own past and its competitors, the horizon included', async () => {
  const prices = [
    [10, 10, 8, 10, 5],
    [4, 4, 4, 12, 12],
    [7, 7, 8, 7, 7],
    [1, 1, 1, 1, 1],
  ]
  const series = prices.map((price, i) => ({ id: `${i}`, start: 0, values: price, columns: { price } }))
  const shelf = { statics: { kind: [0, 0, 0, 1] }, categories: { kind: ['tea', 'pot'] } }
  const ahead = panelOf(series, { calendar, knownAhead: ['price'], ...shelf })
  const family = { family: 'price', windows: [3], category: 'kind' }
  const known = await columns(ahead, 2, [family])
  near(known('price_to_mean_3'), [1, 1, 8 / (28 / 3), 10 / (28 / 3), 5 / (23 / 3)])
  near(known('price_discount_3'), [0, 0, 0.2, 0, 0.5])
  near(known('price_change'), [gap, 0, -0.2, 0.25, -0.5])
  near(known('price_rank_in_kind'), [1, 1, 0.75, 0.5, 0])
  near(known('price_rank_in_kind', 2), [0.5, 0.5, 0.75, 0, 0.5])
  near(known('price_rank_in_kind', 3), [0.5, 0.5, 0.5, 0.5, 0.5])
  const past = await columns(panelOf(series, { calendar, ...shelf }), 2, [family])
  near(past('price_change_lag_1'), [gap, gap, 0, -0.2, gap])
  near(past('price_rank_in_kind_lag_1'), [gap, 1, 1, 0.75, gap])
})

test('a promotion plan is read both ways, and what lies beyond it is not guessed', async () => {
  const promo = [0, 1, 1, 1, 0, 0, 1, 1, 0, 0]
  const panel = panelOf([{ id: 'x', start: 0, values: promo, columns: { promo } }], { calendar, knownAhead: ['promo'] })
  const read = await columns(panel, 4, [{ family: 'promotion', leads: [2], lags: [1], cap: 3 }])
  near(read('promo_lead_2'), [1, 1, 0, 0, 1, 1, 0, 0, gap, gap])
  near(read('promo_lag_1'), [gap, 0, 1, 1, 1, 0, 0, 1, 1, 0])
  near(read('promo_on_for'), [0, 1, 2, 3, 0, 0, 1, 2, 0, 0])
  near(read('promo_off_in'), [gap, 2, 1, 0, gap, gap, 1, 0, gap, gap])
  near(read('promo_next_in'), [1, 0, 0, 0, 2, 1, 0, 0, gap, gap])
  near(read('promo_last_ago'), [gap, 0, 0, 0, 1, 2, 0, 0, 1, 2])
  const short = await columns(panel, 4, [{ family: 'promotion', cap: 2 }])
  near(short('promo_next_in').slice(-2), [2, gap])
})

test('stock-outs are counted from the mask or a column, shoppers from stage to stage', async () => {
  const values = [2, 0, 1, 4, 0, 0]
  const mask = [0, Mask.censored, Mask.censored, 0, 0, 0]
  const input = { id: 'x', start: 0, values, mask, columns: { views: [10, 5, 0, 20, 9, 9], carts: [4, 1, 0, 4, 9, 9] } }
  const read = await columns(panelOf([input], { calendar }), 1, [
    { family: 'stockOut', windows: [2] },
    { family: 'behaviour', windows: [2] },
  ])
  near(read('censored_share_2_lag_1'), [gap, 0, 0.5, 1, 0.5, 0])
  near(read('censored_ago_lag_1'), [gap, gap, 0, 0, 1, 2])
  near(read('views_to_carts_2_lag_1'), [gap, 0.4, 5 / 15, 1 / 5, 4 / 20, 13 / 29])
  near(read('carts_to_target_2_lag_1'), [gap, 0.5, 2 / 5, 1, 5 / 4, 4 / 13])
  near(read('views_to_target_2_lag_1'), [gap, 0.2, 2 / 15, 1 / 5, 5 / 20, 4 / 29])
})

test('categories become codes, columns of 0 and 1, or the mean of the others as known at the time', async () => {
  const series = [
    [1, 3, 5, 0],
    [2, gap, 8, 0],
    [10, 20, 30, 0],
  ].map((values, i) => ({ id: `${i}`, start: 0, values }))
  const panel = panelOf(series, { calendar, statics: { brand: [0, 0, 1] }, categories: { brand: ['ours', 'theirs'] } })
  const read = await columns(panel, 1, [
    { family: 'category' },
    { family: 'category', encoding: 'oneHot', most: 1 },
    { family: 'targetEncoding', prior: 2 },
  ])
  expect(read('brand_code', 2)).toEqual([1, 1, 1, 1])
  expect([read('brand=ours', 1)[0], read('brand=ours', 2)[0]]).toEqual([1, 0])
  // For series 0 at row 1: its brand's other series sold 2; all others 2 and 10, so (2 + 2 · 6) / 3.
  const others = [(2 + 2 * 6) / 3, (2 + 2 * (32 / 3)) / 3, (10 + 2 * 14) / 4]
  near(read('brand_target_lag_1'), [gap, ...others])
  // Series 2 is alone in its brand, so the mean of all others stands in.
  near(read('brand_target_lag_1', 2), [gap, 1.5, 2, 19 / 5])
})

test('smoothing and centred averages read no further than their newest value', async () => {
  const values = [1, 2, 6, 3, 8, 0]
  const read = await columns(panelOf([{ id: 'x', start: 0, values }], { calendar }), 1, [
    { family: 'smoothing', trailing: [2], centred: [2, 3], alphas: [0.5] },
  ])
  near(read('target_trailing_2_lag_1'), [gap, gap, 1.5, 4, 4.5, 5.5])
  near(read('target_centred_3_lag_1'), [gap, gap, gap, 3, 11 / 3, 17 / 3])
  // 2 × 2 average about the value one before the newest: (1 + 2 · 2 + 6) / 4.
  near(read('target_centred_2_lag_1'), [gap, gap, gap, 11 / 4, 17 / 4, 20 / 4])
  near(read('target_smooth_0.5_lag_1'), [gap, 1, 1.5, 3.75, 3.375, 5.6875])
})

test('principal components are those of a singular value decomposition', async () => {
  const { pca } = JSON.parse(
    readFileSync(new URL('../../test/fixtures/features/oracle.json', import.meta.url), 'utf8'),
  ) as { pca: { rows: number[][]; explained: number[]; loadings: number[][]; scores: number[][] } }
  const sums = new PrincipalSums(4)
  for (const row of pca.rows) sums.add(row)
  sums.add([1, gap, 1, 1])
  const { explained, loadings } = sums.done(4)
  near([...explained], pca.explained)
  near([...loadings], pca.loadings.flat())
  const column = (j: number) => pca.rows.map((row) => row[j] as number)
  // One more cell, as the horizon: components are learned from the past alone.
  const input = {
    id: 'x',
    start: 0,
    values: [...column(0), 0],
    columns: { a: [...column(0), 99], b: [...column(1), 99], c: [...column(2), 99], d: [...column(3), 99] },
  }
  const panel = panelOf([input], { calendar, knownAhead: ['a', 'b', 'c', 'd'] })
  const read = await columns(panel, 1, [{ family: 'pca', of: ['a', 'b', 'c', 'd'], components: 2 }])
  const scores = read('pca_a_b_c_d_2').slice(0, -1)
  scores.forEach((x, k) => {
    expect(x).toBeCloseTo(pca.scores[k]?.[1] as number, 5)
  })
})
