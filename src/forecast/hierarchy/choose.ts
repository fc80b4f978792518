import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import type { Residuals } from './covariance.ts'
import { filled } from './filled.ts'
import type { Hierarchy } from './hierarchy.ts'
import {
  RECONCILIATION_METHODS,
  type Reconciliation,
  type ReconciliationMethod,
  type ReconciliationOptions,
  reconciliationOf,
} from './methods.ts'
import { type Negatives, reconcile } from './reconcile.ts'
import { residualsOf, type Validation } from './residuals.ts'

/** How a method is chosen. */
export interface ChoiceOptions {
  /** Who competes; all methods unless given. */
  readonly methods?: readonly ReconciliationMethod[]
  /** What each level's error counts, by its name; 1 unless given. */
  readonly weights?: Readonly<Record<string, number>>
  /** Errors older than the validation windows; unless given, each window is reconciled with the errors of the others. */
  readonly residuals?: Residuals
  readonly averages?: Float64Array
  readonly level?: string
  /** `clip` unless given. */
  readonly negatives?: Negatives
  /** Root mean squares, which means are made for, or mean sizes of errors (WAPE); `squared` unless given. */
  readonly error?: 'squared' | 'absolute'
}

/** What a method was worth on the validation windows. */
interface MethodScore {
  /** `base` are the base forecasts as they came, incoherent, to compare with. */
  readonly method: ReconciliationMethod | 'base'
  /** Error of each level over the size of what happened: a ratio of root mean squares, or the WAPE. */
  readonly levels: readonly number[]
  /** Their weighted mean. */
  readonly error: number
}

/** The choice, its scores from the best on, and who could not compete. */
export interface Choice {
  /** The best method, prepared with the errors of all windows. */
  readonly reconciliation: Reconciliation
  readonly scores: readonly MethodScore[]
  readonly left: readonly { readonly method: ReconciliationMethod; readonly error: ForetideError }[]
}

/**
 * Reconciles the base forecasts of validation windows by every method and picks the one with the least error, weighted by level; of
 * two alike the simpler.
 *
 * Methods that lack what they need, or cannot go through levels that do not nest, are left out and named. Refuses when none is left.
 */
export function chooseReconciliation(
  hierarchy: Hierarchy,
  validations: readonly Validation[],
  options: ChoiceOptions = {},
): Choice {
  const { methods = RECONCILIATION_METHODS, negatives = 'clip' } = options
  const given = (others: readonly Validation[]): ReconciliationOptions => {
    const residuals = options.residuals ?? (others.length > 0 ? residualsOf(others) : undefined)
    const { averages, level } = options
    return { ...(residuals && { residuals }), ...(averages && { averages }), ...(level !== undefined && { level }) }
  }
  const based = validations.map((v) => filled(hierarchy, v.base, v.steps))
  const base = scoreOf(hierarchy, validations, based, 'base', options)
  const scores: MethodScore[] = []
  const left: Choice['left'][number][] = []
  for (const method of methods)
    try {
      const said = validations.map((v, k) => {
        const others = validations.filter((_, j) => j !== k)
        return reconcile(
          reconciliationOf(hierarchy, method, given(others)),
          based[k] as Float64Array,
          v.steps,
          negatives,
        )
      })
      scores.push(scoreOf(hierarchy, validations, said, method, options))
    } catch (error) {
      if (!(error instanceof ForetideError)) throw error
      left.push({ method, error })
    }
  scores.sort((a, b) => a.error - b.error)
  const best = scores[0]?.method as ReconciliationMethod | undefined
  if (!best) {
    const first = left[0]?.error
    throw new ForetideError('hierarchy.noMethod', { error: first?.text('en'), errorZh: first?.text('zh') })
  }
  return { reconciliation: reconciliationOf(hierarchy, best, given(validations)), scores: [...scores, base], left }
}

function scoreOf(
  hierarchy: Hierarchy,
  validations: readonly Validation[],
  said: readonly Float64Array[],
  method: MethodScore['method'],
  { weights = {}, error = 'squared' }: ChoiceOptions,
): MethodScore {
  const power = error === 'squared' ? 2 : 1
  const levels = hierarchy.levels.map(({ from, to }) => {
    let errors = 0
    let sizes = 0
    for (const [w, { truth, steps }] of validations.entries())
      for (let k = from * steps; k < to * steps; k++) {
        const y = at(truth, k)
        if (Number.isNaN(y)) continue
        errors += Math.abs(at(said[w] as Float64Array, k) - y) ** power
        sizes += Math.abs(y) ** power
      }
    return sizes > 0 ? (errors / sizes) ** (1 / power) : 0
  })
  let sum = 0
  let total = 0
  hierarchy.levels.forEach(({ name }, l) => {
    const weight = weights[name] ?? 1
    sum += weight * at(levels, l)
    total += weight
  })
  return { method, levels, error: total > 0 ? sum / total : 0 }
}
