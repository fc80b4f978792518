import { neverRenewed, weightedMean } from './check.ts'
import type { Objective, ObjectiveRows } from './objective.ts'

/** Squared error; its loss is the mean of squares (without the half that gradients imply). */
export const l2 = (): Objective => ({
  options: { loss: 'l2' },
  outputs: 1,
  trees: 1,
  link: 'identity',
  constantHessian: true,
  renews: false,
  check: () => {},
  start: (rows) => Float64Array.of(weightedMean(rows)),
  gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
    for (let row = from; row < to; row++) {
      const w = weight === undefined ? 1 : (weight[row] as number)
      gradient[row] = w * ((score[row] as number) - (target[row] as number))
      hessian[row] = w
    }
  },
  renew: neverRenewed,
  loss: squared,
})

function squared({ target, weight, score, rows }: ObjectiveRows): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const d = (score[row] as number) - (target[row] as number)
    sum += w * d * d
    total += w
  }
  return sum / total
}
