import { checkNotNegative, logMean, neverRenewed } from './check.ts'
import { quickExp } from './exp.ts'
import type { Objective, ObjectiveRows } from './objective.ts'

/** Makes hessians larger by e^0.7 so that no step is too long (LightGBM's `poisson_max_delta_step`). */
const CAUTION = Math.exp(0.7)

/** Poisson likelihood of counts with a log link; its loss leaves out what does not depend on scores. */
export const poisson = (): Objective => ({
  options: { loss: 'poisson' },
  outputs: 1,
  trees: 1,
  link: 'exp',
  constantHessian: false,
  renews: false,
  check: (rows) => checkNotNegative(rows, 'poisson'),
  start: (rows) => logMean(rows, 'poisson'),
  gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
    for (let row = from; row < to; row++) {
      const w = weight === undefined ? 1 : (weight[row] as number)
      const mean = quickExp(score[row] as number)
      gradient[row] = w * (mean - (target[row] as number))
      hessian[row] = w * mean * CAUTION
    }
  },
  renew: neverRenewed,
  loss: poissonLoss,
})

function poissonLoss({ target, weight, score, rows }: ObjectiveRows): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const s = score[row] as number
    sum += w * (Math.exp(s) - (target[row] as number) * s)
    total += w
  }
  return sum / total
}
