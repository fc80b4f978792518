import { at } from '../core/panel.ts'
import type { Random } from '../core/random.ts'

/** Adds normal noise whose standard deviation is a share of the series' own; gaps stay. */
export function jitter(values: Float64Array, { share = 0.05 }: { share?: number }, random: Random): Float64Array {
  const size = share * deviationOf(values)
  return values.map((x) => x + size * random.normal())
}

/** Multiplies the whole series by one log-normal factor of median 1 and the given spread; gaps stay. */
export function scaling(values: Float64Array, { spread = 0.2 }: { spread?: number }, random: Random): Float64Array {
  const factor = Math.exp(spread * random.normal())
  return values.map((x) => x * factor)
}

/**
 * Stretches or squeezes one random window of time by a factor and brings the whole back to its length (Le Guennec et al., 2016).
 *
 * Values between two are on the line between them; next to a gap there is a gap.
 */
export function warpWindow(
  values: Float64Array,
  { share = 0.1, factors = [0.5, 2] }: { share?: number; factors?: readonly number[] },
  random: Random,
): Float64Array {
  const n = values.length
  const width = Math.max(1, Math.round(share * n))
  if (n < 2 || width >= n) return Float64Array.from(values)
  const from = random.integer(n - width)
  const factor = at(factors, random.integer(factors.length))
  // Time runs at 1 outside of the window and at 1 / factor within, over `n − 1 + width · (factor − 1)` in all.
  const long = n - 1 + width * (factor - 1)
  return Float64Array.from({ length: n }, (_, k) => {
    const t = (k * long) / (n - 1)
    const inside = Math.min(Math.max(0, t - from), width * factor)
    return interpolated(values, t - inside + inside / factor)
  })
}

/** A mix of two series of one length, by a share from Beta(alpha, alpha) (Zhang et al., 2018); a gap in either is a gap. */
export function mixUp(
  a: Float64Array,
  b: Float64Array,
  { alpha = 0.2 }: { alpha?: number },
  random: Random,
): { readonly values: Float64Array; readonly share: number } {
  const x = random.gamma(alpha)
  const y = random.gamma(alpha)
  const share = x + y > 0 ? x / (x + y) : 0.5
  return { values: a.map((value, k) => share * value + (1 - share) * at(b, k)), share }
}

function interpolated(values: Float64Array, position: number): number {
  const last = values.length - 1
  const below = Math.min(last, Math.max(0, Math.floor(position)))
  const share = Math.min(1, position - below)
  if (share <= 1e-9 || below === last) return at(values, below)
  return at(values, below) + share * (at(values, below + 1) - at(values, below))
}

function deviationOf(values: Float64Array): number {
  let count = 0
  let mean = 0
  let squares = 0
  for (const x of values) {
    if (Number.isNaN(x)) continue
    count++
    const d = x - mean
    mean += d / count
    squares += d * (x - mean)
  }
  return count > 1 ? Math.sqrt(squares / (count - 1)) : 0
}
