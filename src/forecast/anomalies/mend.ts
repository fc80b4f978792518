import { createHash } from 'node:crypto'
import { ForetideError } from '../../core/errors.ts'
import { sharedFloat64, sharedUint8 } from '../../core/memory.ts'
import { at, Mask, type Panel, valuesOf } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import type { Anomaly, Findings } from './anomaly.ts'

/** What is done to unusual values: replaced by what was expected, or by the nearest end of the expected range, made missing, or only marked. */
type Mending = 'expected' | 'bound' | 'missing' | 'mark' | 'keep'
/** What is done to values before a lasting change of level: brought to the new level, made missing, or kept. */
type ShiftMending = 'rescale' | 'missing' | 'keep'

/** How a past is mended. */
export interface MendingPolicy {
  /** Single values and runs. */
  readonly values: Mending
  readonly shifts: ShiftMending
  /** Whether what a known column explains is mended too; models that read the column are better off without. */
  readonly explained: boolean
}

/** Unexplained values are replaced by what was expected; levels stay, which models follow by themselves. */
export const DEFAULT_MENDING: MendingPolicy = { values: 'expected', shifts: 'keep', explained: false }

/** Factors between levels beyond these are no rescaling but another series. */
const GREATEST_FACTOR = 20

/** Whether a policy does anything about an anomaly, and so whether anybody is to be told. */
export function isMended(anomaly: Anomaly, policy: MendingPolicy): boolean {
  if (anomaly.explained !== undefined && !policy.explained) return false
  if (anomaly.kind === 'levelShift') return policy.shifts !== 'keep'
  return anomaly.kind !== 'trendBreak' && policy.values !== 'keep'
}

/**
 * A Window whose past is mended of what was found in it, by a policy; mended cells are masked `outlier`, changed ones `imputed` too. Values
 * brought to a new level are not masked, and keep their sum where they are counts.
 *
 * The known future passes as it is. Refuses findings that saw periods after the cutoff (`anomalies.ahead`). Another policy, or other
 * findings, make another digest.
 *
 * @example
 * mendedWindow(window, await findAnomalies(window), { values: 'bound' })
 */
export function mendedWindow(window: Window, findings: Findings, policy: Partial<MendingPolicy> = {}): Window {
  const whole: MendingPolicy = { ...DEFAULT_MENDING, ...policy }
  if (findings.through > window.cutoff) {
    const { calendar, cutoff } = window
    throw new ForetideError('anomalies.ahead', {
      through: calendar.format(findings.through),
      cutoff: calendar.format(cutoff),
    })
  }
  const byId = new Map(findings.series.map(({ id, anomalies }) => [id, anomalies.filter((a) => isMended(a, whole))]))
  const named = createHash('sha256').update(`${window.digest}:mend:${whole.values}:${whole.shifts}`)
  for (const [id, anomalies] of byId) if (anomalies.length > 0) named.update(JSON.stringify([id, anomalies]))
  return {
    ...window,
    digest: named.digest('hex').slice(0, 16),
    async *past() {
      for await (const block of window.past()) yield mendedPanel(block, byId, whole)
    },
    known: () => window.known(),
  }
}

function mendedPanel(panel: Panel, byId: ReadonlyMap<string, readonly Anomaly[]>, policy: MendingPolicy): Panel {
  const target = sharedFloat64(panel.target.length)
  target.set(panel.target)
  const mask = sharedUint8(panel.mask.length)
  mask.set(panel.mask)
  const mended = { ...panel, target, mask }
  for (const [i, id] of panel.ids.entries()) {
    const anomalies = byId.get(id)
    if (!anomalies || anomalies.length === 0) continue
    const values = valuesOf(mended, i)
    const bits = mask.subarray(panel.offsets[i], panel.offsets[i + 1])
    const start = at(panel.start, i)
    const counted = values.every((y) => Number.isNaN(y) || Number.isInteger(y))
    for (const a of anomalies) if (a.kind !== 'levelShift') mendValues(values, bits, start, a, policy.values, counted)
    for (const a of anomalies) if (a.kind === 'levelShift') mendLevel(values, start, a, policy.shifts, counted)
  }
  return mended
}

function mendValues(
  values: Float64Array,
  bits: Uint8Array,
  start: number,
  anomaly: Anomaly,
  how: Mending,
  counted: boolean,
): void {
  for (let p = anomaly.from; p <= anomaly.to; p++) {
    const t = p - start
    const y = values[t]
    if (y === undefined || Number.isNaN(y) || (at(bits, t) & Mask.closed) !== 0) continue
    const k = p - anomaly.from
    const wanted = mendedValue(y, anomaly, k, how)
    bits[t] = at(bits, t) | Mask.outlier
    if (wanted === y) continue
    values[t] = counted ? Math.round(wanted) : wanted
    bits[t] = at(bits, t) | Mask.imputed
  }
}

function mendedValue(y: number, { expected, low, high }: Anomaly, k: number, how: Mending): number {
  if (how === 'expected') return at(expected, k)
  if (how === 'bound') return Math.min(at(high, k), Math.max(at(low, k), y))
  return how === 'missing' ? Number.NaN : y
}

/** Brings everything before a shift to its new level, or forgets it; rounding of counts is carried on, so that their sum stays. */
function mendLevel(values: Float64Array, start: number, anomaly: Anomaly, how: ShiftMending, counted: boolean): void {
  const { ratio, size, from } = anomaly
  const factor = Math.min(GREATEST_FACTOR, Math.max(1 / GREATEST_FACTOR, ratio))
  let carried = 0
  for (let t = 0; t < Math.min(values.length, from - start); t++) {
    const y = at(values, t)
    if (Number.isNaN(y)) continue
    if (how === 'missing') {
      values[t] = Number.NaN
      continue
    }
    const wanted = (ratio === 1 ? y + size : y * factor) + carried
    values[t] = counted ? Math.round(wanted) : wanted
    carried = counted ? wanted - at(values, t) : 0
  }
}
