import { at } from '../../core/panel.ts'

/** Cells that are unusual together, the last one included. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly strength: number
  readonly sign: 1 | -1
}

/** Every value of a run lies off by so many standard deviations at the least. */
const LEAST_SCORE = 1.3
/** How much stronger than a single value a run must be: there are more runs than values. */
const STRONGER = 1.2

/**
 * Single values and runs of values that are unusual: the strongest stretch first, then the strongest that does not touch it, and so on.
 *
 * A value counts in a run for no more than `threshold`, so that a wild one makes no run with its neighbours.
 */
export function unusualRuns(scores: Float64Array, longest: number, threshold: number, inflation: number): Run[] {
  const found = singles(scores, threshold)
  const stretch = (from: number, sign: 1 | -1) => {
    let sum = 0
    for (let to = from; to < Math.min(scores.length, from + longest); to++) {
      const score = sign * at(scores, to)
      if (!(score >= LEAST_SCORE)) return
      sum += Math.min(score, threshold)
      const length = to - from + 1
      const strength = sum / Math.sqrt(length * inflationOf(length, inflation))
      if (length > 1 && strength >= STRONGER * threshold) found.push({ from, to, strength, sign })
    }
  }
  for (let from = 0; from < scores.length; from++) stretch(from, at(scores, from) > 0 ? 1 : -1)
  return apart(found)
}

/** Short stretches of neighbours that resemble each other lose less than long ones. */
const inflationOf = (length: number, inflation: number) => 1 + (inflation - 1) * (1 - 1 / length)

function singles(scores: Float64Array, threshold: number): Run[] {
  const found: Run[] = []
  for (let t = 0; t < scores.length; t++) {
    const score = at(scores, t)
    if (Math.abs(score) >= threshold)
      found.push({ from: t, to: t, strength: Math.abs(score), sign: score > 0 ? 1 : -1 })
  }
  return found
}

/** Runs before single values, the strongest first, none touching another. */
function apart(runs: readonly Run[]): Run[] {
  const taken: Run[] = []
  const order = [...runs].sort(
    (a, b) => Number(b.to > b.from) - Number(a.to > a.from) || b.strength - a.strength || a.from - b.from,
  )
  for (const run of order) if (!taken.some((t) => run.from <= t.to && run.to >= t.from)) taken.push(run)
  return taken.sort((a, b) => a.from - b.from)
}
