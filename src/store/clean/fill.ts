import type { Fill } from './policy.ts'

/** Fills that a series can give itself; `neighbours` needs the panel. */
export type OwnFill = Exclude<Fill, 'keep' | 'neighbours'>

/** Writes into each hole (NaN from the first observed value on) what it can, reading only observed values of `values`. */
type Filler = (values: Float64Array, into: Float64Array, season: number) => void

const zero: Filler = (values, into) => {
  for (let t = firstObserved(values); t < values.length; t++) if (Number.isNaN(values[t])) into[t] = 0
}

const forward: Filler = (values, into) => {
  let last = Number.NaN
  for (let t = 0; t < values.length; t++) {
    const v = values[t] as number
    if (Number.isNaN(v)) into[t] = last
    else last = v
  }
}

const mean: Filler = (values, into) => {
  let sum = 0
  let n = 0
  for (let t = 0; t < values.length; t++) {
    const v = values[t] as number
    if (Number.isNaN(v)) continue
    sum += v
    n++
  }
  for (let t = firstObserved(values); t < values.length; t++) if (Number.isNaN(values[t])) into[t] = sum / n
}

const linear: Filler = (values, into) => {
  let last = -1
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(values[t])) continue
    const to = values[t] as number
    if (last >= 0 && t - last > 1) {
      const from = values[last] as number
      for (let g = last + 1; g < t; g++) into[g] = from + ((to - from) * (g - last)) / (t - last)
    }
    last = t
  }
}

/** The mean of the nearest observed values of the same season before and after; the straight line where there is neither. */
const seasonal: Filler = (values, into, season) => {
  linear(values, into, season)
  if (season < 2) return
  for (let t = firstObserved(values); t < values.length; t++) {
    if (!Number.isNaN(values[t])) continue
    let before = t - season
    while (before >= 0 && Number.isNaN(values[before])) before -= season
    let after = t + season
    while (after < values.length && Number.isNaN(values[after])) after += season
    const a = before >= 0 ? (values[before] as number) : Number.NaN
    const b = after < values.length ? (values[after] as number) : Number.NaN
    if (!Number.isNaN(a)) into[t] = Number.isNaN(b) ? a : (a + b) / 2
    else if (!Number.isNaN(b)) into[t] = b
  }
}

const FILLERS: { readonly [F in OwnFill]: Filler } = { zero, forward, mean, linear, seasonal }

/**
 * A copy of a series with its holes filled; values before the first observed one stay missing, for the product was not there.
 *
 * `season` is the main cycle in periods (1 for none). `linear` fills only between observed values. Only `zero` and `forward`
 * never look at later values: all others belong inside a Window.
 *
 * @example
 * fillSeries(Float64Array.of(2, NaN, 4), 'linear', 1) // → [2, 3, 4]
 */
export function fillSeries(values: Float64Array, how: OwnFill, season: number): Float64Array {
  const into = Float64Array.from(values)
  FILLERS[how](values, into, season)
  return into
}

/** Puts the holes longer than `longest` periods back into a filled series. */
export function keepLongGaps(values: Float64Array, filled: Float64Array, longest: number): void {
  let begin = -1
  for (let t = 0; t <= values.length; t++) {
    if (t < values.length && Number.isNaN(values[t])) {
      if (begin < 0) begin = t
    } else if (begin >= 0) {
      if (t - begin > longest) filled.fill(Number.NaN, begin, t)
      begin = -1
    }
  }
}

/** The index of the first observed value; the length where there is none. */
export function firstObserved(values: Float64Array): number {
  let t = 0
  while (t < values.length && Number.isNaN(values[t])) t++
  return t
}
