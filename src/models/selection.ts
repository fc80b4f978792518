/** How a candidate fared in automatic selection, as plain data. */
export interface Candidacy {
  readonly model: string
  /** Mean quantile loss over the validation windows; null where it failed or was not tried. */
  readonly loss: number | null
  /** Share of the forecast that is its own, over all series. */
  readonly weight: number
  /** Seconds of a fit and of a forecast. */
  readonly fitSeconds: number
  readonly forecastSeconds: number
  /** What became of it: it is in; it did not pay; it failed; there was no time left for it. */
  readonly outcome: 'chosen' | 'dropped' | 'failed' | 'late'
  /** Why it failed. */
  readonly problem?: string
}

/** What automatic selection found, as plain data. */
export interface Selection {
  readonly preset: string
  readonly metric: string
  /** Last periods that each validation window saw, the latest first. */
  readonly cutoffs: readonly string[]
  /** Best first. */
  readonly candidates: readonly Candidacy[]
  /** Loss of the combination by the weights of all, on the windows that it was weighed on. */
  readonly together: number | null
  readonly seconds: number
  /** Whether an interrupt or the budget ended it before every candidate had its turn. */
  readonly early: boolean
}
