import { checkTargets, neverRenewed, weightedMean } from './check.ts'
import { quickExp } from './exp.ts'
import type { Objective, ObjectiveRows } from './objective.ts'

/** Log-loss of targets 0 and 1; the score is the logarithm of the odds. */
export const binary = (): Objective => ({
  options: { loss: 'binary' },
  outputs: 1,
  trees: 1,
  link: 'sigmoid',
  constantHessian: false,
  renews: false,
  check: (rows) => checkTargets(rows, 'binary', 'trees.notBinary', (value) => value === 0 || value === 1),
  start: (rows) => {
    const share = Math.max(1e-15, Math.min(1 - 1e-15, weightedMean(rows)))
    return Float64Array.of(Math.log(share / (1 - share)))
  },
  gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
    for (let row = from; row < to; row++) {
      const w = weight === undefined ? 1 : (weight[row] as number)
      const p = 1 / (1 + quickExp(-(score[row] as number)))
      gradient[row] = w * (p - (target[row] as number))
      hessian[row] = w * p * (1 - p)
    }
  },
  renew: neverRenewed,
  loss: logLoss,
})

function logLoss({ target, weight, score, rows }: ObjectiveRows): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    // −log of the probability of what happened, safe from overflow on both sides.
    const s = (target[row] as number) === 1 ? -(score[row] as number) : (score[row] as number)
    sum += w * (Math.max(0, s) + Math.log1p(Math.exp(-Math.abs(s))))
    total += w
  }
  return sum / total
}
