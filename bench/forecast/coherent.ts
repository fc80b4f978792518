import { at } from '../../src/core/panel.ts'
import { runOf } from '../../src/core/run.ts'
import { chooseReconciliation } from '../../src/forecast/hierarchy/choose.ts'
import { filled } from '../../src/forecast/hierarchy/filled.ts'
import type { Hierarchy } from '../../src/forecast/hierarchy/hierarchy.ts'
import { type ReconciliationMethod, reconciliationOf } from '../../src/forecast/hierarchy/methods.ts'
import { reconcile } from '../../src/forecast/hierarchy/reconcile.ts'
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
    const base = last.map((v) => filled(hierarchy, v.base, v.steps))
    figures.push(...scored('base', hierarchy, base, last))
    for (const method of METHODS) {
      log(method)
      const reconciliation = reconciliationOf(hierarchy, method, { residuals })
      const said = base.map((b) => reconcile(reconciliation, b, HORIZON, 'clip'))
      figures.push(...scored(method, hierarchy, said, last))
    }
    const { reconciliation } = chooseReconciliation(hierarchy, past, { methods: METHODS })
    figures.push(
      shown(`chosen on the windows before: ${reconciliation.method}`, METHODS.indexOf(reconciliation.method), '#'),
    )
    return figures
  },
}
export default bench

/** WAPE of the total, of the series, and the mean over all levels. */
function scored(
  name: string,
  { levels }: Hierarchy,
  said: readonly Float64Array[],
  windows: readonly { readonly truth: Float64Array }[],
): Figure[] {
  const wapes = levels.map(({ from, to }) => {
    let error = 0
    let size = 0
    for (const [w, { truth }] of windows.entries())
      for (let k = from * HORIZON; k < to * HORIZON; k++) {
        if (Number.isNaN(at(truth, k))) continue
        error += Math.abs(at(said[w] as Float64Array, k) - at(truth, k))
        size += Math.abs(at(truth, k))
      }
    return error / size
  })
  return [
    shown(`${name}: WAPE, mean over ${levels.length} levels`, wapes.reduce((a, b) => a + b, 0) / wapes.length, ''),
    shown(`${name}: WAPE of the total`, at(wapes, 0), ''),
    shown(`${name}: WAPE of stores`, at(wapes, 2), ''),
    shown(`${name}: WAPE of the series`, at(wapes, wapes.length - 1), ''),
  ]
}
