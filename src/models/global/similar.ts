import { Mask, type Panel } from '../../core/panel.ts'
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
      const horizon = past.ids.length > 0 ? (known.offsets[1] as number) - (known.offsets[0] as number) : 0
      for (let r = 0; r < rows.count; r++) {
        const i = rows.local[r] as number
        const from = past.offsets[i] as number
        const end = past.offsets[i + 1] as number
        const own = from + (rows.own[r] as number) - (past.start[i] as number)
        const origin = Math.min(end - 1, from + (rows.origin[r] as number) - (past.start[i] as number))
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
          const weight = recency[age] as number
          let together = (own - k) % season === 0 ? weight * (1 + phase) : weight
          for (let c = 0; c < n; c++) {
            const here = before[c] as Float64Array
            const x =
              own < end ? (here[own] as number) : ((after[c] as Float64Array)[i * horizon + own - end] as number)
            const difference = Math.abs(x - (here[k] as number)) / (widths[c] as number)
            const alike = Number.isNaN(difference) ? 0 : Math.exp(-difference)
            together *= alike
            if (n === 1) continue
            sums[1 + c] = (sums[1 + c] as number) + weight * alike * y
            weights[1 + c] = (weights[1 + c] as number) + weight * alike
          }
          sums[0] = (sums[0] as number) + together * y
          weights[0] = (weights[0] as number) + together
        }
        const mean = seen > 0 ? plain / seen : Number.NaN
        for (let f = 0; f < features.length; f++)
          (into[f] as Float32Array)[r] = ((sums[f] as number) + PLAIN * mean) / ((weights[f] as number) + PLAIN)
      }
    },
  }
}

const valueAt = (panel: Panel, cell: number) =>
  ((panel.mask[cell] as number) & Mask.closed) === 0 ? (panel.target[cell] as number) : Number.NaN
