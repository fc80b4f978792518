import { firstObserved } from './fill.ts'

/** What is odd about a series as a whole. */
const SHAPES = ['empty', 'allZero', 'constant', 'tooShort', 'normal'] as const
export type Shape = (typeof SHAPES)[number]

/** Fewer observed values than this teach no model much. */
const SHORTEST = 4

/** Names the first of {@link SHAPES} that a series is; missing values do not count. */
export function shapeOf(values: Float64Array): Shape {
  let n = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let t = 0; t < values.length; t++) {
    const v = values[t] as number
    if (Number.isNaN(v)) continue
    n++
    if (v < low) low = v
    if (v > high) high = v
  }
  if (n === 0) return 'empty'
  if (n < SHORTEST) return 'tooShort'
  if (low === 0 && high === 0) return 'allZero'
  return low === high ? 'constant' : 'normal'
}

/** How many zeros stand before the first value that is not zero, gaps among them not counted; 0 for a series of zeros only. */
export function leadingZeros(values: Float64Array): number {
  let zeros = 0
  for (let t = firstObserved(values); t < values.length; t++) {
    const v = values[t] as number
    if (v === 0) zeros++
    else if (!Number.isNaN(v)) return zeros
  }
  return 0
}
