import type { Ask, Forecast } from '../../core/forecast.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Fitted, Model } from '../../models/model.ts'
import { chooseReconciliation } from './choose.ts'
import type { Residuals } from './covariance.ts'
import type { Hierarchy } from './hierarchy.ts'
import { type ReconciliationMethod, reconciliationOf } from './methods.ts'
import type { Negatives } from './reconcile.ts'
import { loadReconciled, saveReconciled } from './reconciled-files.ts'
import { reconciledForecast } from './reconciled-forecast.ts'
import { residualsOf, validationsOf } from './residuals.ts'
import { hierarchyWindow } from './window.ts'

/** How a model is made coherent. */
export interface ReconciledModelOptions {
  /** The levels above the series, each as the columns that its nodes share; `[]` is the total. */
  readonly levels: readonly (readonly string[])[]
  /** `best` on the validation windows unless given. */
  readonly method?: ReconciliationMethod | 'best'
  /** Windows before the cutoff that are forecast again, for errors and for the choice; 4 unless given. */
  readonly windows?: number
  /** What each level's error counts in the choice; 1 unless given. */
  readonly weights?: Readonly<Record<string, number>>
  /** What is answered: the series alone, or all nodes; `series` unless given. */
  readonly answer?: 'series' | 'nodes'
  /** Paths that quantiles are made of; 200 unless given. */
  readonly paths?: number
}

/** What was learned beside the model itself. */
export interface Learned {
  readonly method: ReconciliationMethod
  /** The nodes that the errors belong to. */
  readonly ids: readonly string[]
  readonly residuals: Residuals | undefined
  readonly negatives: Negatives
  /** The digest of the window. */
  readonly window: string
}

/**
 * The same model over every node of a hierarchy, its forecasts made coherent: it is fitted on sums as on series, and what it says of all of them is
 * reconciled by a method that is chosen on the last windows before the cutoff.
 *
 * Means never turn negative unless the past does; quantiles are those of reconciled joint paths. Where the past is too short for a window
 * to be forecast again, the method is `structural`, and paths are the model's own. A series that the model refuses stays
 * refused, for the next candidate to try, and counts as 0 in the sums.
 *
 * @example
 * const model = reconciledModel(localModel(ets()), { levels: [[], ['store'], ['category']] })
 */
export function reconciledModel(model: Model, options: ReconciledModelOptions): Model {
  const name = `${model.name}@coherent`
  const make = (inner: Fitted, learned: Learned): Fitted => ({
    forecast: (window, ask, run) => forecastWith(inner, learned, options, [model.name, name], window, ask, run),
    save: (dir) => saveReconciled(name, { ...options }, inner, learned, dir),
    ...(inner.training && { training: inner.training }),
  })
  return {
    name,
    needs: { ...model.needs, crossSeries: true },
    async fit(window, run) {
      const nodes = await hierarchyWindow(window, options.levels)
      const learned = await learn(model, nodes.window, nodes.hierarchy, options, run)
      return make(await model.fit(nodes.window, run), learned)
    },
    async load(dir, run) {
      const { learned, inner } = await loadReconciled(dir)
      return make(await model.load(inner, run), learned)
    },
  }
}

/** Methods that need no more than errors of the past. */
const CANDIDATES: readonly ReconciliationMethod[] = ['bottomUp', 'topDown', 'ols', 'structural', 'variances', 'mint']

async function learn(
  model: Model,
  window: Window,
  hierarchy: Hierarchy,
  { method = 'best', windows = 4, weights }: ReconciledModelOptions,
  run: Run,
): Promise<Learned> {
  let negatives: Negatives = 'exact'
  for await (const past of window.past()) if (past.target.some((y) => y < 0)) negatives = 'allow'
  const found = { ids: hierarchy.ids, negatives, window: window.digest }
  const validations = await validationsOf(model, window, windows, run)
  if (validations.length === 0)
    return { ...found, method: method === 'best' ? 'structural' : method, residuals: undefined }
  const chosen = () =>
    chooseReconciliation(hierarchy, validations, {
      methods: CANDIDATES,
      negatives: negatives === 'allow' ? 'allow' : 'clip',
      ...(weights && { weights }),
    }).reconciliation.method
  return { ...found, method: method === 'best' ? chosen() : method, residuals: residualsOf(validations) }
}

async function forecastWith(
  inner: Fitted,
  learned: Learned,
  { levels, answer = 'series', paths = 200 }: ReconciledModelOptions,
  [given, name]: readonly [string, string],
  window: Window,
  ask: Ask,
  run: Run,
): Promise<Forecast> {
  const { hierarchy, window: nodes } = await hierarchyWindow(window, levels)
  const residuals = learned.residuals && placed(learned.residuals, learned.ids, hierarchy.ids)
  const count = Math.max(ask.paths, ask.levels.length > 0 ? paths : 0)
  const base = await inner.forecast(nodes, { levels: ask.levels, paths: residuals ? 0 : count }, run)
  const reconciliation = reconciliationOf(hierarchy, learned.method, residuals ? { residuals } : {})
  const random = run.random(`${name}:${window.digest}`)
  const found = reconciledForecast(reconciliation, base, {
    negatives: learned.negatives,
    pathNegatives: learned.negatives === 'allow' ? 'allow' : 'clip',
    keep: ask.paths,
    ...(residuals && count > 0 && { joint: { residuals, paths: count, random } }),
  })
  const own = { ...found, answeredBy: found.answeredBy.map((by) => (by === given ? name : by)) }
  const provenance = { ...base.provenance, model: name, window: window.digest }
  return { ...(answer === 'series' ? seriesOf(own, hierarchy) : own), provenance }
}

/** Errors by node as the nodes stand now; of nodes that are new nothing is known. */
function placed({ periods, values }: Residuals, before: readonly string[], now: readonly string[]): Residuals {
  const index = new Map(before.map((id, i) => [id, i]))
  const moved = new Float64Array(now.length * periods).fill(Number.NaN)
  now.forEach((id, i) => {
    const from = index.get(id)
    if (from !== undefined) moved.set(values.subarray(from * periods, (from + 1) * periods), i * periods)
  })
  return { periods, values: moved }
}

/** The part of a forecast of all nodes that is about the series. */
function seriesOf(forecast: Forecast, { uppers, bottoms }: Hierarchy): Forecast {
  const cut = (values: Float64Array, perNode: number) => {
    const part = sharedFloat64(bottoms * perNode)
    part.set(values.subarray(uppers * perNode))
    return part
  }
  const { horizon, levels, paths, refused } = forecast
  return {
    ...forecast,
    ids: forecast.ids.slice(uppers),
    mean: cut(forecast.mean, horizon),
    quantiles: cut(forecast.quantiles, horizon * levels.length),
    ...(paths && { paths: { count: paths.count, values: cut(paths.values, paths.count * horizon) } }),
    answeredBy: forecast.answeredBy.slice(uppers),
    refused: new Map([...refused].filter(([i]) => i >= uppers).map(([i, all]) => [i - uppers, all])),
  }
}
