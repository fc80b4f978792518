import { ForetideError } from '../../../core/errors.ts'
import type { Objective, ObjectiveOptions, ObjectiveRows } from './objective.ts'
import { residualQuantile, targetQuantile } from './residuals.ts'

/** Absolute error, whose best constant is the median; leaves are the medians of their residuals. */
export const l1 = (): Objective => ({
  ...pinball(0.5),
  options: { loss: 'l1' },
  gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
    for (let row = from; row < to; row++) {
      const w = weight === undefined ? 1 : (weight[row] as number)
      const d = (score[row] as number) - (target[row] as number)
      gradient[row] = w * (Number(d > 0) - Number(d < 0))
      hessian[row] = w
    }
  },
  loss: (rows) => 2 * pinballLoss(rows, 0.5),
})

/** Pinball loss of one level; leaves are that quantile of their residuals (Koenker and Bassett, 1978). */
export function quantile(options: Extract<ObjectiveOptions, { loss: 'quantile' }>): Objective {
  const { level } = options
  if (!(level > 0 && level < 1)) throw new ForetideError('trees.level', { level }, { fault: 'usage' })
  return { ...pinball(level), options, levels: [level] }
}

const pinball = (level: number): Omit<Objective, 'options'> => ({
  outputs: 1,
  trees: 1,
  link: 'identity',
  constantHessian: true,
  renews: true,
  check: () => {},
  start: (rows) => Float64Array.of(targetQuantile(rows, level)),
  gradients: ({ target, weight, score }, _tree, _round, from, to, gradient, hessian) => {
    for (let row = from; row < to; row++) {
      const w = weight === undefined ? 1 : (weight[row] as number)
      // A comparison made a number leaves the processor nothing to guess.
      gradient[row] = w * (Number((score[row] as number) >= (target[row] as number)) - level)
      hessian[row] = w
    }
  },
  renew: (rows, leafRows, into) => {
    into[0] = residualQuantile(rows, leafRows, 0, level)
  },
  loss: (rows) => pinballLoss(rows, level),
})

function pinballLoss({ target, weight, score, rows }: ObjectiveRows, level: number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const d = (target[row] as number) - (score[row] as number)
    sum += w * (d >= 0 ? level * d : (level - 1) * d)
    total += w
  }
  return sum / total
}
