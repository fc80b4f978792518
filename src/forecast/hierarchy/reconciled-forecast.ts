import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import { at } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'
import { reconcileAnswered } from './answered.ts'
import type { Residuals } from './covariance.ts'
import type { Hierarchy } from './hierarchy.ts'
import { jointStep, pathQuantiles, tiesOf } from './joint-paths.ts'
import type { Reconciliation } from './methods.ts'
import type { Negatives } from './reconcile.ts'

/** How a whole forecast is made coherent. */
export interface ReconciledOptions {
  /** For the means; `exact` unless given. */
  readonly negatives?: Negatives
  /** For the paths; `clip` unless given, since `exact` takes a search for each step of each path. */
  readonly pathNegatives?: Negatives
  /** Errors of the past, whose ranks tie the paths of nodes together; without them the forecast's own paths are taken as they are. */
  readonly joint?: { readonly residuals: Residuals; readonly paths: number; readonly random: Random }
  /** How many of the paths the answer holds; all unless given. They are reconciled step by step, so that the others take no memory. */
  readonly keep?: number
}

/**
 * A forecast of all nodes made coherent: its means, every sample path (Panagiotelis et al., 2023), and the quantiles, which are those of the
 * reconciled paths of each node.
 *
 * Quantiles do not sum up, so that it is paths that are reconciled. A series that nobody answered stays so and counts as 0; a sum that nobody
 * answered is answered by the name of the method.
 * Refuses a forecast whose series are not the hierarchy's nodes in order, and one with quantiles but neither paths nor errors of the past.
 */
export function reconciledForecast(
  reconciliation: Reconciliation,
  forecast: Forecast,
  options: ReconciledOptions = {},
): Forecast {
  const { hierarchy, method } = reconciliation
  checkOrder(hierarchy, forecast)
  const { horizon, levels } = forecast
  const mean = sharedFloat64(forecast.mean.length)
  mean.set(reconcileAnswered(reconciliation, forecast.mean, horizon, options.negatives ?? 'exact'))
  const said = {
    ...forecast,
    mean,
    answeredBy: forecast.answeredBy.map(
      (by, node) => by ?? (Number.isNaN(at(mean, node * horizon)) ? undefined : method),
    ),
  }
  const steps = stepsOf(forecast, options)
  if (steps) return { ...said, ...distributions(reconciliation, forecast, steps, options) }
  if (levels.length === 0) return said
  const what = 'errors of the past, or paths in the forecast, to make quantiles coherent'
  const whatZh = '过去的误差，或预测中的样本路径，才能使分位数一致'
  throw new ForetideError('hierarchy.needs', { method, what, whatZh }, { fault: 'usage' })
}

/** The paths of all nodes at a step, nodes × count. */
interface Steps {
  readonly count: number
  readonly at: (h: number) => Float64Array
}

function stepsOf(forecast: Forecast, { joint }: ReconciledOptions): Steps | undefined {
  if (joint) {
    const ties = tiesOf(joint.residuals, joint.paths, joint.random)
    return { count: joint.paths, at: (h) => jointStep(forecast, ties, h) }
  }
  const { paths, horizon } = forecast
  return (
    paths && {
      count: paths.count,
      at: (h) =>
        Float64Array.from({ length: paths.values.length / horizon }, (_, k) => at(paths.values, k * horizon + h)),
    }
  )
}

function distributions(
  reconciliation: Reconciliation,
  { horizon, levels }: Forecast,
  { count, at: stepAt }: Steps,
  { pathNegatives = 'clip', keep = count }: ReconciledOptions,
): Pick<Forecast, 'quantiles' | 'paths'> {
  const { hierarchy } = reconciliation
  const kept = Math.min(keep, count)
  const quantiles = sharedFloat64(hierarchy.nodes * horizon * levels.length)
  const paths = sharedFloat64(hierarchy.nodes * kept * horizon)
  for (let h = 0; h < horizon; h++) {
    const values = reconcileAnswered(reconciliation, stepAt(h), count, pathNegatives)
    const own = pathQuantiles(values, count, levels)
    for (let node = 0; node < hierarchy.nodes; node++) {
      const from = node * levels.length
      quantiles.set(own.subarray(from, from + levels.length), (node * horizon + h) * levels.length)
      for (let p = 0; p < kept; p++) paths[(node * kept + p) * horizon + h] = at(values, node * count + p)
    }
  }
  return { quantiles, ...(kept > 0 && { paths: { count: kept, values: paths } }) }
}

function checkOrder({ ids }: Hierarchy, forecast: Forecast): void {
  const index = ids.findIndex((id, i) => forecast.ids[i] !== id)
  if (index < 0 && forecast.ids.length === ids.length) return
  const first = Math.max(0, index)
  const details = { index: first, found: forecast.ids[first] ?? '–', wanted: ids[first] ?? '–' }
  throw new ForetideError('hierarchy.order', details, { fault: 'usage' })
}
