import type { Random } from '../../../core/random.ts'

/** The distribution of one period's demand: `values` ascending and distinct, the chance of none being above each in `cumulative`. */
export interface Distribution {
  readonly values: Float64Array
  readonly cumulative: Float64Array
}

/** Beyond this mean a count is so wide that smoothing it by a negative binomial no longer pays. */
const GREATEST_COUNT_MEAN = 100
const TAIL = 1e-6
/** A weight below this cannot move a quantile. */
const NEGLIGIBLE = 1e-9

/** No demand at all. */
export const NOTHING: Distribution = { values: new Float64Array(1), cumulative: new Float64Array([1]) }

/**
 * A hurdle: nothing with chance 1 − `chance`, else one of the sizes by its weight, so that the mean is chance × mean size.
 *
 * With `count`, for whole numbers, it is mixed in equal parts with the negative binomial of the same mean and variance, which
 * fills the gaps between sizes seen (Snyder, Ord and Beaumont, 2012, on why the negative binomial). A chance above 1 scales the sizes.
 */
export function hurdle(chance: number, sizes: Float64Array, weights: Float64Array, count: boolean): Distribution {
  if (sizes.length === 0 || !(chance > 0)) return NOTHING
  const scale = Math.max(1, chance)
  const share = Math.min(1, chance)
  const bySize = sorted(sizes, weights)
  const values = new Float64Array(sizes.length + 1)
  const masses = new Float64Array(sizes.length + 1)
  masses[0] = 1 - share
  let k = 0
  for (let i = 0; i < sizes.length; i++) {
    const mass = share * (bySize.weights[i] as number)
    const value = scale * (bySize.sizes[i] as number)
    if (mass < NEGLIGIBLE) continue
    if (value !== values[k]) {
      k++
      values[k] = value
    }
    masses[k] = (masses[k] as number) + mass
  }
  const seen = { values: values.subarray(0, k + 1), masses: masses.subarray(0, k + 1) }
  return accumulate(count && scale === 1 ? smoothCounts(seen) : seen)
}

/** Up to so many sizes are put into order by insertion, which is faster than a sort that calls back. */
const FEW = 256

/** Sizes in ascending order with their weights, equal ones in the order in which they came. */
function sorted(sizes: Float64Array, weights: Float64Array): { sizes: Float64Array; weights: Float64Array } {
  if (sizes.length > FEW) {
    const order = Array.from(sizes.keys()).sort((a, b) => (sizes[a] as number) - (sizes[b] as number))
    return {
      sizes: Float64Array.from(order, (i) => sizes[i] as number),
      weights: Float64Array.from(order, (i) => weights[i] as number),
    }
  }
  const keys = sizes.slice()
  const held = weights.slice()
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as number
    const weight = held[i] as number
    let k = i - 1
    for (; k >= 0 && (keys[k] as number) > key; k--) {
      keys[k + 1] = keys[k] as number
      held[k + 1] = held[k] as number
    }
    keys[k + 1] = key
    held[k + 1] = weight
  }
  return { sizes: keys, weights: held }
}

interface Masses {
  readonly values: Float64Array
  readonly masses: Float64Array
}

/** Half of what was seen, half the negative binomial (or, where the variance is no greater than the mean, Poisson) of its moments. */
function smoothCounts(seen: Masses): Masses {
  const { values, masses } = seen
  let mean = 0
  let square = 0
  for (let k = 0; k < values.length; k++) {
    const v = values[k] as number
    mean += (masses[k] as number) * v
    square += (masses[k] as number) * v * v
  }
  if (!(mean > 0) || mean > GREATEST_COUNT_MEAN) return seen
  const excess = Math.max(square - mean * mean - mean, mean * mean * 1e-4)
  const r = (mean * mean) / excess
  const q = mean / (r + mean)
  const most = values[values.length - 1] as number
  const mixed: number[] = []
  let mass = Math.exp(r * Math.log(1 - q))
  let rest = 1
  for (let v = 0; v <= most || (rest > TAIL && v < 40 * (mean + Math.sqrt(square))); v++) {
    mixed.push(0.5 * mass)
    rest -= mass
    mass *= (q * (r + v)) / (v + 1)
  }
  for (let k = 0; k < values.length; k++) {
    const v = values[k] as number
    mixed[v] = (mixed[v] as number) + 0.5 * (masses[k] as number)
  }
  return { values: Float64Array.from(mixed.keys()), masses: Float64Array.from(mixed) }
}

function accumulate({ values, masses }: Masses): Distribution {
  const cumulative = new Float64Array(values.length)
  let sum = 0
  for (let k = 0; k < values.length; k++) {
    sum += masses[k] as number
    cumulative[k] = sum
  }
  for (let k = 0; k < values.length; k++) cumulative[k] = (cumulative[k] as number) / sum
  return { values, cumulative }
}

/**
 * The quantile at a level, on the straight line between the neighbouring values' cumulative chances; 0 up to the chance of no demand.
 *
 * Between whole numbers it takes fractions: jumping from one to the next gives intervals that hold far more than they say
 * (Kolassa, 2016), and measured on the spare parts it also costs loss.
 */
export function quantileOf({ values, cumulative }: Distribution, level: number): number {
  const last = values.length - 1
  let k = 0
  while (k < last && (cumulative[k] as number) < level - 1e-12) k++
  if (k === 0) return values[0] as number
  const below = cumulative[k - 1] as number
  const low = values[k - 1] as number
  const share = (level - below) / Math.max(1e-12, (cumulative[k] as number) - below)
  return low + Math.min(1, share) * ((values[k] as number) - low)
}

/** The mean of a distribution. */
export function meanOf({ values, cumulative }: Distribution): number {
  let mean = 0
  for (let k = 0; k < values.length; k++)
    mean += (values[k] as number) * ((cumulative[k] as number) - (k > 0 ? (cumulative[k - 1] as number) : 0))
  return mean
}

/** One value drawn from a distribution. */
export function draw({ values, cumulative }: Distribution, random: Random): number {
  const u = random.uniform()
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cumulative[middle] as number) > u) high = middle
    else low = middle + 1
  }
  return values[low] as number
}
