import { ForetideError } from '../../core/errors.ts'
import {
  type Covariance,
  equalVariances,
  type Residuals,
  residualVariances,
  shrunkCovariance,
  structuralVariances,
} from './covariance.ts'
import { checkLength, type Hierarchy, levelAt } from './hierarchy.ts'
import { type Projection, projectionOf } from './projection.ts'
import { byAverages, byForecastProportions } from './proportions.ts'

/** What a method may look at beside the base forecasts. */
export interface ReconciliationOptions {
  /** Errors of base forecasts in the past (nodes × periods), for `variances` and `mint`. */
  readonly residuals?: Residuals
  /** What each bottom sold on average, for `topDownAverages` and `middleOutAverages`. */
  readonly averages?: Float64Array
  /** The name of the level that the middle-out methods keep. */
  readonly level?: string
}

/** A way to make base forecasts coherent, prepared for a hierarchy. */
export interface Reconciliation {
  readonly method: ReconciliationMethod
  readonly hierarchy: Hierarchy
  /** The bottoms (bottoms × columns) that follow from base forecasts (nodes × columns). */
  bottoms(base: Float64Array, columns: number): Float64Array
  /** Present where the method is a projection. */
  readonly projection?: Projection
}

type Maker = (hierarchy: Hierarchy, options: ReconciliationOptions) => Omit<Reconciliation, 'method' | 'hierarchy'>

const projecting =
  (covariance: (hierarchy: Hierarchy, options: ReconciliationOptions) => Covariance): Maker =>
  (hierarchy, options) => {
    const projection = projectionOf(hierarchy, covariance(hierarchy, options))
    return { projection, bottoms: projection.bottoms }
  }

const residualsFor = (method: string, { nodes }: Hierarchy, { residuals }: ReconciliationOptions): Residuals => {
  if (!residuals) throw needs(method, 'residuals of past base forecasts', '过去基础预测的残差')
  checkLength('Residuals', '残差', residuals.values, nodes * residuals.periods)
  return residuals
}

const averagesFor = (method: string, { bottoms }: Hierarchy, { averages }: ReconciliationOptions): Float64Array => {
  if (!averages) throw needs(method, 'the averages of what each series sold', '各序列的平均销量')
  checkLength('Averages', '平均值', averages, bottoms)
  return averages
}

const levelFor = (method: string, hierarchy: Hierarchy, { level }: ReconciliationOptions): number => {
  if (level === undefined) throw needs(method, 'the name of a level to keep', '要保留的层级名称')
  return levelAt(hierarchy, level)
}

const keeping =
  (method: string, levelOf: typeof levelFor): Maker =>
  (hierarchy, options) => {
    const level = levelOf(method, hierarchy, options)
    return { bottoms: (base, columns) => byForecastProportions(hierarchy, level, base, columns, method) }
  }

const keepingAverages =
  (method: string, levelOf: typeof levelFor): Maker =>
  (hierarchy, options) => {
    const level = levelOf(method, hierarchy, options)
    const averages = averagesFor(method, hierarchy, options)
    return { bottoms: (base, columns) => byAverages(hierarchy, level, base, columns, averages, method) }
  }

const total = (_: string, hierarchy: Hierarchy) => levelAt(hierarchy, 'total')

/** The methods, the simplest first. */
const METHODS = {
  bottomUp: ({ uppers }) => ({ bottoms: (base, columns) => base.slice(uppers * columns) }),
  topDown: keeping('topDown', total),
  topDownAverages: keepingAverages('topDownAverages', total),
  middleOut: keeping('middleOut', levelFor),
  middleOutAverages: keepingAverages('middleOutAverages', levelFor),
  ols: projecting(equalVariances),
  structural: projecting(structuralVariances),
  variances: projecting((h, o) => residualVariances(h, residualsFor('variances', h, o))),
  mint: projecting((h, o) => shrunkCovariance(h, residualsFor('mint', h, o))),
} satisfies Record<string, Maker>

export type ReconciliationMethod = keyof typeof METHODS
export const RECONCILIATION_METHODS = Object.keys(METHODS) as readonly ReconciliationMethod[]

/**
 * Prepares a way to make forecasts of a hierarchy coherent: `bottomUp`, `topDown` and `middleOut` by forecast proportions or by averages of
 * the past, and projections under `ols`, `structural`, `variances` (WLS) or `mint` (shrunk covariance).
 *
 * Refuses a method without what it needs (residuals, averages, a level), and top-down ways through levels that do not nest.
 */
export function reconciliationOf(
  hierarchy: Hierarchy,
  method: ReconciliationMethod,
  options: ReconciliationOptions = {},
): Reconciliation {
  return { method, hierarchy, ...METHODS[method](hierarchy, options) }
}

const needs = (method: string, what: string, whatZh: string) =>
  new ForetideError('hierarchy.needs', { method, what, whatZh }, { fault: 'usage' })
