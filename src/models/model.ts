import type { Ask, Forecast } from '../core/forecast.ts'
import type { Run } from '../core/run.ts'
import type { Window } from '../core/window.ts'
import type { CurveRow } from '../tensor/train/curve.ts'
import type { Selection } from './selection.ts'

/** What a model must be given to answer, declared so that nobody branches on its name. */
export interface Needs {
  /** Observed values a series must have at the least. */
  readonly minHistory: number
  /** Whether it reads known-ahead columns, and needs them. */
  readonly knownAhead: 'ignored' | 'used' | 'required'
  /** Whether it learns across series (all blocks at once) or answers each series by itself. */
  readonly crossSeries: boolean
  /** Whether missing values are handled by the model itself; otherwise gaps are interpolated for it. */
  readonly missing: boolean
}

/** A folder that a fitted model saves itself into or is loaded from. */
export interface Dir {
  readonly path: string
}

/** What is written beside a saved model: data, never code. */
export interface Manifest {
  readonly model: string
  readonly version: string
  readonly options: Readonly<Record<string, unknown>>
  /** Digest of the Window that it was fitted on. */
  readonly window: string
  /** Files of the artifact, relative to its folder. */
  readonly files: readonly string[]
}

/** A way to forecast, before it has seen data. */
export interface Model {
  readonly name: string
  readonly needs: Needs
  fit(window: Window, run: Run): Promise<Fitted>
  /** Reads back what {@link Fitted.save} wrote; the forecasts are the same to the last bit. */
  load(dir: Dir, run: Run): Promise<Fitted>
}

/** A model that has learned; it forecasts the Window it learned from or any later one. */
export interface Fitted {
  forecast(window: Window, ask: Ask, run: Run): Promise<Forecast>
  save(dir: Dir): Promise<Manifest>
  /** How it learned, where that went step by step: a curve for each thing that was trained. */
  readonly training?: readonly TrainingCurve[]
  /** How its members were chosen, where they compete. */
  readonly selection?: Selection
}

/** How one network of a model was trained. */
export interface TrainingCurve {
  readonly name: string
  readonly rows: readonly CurveRow[]
}
