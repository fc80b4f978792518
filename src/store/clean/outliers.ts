import { decompose } from './decompose.ts'
import type { OutlierRule } from './policy.ts'
import { MAD_TO_SD, medianAndMad, quantileOf, quantileOfSorted } from './robust.ts'

/** Which values of a series stand out, and what stood to be expected there. */
export interface Outliers {
  /** 1 where the value stands out. */
  readonly flags: Uint8Array
  /** What the rule expected at each period; meaningful where flagged. */
  readonly expected: Float64Array
}

type Rule = (values: Float64Array, season: number, threshold: number) => Outliers

/** Fewer observed values than this say nothing about what is usual. */
const LEAST_VALUES = 8
/** Periods on either side that the Hampel filter looks at. */
const HALF_WIDTH = 7

/** Farther from the median of its neighbourhood than so many robust standard deviations (Hampel, 1974; Pearson, 2002). */
const hampel: Rule = (values, _season, threshold) => {
  const out = nothing(values)
  const least = 1e-9 + medianAndMad(values).mad * 0.1
  for (let t = 0; t < values.length; t++) {
    const v = values[t] as number
    if (Number.isNaN(v)) continue
    const { median, mad } = medianAndMad(values.subarray(Math.max(0, t - HALF_WIDTH), t + HALF_WIDTH + 1))
    out.expected[t] = median
    // A flat neighbourhood has no spread of its own; a tenth of the series' spread stands in for it.
    if (Math.abs(v - median) > threshold * MAD_TO_SD * Math.max(mad, least)) out.flags[t] = 1
  }
  return out
}

/** Farther outside of the quartiles than so many widths of the box (Tukey, 1977). */
const iqr: Rule = (values, _season, threshold) => {
  const out = nothing(values)
  const sorted = Float64Array.from(values.filter((v) => !Number.isNaN(v))).sort()
  const low = quantileOfSorted(sorted, 0.25)
  const high = quantileOfSorted(sorted, 0.75)
  const width = high - low
  if (!(width > 0)) return out
  out.expected.fill(quantileOfSorted(sorted, 0.5))
  for (let t = 0; t < values.length; t++) {
    const v = values[t] as number
    if (v < low - threshold * width || v > high + threshold * width) out.flags[t] = 1
  }
  return out
}

/** A residual of the robust seasonal-trend decomposition of more than so many robust standard deviations. */
const seasonalTrend: Rule = (values, season, threshold) => {
  const out = nothing(values)
  const { trend, seasonal, residual } = decompose(values, season)
  const apart = new Float64Array(residual.length)
  for (let t = 0; t < apart.length; t++) apart[t] = Math.abs(residual[t] as number)
  // A series that repeats itself exactly leaves no residual to measure by; a tenth of its own spread stands in for it.
  const bound = threshold * MAD_TO_SD * Math.max(quantileOf(apart, 0.5), medianAndMad(values).mad * 0.1)
  for (let t = 0; t < values.length; t++) {
    out.expected[t] = (trend[t] as number) + (seasonal[t] as number)
    if ((apart[t] as number) > bound) out.flags[t] = 1
  }
  return out
}

const RULES: { readonly [R in Exclude<OutlierRule, 'none'>]: Rule } = { hampel, iqr, seasonalTrend }

function nothing(values: Float64Array): Outliers {
  return { flags: new Uint8Array(values.length), expected: new Float64Array(values.length).fill(Number.NaN) }
}

/**
 * Flags the values of one series that stand out by a rule; NaN is never flagged, nor anything in a series of fewer than 8
 * values, or of which over half is one value (sparse demand: every sale would stand out).
 *
 * `season` is the main cycle in periods. Every rule looks at later values too, so it belongs inside a Window.
 *
 * @example
 * outliersOf(Float64Array.of(5, 6, 5, 6, 90, 5, 6, 5, 6), 1, 'iqr', 3).flags // → [0, 0, 0, 0, 1, 0, 0, 0, 0]
 */
export function outliersOf(
  values: Float64Array,
  season: number,
  rule: Exclude<OutlierRule, 'none'>,
  threshold: number,
): Outliers {
  let count = 0
  for (let t = 0; t < values.length; t++) if (!Number.isNaN(values[t])) count++
  if (count < LEAST_VALUES || medianAndMad(values).mad === 0) return nothing(values)
  return RULES[rule](values, season, threshold)
}
