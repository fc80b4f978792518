import { at } from '../../core/panel.ts'

/** Sums of everything up to a cell, from which the cost of any segment follows at once: for each cell six numbers and how many were observed. */
export interface Sums {
  readonly count: Int32Array
  /** Weights, and weights times value, value², cell, cell², cell × value. */
  readonly of: Float64Array
}
export const WIDTH = 6

/** Adds up values and their weights; where a weight is 0 the value may be NaN. */
export function sumsOf(values: Float64Array, weight: Float64Array): Sums {
  const n = values.length
  const count = new Int32Array(n + 1)
  const of = new Float64Array(WIDTH * (n + 1))
  for (let t = 0; t < n; t++) {
    const w = at(weight, t)
    const y = w > 0 ? at(values, t) : 0
    count[t + 1] = at(count, t) + (w > 0 ? 1 : 0)
    const k = WIDTH * t
    const parts = [w, w * y, w * y * y, w * t, w * t * t, w * t * y]
    for (let p = 0; p < WIDTH; p++) of[k + WIDTH + p] = at(of, k + p) + at(parts, p)
  }
  return { count, of }
}

/** The six sums over the cells from `from` to before `to`, as in {@link Sums}. */
export function sumOf(
  { of }: Sums,
  from: number,
  to: number,
): readonly [number, number, number, number, number, number] {
  const part = (p: number) => at(of, WIDTH * to + p) - at(of, WIDTH * from + p)
  return [part(0), part(1), part(2), part(3), part(4), part(5)]
}
