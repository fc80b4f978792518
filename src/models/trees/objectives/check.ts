import { ForetideError } from '../../../core/errors.ts'
import type { ObjectiveRows } from './objective.ts'

/** What a loss may ask of targets, and the message that says so. */
type Asked = 'trees.negative' | 'trees.notPositive' | 'trees.notBinary' | 'trees.notClass' | 'trees.notGrade'

/** Refuses the first target that `allowed` says no to, naming its row. */
export function checkTargets(
  { target, rows }: ObjectiveRows,
  loss: string,
  code: Asked,
  allowed: (value: number) => boolean,
  most?: number,
): void {
  for (let row = 0; row < rows; row++) {
    const value = target[row] as number
    if (!allowed(value)) throw new ForetideError(code, { loss, row, value, most }, { fault: 'badInput' })
  }
}

/** Refuses targets below 0. */
export const checkNotNegative = (rows: ObjectiveRows, loss: string): void =>
  checkTargets(rows, loss, 'trees.negative', (value) => value >= 0)

/** The targets' weighted mean. */
export function weightedMean({ target, weight, rows }: ObjectiveRows): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const w = weight === undefined ? 1 : (weight[row] as number)
    sum += w * (target[row] as number)
    total += w
  }
  return total > 0 ? sum / total : 0
}

/** The logarithm of the targets' weighted mean; refuses targets that are all 0. */
export function logMean(rows: ObjectiveRows, loss: string): Float64Array {
  const mean = weightedMean(rows)
  if (!(mean > 0)) throw new ForetideError('trees.allZero', { loss }, { fault: 'badInput' })
  return Float64Array.of(Math.log(mean))
}

/** Stands in where leaf values come from gradients. */
export function neverRenewed(): never {
  throw new Error('leaf values of this loss come from gradients')
}
