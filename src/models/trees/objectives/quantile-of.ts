/**
 * The quantile of values at a level, by linear interpolation between neighbours as LightGBM and NumPy do (type 7); with weights,
 * the weighted form of the same (Akinshin, Weighted quantile estimators, 2023), which does not change if all weights are doubled.
 *
 * It is the mean of the values between two shares of the weight: h / n and (h + 1) / n with h = (n − 1) · level and n the effective
 * number of values, (Σ w)² / Σ w². Moves the values and weights about; 0 where there is no weight.
 *
 * @example
 * quantileOf(Float64Array.of(1, 2, 4), undefined, 3, 0.75) // → 3
 */
export function quantileOf(
  values: Float64Array,
  weights: Float64Array | undefined,
  count: number,
  level: number,
): number {
  if (count === 0) return 0
  if (weights) return weightedQuantile(values, weights, count, level)
  const h = (count - 1) * level
  const k = Math.floor(h)
  const low = select(values, count, k)
  if (k + 1 >= count || h === k) return low
  let high = values[k + 1] as number
  for (let i = k + 2; i < count; i++) if ((values[i] as number) < high) high = values[i] as number
  return low + (h - k) * (high - low)
}

/** Values from which on a sample is drawn to find pivots. */
const MANY = 1000
const SAMPLE = 127
const sample = new Float64Array(SAMPLE)

/**
 * The value of rank k; afterwards those before k are not above it and those after not below.
 *
 * While there are many, brackets the rank between two values of a sample (Floyd and Rivest, 1975) and parts the rest without
 * branches that depend on them.
 */
function select(values: Float64Array, count: number, k: number): number {
  let from = 0
  let to = count
  while (to - from > MANY) {
    const size = to - from
    for (let i = 0; i < SAMPLE; i++) sample[i] = values[from + Math.floor(((i + 0.5) * size) / SAMPLE)] as number
    sample.sort()
    const share = (k - from) / size
    const margin = 1 + 2 * Math.sqrt(SAMPLE * share * (1 - share))
    const low = sample[Math.max(0, Math.floor(share * SAMPLE - margin))] as number
    const high = sample[Math.min(SAMPLE - 1, Math.ceil(share * SAMPLE + margin))] as number
    const less = part(values, from, to, low, false)
    const some = part(values, less, to, high, true)
    if (k < less) to = less
    else if (k >= some) from = some
    else if (low === high) return low
    else {
      from = less
      to = some
      if (to - from > size / 2) break
    }
  }
  return selectByPivots(values, from, to - 1, k)
}

/** Brings values below a bound (or equal to it, where `equal`) to the front; the place where they end. */
function part(values: Float64Array, from: number, to: number, bound: number, equal: boolean): number {
  let end = from
  if (equal)
    for (let i = from; i < to; i++) {
      const value = values[i] as number
      values[i] = values[end] as number
      values[end] = value
      end += Number(value <= bound)
    }
  else
    for (let i = from; i < to; i++) {
      const value = values[i] as number
      values[i] = values[end] as number
      values[end] = value
      end += Number(value < bound)
    }
  return end
}

/** The same among the places `first` to `last`, by Hoare's selection. */
function selectByPivots(values: Float64Array, first: number, last: number, k: number): number {
  let from = first
  let to = last
  while (from < to) {
    const pivot = medianOfThree(values[from] as number, values[(from + to) >> 1] as number, values[to] as number)
    let i = from
    let j = to
    while (i <= j) {
      while ((values[i] as number) < pivot) i++
      while ((values[j] as number) > pivot) j--
      if (i > j) break
      const held = values[i] as number
      values[i++] = values[j] as number
      values[j--] = held
    }
    if (k <= j) to = j
    else if (k >= i) from = i
    else break
  }
  return values[k] as number
}

const medianOfThree = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))

function weightedQuantile(values: Float64Array, weights: Float64Array, count: number, level: number): number {
  let total = 0
  let squares = 0
  for (let i = 0; i < count; i++) {
    const w = weights[i] as number
    total += w
    squares += w * w
  }
  if (!(total > 0)) return 0
  const effective = (total * total) / squares
  const from = ((effective - 1) * level * total) / effective
  const to = from + total / effective
  const sum = massBetween(values, weights, 0, count, 0, total, from, to)
  return sum / (to - from)
}

/**
 * The integral of the sorted values over their cumulated weight from `low` to `high`, of the places `from` to `to`, which lie after
 * a weight of `before` and weigh `mass`: parts them around a pivot and looks only where the range lies.
 */
function massBetween(
  values: Float64Array,
  weights: Float64Array,
  from: number,
  to: number,
  before: number,
  mass: number,
  low: number,
  high: number,
): number {
  if (from >= to || before >= high || before + mass <= low) return 0
  const pivot = medianOfThree(values[from] as number, values[(from + to) >> 1] as number, values[to - 1] as number)
  let less = from
  let greater = to
  let lessMass = 0
  let equalMass = 0
  for (let i = from; i < greater; ) {
    const value = values[i] as number
    const w = weights[i] as number
    if (value < pivot) {
      values[i] = values[less] as number
      weights[i] = weights[less] as number
      values[less] = value
      weights[less] = w
      lessMass += w
      less++
      i++
    } else if (value > pivot) {
      greater--
      values[i] = values[greater] as number
      weights[i] = weights[greater] as number
      values[greater] = value
      weights[greater] = w
    } else {
      equalMass += w
      i++
    }
  }
  const middle = before + lessMass
  const after = middle + equalMass
  const inside = Math.max(0, Math.min(high, after) - Math.max(low, middle))
  return (
    massBetween(values, weights, from, less, before, lessMass, low, high) +
    inside * pivot +
    massBetween(values, weights, greater, to, after, before + mass - after, low, high)
  )
}
