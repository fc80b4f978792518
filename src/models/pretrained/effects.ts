import { cholesky, choleskySolve } from '../linear/algebra/cholesky.ts'
import type { Told } from './told.ts'

/** How many observations the belief that a covariate does nothing weighs as. */
const RIDGE = 0.7
/** Periods to each side that a local level is the mean of. */
const AROUND = 10

/** Room to work out effects in, made once. */
export interface EffectsRoom {
  readonly level: Float64Array
  readonly matrix: Float64Array
  readonly right: Float64Array
  readonly centre: Float64Array
}

const MOST_COVARIATES = 16

export const effectsRoom = (periods: number): EffectsRoom => ({
  level: new Float64Array(periods),
  matrix: new Float64Array(MOST_COVARIATES * MOST_COVARIATES),
  right: new Float64Array(MOST_COVARIATES),
  centre: new Float64Array(MOST_COVARIATES),
})

/**
 * What the covariates of a series do by its own past: ridge regression of what lies above or below the local level on them (Hoerl and Kennard, 1970), written for
 * `count` periods from `first` on, as what is added to the scaled values.
 *
 * `scaled` holds the scaled values of the periods from `first` to the origin, NaN where unknown.
 */
export function ownEffects(
  { covariates = [], pooled }: Told,
  first: number,
  scaled: Float64Array,
  seen: number,
  count: number,
  room: EffectsRoom,
  into: Float64Array,
): void {
  into.fill(0, 0, count)
  const k = Math.min(covariates.length, MOST_COVARIATES)
  if (k === 0) return
  const { level, matrix, right, centre } = room
  localLevels(scaled, seen, level)
  let n = 0
  centre.fill(0)
  for (let t = 0; t < seen; t++) {
    if (Number.isNaN(scaled[t] as number)) continue
    n++
    for (let a = 0; a < k; a++) centre[a] = (centre[a] as number) + numberAt(covariates[a], first + t)
  }
  if (n < 4) return
  for (let a = 0; a < k; a++) centre[a] = (centre[a] as number) / n
  matrix.fill(0)
  right.fill(0)
  for (let t = 0; t < seen; t++) {
    const z = scaled[t] as number
    if (Number.isNaN(z)) continue
    // What all series together know is taken off first: a series' own is what is left of it.
    const off = z - (level[t] as number) - (pooled ? (pooled[first + t] as number) : 0)
    for (let a = 0; a < k; a++) {
      const x = numberAt(covariates[a], first + t) - (centre[a] as number)
      right[a] = (right[a] as number) + x * off
      for (let b = 0; b <= a; b++) {
        const y = numberAt(covariates[b], first + t) - (centre[b] as number)
        matrix[a * k + b] = (matrix[a * k + b] as number) + x * y
      }
    }
  }
  // In units of each covariate's own mean square, so that the belief does not depend on what it is measured in.
  for (let a = 0; a < k; a++) {
    const own = matrix[a * k + a] as number
    matrix[a * k + a] = own + (RIDGE * own) / n + 1e-9
    const spikes = RIDGE * largest(covariates[a], first, seen, centre[a] as number)
    matrix[a * k + a] = (matrix[a * k + a] as number) + spikes
  }
  choleskySolve(cholesky(matrix, k), k, right)
  for (let t = 0; t < count; t++) {
    let sum = 0
    for (let a = 0; a < k; a++)
      sum += (right[a] as number) * (numberAt(covariates[a], first + t) - (centre[a] as number))
    into[t] = sum
  }
}

const numberAt = (x: ArrayLike<number> | undefined, k: number) => {
  const v = x?.[k] as number
  return Number.isNaN(v) || v === undefined ? 0 : v
}

/** The largest square of what a covariate lies off its mean: one observation at its most. */
function largest(x: ArrayLike<number> | undefined, first: number, seen: number, centre: number): number {
  let most = 0
  for (let t = 0; t < seen; t++) most = Math.max(most, (numberAt(x, first + t) - centre) ** 2)
  return most
}

/** Means of the observed values around each period. */
function localLevels(scaled: Float64Array, seen: number, into: Float64Array): void {
  let sum = 0
  let count = 0
  const add = (t: number, sign: number) => {
    if (t < 0 || t >= seen || Number.isNaN(scaled[t] as number)) return
    sum += sign * (scaled[t] as number)
    count += sign
  }
  for (let t = 0; t < AROUND; t++) add(t, 1)
  for (let t = 0; t < seen; t++) {
    add(t + AROUND, 1)
    add(t - AROUND - 1, -1)
    into[t] = count > 0 ? sum / count : 0
  }
}
