/** How a simplex search goes. */
export interface SimplexOptions {
  readonly lower: ArrayLike<number>
  readonly upper: ArrayLike<number>
  /** First step as a share of each range. */
  readonly step?: number
  /** Ends when the values at the corners differ by no more than this. */
  readonly tolerance?: number
  readonly iterations?: number
}

/**
 * Minimises a function of a few bounded numbers without derivatives, in place from where `x` stands; returns the least value.
 *
 * Nelder and Mead's simplex (1965), points moved onto the walls of the box.
 *
 * @example
 * const x = Float64Array.of(0.9)
 * minimiseSimplex(([v]) => (v - 0.3) ** 2, x, { lower: [0], upper: [1] }) // x[0] → about 0.3
 */
export function minimiseSimplex(of: (x: Float64Array) => number, x: Float64Array, options: SimplexOptions): number {
  const { lower, upper, step = 0.1, tolerance = 1e-4, iterations = 60 * x.length } = options
  const p = x.length
  const value = (point: Float64Array) => {
    for (let k = 0; k < p; k++)
      point[k] = Math.min(upper[k] as number, Math.max(lower[k] as number, point[k] as number))
    const f = of(point)
    return f === f ? f : Number.POSITIVE_INFINITY
  }
  const corners = Array.from({ length: p + 1 }, (_, c) => {
    const at = Float64Array.from(x)
    if (c > 0) {
      const k = c - 1
      const width = step * ((upper[k] as number) - (lower[k] as number))
      at[k] = (at[k] as number) + ((at[k] as number) + width > (upper[k] as number) ? -width : width)
    }
    return { at, f: value(at) }
  })
  const centre = new Float64Array(p)
  const towards = (from: Float64Array, share: number) => centre.map((c, k) => c + share * ((from[k] as number) - c))
  for (let i = 0; i < iterations; i++) {
    corners.sort((a, b) => a.f - b.f)
    const best = corners[0] as Corner
    const worst = corners[p] as Corner
    if (worst.f - best.f <= tolerance || !Number.isFinite(best.f)) break
    centre.fill(0)
    for (let c = 0; c < p; c++)
      for (let k = 0; k < p; k++) centre[k] = (centre[k] as number) + ((corners[c] as Corner).at[k] as number) / p
    const mirrored = towards(worst.at, -1)
    const f = value(mirrored)
    if (f < best.f) {
      const far = towards(worst.at, -2)
      const g = value(far)
      corners[p] = g < f ? { at: far, f: g } : { at: mirrored, f }
    } else if (f < (corners[p - 1] as Corner).f) corners[p] = { at: mirrored, f }
    else {
      const near = f < worst.f ? towards(mirrored, 0.5) : towards(worst.at, 0.5)
      const g = value(near)
      if (g < Math.min(f, worst.f)) corners[p] = { at: near, f: g }
      else
        for (let c = 1; c <= p; c++) {
          const at = (corners[c] as Corner).at.map((v, k) => 0.5 * (v + (best.at[k] as number)))
          corners[c] = { at, f: value(at) }
        }
    }
  }
  corners.sort((a, b) => a.f - b.f)
  const { at, f } = corners[0] as Corner
  x.set(at)
  return f
}

interface Corner {
  readonly at: Float64Array
  readonly f: number
}
