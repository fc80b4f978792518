import type { Period } from '../../../core/calendar.ts'
import { sharedInt32 } from '../../../core/memory.ts'
import { Random } from '../../../core/random.ts'
import type { Window } from '../../../core/window.ts'
import type { Examples } from '../examples.ts'
import { type CellArrays, type Cells, cellsOf } from './cells.ts'
import { fillerOf, type Laid } from './fill.ts'
import { frameOf, type Preparation } from './preparation.ts'
import { scaleOf } from './scale.ts'

/** Examples of a panel, and which series and period each is of. */
export interface PanelExamples extends Examples {
  readonly laid: Laid
  /** Names of all series of the window, whether they have examples or not. */
  readonly ids: readonly string[]
  /** The place of an example's series in `ids`. */
  seriesOf(example: number): number
  /** The last period that an example sees. */
  originOf(example: number): Period
}

/** Which pairs of a series and an origin become examples. */
export interface Selection {
  /** First and last origin, both inclusive. */
  readonly origins?: readonly [from: Period, to: Period]
  /** The last period whose truths are learned: what comes after is held out. */
  readonly last?: Period
  /** Draws which examples are taken where there are too many. */
  readonly seed?: number
}

/**
 * All pairs of a series and an origin that can be learned from: something of the context is observed, and something of the horizon
 * may be learned. Contexts longer than the past are padded in front as missing. Takes a window or, to cut it several times, its cells.
 */
export async function examplesOf(
  from: Window | Cells,
  preparation: Preparation,
  selection: Selection = {},
): Promise<PanelExamples> {
  const cells = await asCells(from, preparation)
  const { settings } = preparation
  const last = Math.min(cells.cutoff, selection.last ?? cells.cutoff)
  const pick = { ...settings, last, origins: selection.origins ?? [Number.NEGATIVE_INFINITY, last] } as const
  let count = 0
  eachPair(cells.arrays, pick, () => {
    count++
  })
  // Selection sampling (Knuth, algorithm S): every pair with the same chance, in order, exactly so many.
  const random = Random.of(selection.seed ?? 0, 'examples')
  let wanted = Math.min(count, settings.maxExamples)
  const series = sharedInt32(wanted)
  const origin = sharedInt32(wanted)
  let left = count
  let taken = 0
  eachPair(cells.arrays, pick, (i, o) => {
    const take = wanted === left || random.uniform() * left < wanted
    left--
    if (!take) return
    wanted--
    series[taken] = i
    origin[taken++] = o
  })
  const laid = { preparation, arrays: cells.arrays, series, origin, last, weight: 1 }
  return panelExamples(cells, { ...laid, weight: weightOf(laid) })
}

/** One example a series at the cutoff, in the order of the window's series; horizons beyond the window's have no known values. */
export async function forecastExamples(from: Window | Cells, preparation: Preparation): Promise<PanelExamples> {
  const cells = await asCells(from, preparation)
  const { offsets } = cells.arrays
  const count = cells.ids.length
  const series = sharedInt32(count)
  const origin = sharedInt32(count)
  for (let i = 0; i < count; i++) {
    series[i] = i
    origin[i] = (offsets[i + 1] as number) - (offsets[i] as number) - 1
  }
  return panelExamples(cells, { preparation, arrays: cells.arrays, series, origin, last: cells.cutoff, weight: 1 })
}

const asCells = async (from: Window | Cells, preparation: Preparation): Promise<Cells> =>
  'arrays' in from ? from : await cellsOf(from, preparation)

function panelExamples({ ids }: Cells, laid: Laid): PanelExamples {
  return {
    frame: frameOf(laid.preparation),
    count: laid.series.length,
    fill: fillerOf(laid),
    laid,
    ids,
    seriesOf: (example) => laid.series[example] as number,
    originOf: (example) =>
      (laid.arrays.start[laid.series[example] as number] as number) + (laid.origin[example] as number),
  }
}

interface Pick {
  readonly context: number
  readonly horizon: number
  readonly minHistory: number
  readonly every: number
  readonly recent?: number | undefined
  readonly last: Period
  readonly origins: readonly [Period, Period]
}

/** Visits pairs of a series and an origin, the latter as a cell of the series. */
function eachPair(
  { offsets, start, seen, truth }: CellArrays,
  { context, horizon, minHistory, every, recent, last, origins }: Pick,
  visit: (series: number, origin: number) => void,
): void {
  const earliest = Math.max(origins[0], recent === undefined ? Number.NEGATIVE_INFINITY : last - recent)
  const latest = Math.min(origins[1], last)
  for (let i = 0; i + 1 < offsets.length; i++) {
    const first = offsets[i] as number
    const length = (offsets[i + 1] as number) - first
    const period = start[i] as number
    const end = Math.min(length, last + 1 - period)
    let observed = 0
    let learnable = 0
    const truthAt = (k: number) => (k < end && !Number.isNaN(truth[first + k] as number) ? 1 : 0)
    const seenAt = (k: number) => (k >= 0 && !Number.isNaN(seen[first + k] as number) ? 1 : 0)
    for (let k = 0; k < horizon; k++) learnable += truthAt(k)
    for (let o = 0; o < end - 1; o++) {
      observed += seenAt(o) - seenAt(o - context)
      learnable += truthAt(o + horizon) - truthAt(o)
      if (period + o < earliest || period + o > latest || (latest - period - o) % every !== 0) continue
      if (observed >= minHistory && learnable > 0) visit(i, o)
    }
  }
}

/** What brings the mean weight of examples to 1. */
function weightOf({ preparation, arrays, series, origin }: Omit<Laid, 'weight'>): number {
  const { weighting } = preparation.settings
  if (weighting === 0 || series.length === 0) return 1
  const measure = scaleOf(preparation, arrays)
  const scale = { level: 1, offset: 0, size: 1 }
  let sum = 0
  for (let e = 0; e < series.length; e++) {
    measure(series[e] as number, origin[e] as number, scale)
    sum += scale.level ** weighting
  }
  return series.length / sum
}
