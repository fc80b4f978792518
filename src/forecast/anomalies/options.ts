import type { Unit } from '../../core/calendar.ts'
import { ForetideError } from '../../core/errors.ts'
import type { AnomalyOptions, AnomalySettings } from './anomaly.ts'

const DEFAULTS: AnomalySettings = {
  threshold: 3.5,
  central: 0.99,
  lasting: 0,
  penalty: 1,
  least: 14,
  columns: undefined,
}

/** Periods after which a change is no passing one, by the length of a period. */
export const LASTING: { readonly [U in Unit]: number } = { hour: 24, day: 7, week: 6, month: 6, quarter: 4, year: 4 }

const BOUNDS: { readonly [K in 'threshold' | 'central' | 'lasting' | 'penalty' | 'least']: readonly [number, number] } =
  { threshold: [1, 20], central: [0.5, 0.9999], lasting: [0, 1000], penalty: [0.1, 100], least: [8, 100_000] }

/** Fills in what was left out; refuses numbers out of range (`anomalies.option`). */
export function anomalySettings(options: AnomalyOptions = {}): AnomalySettings {
  const settings = { ...DEFAULTS, ...options }
  for (const [option, [low, high]] of Object.entries(BOUNDS))
    requireWithin(option, settings[option as 'least'], low, high)
  return settings
}

/** Refuses an option that is no number between two bounds. */
export function requireWithin(option: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new ForetideError('anomalies.option', { option, value, low, high }, { fault: 'usage' })
}
