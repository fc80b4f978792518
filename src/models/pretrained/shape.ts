import type { Unit } from '../../core/calendar.ts'
import type { Frame } from '../neural/architecture.ts'

/** Periods of a patch. */
export const PATCH = 32
/** Patches of the past that the model sees one by one; what lies further back comes in by seasons. */
export const CONTEXT = 4 * PATCH
/** Periods ahead that it answers in one pass at most. */
export const AHEAD = 2 * PATCH

/** Levels of the quantiles that it says. */
export const LEVELS: readonly number[] = [
  0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99,
]

/** Units of time in the order of their flags. */
export const UNITS: readonly Unit[] = ['hour', 'day', 'week', 'month', 'quarter', 'year']

/** Seasons of a length of period: the main one, and a longer one. */
export const SEASONS: { readonly [U in Unit]: readonly [main: number, longer: number] } = {
  hour: [24, 168],
  day: [7, 364],
  week: [52, 0],
  month: [12, 0],
  quarter: [4, 0],
  year: [0, 0],
}

/** Past-only numbers of a period: whether demand was censored, what the family did, and whether it is known. */
export const PAST = 3
/** Numbers of a period that are known ahead; see `writeExample`. */
export const KNOWN = 12
/** Numbers of a series as a whole. */
export const STATICS = 8 + UNITS.length

/** The sizes of what the model sees and says. */
export const frameAt = (context = CONTEXT, horizon = AHEAD): Omit<Frame, 'batch'> => ({
  context,
  horizon,
  past: PAST,
  known: KNOWN,
  statics: STATICS,
  categories: [],
})

/** So many periods filled up to whole patches of a length, at least one and up to as many periods as there can be. */
export const wholePatches = (periods: number, most: number, patch: number): number =>
  Math.min(most, patch * Math.max(1, Math.ceil(periods / patch)))
