import { sharedFloat64 } from '../../src/core/memory.ts'
import { at } from '../../src/core/panel.ts'
import { Random } from '../../src/core/random.ts'
import { type Hierarchy, hierarchyOf } from '../../src/forecast/hierarchy/hierarchy.ts'
import { jointStep, pathQuantiles, tiesOf } from '../../src/forecast/hierarchy/joint-paths.ts'
import { type ReconciliationMethod, reconciliationOf } from '../../src/forecast/hierarchy/methods.ts'
import { type Negatives, reconcile } from '../../src/forecast/hierarchy/reconcile.ts'
import { incoherence, summedUp } from '../../src/forecast/hierarchy/summing.ts'
import { atMost, type Bench, type Figure, shown } from '../bench.ts'

const STEPS = 28
const PATHS = 9
/** Periods of past errors that MinT learns from. */
const PERIODS = 60
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

/** A hierarchy to be timed: nested as shops are, with the levels of M5, or crossed at random. */
const SHAPES: Readonly<Record<string, (share: number) => Hierarchy>> = {
  nested: (share) =>
    hierarchy(
      ['region', 'shop', 'category', 'item'],
      Array.from({ length: Math.round(46_840 * share) }, (_, i) => {
        const shop = i % 150
        return `${shop % 10}/${shop}/${Math.floor(i / 150) % 20}/${i}`
      }),
      [[], ['region'], ['region', 'shop'], ['region', 'shop', 'category']],
    ),
  'as M5': (share) =>
    hierarchy(
      ['state', 'store', 'cat', 'dept', 'item'],
      Array.from({ length: Math.round(3049 * share) * 10 }, (_, k) => {
        const [item, store] = [Math.floor(k / 10), k % 10]
        return `${store % 3}/${store}/${(item % 7) % 3}/${item % 7}/${item}`
      }),
      [
        ...[[], ['state'], ['store'], ['cat'], ['dept'], ['state', 'cat'], ['state', 'dept'], ['store', 'cat']],
        ...[['store', 'dept'], ['item'], ['state', 'item']],
      ],
    ),
  crossed: (share) => {
    const random = new Random(3)
    const pick = (most: number) => random.integer(Math.ceil(most * share))
    const ids = Array.from({ length: Math.round(42_000 * share) }, (_, i) => `${pick(3000)}/${pick(5000)}/${i}`)
    return hierarchy(['shop', 'item', 'line'], ids, [[], ['shop'], ['item']])
  },
}

const hierarchy = (keys: readonly string[], ids: readonly string[], levels: readonly (readonly string[])[]) =>
  hierarchyOf({ ids, keys, statics: new Map() }, levels)

const median = (values: readonly number[]) =>
  at(
    values.toSorted((a, b) => a - b),
    values.length >> 1,
  )

function seconds<T>(work: () => T): { readonly value: T; readonly seconds: number } {
  const from = performance.now()
  const value = work()
  return { value, seconds: (performance.now() - from) / 1000 }
}

/** Non-negative truth, base forecasts that miss it, more so at the bottoms, and errors of the past. */
function planted(tree: Hierarchy, columns: number) {
  const random = new Random(7)
  const bottoms = Float64Array.from({ length: tree.bottoms * columns }, () => Math.max(0, random.normal() + 0.5))
  const base = summedUp(tree, bottoms, columns)
  for (let k = 0; k < base.length; k++)
    base[k] =
      k < tree.uppers * columns
        ? at(base, k) * (1 + 0.1 * random.normal())
        : Math.max(0, at(base, k) + 0.5 * random.normal())
  const values = new Float64Array(tree.nodes * PERIODS)
  for (let node = 0; node < tree.nodes; node++) {
    const size = node < tree.uppers ? at(tree.offsets, node + 1) - at(tree.offsets, node) : 1
    for (let t = 0; t < PERIODS; t++) values[node * PERIODS + t] = 0.4 * Math.sqrt(size) * random.normal()
  }
  return { base, residuals: { periods: PERIODS, values } }
}

const bench: Bench = {
  about:
    '50,000 nodes × 28 steps × 9 sample paths made coherent: seconds and coherence by method and shape, without negatives, joint paths',
  async measure({ smoke, log }) {
    const figures: Figure[] = []
    const share = smoke ? 0.02 : 1
    const runs = smoke ? 1 : 3
    for (const [name, make] of Object.entries(SHAPES)) {
      const built = seconds(() => make(share))
      const tree = built.value
      const columns = PATHS * STEPS
      const { base, residuals } = planted(tree, columns)
      figures.push(shown(`${name}: nodes`, tree.nodes, 'nodes'))
      figures.push(shown(`${name}: the hierarchy itself`, built.seconds, 's'))
      for (const method of ['bottomUp', 'structural', 'mint'] as const) {
        log(`${name} ${method}`)
        const times: number[] = []
        const busy: number[] = []
        let worst = 0
        for (let k = 0; k < runs; k++) {
          const before = process.cpuUsage()
          const run = seconds(() => reconcile(reconciliationOf(tree, method, { residuals }), base, columns, 'clip'))
          const spent = process.cpuUsage(before)
          times.push(run.seconds)
          busy.push((spent.user + spent.system) / 1e6)
          if (k === 0) worst = incoherence(tree, run.value, columns)
        }
        figures.push(atMost(`${name}: ${method}, ${STEPS} steps × ${PATHS} paths`, median(times), 10, 's'))
        figures.push(shown(`${name}: ${method}, seconds of the processor`, median(busy), 's'))
        figures.push(atMost(`${name}: ${method}, incoherence`, worst, 1e-9, 'share'))
      }
      figures.push(...withoutNegatives(name, tree, smoke ? 1 : 4))
    }
    figures.push(...pathsOf((SHAPES.nested as (share: number) => Hierarchy)(share)))
    figures.push(shown('peak memory', process.resourceUsage().maxRSS / 2 ** 20, 'GiB'))
    return figures
  },
}
export default bench

/** Milliseconds a step for least squares without negatives, where a quarter of the bottoms would be negative. */
function withoutNegatives(name: string, tree: Hierarchy, steps: number): Figure[] {
  const { base, residuals } = planted(tree, steps)
  const timed = (method: ReconciliationMethod, negatives: Negatives) => {
    const reconciliation = reconciliationOf(tree, method, { residuals })
    reconciliation.projection?.masked()
    return (1000 * seconds(() => reconcile(reconciliation, base, steps, negatives)).seconds) / steps
  }
  return (['structural', 'mint'] as const).map((method) =>
    shown(`${name}: ${method}, exact without negatives, a step`, timed(method, 'exact'), 'ms'),
  )
}

/** Sample paths out of quantiles, and quantiles out of paths again. */
function pathsOf(tree: Hierarchy): Figure[] {
  const { base, residuals } = planted(tree, STEPS)
  const quantiles = sharedFloat64(base.length * DECILES.length)
  for (let k = 0; k < quantiles.length; k++)
    quantiles[k] = at(base, Math.floor(k / DECILES.length)) * (0.5 + at(DECILES, k % DECILES.length))
  const forecast = { ids: tree.ids, horizon: STEPS, levels: DECILES, quantiles }
  const drawn = seconds(() => {
    const ties = tiesOf(residuals, PATHS, new Random(1))
    return Array.from({ length: STEPS }, (_, h) => jointStep(forecast, ties, h))
  })
  const back = seconds(() => drawn.value.map((paths) => pathQuantiles(paths, PATHS, DECILES)))
  return [
    shown('nested: joint paths out of quantiles', drawn.seconds, 's'),
    shown('nested: quantiles out of paths', back.seconds, 's'),
  ]
}
