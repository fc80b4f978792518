import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import type { Random } from '../../core/random.ts'
import type { Residuals } from './covariance.ts'
import { filled } from './filled.ts'
import type { Hierarchy } from './hierarchy.ts'
import { jointPaths, pathQuantiles } from './joint-paths.ts'
import type { Reconciliation } from './methods.ts'
import { type Negatives, reconcile } from './reconcile.ts'

/** How a whole forecast is made coherent. */
export interface ReconciledOptions {
  /** For the means; `exact` unless given. */
  readonly negatives?: Negatives
  /** For the paths; `clip` unless given, since `exact` takes a search for each step of each path. */
  readonly pathNegatives?: Negatives
  /** Errors of the past, whose ranks tie the paths of nodes together; without them the forecast's own paths are taken as they are. */
  readonly joint?: { readonly residuals: Residuals; readonly paths: number; readonly random: Random }
}

/**
 * A forecast of all nodes made coherent: its means, every sample path (Panagiotelis et al., 2023), and the quantiles, which are those of the
 * reconciled paths of each node.
 *
 * Quantiles do not sum up, so that it is paths that are reconciled. A node that nobody had answered is answered by the name of the method.
 * Refuses a forecast whose series are not the hierarchy's nodes in order, and one with quantiles but neither paths nor errors of the past.
 */
export function reconciledForecast(
  reconciliation: Reconciliation,
  forecast: Forecast,
  { negatives = 'exact', pathNegatives = 'clip', joint }: ReconciledOptions = {},
): Forecast {
  const { hierarchy, method } = reconciliation
  checkOrder(hierarchy, forecast)
  const { horizon, levels } = forecast
  const shared = (values: Float64Array) => {
    const copy = sharedFloat64(values.length)
    copy.set(values)
    return copy
  }
  const mean = reconcile(reconciliation, filled(hierarchy, forecast.mean, horizon), horizon, negatives)
  const said = {
    ...forecast,
    mean: shared(mean),
    answeredBy: forecast.answeredBy.map((by) => by ?? method),
  }
  const count = joint?.paths ?? forecast.paths?.count ?? 0
  const base = joint ? jointPaths(forecast, joint.residuals, count, joint.random) : forecast.paths?.values
  if (!base || count === 0) {
    if (levels.length === 0) return said
    const what = 'errors of the past, or paths in the forecast, to make quantiles coherent'
    const whatZh = '过去的误差，或预测中的样本路径，才能使分位数一致'
    throw new ForetideError('hierarchy.needs', { method, what, whatZh }, { fault: 'usage' })
  }
  const columns = count * horizon
  const values = reconcile(reconciliation, filled(hierarchy, base, columns), columns, pathNegatives)
  const quantiles = pathQuantiles(values, hierarchy.nodes, count, horizon, levels)
  return { ...said, quantiles: shared(quantiles), paths: { count, values: shared(values) } }
}

function checkOrder({ ids }: Hierarchy, forecast: Forecast): void {
  const index = ids.findIndex((id, i) => forecast.ids[i] !== id)
  if (index < 0 && forecast.ids.length === ids.length) return
  const at = Math.max(0, index)
  const details = { index: at, found: forecast.ids[at] ?? '–', wanted: ids[at] ?? '–' }
  throw new ForetideError('hierarchy.order', details, { fault: 'usage' })
}
