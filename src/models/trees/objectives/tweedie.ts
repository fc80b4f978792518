import { ForetideError } from '../../../core/errors.ts'
import { checkNotNegative, logMean, neverRenewed } from './check.ts'
import { quickExp } from './exp.ts'
import type { Objective, ObjectiveOptions, ObjectiveRows } from './objective.ts'

/**
 * Tweedie likelihood with a log link, for amounts that are often 0: variance = mean ^ `power`, between 1 and 2 (1.5 unless given).
 *
 * Its loss leaves out what does not depend on scores.
 */
export function tweedie(options: Extract<ObjectiveOptions, { loss: 'tweedie' }>): Objective {
  const { power = 1.5 } = options
  if (!(power > 1 && power < 2)) throw new ForetideError('trees.power', { power }, { fault: 'usage' })
  return {
    options,
    outputs: 1,
    trees: 1,
    link: 'exp',
    constantHessian: false,
    renews: false,
    check: (rows) => checkNotNegative(rows, 'tweedie'),
    start: (rows) => logMean(rows, 'tweedie'),
    gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
      const one = 1 - power
      const two = 2 - power
      for (let row = from; row < to; row++) {
        const w = weight === undefined ? 1 : (weight[row] as number)
        const s = score[row] as number
        const a = (target[row] as number) * quickExp(one * s)
        const b = quickExp(two * s)
        gradient[row] = w * (b - a)
        hessian[row] = w * (two * b - one * a)
      }
    },
    renew: neverRenewed,
    loss: (rows) => tweedieLoss(rows, power),
  }
}

function tweedieLoss({ target, weight, score, rows }: ObjectiveRows, power: number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const s = score[row] as number
    const y = target[row] as number
    sum += w * (Math.exp((2 - power) * s) / (2 - power) - (y * Math.exp((1 - power) * s)) / (1 - power))
    total += w
  }
  return sum / total
}
