import type { Link } from '../ensemble.ts'
import { refuse, type Section } from './sections.ts'

/** What LightGBM's objective makes of raw scores: a link, after they are multiplied by `slope`. */
export interface Answer {
  readonly link: Link
  readonly slope: number
  /** The level, where a quantile is answered. */
  readonly levels?: readonly [number]
}

const LINK_OF: Readonly<Record<string, Link>> = {
  regression: 'identity',
  regression_l2: 'identity',
  regression_l1: 'identity',
  huber: 'identity',
  fair: 'identity',
  mape: 'identity',
  quantile: 'identity',
  lambdarank: 'identity',
  rank_xendcg: 'identity',
  // A loss of the user's own: LightGBM, too, answers raw scores then.
  custom: 'identity',
  poisson: 'exp',
  tweedie: 'exp',
  gamma: 'exp',
  binary: 'sigmoid',
  multiclassova: 'sigmoid',
  cross_entropy: 'sigmoid',
  multiclass: 'softmax',
}

/**
 * Reads the line `objective=…` of a model's head; without one, predictions are raw scores as LightGBM's are.
 *
 * Refuses objectives whose answers are no link of ours (`cross_entropy_lambda`, `reg_sqrt`).
 */
export function answerOf(head: Section, parameters: ReadonlyMap<string, string>): Answer {
  if (!head.has('objective')) return { link: 'identity', slope: 1 }
  const [name = '', ...given] = head.words('objective')
  const link = LINK_OF[name]
  const line = head.lineOf('objective')
  if (link === undefined || given.includes('sqrt'))
    return refuse('lightgbm.objective', line, { objective: head.text('objective') })
  const told = given.find((word) => word.startsWith('sigmoid:'))?.slice('sigmoid:'.length)
  const slope = told === undefined ? 1 : Number(told)
  if (!(slope > 0)) {
    const wanted = { wanted: 'a number above 0', wantedZh: '大于 0 的数' }
    return refuse('lightgbm.value', line, { field: 'sigmoid', value: told, ...wanted })
  }
  // The objective's line does not name its level; the parameters do, unless they were stripped.
  const level = Number(parameters.get('alpha'))
  return { link, slope, ...(name === 'quantile' && level > 0 && level < 1 ? { levels: [level] } : {}) }
}
