import { at, Mask, type Panel, slicePeriods } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'
import type { Window } from '../../core/window.ts'
import { earlierWindow } from '../../models/statistical/calibrated.ts'
import { sampleRows } from '../../models/table.ts'

/** Cells over which members are compared at most: more of them would not change a weight. */
const MOST_CELLS = 80_000
/** Cells that hold no observed demand are no truth. */
const UNSCORED = Mask.closed | Mask.imputed
/** Seasons of periods that the level of a series is taken over. */
const SEASONS = 4
/** Periods of past, in horizons, that must lie before a validation window. */
const LEAST_PAST = 1

/** What candidates are held against: windows that end before the forecast, and what came in them of a sample of series. */
export interface Validation {
  /** The latest first. */
  readonly windows: readonly Window[]
  /** Places of the series that are compared, in the order of the window's blocks, ascending. */
  readonly sample: Int32Array
  readonly series: number
  /** What came: `truth[(window · sample + s) · horizon + h]`, NaN where nothing was observed. */
  readonly truth: Float64Array
  /** Mean size of the newest values of each series of the sample before each window. */
  readonly level: Float64Array
  /** Share of periods without demand among those, laid out alike. */
  readonly zeros: Float64Array
  /** The family of each series of the sample, by its code; −1 where there are none. */
  readonly family: Int32Array
  /** 1 for series of the sample that sell whole units. */
  readonly whole: Uint8Array
}

/** The mean size of the newest values of a series and the share of zeros among them, up to a cell (exclusive); zero and one where there are none. */
export function tempoOf(
  panel: Panel,
  i: number,
  end: number,
  periods: number,
): readonly [level: number, zeros: number] {
  let [sum, count, zeros] = [0, 0, 0]
  for (let k = end - 1; k >= at(panel.offsets, i) && count < periods; k--) {
    const y = at(panel.target, k)
    if (Number.isNaN(y) || (at(panel.mask, k) & UNSCORED) !== 0) continue
    sum += Math.abs(y)
    zeros += y === 0 ? 1 : 0
    count++
  }
  return count > 0 ? [sum / count, zeros / count] : [0, 1]
}

/** Whether all observed values of a series are whole numbers. */
export function isWhole({ target, offsets }: Panel, i: number): boolean {
  for (let k = at(offsets, i); k < at(offsets, i + 1); k++) {
    const y = at(target, k)
    if (!Number.isNaN(y) && !Number.isInteger(y)) return false
  }
  return true
}

/** Periods that the level of a series is taken over. */
export const tempoPeriods = (window: Window): number => Math.max(SEASONS * window.calendar.season, window.horizon)

/**
 * Validation windows of a window, a horizon apart and at most so many, as far as there is past to learn from before them; the sample is drawn
 * from all series where there are too many.
 */
export async function validationOf(
  window: Window,
  wanted: number,
  random: Random,
  column?: string,
): Promise<Validation> {
  const { horizon, cutoff } = window
  const lengths: number[] = []
  let first = cutoff
  for await (const past of window.past())
    for (let i = 0; i < past.ids.length; i++) {
      lengths.push(at(past.offsets, i + 1) - at(past.offsets, i))
      first = Math.min(first, at(past.start, i))
    }
  const room = Math.floor((cutoff - first + 1) / horizon) - LEAST_PAST
  const windows = Array.from({ length: Math.max(0, Math.min(wanted, room)) }, (_, v) =>
    earlierWindow(window, (v + 1) * horizon),
  )
  const sample = sampleRows(
    lengths.length,
    Math.max(1, Math.floor(MOST_CELLS / horizon / Math.max(1, windows.length))),
    random,
  )
  const n = sample.length
  const truth = new Float64Array(windows.length * n * horizon).fill(Number.NaN)
  const level = new Float64Array(windows.length * n)
  const zeros = new Float64Array(windows.length * n).fill(1)
  const family = new Int32Array(n).fill(-1)
  const whole = new Uint8Array(n)
  const periods = tempoPeriods(window)
  let [before, place] = [0, 0]
  for await (const past of window.past()) {
    const end = before + past.ids.length
    const begin = place
    while (place < n && at(sample, place) < end) place++
    const codes = column === undefined ? undefined : past.statics.get(column)?.values
    for (let s = begin; s < place; s++) whole[s] = isWhole(past, at(sample, s) - before) ? 1 : 0
    if (codes) for (let s = begin; s < place; s++) family[s] = at(codes, at(sample, s) - before)
    for (const [v, earlier] of windows.entries()) {
      const came = slicePeriods(past, earlier.cutoff + 1, earlier.cutoff + 1 + horizon, true, true)
      for (let s = begin; s < place; s++) {
        const i = at(sample, s) - before
        const row = v * n + s
        for (let h = 0; h < horizon; h++)
          if ((at(came.mask, i * horizon + h) & UNSCORED) === 0)
            truth[row * horizon + h] = at(came.target, i * horizon + h)
        const last = Math.min(at(past.offsets, i + 1), at(past.offsets, i) + earlier.cutoff + 1 - at(past.start, i))
        const [size, none] = tempoOf(past, i, last, periods)
        level[row] = size
        zeros[row] = none
      }
    }
    before = end
  }
  return { windows, sample, series: lengths.length, truth, level, zeros, family, whole }
}
