/** Drifts of half of this many standard deviations and more are waited for. */
const DRIFT = 1
/** A score counts for no more: one wild value is no drift. */
const MOST = 2.5
/** What an excursion over a discrete walk is short of a continuous one (Siegmund, 1985). */
const OVERSHOOT = 1.166

/** The strongest excursion of a run of scores. */
export interface Excursion {
  /** First and last score of it. */
  readonly from: number
  readonly to: number
  readonly sign: 1 | -1
  /** The chance of one as strong, in so many scores that mean nothing. */
  readonly probability: number
}

/**
 * Two-sided cumulative sums of normal scores (Page, 1954), and the chance of the highest by Siegmund's approximation of the run length.
 *
 * `spread` is the standard deviation of sums of scores relative to independent ones, ≥ 1. NaN is passed over.
 */
export function excursionOf(scores: ArrayLike<number>, spread: number): Excursion | undefined {
  let best: (Omit<Excursion, 'probability'> & { readonly height: number }) | undefined
  let count = 0
  for (const sign of [1, -1] as const) {
    let height = 0
    let from = 0
    count = 0
    for (let t = 0; t < scores.length; t++) {
      const score = scores[t] as number
      if (Number.isNaN(score)) continue
      count++
      if (height === 0) from = t
      height = Math.max(0, height + Math.max(-MOST, Math.min(MOST, (sign * score) / spread)) - DRIFT / 2)
      if (height > (best?.height ?? 0)) best = { from, to: t, sign, height }
    }
  }
  if (!best) return undefined
  const { from, to, sign, height } = best
  return { from, to, sign, probability: 1 - Math.exp((-2 * count) / runLength(height)) }
}

/** Scores that mean nothing until a one-sided sum reaches a height, on average. */
function runLength(height: number): number {
  const b = DRIFT * (height + OVERSHOOT)
  return (2 * (Math.exp(b) - b - 1)) / DRIFT ** 2
}
