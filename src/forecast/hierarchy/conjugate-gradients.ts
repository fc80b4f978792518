import { at } from '../../core/panel.ts'

/** A symmetric positive definite system as functions of many columns (size × width, row-major). */
export interface System {
  readonly times: (x: Float64Array, width: number) => Float64Array
  /** Solves, in place, a system near to this one. */
  readonly precondition: (r: Float64Array, width: number) => Float64Array
}

/** A residual of this share of the right side ends the iteration. */
const TOLERANCE = 1e-12
const MOST_ITERATIONS = 500

/**
 * Preconditioned conjugate gradients (Hestenes and Stiefel, 1952) for all columns of b side by side, each with steps of its own.
 *
 * Ends when every column's residual is at most 1e-12 of its right side, or after 500 iterations.
 */
export function conjugateGradients(
  { times, precondition }: System,
  b: Float64Array,
  width: number,
  tolerance = TOLERANCE,
): { readonly x: Float64Array; readonly iterations: number } {
  const x = new Float64Array(b.length)
  const r = b.slice()
  const goals = dots(b, b, width).map((square) => square * tolerance ** 2)
  const p = precondition(r.slice(), width)
  let rho = dots(r, p, width)
  let iterations = 0
  while (iterations < MOST_ITERATIONS && !dots(r, r, width).every((square, c) => square <= at(goals, c))) {
    const q = times(p, width)
    const alpha = ratios(rho, dots(p, q, width))
    addScaled(x, p, alpha, 1)
    addScaled(r, q, alpha, -1)
    const z = precondition(r.slice(), width)
    const next = dots(r, z, width)
    const beta = ratios(next, rho)
    for (let from = 0; from < p.length; from += width)
      for (let c = 0; c < width; c++) p[from + c] = at(z, from + c) + at(beta, c) * at(p, from + c)
    rho = next
    iterations++
  }
  return { x, iterations }
}

function dots(a: Float64Array, b: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let from = 0; from < a.length; from += width)
    for (let c = 0; c < width; c++) sums[c] = at(sums, c) + at(a, from + c) * at(b, from + c)
  return sums
}

/** A column that has arrived has nothing left to divide. */
const ratios = (a: Float64Array, b: Float64Array) => a.map((v, c) => (at(b, c) > 0 ? v / at(b, c) : 0))

function addScaled(x: Float64Array, p: Float64Array, scale: Float64Array, sign: number): void {
  const width = scale.length
  for (let from = 0; from < x.length; from += width)
    for (let c = 0; c < width; c++) x[from + c] = at(x, from + c) + sign * at(scale, c) * at(p, from + c)
}
