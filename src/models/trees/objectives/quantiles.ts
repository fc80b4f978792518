import { ForetideError } from '../../../core/errors.ts'
import type { Objective, ObjectiveOptions, ObjectiveRows } from './objective.ts'
import { residualQuantile, targetQuantile } from './residuals.ts'

/**
 * Pinball losses of several levels in one model: all share the structure of each tree, whose leaves hold one value a level.
 *
 * Trees of even rounds are grown on the mean of the levels' gradients, which moves with the location of the target; those of odd
 * rounds on their sum weighted by level − 0.5, which moves with its spread. Outputs are sorted, so that they cannot cross
 * (Chernozhukov and others, Quantile and probability curves without crossing, 2010). Refuses levels that do not ascend within 0 … 1.
 */
export function quantiles(options: Extract<ObjectiveOptions, { loss: 'quantiles' }>): Objective {
  const { levels } = options
  const fine = levels.length > 0 && levels.every((q, k) => q > 0 && q < 1 && (k === 0 || q > (levels[k - 1] as number)))
  if (!fine) throw new ForetideError('trees.levels', { levels: levels.join(', ') }, { fault: 'usage' })
  const outputs = levels.length
  const location = new Float64Array(outputs).fill(1 / outputs)
  const spread = Float64Array.from(levels, (q) => q - 0.5)
  const size = spread.reduce((sum, s) => sum + Math.abs(s), 0)
  const byRound = [location, size > 0 && outputs > 1 ? spread.map((s) => s / size) : location] as const
  return {
    options,
    outputs,
    trees: 1,
    link: 'sorted',
    levels,
    constantHessian: true,
    renews: true,
    check: () => {},
    start: (rows) => Float64Array.from(levels, (level) => targetQuantile(rows, level)),
    gradients: (rows, _tree, round, from, to, gradient, hessian) =>
      combined(rows, levels, byRound[round & 1] as Float64Array, from, to, gradient, hessian),
    renew: (rows, leafRows, into) => {
      for (let k = 0; k < outputs; k++) into[k] = residualQuantile(rows, leafRows, k, levels[k] as number)
    },
    loss: (rows) => meanPinball(rows, levels),
  }
}

/** The levels' gradients (1 or 0 for score ≥ target, less the level) times their shares, added up. */
function combined(
  { target, weight, score, rows }: ObjectiveRows,
  levels: readonly number[],
  shares: Float64Array,
  from: number,
  to: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  const below = levels.reduce((sum, level, k) => sum + (shares[k] as number) * level, 0)
  for (let row = from; row < to; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const y = target[row] as number
    let sum = -below
    for (let k = 0, cell = row; k < shares.length; k++, cell += rows)
      sum += (shares[k] as number) * Number((score[cell] as number) >= y)
    gradient[row] = w * sum
    hessian[row] = w
  }
}

/** Pinball loss as a mean over levels and rows, of sorted scores. */
function meanPinball({ target, weight, score, rows }: ObjectiveRows, levels: readonly number[]): number {
  const sorted = new Float64Array(levels.length)
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < levels.length; k++) {
      const s = score[k * rows + row] as number
      let place = k
      for (; place > 0 && (sorted[place - 1] as number) > s; place--) sorted[place] = sorted[place - 1] as number
      sorted[place] = s
    }
    const w = weight === undefined ? 1 : (weight[row] as number)
    total += w
    for (let k = 0; k < levels.length; k++) {
      const d = (target[row] as number) - (sorted[k] as number)
      const level = levels[k] as number
      sum += w * (d >= 0 ? level * d : (level - 1) * d)
    }
  }
  return sum / (total * levels.length)
}
