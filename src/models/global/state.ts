import type { FeatureSpec } from '../../features/spec.ts'
import type { Calibration } from './calibration.ts'
import type { DerivedPlan } from './derived-plan.ts'
import type { FittedHeads } from './heads.ts'
import type { GlobalSettings } from './options.ts'
import type { PastOptions } from './past.ts'
import type { Segments } from './segments.ts'

/** Everything that a fit has found, as plain data but for its regressors. */
export interface GlobalState {
  readonly name: string
  readonly settings: GlobalSettings
  readonly spec: FeatureSpec
  readonly horizon: number
  /** The last period learned from. */
  readonly cutoff: number
  /** {@link Window.digest} of what was learned from. */
  readonly window: string
  readonly past: PastOptions
  readonly segments: Segments
  readonly derived: DerivedPlan
  readonly heads: FittedHeads
  readonly calibration: Calibration
  /** Of one step ahead, under `recursive` alone. */
  readonly oneStep?: Calibration
}
