import type { LocalMethod } from '../local.ts'
import { ARIMA } from './arima/methods.ts'
import { autoCes } from './ces/methods.ts'
import { autoEts, dampedHolt, ets, holt, holtWinters, multiplicativeHoltWinters } from './ets/methods.ts'
import { INTERMITTENT } from './intermittent/methods.ts'
import { MSTL } from './mstl/methods.ts'
import { seasonalSes, seasonalSesOptimised, ses, sesOptimised } from './ses/methods.ts'
import { SIMPLE } from './simple/methods.ts'
import { statisticalEnsemble } from './statistical-ensemble.ts'
import { THETA } from './theta/methods.ts'

/** Makes a method from the options that it carries. */
export type MakeMethod = (options?: object) => LocalMethod

/** Every method that answers each series by itself, by name; worker threads find them here. */
export const METHODS = {
  ...SIMPLE,
  ses,
  'ses-optimised': sesOptimised,
  'seasonal-ses': seasonalSes,
  'seasonal-ses-optimised': seasonalSesOptimised,
  holt,
  'damped-holt': dampedHolt,
  'holt-winters': holtWinters,
  'multiplicative-holt-winters': multiplicativeHoltWinters,
  ets: (options?: object) => ets({ form: 'ANN', ...options }),
  'auto-ets': autoEts,
  'auto-ces': autoCes,
  'ces-none': () => autoCes({ kind: 'none' }),
  'ces-simple': () => autoCes({ kind: 'simple' }),
  'ces-partial': () => autoCes({ kind: 'partial' }),
  'ces-full': () => autoCes({ kind: 'full' }),
  ...THETA,
  ...ARIMA,
  ...MSTL,
  ...INTERMITTENT,
  'raw-ensemble': () => statisticalEnsemble('raw-ensemble'),
  ensemble: () => statisticalEnsemble('ensemble'),
} as const satisfies Readonly<Record<string, MakeMethod>>

export type MethodName = keyof typeof METHODS
