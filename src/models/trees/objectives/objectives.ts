import { binary } from './binary.ts'
import { gamma } from './gamma.ts'
import { huber } from './huber.ts'
import { l2 } from './l2.ts'
import type { Objective, ObjectiveOptions } from './objective.ts'
import { poisson } from './poisson.ts'
import { l1, quantile } from './quantile.ts'
import { quantiles } from './quantiles.ts'
import { rank } from './rank.ts'
import { softmax } from './softmax.ts'
import { tweedie } from './tweedie.ts'

type Loss = ObjectiveOptions['loss']
type OptionsOf<L extends Loss> = ObjectiveOptions & { readonly loss: L }

const MAKERS: { readonly [L in Loss]: (options: OptionsOf<L>) => Objective } = {
  l2,
  l1,
  huber,
  poisson,
  tweedie,
  gamma,
  quantile: quantile as (options: OptionsOf<'quantile'>) => Objective,
  quantiles,
  binary,
  softmax,
  rank,
}

/**
 * The loss that plain options name; refuses options out of its range.
 *
 * @example
 * objectiveOf({ loss: 'tweedie', power: 1.2 }).link // → 'exp'
 */
export function objectiveOf<L extends Loss>(options: OptionsOf<L>): Objective {
  return MAKERS[options.loss as L](options)
}
