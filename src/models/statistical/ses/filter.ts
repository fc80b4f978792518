import { leastBetween } from '../../../core/golden-section.ts'

/** Where a smoothed level ended, with the squares of its one-step errors and how many there were. */
export interface SesRun {
  readonly level: number
  readonly squares: number
  readonly count: number
}

/** Smooths the values at `from`, `from + stride`, …, the level starting at the first observed one; NaN where none is. */
export function runSes(values: Float64Array, from: number, stride: number, alpha: number): SesRun {
  let level = Number.NaN
  let squares = 0
  let count = 0
  for (let t = from; t < values.length; t += stride) {
    const value = values[t] as number
    if (Number.isNaN(value)) continue
    if (Number.isNaN(level)) {
      level = value
      continue
    }
    const miss = value - level
    squares += miss * miss
    level += alpha * miss
    count++
  }
  return { level, squares, count }
}

const LEAST = 0.01
const MOST = 0.99

/** The α between 0.01 and 0.99 with the least squared one-step error, by golden section. */
export function bestAlpha(values: Float64Array, from: number, stride: number): number {
  return leastBetween(LEAST, MOST, 1e-6, (alpha) => runSes(values, from, stride, alpha).squares) ?? MOST
}
