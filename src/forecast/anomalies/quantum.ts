import { at } from '../../core/panel.ts'

/** A unit smaller than this share of the usual size is none: the values are amounts, not counts. */
const LEAST_SHARE = 1e-3
const TOLERANCE = 1e-6

/**
 * The unit that the values of a series are counted in: 1 for pieces, 6 where everything sells by the half-dozen, 0 where there is none
 * (weights, money), and where nothing but zeros was observed.
 *
 * It is the greatest common divisor of the values, so that a series counted in other units is judged alike.
 *
 * @example
 * quantumOf(Float64Array.of(0, 6, NaN, 18, 30)) // → 6
 */
export function quantumOf(values: Float64Array): number {
  let sum = 0
  let count = 0
  for (let t = 0; t < values.length; t++) {
    const size = Math.abs(at(values, t))
    if (!(size > 0)) continue
    sum += size
    count++
  }
  if (count === 0) return 0
  const usual = sum / count
  let unit = 0
  for (let t = 0; t < values.length; t++) {
    const size = Math.abs(at(values, t))
    if (!(size > 0)) continue
    unit = unit === 0 ? size : divisor(size, unit, TOLERANCE * usual)
    if (unit < LEAST_SHARE * usual) return 0
  }
  return unit
}

/** Euclid's algorithm on numbers that are multiples of something but for rounding. */
function divisor(size: number, unit: number, tolerance: number): number {
  let a = size
  let b = unit
  while (b > tolerance) {
    const rest = Math.abs(a - b * Math.round(a / b))
    a = b
    b = rest
  }
  return a
}
