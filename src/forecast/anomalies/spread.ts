import { at } from '../../core/panel.ts'
import { clippedDeviation } from './robust.ts'

/** How values scatter about their mean: variance = scale · mean^power, but never less than that of small counts. */
export interface Spread {
  /** See `quantumOf`; 0 where nothing is counted. */
  readonly quantum: number
  readonly power: 0 | 1 | 2
  readonly scale: number
  /** The least variance, where the values leave none to measure. */
  readonly floor: number
  /** Whether values spread evenly to both sides, as far as below zero; otherwise as counts do. */
  readonly even: boolean
  /** Of rare sales of more than a unit or two each: how large they are. */
  readonly sales?: Sales
}

/** Middle and standard deviation of the logarithms of sales other than none. */
export interface Sales {
  readonly middle: number
  readonly sd: number
}

/** Up to so many units counts scatter at the least as Poisson counts do; beyond that what is measured is believed. */
const FEW_UNITS = 5
/** Variance over mean, in units, from which sparse sales are lumpy. */
const LUMPY = 2
/** The least standard deviation, as a share of the mean size. */
const LEAST_SHARE = 0.02

/** The variance of values about a mean. */
export function varianceAt({ quantum, power, scale, floor, even }: Spread, mean: number): number {
  if (even) return Math.max(floor, scale)
  const m = Math.max(mean, 0)
  const counted = quantum * Math.min(m, FEW_UNITS * quantum)
  return Math.max(floor, counted, power === 1 ? scale * m : power === 2 ? scale * m * m : scale)
}

/** What a spread is measured from. */
export interface Residuals {
  /** Observed values and what was expected of them; cells that are not to count hold NaN in `values`. */
  readonly values: Float64Array
  readonly mean: Float64Array
  readonly quantum: number
  /** Whether values can be negative. */
  readonly signed: boolean
  /** Whether most periods see no demand, so that no residual may be mistrusted for being far off. */
  readonly sparse: boolean
  /** How many numbers the means were fitted with. */
  readonly parameters: number
  /** Of sparse series, what sales are like. */
  readonly sales: Sales | undefined
}

/** Measures how the values of a series scatter, and whether in proportion to their mean, its root, or not at all. */
export function spreadOf(given: Residuals): Spread {
  const { values, mean, quantum, signed, sparse } = given
  let size = 0
  let count = 0
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(at(values, t))) continue
    size += Math.abs(at(values, t))
    count++
  }
  const usual = count > 0 ? size / count : 0
  const floor = Math.max((LEAST_SHARE * usual) ** 2, Number.MIN_VALUE)
  const freedom = count / Math.max(count / 2, count - given.parameters)
  const scaleOf = (power: 0 | 1 | 2) =>
    freedom * (sparse ? meanSquare(values, mean, power, usual) : robustSquare(values, mean, power, usual))
  if (signed) return { quantum, power: 0, scale: scaleOf(0), floor, even: true }
  const scale = sparse ? scaleOf(1) : 0
  // Poisson sales vary little more than their mean; where they vary more, sales are seldom and large, and each is to be judged as a sale.
  if (given.sales && scale > LUMPY * quantum)
    return { quantum, power: 1, scale, floor, even: false, sales: given.sales }
  const power = sparse || usual < FEW_UNITS * quantum ? 1 : powerOf(values, mean, usual, quantum > 0 ? 1 : 0)
  return { quantum, power, scale: scaleOf(power), floor, even: power === 0 }
}

/** A mean below this share of the usual one is held to be as large, or its residuals would outweigh all others. */
const LEAST_MEAN = 0.05
const unitOf = (mean: number, power: number, usual: number) => {
  const m = Math.max(mean, LEAST_MEAN * usual)
  return power === 0 ? 1 : power === 1 ? Math.sqrt(m) : m
}

function meanSquare(values: Float64Array, mean: Float64Array, power: number, usual: number): number {
  let sum = 0
  let count = 0
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(at(values, t))) continue
    sum += ((at(values, t) - at(mean, t)) / unitOf(at(mean, t), power, usual)) ** 2
    count++
  }
  return count > 0 ? sum / count : 0
}

function robustSquare(values: Float64Array, mean: Float64Array, power: number, usual: number): number {
  const scratch = new Float64Array(values.length)
  let n = 0
  for (let t = 0; t < values.length; t++)
    if (!Number.isNaN(at(values, t))) scratch[n++] = (at(values, t) - at(mean, t)) / unitOf(at(mean, t), power, usual)
  return clippedDeviation(scratch, n) ** 2
}

/** Another power than the one to begin with must be so much likelier (in natural logarithms). */
const LIKELIER = 2

/** The power under which the sizes of the residuals are likeliest, taken as double exponential, which few wild ones do not move. */
function powerOf(values: Float64Array, mean: Float64Array, usual: number, first: 0 | 1): 0 | 1 | 2 {
  let best: 0 | 1 | 2 = first
  let least = unlikely(values, mean, first, usual) - LIKELIER
  for (const power of [0, 1, 2] as const) {
    if (power === first) continue
    const score = unlikely(values, mean, power, usual)
    if (score < least) {
      least = score
      best = power
    }
  }
  return best
}

function unlikely(values: Float64Array, mean: Float64Array, power: number, usual: number): number {
  let logs = 0
  let sum = 0
  let n = 0
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(at(values, t))) continue
    const unit = unitOf(at(mean, t), power, usual)
    logs += Math.log(unit)
    sum += Math.abs(at(values, t) - at(mean, t)) / unit
    n++
  }
  return sum > 0 ? n * Math.log(sum / n) + logs : 0
}
