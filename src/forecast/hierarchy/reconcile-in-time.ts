import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import { at } from '../../core/panel.ts'
import { reconcileAnswered } from './answered.ts'
import { betweenLevels, pathQuantiles, quantileOf } from './joint-paths.ts'
import type { Reconciliation } from './methods.ts'
import type { Negatives } from './reconcile.ts'
import type { TemporalHierarchy } from './temporal.ts'

/**
 * Makes forecasts of the same series in several units agree, such as days, weeks and months: one forecast a level of the temporal hierarchy, in
 * its order, the steps themselves last; a forecast may hold more periods than the whole ones. What comes back holds the whole ones alone.
 *
 * Means are reconciled, and where the steps have sample paths those, too: a longer period's distribution is put in the order in which its
 * steps' paths sum up, so that it takes on their dependence, and quantiles are those of the reconciled paths. Without paths of the steps
 * only means are answered, and quantiles are left out. Refuses a level whose forecast does not cover it.
 */
export function reconcileInTime(
  reconciliation: Reconciliation,
  tree: TemporalHierarchy,
  forecasts: readonly Forecast[],
  negatives: Negatives = 'clip',
): Forecast[] {
  const shifts = tree.spans.map(({ start, count }, l) => shiftOf(tree, forecasts[l], start, count, l))
  const steps = forecasts.at(-1) as Forecast
  const series = steps.ids.length
  const base = new Float64Array(tree.nodes * series)
  for (const [l, { from, to }] of tree.levels.entries())
    for (let node = from; node < to; node++)
      for (let i = 0; i < series; i++) {
        const { mean, horizon } = forecasts[l] as Forecast
        base[node * series + i] = at(mean, i * horizon + at(shifts, l) + node - from)
      }
  const means = reconcileAnswered(reconciliation, base, series, negatives)
  const joint = steps.paths && pathsInTime(tree, forecasts, shifts, steps.paths.count)
  const count = steps.paths?.count ?? 0
  const paths = joint && reconcileAnswered(reconciliation, joint, series * count, negatives)
  return tree.levels.map(({ from, to }, l) => {
    const own = forecasts[l] as Forecast
    const span = to - from
    const mean = turned(means, series, from, to)
    const frame = { ...own, start: own.start + at(shifts, l), horizon: span, mean }
    if (!paths) return { ...frame, levels: [], quantiles: sharedFloat64(0) }
    const values = turned(paths, series * count, from, to)
    const quantiles = sharedFloat64(series * span * own.levels.length)
    for (let node = from; node < to; node++) {
      const said = pathQuantiles(paths.subarray(node * series * count, (node + 1) * series * count), count, own.levels)
      for (let i = 0; i < series; i++)
        quantiles.set(
          said.subarray(i * own.levels.length, (i + 1) * own.levels.length),
          (i * span + node - from) * own.levels.length,
        )
    }
    return { ...frame, quantiles, paths: { count, values } }
  })
}

/** Some rows of nodes × columns as columns × rows. */
function turned(values: Float64Array, columns: number, from: number, to: number): Float64Array {
  const out = sharedFloat64(columns * (to - from))
  for (let node = from; node < to; node++)
    for (let c = 0; c < columns; c++) out[c * (to - from) + node - from] = at(values, node * columns + c)
  return out
}

/** Where in its forecast a level begins. */
function shiftOf(
  tree: TemporalHierarchy,
  forecast: Forecast | undefined,
  start: number,
  count: number,
  l: number,
): number {
  if (count === 0) return 0
  const block = typeof tree.spans[l]?.unit === 'number'
  const shift = block ? 0 : start - (forecast?.start ?? 0)
  if (forecast && shift >= 0 && shift + count <= forecast.horizon) return shift
  const name = tree.levels[l]?.name
  const what = `The forecast by '${name}'`
  const details = { what, whatZh: `按“${name}”的预测`, wanted: count, found: forecast ? forecast.horizon - shift : 0 }
  throw new ForetideError('hierarchy.shape', details, { fault: 'usage' })
}

/** Paths of all temporal nodes: nodes × (series · count). */
function pathsInTime(
  tree: TemporalHierarchy,
  forecasts: readonly Forecast[],
  shifts: readonly number[],
  count: number,
): Float64Array {
  const steps = forecasts.at(-1) as Forecast
  const { uppers, bottoms, offsets, children } = tree
  const columns = steps.ids.length * count
  const all = new Float64Array(tree.nodes * columns)
  for (let column = 0; column < columns; column++)
    for (let h = 0; h < bottoms; h++)
      all[(uppers + h) * columns + column] = at(
        steps.paths?.values ?? [],
        column * steps.horizon + at(shifts, shifts.length - 1) + h,
      )
  for (const [l, { from, to }] of tree.levels.slice(0, -1).entries())
    for (let node = from; node < to; node++)
      for (let i = 0; i < steps.ids.length; i++) {
        const sums = new Float64Array(count)
        for (let p = 0; p < count; p++)
          for (let k = at(offsets, node); k < at(offsets, node + 1); k++)
            sums[p] = at(sums, p) + at(all, (uppers + at(children, k)) * columns + i * count + p)
        const draws = drawsOf(forecasts[l] as Forecast, i, at(shifts, l) + node - from, sums)
        all.set(draws, node * columns + i * count)
      }
  return all
}

/** Draws of a longer period's distribution in the order of its steps' sums; the sums themselves where it has none. */
function drawsOf(
  { paths, horizon, levels, quantiles }: Forecast,
  i: number,
  h: number,
  sums: Float64Array,
): Float64Array {
  const count = sums.length
  const order = Uint32Array.from(sums, (_, p) => p).sort((a, b) => at(sums, a) - at(sums, b) || a - b)
  const { count: given, values } = paths ?? { count: 0, values: new Float64Array() }
  const own = Float64Array.from({ length: given }, (_, p) => at(values, (i * given + p) * horizon + h)).sort()
  const said = quantiles.subarray((i * horizon + h) * levels.length, (i * horizon + h + 1) * levels.length)
  if (own.length === 0 && said.length === 0) return sums
  const draws = new Float64Array(count)
  order.forEach((p, r) => {
    const level = (r + 0.5) / count
    draws[p] = own.length > 0 ? quantileOf(own, level) : betweenLevels(levels, said, level)
  })
  return draws
}
