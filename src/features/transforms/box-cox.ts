import { ForetideError } from '../../core/errors.ts'
import { leastBetween } from '../../core/golden-section.ts'
import { at } from '../../core/panel.ts'
import { observed, pointwise, type Transform } from './transform.ts'

/** How λ is chosen, and within which bounds. */
export interface BoxCoxOptions {
  /** Fixed; chosen by `method` unless given. */
  readonly lambda?: number
  readonly method?: 'likelihood' | 'guerrero'
  /** Length of the stretches whose spread Guerrero's method evens out; at least 2. */
  readonly season?: number
  readonly lower?: number
  readonly upper?: number
  /** Added to every value first, so that zeros can be transformed. */
  readonly offset?: number
}

export interface BoxCoxState {
  readonly lambda: number
  readonly offset: number
}

/**
 * The power transform of Box and Cox (1964): (x^λ − 1) / λ, the logarithm for λ = 0.
 *
 * λ maximises the profile likelihood, or evens out the spread of seasons (Guerrero, 1993). Refuses values of 0 and below after the
 * offset. What no value can come from when undone becomes the end of the range.
 */
export function boxCox(options: BoxCoxOptions = {}): Transform<BoxCoxState> {
  const { lambda, method = 'likelihood', season = 2, lower = -1, upper = 2, offset = 0 } = options
  return pointwise({
    name: 'boxCox',
    fit(values) {
      const shifted = observed(values, 'boxCox').map((x) => x + offset)
      for (const value of shifted)
        if (!(value > 0)) throw new ForetideError('transform.domain', { transform: 'boxCox', needs: '> 0', value })
      if (lambda !== undefined) return { lambda, offset }
      const loss =
        method === 'guerrero'
          ? guerreroLoss(
              values.map((x) => x + offset),
              Math.max(2, season),
            )
          : likelihoodLoss(shifted)
      return { lambda: leastBetween(lower, upper, 1e-8, loss) ?? 1, offset }
    },
    forward: (x, state) => power(x + state.offset, state.lambda),
    back: (z, state) => root(z, state.lambda) - state.offset,
  })
}

const power = (x: number, lambda: number) =>
  Math.abs(lambda) < 1e-9 ? Math.log(x) : Math.expm1(lambda * Math.log(x)) / lambda

function root(z: number, lambda: number): number {
  if (Math.abs(lambda) < 1e-9) return Math.exp(z)
  const base = lambda * z
  if (base <= -1) return lambda > 0 ? 0 : Number.POSITIVE_INFINITY
  return Math.exp(Math.log1p(base) / lambda)
}

/** Minus the profile log-likelihood of λ, but for a constant. */
function likelihoodLoss(values: Float64Array): (lambda: number) => number {
  const logs = values.map(Math.log)
  const sum = logs.reduce((a, b) => a + b, 0)
  return (lambda) => {
    const z = values.map((x) => power(x, lambda))
    const mean = z.reduce((a, b) => a + b, 0) / z.length
    const variance = z.reduce((a, b) => a + (b - mean) ** 2, 0) / z.length
    return (z.length / 2) * Math.log(variance) - (lambda - 1) * sum
  }
}

/** The coefficient of variation of spread over level^(1 − λ), over stretches of a season counted from the end. */
function guerreroLoss(values: Float64Array, season: number): (lambda: number) => number {
  const means: number[] = []
  const spreads: number[] = []
  for (let from = values.length % season; from + season <= values.length; from += season) {
    const part = values.subarray(from, from + season).filter((x) => !Number.isNaN(x))
    if (part.length < 2) continue
    const mean = part.reduce((a, b) => a + b, 0) / part.length
    means.push(mean)
    spreads.push(Math.sqrt(part.reduce((a, b) => a + (b - mean) ** 2, 0) / (part.length - 1)))
  }
  return (lambda) => {
    const ratios = means.map((mean, i) => at(spreads, i) / mean ** (1 - lambda))
    const mean = ratios.reduce((a, b) => a + b, 0) / ratios.length
    return Math.sqrt(ratios.reduce((a, b) => a + (b - mean) ** 2, 0) / (ratios.length - 1)) / mean
  }
}
