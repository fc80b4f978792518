import { at, Mask, type Panel } from '../../core/panel.ts'
import type { Derived, DerivedFeature } from './derived.ts'
import type { Rows } from './rows.ts'

/** How alike two periods are. */
export interface SimilarOptions {
  /** Known-ahead columns that periods are compared by. */
  readonly columns: readonly string[]
  /** Difference of each column at which likeness falls to 1/e. */
  readonly widths: readonly number[]
  /** Periods looked back. */
  readonly window: number
  /** Periods after which a value weighs half. */
  readonly halfLife: number
  readonly season: number
  /** What a period of the same phase weighs more. */
  readonly phase: number
}

/** Weight of the plain mean, so that a period unlike all others gets that. */
const PLAIN = 0.05

/** Names of the columns that {@link similar} makes. */
export function similarFeatures(columns: readonly string[]): DerivedFeature[] {
  if (columns.length === 0) return []
  const single = columns.length > 1 ? columns.map((name) => ({ name: `similar_${name}`, unit: true })) : []
  return [{ name: 'similar_days', unit: true }, ...single]
}

/**
 * Means of a series' own newest values, weighed by how alike their known-ahead columns were to those of the row's own period, by recency
 * and by phase: kernel regression (Nadaraya, 1964; Watson, 1964) as a feature. Over all columns together, and over each alone.
 */
export function similar({ columns, widths, window, halfLife, season, phase }: SimilarOptions): Derived {
  const features = similarFeatures(columns)
  const n = columns.length
  const recency = Float64Array.from({ length: window }, (_, k) => 0.5 ** (k / halfLife))
  const sums = new Float64Array(features.length)
  const weights = new Float64Array(features.length)
  return {
    features,
    fill({ past, known }, rows: Rows, into) {
      if (features.length === 0) return
      const before = columns.map((name) => past.columns.get(name)?.values as Float64Array)
      const after = columns.map((name) => known.columns.get(name)?.values as Float64Array)
      const horizon = past.ids.length > 0 ? at(known.offsets, 1) - at(known.offsets, 0) : 0
      for (let r = 0; r < rows.count; r++) {
        const i = at(rows.local, r)
        const from = at(past.offsets, i)
        const end = at(past.offsets, i + 1)
        const own = from + at(rows.own, r) - at(past.start, i)
        const origin = Math.min(end - 1, from + at(rows.origin, r) - at(past.start, i))
        let plain = 0
        let seen = 0
        sums.fill(0)
        weights.fill(0)
        for (let age = 0; age < window; age++) {
          const k = origin - age
          if (k < from) break
          const y = valueAt(past, k)
          if (Number.isNaN(y)) continue
          plain += y
          seen++
          const weight = at(recency, age)
          let together = (own - k) % season === 0 ? weight * (1 + phase) : weight
          for (let c = 0; c < n; c++) {
            const here = before[c] as Float64Array
            const x = own < end ? at(here, own) : at(after[c] as Float64Array, i * horizon + own - end)
            const difference = Math.abs(x - at(here, k)) / at(widths, c)
            const alike = Number.isNaN(difference) ? 0 : Math.exp(-difference)
            together *= alike
            if (n === 1) continue
            sums[1 + c] = at(sums, 1 + c) + weight * alike * y
            weights[1 + c] = at(weights, 1 + c) + weight * alike
          }
          sums[0] = at(sums, 0) + together * y
          weights[0] = at(weights, 0) + together
        }
        const mean = seen > 0 ? plain / seen : Number.NaN
        for (let f = 0; f < features.length; f++)
          (into[f] as Float32Array)[r] = (at(sums, f) + PLAIN * mean) / (at(weights, f) + PLAIN)
      }
    },
  }
}

const valueAt = (panel: Panel, cell: number) =>
  (at(panel.mask, cell) & Mask.closed) === 0 ? at(panel.target, cell) : Number.NaN
