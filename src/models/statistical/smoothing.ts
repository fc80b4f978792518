import type { LocalMethod } from '../local.ts'
import { autoCes, type CesOptions } from './ces/methods.ts'
import type { EtsOptions } from './ets/method.ts'
import { autoEts, dampedHolt, ets, holt, holtWinters, multiplicativeHoltWinters } from './ets/methods.ts'
import { type SeasonalSesOptions, seasonalSes, seasonalSesOptimised, ses, sesOptimised } from './ses/methods.ts'

type Factories = Readonly<Record<string, (options?: object) => LocalMethod>>

/** Every method of exponential smoothing by its name, made from the options that it carries; worker threads find them here. */
export const METHODS = {
  ses: (options) => ses(options as SeasonalSesOptions),
  'ses-optimised': () => sesOptimised(),
  'seasonal-ses': (options) => seasonalSes(options as SeasonalSesOptions),
  'seasonal-ses-optimised': (options) => seasonalSesOptimised(options as SeasonalSesOptions),
  holt: (options) => holt(options),
  'damped-holt': (options) => dampedHolt(options),
  'holt-winters': (options) => holtWinters(options),
  'multiplicative-holt-winters': (options) => multiplicativeHoltWinters(options),
  ets: (options) => ets({ form: 'ANN', ...(options as EtsOptions) }),
  'auto-ets': (options) => autoEts(options),
  'auto-ces': (options) => autoCes(options),
  'ces-none': (options) => autoCes({ ...(options as CesOptions), kind: 'none' }),
  'ces-simple': (options) => autoCes({ ...(options as CesOptions), kind: 'simple' }),
  'ces-partial': (options) => autoCes({ ...(options as CesOptions), kind: 'partial' }),
  'ces-full': (options) => autoCes({ ...(options as CesOptions), kind: 'full' }),
} satisfies Factories
