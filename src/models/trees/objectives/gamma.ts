import { checkTargets, logMean, neverRenewed } from './check.ts'
import { quickExp } from './exp.ts'
import type { Objective, ObjectiveRows } from './objective.ts'

/** Gamma likelihood with a log link, for positive amounts whose spread grows with their mean. */
export const gamma = (): Objective => ({
  options: { loss: 'gamma' },
  outputs: 1,
  trees: 1,
  link: 'exp',
  constantHessian: false,
  renews: false,
  check: (rows) => checkTargets(rows, 'gamma', 'trees.notPositive', (value) => value > 0),
  start: (rows) => logMean(rows, 'gamma'),
  gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
    for (let row = from; row < to; row++) {
      const w = weight === undefined ? 1 : (weight[row] as number)
      const ratio = (target[row] as number) * quickExp(-(score[row] as number))
      gradient[row] = w * (1 - ratio)
      hessian[row] = w * ratio
    }
  },
  renew: neverRenewed,
  loss: gammaLoss,
})

function gammaLoss({ target, weight, score, rows }: ObjectiveRows): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const s = score[row] as number
    sum += w * ((target[row] as number) * Math.exp(-s) + s)
    total += w
  }
  return sum / total
}
