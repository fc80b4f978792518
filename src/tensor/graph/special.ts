import { add, div, log, mul, sub } from './operators.ts'
import type { Float } from './value.ts'

/** Half the logarithm of 2π. */
const HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI)

/**
 * The logarithm of the gamma function of positive numbers, element by element: Stirling's series at x + 6, and back down by the recurrence
 * Γ(x + 1) = x Γ(x) (Abramowitz and Stegun, 1964, 6.1.41 and 6.1.15).
 *
 * Single precision holds for the gradient, the digamma function, at all sizes; the value itself grows and keeps seven digits.
 */
export function logGamma(x: Float): Float {
  const z = add(x, 6)
  const inverse = div(1, z)
  const square = mul(inverse, inverse)
  const series = mul(inverse, add(mul(square, add(mul(square, 1 / 1260), -1 / 360)), 1 / 12))
  const stirling = add(add(sub(mul(sub(z, 0.5), log(z)), z), HALF_LOG_TAU), series)
  // Three factors at a time stay within single precision.
  const low = mul(mul(x, add(x, 1)), add(x, 2))
  const high = mul(mul(add(x, 3), add(x, 4)), add(x, 5))
  return sub(sub(stirling, log(low)), log(high))
}
