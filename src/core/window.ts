import type { Calendar, Period } from './calendar.ts'
import type { Panel } from './panel.ts'

/**
 * Everything knowable about a set of series at a cutoff, and the horizon asked for: what a model may see, and all that it may see.
 *
 * Both sides yield the same blocks of series in the same order. A column is past-only unless it was declared known ahead,
 * so a value that only the future holds cannot reach a model.
 */
export interface Window {
  /** The last observed period. */
  readonly cutoff: Period
  /** How many periods after the cutoff are asked for. */
  readonly horizon: number
  readonly calendar: Calendar
  /** Every series up to and including the cutoff, and each of them reaching it: unobserved periods hold NaN. */
  past(): AsyncIterable<Panel>
  /** The `horizon` periods after the cutoff: targets all NaN, known-ahead columns only, mask only of planned closures. */
  known(): AsyncIterable<Panel>
  /** Names the data, cutoff and horizon; equal digests mean equal content. Provenance and cache key. */
  readonly digest: string
}
