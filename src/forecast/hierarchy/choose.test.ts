import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { localModel } from '../../models/local-model.ts'
import { seasonalNaive } from '../../models/statistical/simple/naive.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { chooseReconciliation } from './choose.ts'
import { hierarchyOf } from './hierarchy.ts'
import { reconciliationOf } from './methods.ts'
import { reconcile } from './reconcile.ts'
import { residualsOf, type Validation, validationsOf } from './residuals.ts'
import { summedUp } from './summing.ts'
import { hierarchyWindow } from './window.ts'

const ids = Array.from({ length: 24 }, (_, i) => `${i % 4}/${i}`)
const tree = hierarchyOf({ ids, keys: ['shop', 'item'], statics: new Map() }, [[], ['shop']])
const STEPS = 7

/** Windows whose bottoms share an error in a shop, while the uppers are forecast well: much to gain from correlations. */
function windows(count: number, seed: number): Validation[] {
  const random = new Random(seed)
  return Array.from({ length: count }, () => {
    const truth = summedUp(
      tree,
      Float64Array.from({ length: 24 * STEPS }, () => 20 + random.normal()),
      STEPS,
    )
    const shops = Float64Array.from({ length: 4 * STEPS }, () => 3 * random.normal())
    const base = truth.map((y, k) => {
      const [node, step] = [Math.floor(k / STEPS), k % STEPS]
      if (node < tree.uppers) return y + random.normal()
      const i = node - tree.uppers
      // Half of a shop's items feel its error three times as much.
      return y + (i % 8 < 4 ? 3 : 1) * at(shops, (i % 4) * STEPS + step) + random.normal()
    })
    return { steps: STEPS, base, truth }
  })
}

const squared = (said: Float64Array, truth: Float64Array) =>
  said.reduce((sum, v, k) => sum + (v - at(truth, k)) ** 2, 0)

test('MinT beats bottom-up, least squares and plain variances where errors go together', () => {
  const past = windows(20, 1)
  const residuals = residualsOf(past)
  const error = (method: 'bottomUp' | 'ols' | 'variances' | 'mint') => {
    const r = reconciliationOf(tree, method, { residuals })
    return windows(20, 2).reduce((sum, { base, truth }) => sum + squared(reconcile(r, base, STEPS), truth), 0)
  }
  expect(error('mint')).toBeLessThan(0.5 * error('bottomUp'))
  expect(error('mint')).toBeLessThan(0.75 * error('ols'))
  expect(error('mint')).toBeLessThan(0.75 * error('variances'))
})

test('unbiased base forecasts stay unbiased under every projection', () => {
  const residuals = residualsOf(windows(20, 1))
  const many = windows(150, 3)
  for (const method of ['ols', 'structural', 'variances', 'mint'] as const) {
    const r = reconciliationOf(tree, method, { residuals })
    const mean = many.reduce((sum, { base, truth }) => {
      const said = reconcile(r, base, STEPS)
      return sum + said.reduce((s, v, k) => s + (k >= tree.uppers * STEPS ? v - at(truth, k) : 0), 0)
    }, 0)
    expect(Math.abs(mean / (150 * 24 * STEPS)), method).toBeLessThan(0.15)
  }
})

test('the choice falls on the method that the planted errors ask for, and says who could not compete', () => {
  const { reconciliation, scores, left } = chooseReconciliation(tree, windows(20, 1))
  expect(reconciliation.method).toBe('mint')
  expect(scores.at(-1)?.method).toBe('base')
  expect(scores[0]?.levels.length).toBe(3)
  expect(left.map(({ method }) => method)).toEqual(['topDownAverages', 'middleOut', 'middleOutAverages'])
})

test('weights decide: bottoms forecast perfectly and uppers badly ask for bottom-up', () => {
  const exact = windows(4, 8).map((w) => ({
    ...w,
    base: w.truth.map((y, k) => (k < tree.uppers * STEPS ? y * 1.5 : y)),
  }))
  const { reconciliation } = chooseReconciliation(tree, exact, { methods: ['topDown', 'bottomUp', 'ols'] })
  expect(reconciliation.method).toBe('bottomUp')
})

test('a base forecast by any model, on validation windows of the nodes', async () => {
  const series = ids
    .slice(0, 6)
    .map((id, i) => ({ id, start: 0, values: Array.from({ length: 60 }, (_, t) => 10 + i + (t % 7)) }))
  const panel = panelOf(series, { calendar: new Calendar({ unit: 'day' }), keys: ['shop', 'item'] })
  const nodes = await hierarchyWindow(latestWindow(memorySource(panel), STEPS), [[], ['shop']])
  const model = localModel(seasonalNaive())
  const found = await validationsOf(model, nodes.window, 3, runOf({ threads: 1 }))
  expect(found.length).toBe(3)
  const { periods, values } = residualsOf(found)
  expect([periods, values.length]).toEqual([21, 21 * nodes.hierarchy.nodes])
  expect(Math.max(...values.map(Math.abs))).toBe(0)
})
