/** One-step forecast of simple exponential smoothing that starts from the first value; NaN of nothing. */
export function smoothed(values: Float64Array, alpha: number): number {
  let level = values[0] ?? Number.NaN
  for (let t = 1; t < values.length; t++) level += alpha * ((values[t] as number) - level)
  return level
}

const GOLDEN = (Math.sqrt(5) - 1) / 2
const PRECISION = 1e-4

/** The smoothing constant within bounds of least squared one-step error, by golden section. */
export function bestAlpha(values: Float64Array, low = 0.1, high = 0.3): number {
  if (values.length < 2) return low
  let a = low
  let b = high
  let left = b - GOLDEN * (b - a)
  let right = a + GOLDEN * (b - a)
  let atLeft = squares(values, left)
  let atRight = squares(values, right)
  while (b - a > PRECISION) {
    // Where every constant does as well, as with a single error, the middle is kept.
    if (atLeft === atRight) {
      a = left
      b = right
      left = b - GOLDEN * (b - a)
      right = a + GOLDEN * (b - a)
      atLeft = squares(values, left)
      atRight = squares(values, right)
    } else if (atLeft < atRight) {
      b = right
      right = left
      atRight = atLeft
      left = b - GOLDEN * (b - a)
      atLeft = squares(values, left)
    } else {
      a = left
      left = right
      atLeft = atRight
      right = a + GOLDEN * (b - a)
      atRight = squares(values, right)
    }
  }
  return (a + b) / 2
}

function squares(values: Float64Array, alpha: number): number {
  let level = values[0] as number
  let sum = 0
  for (let t = 1; t < values.length; t++) {
    const miss = (values[t] as number) - level
    sum += miss * miss
    level += alpha * miss
  }
  return sum
}

/** Weights that fall by `1 − alpha` with each step into the past and sum to 1, as long as the values they weigh. */
export function fadingWeights(count: number, alpha: number): Float64Array {
  const weights = new Float64Array(count)
  let weight = 1
  let sum = 0
  for (let t = count - 1; t >= 0; t--) {
    weights[t] = weight
    sum += weight
    weight *= 1 - alpha
  }
  for (let t = 0; t < count; t++) weights[t] = (weights[t] as number) / sum
  return weights
}
