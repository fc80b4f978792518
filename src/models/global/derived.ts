import type { Panel } from '../../core/panel.ts'
import type { Rows } from './rows.ts'

/** A column that is worked out row by row, from the row's origin and its own period. */
export interface DerivedFeature {
  readonly name: string
  /** Whether it is in units of the target. */
  readonly unit: boolean
}

/** Columns worked out row by row for the series of a chunk; nothing after a row's origin is read but what is known ahead. */
export interface Derived {
  readonly features: readonly DerivedFeature[]
  /** Fills one array a feature; origins after the cutoff, of what is fed back, count as the cutoff. */
  fill(panels: { readonly past: Panel; readonly known: Panel }, rows: Rows, columns: readonly Float32Array[]): void
}
