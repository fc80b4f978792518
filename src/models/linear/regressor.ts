import { ForetideError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { FittedRegressor, Regressor } from '../regressor.ts'
import type { Table, TableFeature } from '../table.ts'
import { loadLinear } from './artifact.ts'
import { type FittedLinear, fittedLinear, type LinearState } from './fitted.ts'
import { checkOptions, type PreparationOptions } from './options.ts'
import { learnPreparation, type Preparation } from './preparation.ts'

/** A regressor whose fits are linear, for those who want more of them than a {@link Regressor} promises. */
export interface LinearRegressor extends Regressor {
  fit(
    table: Table,
    run: Run,
    options?: { readonly valid?: Table; readonly from?: FittedRegressor },
  ): Promise<FittedLinear>
}

/** What a linear model has to find by itself once columns are made ready. */
export type Learned = Omit<LinearState, 'model' | 'options' | 'features' | 'preparation'>

/**
 * A linear regressor from its name, its options and how it learns.
 *
 * The losses are convex, so that where a fit begins changes nothing but time: `from` is checked and otherwise not needed.
 */
export function linearRegressor(
  model: string,
  options: PreparationOptions,
  learn: (table: Table, preparation: Preparation, valid: Table | undefined, run: Run) => Promise<Learned>,
  finish: (state: LinearState, table: Table, run: Run) => Promise<LinearState>,
): LinearRegressor {
  checkOptions(options)
  return {
    name: model,
    async fit(table, run, { valid, from } = {}) {
      for (const other of [valid, from])
        if (other && !sameFeatures(table.features, other.features)) throw new ForetideError('linear.features')
      if (table.rows === 0) throw new ForetideError('linear.noRows')
      const preparation = await learnPreparation(table, options, run)
      const learned = await learn(table, preparation, valid, run)
      // JSON knows no −0.
      const intercepts = learned.intercepts.map((intercept) => intercept + 0)
      const state = { model, options: { ...options }, features: table.features, preparation, ...learned, intercepts }
      return fittedLinear(await finish(state, table, run))
    },
    load: async (dir) => fittedLinear(await loadLinear(dir, model)),
  }
}

const sameFeatures = (a: readonly TableFeature[], b: readonly TableFeature[]) =>
  a.length === b.length && a.every((f, i) => f.name === b[i]?.name && f.categorical === b[i]?.categorical)
