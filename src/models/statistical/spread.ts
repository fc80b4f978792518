import { normalQuantile } from './normal.ts'

const scores = new Map<number, number>()

/** The standard normal quantile of a level, remembered, since the same few levels are asked for millions of times. */
function scoreOf(level: number): number {
  let score = scores.get(level)
  if (score === undefined) {
    score = normalQuantile(level)
    scores.set(level, score)
  }
  return score
}

/** Writes normal quantiles around means: `quantiles[h · levels + l]`. */
export function writeNormalQuantiles(
  mean: Float64Array,
  variance: Float64Array,
  levels: readonly number[],
  quantiles: Float64Array,
): void {
  const count = levels.length
  const z = levels.map(scoreOf)
  for (let h = 0; h < mean.length; h++) {
    const spread = Math.sqrt(Math.max(0, variance[h] as number))
    for (let l = 0; l < count; l++) quantiles[h * count + l] = (mean[h] as number) + spread * (z[l] as number)
  }
}

/** Writes the empirical quantiles of sample paths, `paths[p · steps + h]`, interpolated between order statistics. */
export function writePathQuantiles(
  paths: Float64Array,
  steps: number,
  levels: readonly number[],
  quantiles: Float64Array,
): void {
  const count = paths.length / steps
  const column = new Float64Array(count)
  for (let h = 0; h < steps; h++) {
    for (let p = 0; p < count; p++) column[p] = paths[p * steps + h] as number
    column.sort()
    levels.forEach((level, l) => {
      const place = level * (count - 1)
      const below = Math.floor(place)
      const low = column[below] as number
      const high = column[Math.min(count - 1, below + 1)] as number
      quantiles[h * levels.length + l] = low + (place - below) * (high - low)
    })
  }
}
