import { keyAtMost, valueOfKey } from './sort-values.ts'

/** Distinct values of a sample, ascending: how many rows have each, and what those weigh together. */
export interface Distinct {
  readonly values: Float64Array
  readonly rows: Float64Array
  readonly mass: Float64Array
}

/** Values nearer to 0 than this are zeros (LightGBM's `kZeroThreshold`). */
const ZERO = 1e-35
const GREATEST = valueOfKey(0x7f7fffff)

/**
 * Upper bounds of all bins but the last, ascending: at most `bins` − 1, by weighted quantiles, each a Float32 value.
 *
 * Follows LightGBM: few distinct values get a bin each, values that are heavy get their own, 0 has one to itself, and each bin
 * holds `minRows` rows where it can. A value v belongs to the first bin with v ≤ bound, so that no bound is lost by storing it
 * as Float32.
 *
 * @example
 * findBounds({ values: [1, 2, 4], rows: [5, 5, 5], mass: [5, 5, 5] }, 255, 3) // → [1.5, 3]
 */
export function findBounds(distinct: Distinct, bins: number, minRows: number): Float64Array {
  const { values } = distinct
  const count = values.length
  let left = 0
  while (left < count && (values[left] as number) <= -ZERO) left++
  let right = left
  while (right < count && (values[right] as number) <= ZERO) right++
  const leftMass = sum(distinct.mass, 0, left)
  const rightMass = sum(distinct.mass, right, count)
  const bounds: number[] = []
  if (left > 0) {
    const share = Math.floor((leftMass / (leftMass + rightMass)) * (bins - 1))
    bounds.push(...greedy(distinct, 0, left, Math.max(1, share), minRows))
    if (left < count) bounds.push(keptFloat(-ZERO))
  }
  const rest = bins - 1 - bounds.length
  if (right < count && rest > 0) {
    // Below positive values, a bin of zeros is kept only where there is something for it to part.
    if (right > 0) bounds.push(keptFloat(ZERO))
    bounds.push(...greedy(distinct, right, count, rest, minRows))
  }
  return Float64Array.from(bounds)
}

/** Bounds between the values `from` to `to`, in at most `bins` bins (LightGBM's GreedyFindBin). */
function greedy(distinct: Distinct, from: number, to: number, bins: number, minRows: number): number[] {
  return to - from <= bins ? oneEach(distinct, from, to, minRows) : byMass(distinct, from, to, bins, minRows)
}

function oneEach({ values, rows }: Distinct, from: number, to: number, minRows: number): number[] {
  const bounds: number[] = []
  let inBin = 0
  for (let i = from; i + 1 < to; i++) {
    inBin += rows[i] as number
    if (inBin < minRows) continue
    bounds.push(between(values[i] as number, values[i + 1] as number))
    inBin = 0
  }
  return bounds
}

function byMass({ values, rows, mass }: Distinct, from: number, to: number, most: number, minRows: number): number[] {
  const byRows = minRows > 0 ? Math.floor(sum(rows, from, to) / minRows) : most
  const bins = Math.max(1, Math.min(most, byRows))
  let restMass = sum(mass, from, to)
  let restBins = bins
  const mean = restMass / bins
  const heavy = (i: number) => (mass[i] as number) >= mean
  for (let i = from; i < to; i++) {
    if (!heavy(i)) continue
    restBins--
    restMass -= mass[i] as number
  }
  let size = restMass / restBins
  const bounds: number[] = []
  let inBin = 0
  for (let i = from; i + 1 < to && bounds.length < bins - 1; i++) {
    const here = mass[i] as number
    if (!heavy(i)) restMass -= here
    inBin += here
    if (!heavy(i) && !(inBin >= size) && !(heavy(i + 1) && inBin >= Math.max(1, size * 0.5))) continue
    bounds.push(between(values[i] as number, values[i + 1] as number))
    inBin = 0
    if (heavy(i)) continue
    restBins--
    size = restMass / restBins
  }
  return bounds
}

/** A Float32 value that is at least `low` and below `high`: about the middle. */
function between(low: number, high: number): number {
  const middle = keptFloat(Math.max(-GREATEST, Math.min(GREATEST, low / 2 + high / 2)))
  return middle < low || middle >= high ? low : middle
}

/** The greatest Float32 value that is not above a number. */
const keptFloat = (bound: number) => valueOfKey(keyAtMost(bound)) + 0

function sum(values: Float64Array, from: number, to: number): number {
  let total = 0
  for (let i = from; i < to; i++) total += values[i] as number
  return total
}
