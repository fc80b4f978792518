/** Points in (0, 1) and their weights: `Σ weight · p(point)` is the integral of p from 0 to 1. */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

const made: Quadrature[] = []

/**
 * Gauss and Legendre's rule on [0, 1], exact for polynomials of a degree up to `2 · count − 1`; all weights are positive.
 *
 * @example
 * const { points, weights } = gaussLegendre(2)
 * (weights[0] * points[0] ** 3 + weights[1] * points[1] ** 3).toFixed(9) // → '0.250000000'
 */
export function gaussLegendre(count: number): Quadrature {
  const known = made[count]
  if (known) return known
  const points = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    let x = Math.cos((Math.PI * (k + 0.75)) / (count + 0.5))
    let slope = 0
    for (let step = 0; step < 100; step++) {
      // Bonnet's recursion: the Legendre polynomial of the degree `count` and the one below.
      let value = 1
      let below = 0
      for (let n = 1; n <= count; n++) {
        const next = ((2 * n - 1) * x * value - (n - 1) * below) / n
        below = value
        value = next
      }
      slope = (count * (x * value - below)) / (x * x - 1)
      const move = value / slope
      x -= move
      if (Math.abs(move) < 1e-16) break
    }
    points[k] = (1 - x) / 2
    weights[k] = 1 / ((1 - x * x) * slope * slope)
  }
  const rule = { points, weights }
  made[count] = rule
  return rule
}
