import { at } from '../../src/core/panel.ts'
import { runOf } from '../../src/core/run.ts'
import { chooseReconciliation } from '../../src/forecast/hierarchy/choose.ts'
import type { ReconciliationMethod } from '../../src/forecast/hierarchy/methods.ts'
import { residualsOf, validationsOf } from '../../src/forecast/hierarchy/residuals.ts'
import { hierarchyWindow } from '../../src/forecast/hierarchy/window.ts'
import { localModel } from '../../src/models/local-model.ts'
import { seasonalSesOptimised } from '../../src/models/statistical/ses/methods.ts'
import { memorySource } from '../../src/store/source.ts'
import { latestWindow } from '../../src/store/window.ts'
import { type Bench, type Figure, shown } from '../bench.ts'
import { loadFreshDaily } from '../protocols.ts'

const LEVELS = [[], ['city'], ['store'], ['category1'], ['product'], ['city', 'category1'], ['store', 'category1']]
const METHODS: readonly ReconciliationMethod[] = ['bottomUp', 'ols', 'structural', 'variances', 'mint']
const HORIZON = 7
/** Past windows that the errors come from, and the last ones that are reported on. */
const PAST = 4
const REPORTED = 2

/** Levels shown by themselves: index into {@link LEVELS}, then the series. */
const SHOWN = { 'the total': 0, stores: 2, 'the series': LEVELS.length }

/** What reconciliation is worth on real sales: learned on the windows before the last two, reported on these. */
const bench: Bench = {
  about:
    'daily groceries by city, store, category and product: error of base and coherent forecasts by level, the last two weeks',
  async measure({ data, smoke, log }) {
    const panel = await loadFreshDaily(data, smoke ? { stores: 10 } : {})
    const run = runOf()
    const model = localModel(seasonalSesOptimised())
    const nodes = await hierarchyWindow(latestWindow(memorySource(panel), HORIZON), LEVELS)
    const { hierarchy } = nodes
    log(`${hierarchy.nodes} nodes`)
    const from = performance.now()
    const all = await validationsOf(model, nodes.window, PAST + REPORTED, run)
    const past = all.slice(0, -REPORTED)
    const last = all.slice(-REPORTED)
    const figures: Figure[] = [
      shown('nodes', hierarchy.nodes, 'nodes'),
      shown('base forecasts of all windows', (performance.now() - from) / 1000, 's'),
    ]
    const residuals = residualsOf(past)
    for (const error of ['absolute', 'squared'] as const) {
      const measure = error === 'absolute' ? 'WAPE' : 'relative RMSE'
      const chosen = chooseReconciliation(hierarchy, past, { methods: METHODS, error })
      const { scores } = chooseReconciliation(hierarchy, last, { methods: METHODS, error, residuals })
      const found = (method: string) => scores.find((score) => score.method === method)
      for (const method of ['base', ...METHODS]) {
        const { error: mean = Number.NaN, levels = [] } = found(method) ?? {}
        const before = chosen.scores.find((score) => score.method === method)?.error ?? Number.NaN
        const against = `on the windows before ${before.toFixed(4)}`
        figures.push(shown(`${method}: ${measure}, mean over ${levels.length} levels`, mean, '', against))
        for (const [name, l] of Object.entries(SHOWN))
          figures.push(shown(`${method}: ${measure} of ${name}`, at(levels, l), ''))
      }
      const { method } = chosen.reconciliation
      figures.push(shown(`chosen by ${measure} before: ${method}`, found(method)?.error ?? Number.NaN, ''))
    }
    return figures
  },
}
export default bench
