/** Powers of two by exponent + 1024. */
const POWERS = Float64Array.from({ length: 2048 }, (_, i) => 2 ** (i - 1024))
const PARTS = Float64Array.from({ length: 32 }, (_, i) => 2 ** (i / 32))
const PER_STEP = 32 / Math.LN2
/** ln 2 / 32 in two parts, the first of which has no digits to lose when it is multiplied. */
const STEP_HIGH = 0.6931471803691238 / 32
const STEP_LOW = 1.9082149292705877e-10 / 32

/**
 * The exponential function to a relative error of 1e-11, more than twice as fast as `Math.exp`: for gradients, which are rounded
 * to Float32.
 *
 * By tables of powers of two and a Taylor polynomial for what is left (Tang, 1989); beyond ±700 it stays at the values there.
 */
export function quickExp(given: number): number {
  const x = Math.max(-700, Math.min(700, given))
  const n = ((x * PER_STEP + 32768.5) | 0) - 32768
  const r = x - n * STEP_HIGH - n * STEP_LOW
  const square = r * r
  const p = 1 + r + square * (0.5 + r * (1 / 6) + square * (1 / 24))
  return p * (PARTS[n & 31] as number) * (POWERS[(n >> 5) + 1024] as number)
}
