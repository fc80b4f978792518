import { ForetideError } from '../../../core/errors.ts'
import { checkTargets, neverRenewed } from './check.ts'
import { quickExp } from './exp.ts'
import type { Objective, ObjectiveOptions, ObjectiveRows } from './objective.ts'

/** Log-loss of classes 0 … `classes` − 1, with one tree a class in every round (Friedman, 2001). */
export function softmax(options: Extract<ObjectiveOptions, { loss: 'softmax' }>): Objective {
  const { classes } = options
  if (!(Number.isInteger(classes) && classes >= 2))
    throw new ForetideError('trees.classes', { classes }, { fault: 'usage' })
  const allowed = (value: number) => Number.isInteger(value) && value >= 0 && value < classes
  return {
    options,
    outputs: classes,
    trees: classes,
    link: 'softmax',
    constantHessian: false,
    renews: false,
    check: (rows) => checkTargets(rows, 'softmax', 'trees.notClass', allowed, classes - 1),
    start: (rows) => logShares(rows, classes),
    gradients: (rows, tree, _round, from, to, gradient, hessian) =>
      ofClass(rows, classes, tree, from, to, gradient, hessian),
    renew: neverRenewed,
    loss: (rows) => logLoss(rows, classes),
  }
}

/** Logarithms of the classes' shares; a class that never occurs counts as 1e-15. */
function logShares({ target, weight, rows }: ObjectiveRows, classes: number): Float64Array {
  const share = new Float64Array(classes)
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const k = target[row] as number
    share[k] = (share[k] as number) + w
    total += w
  }
  return share.map((s) => Math.log(Math.max(1e-15, s / total)))
}

function ofClass(
  { target, weight, score, rows }: ObjectiveRows,
  classes: number,
  k: number,
  from: number,
  to: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  // The form with K classes has one too many; this factor makes up for it.
  const factor = classes / (classes - 1)
  const own = k * rows
  for (let row = from; row < to; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    const s = score[own + row] as number
    let sum = 0
    for (let j = 0, cell = row; j < classes; j++, cell += rows) sum += quickExp((score[cell] as number) - s)
    const p = 1 / sum
    gradient[row] = w * (p - ((target[row] as number) === k ? 1 : 0))
    hessian[row] = w * factor * p * (1 - p)
  }
}

function logLoss({ target, weight, score, rows }: ObjectiveRows, classes: number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    let most = Number.NEGATIVE_INFINITY
    for (let j = 0; j < classes; j++) most = Math.max(most, score[j * rows + row] as number)
    let all = 0
    for (let j = 0; j < classes; j++) all += Math.exp((score[j * rows + row] as number) - most)
    sum += w * (most + Math.log(all) - (score[(target[row] as number) * rows + row] as number))
    total += w
  }
  return sum / total
}
