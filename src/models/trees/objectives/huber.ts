import { ForetideError } from '../../../core/errors.ts'
import { neverRenewed, weightedMean } from './check.ts'
import type { Objective, ObjectiveOptions, ObjectiveRows } from './objective.ts'

/** Squared error up to `delta` (0.9 unless given, as in LightGBM), absolute error beyond; it starts from the mean as LightGBM does. */
export function huber(options: Extract<ObjectiveOptions, { loss: 'huber' }>): Objective {
  const { delta = 0.9 } = options
  if (!(delta > 0 && Number.isFinite(delta))) throw new ForetideError('trees.delta', { delta }, { fault: 'usage' })
  return {
    options,
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
        const d = (score[row] as number) - (target[row] as number)
        // Cuts off at ±delta without a branch that the processor would have to guess.
        gradient[row] = w * (d + Number(d > delta) * (delta - d) - Number(d < -delta) * (delta + d))
        hessian[row] = w
      }
    },
    renew: neverRenewed,
    loss: (rows) => huberLoss(rows, delta),
  }
}

function huberLoss({ target, weight, score, rows }: ObjectiveRows, delta: number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const d = Math.abs((score[row] as number) - (target[row] as number))
    sum += w * (d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta))
    total += w
  }
  return sum / total
}
