import type { Period } from '../../core/calendar.ts'
import { Mask, type Panel } from '../../core/panel.ts'
import type { GlobalSettings } from './options.ts'
import type { PastOf } from './past.ts'
import { anchorOf, scaleOf } from './target.ts'

/** Which pairs of an origin and a later period become rows. */
export interface Selection {
  /** Periods of targets, both inclusive. */
  readonly own: readonly [from: Period, to: Period]
  /** The earliest origin. */
  readonly origin: Period
  /** Steps from origin to target, both inclusive. */
  readonly steps: readonly [from: number, to: number]
  /** Origins are so many periods apart, counted back from the cutoff. */
  readonly every: number
  readonly cutoff: Period
  /** Share of rows that is taken, by chance. */
  readonly share: number
  /** Whether the steps of an origin are taken or left together. */
  readonly together: boolean
  /** The segment that series must be of; all unless given. */
  readonly segment?: number
}

/** Rows as arrays, used again and again. */
export class Rows {
  count = 0
  /** Place of the series in the window, and in the chunk. */
  readonly series: Int32Array
  readonly local: Int32Array
  readonly segment: Int32Array
  /** 1 where the series' past was below zero somewhere. */
  readonly signed: Uint8Array
  readonly origin: Int32Array
  readonly own: Int32Array
  readonly step: Int32Array
  readonly anchor: Float64Array
  readonly scale: Float64Array
  readonly level: Float64Array
  readonly baseline: Float64Array
  /** What happened; NaN where it is to be forecast. */
  readonly actual: Float64Array

  constructor(capacity: number) {
    this.series = new Int32Array(capacity)
    this.local = new Int32Array(capacity)
    this.segment = new Int32Array(capacity)
    this.signed = new Uint8Array(capacity)
    this.origin = new Int32Array(capacity)
    this.own = new Int32Array(capacity)
    this.step = new Int32Array(capacity)
    this.anchor = new Float64Array(capacity)
    this.scale = new Float64Array(capacity)
    this.level = new Float64Array(capacity)
    this.baseline = new Float64Array(capacity)
    this.actual = new Float64Array(capacity)
  }

  get capacity(): number {
    return this.series.length
  }

  get room(): number {
    return this.series.length - this.count
  }

  /** All arrays, in one order. */
  #arrays(): (Int32Array | Uint8Array | Float64Array)[] {
    const { series, local, segment, signed, origin, own, step, anchor, scale, level, baseline, actual } = this
    return [series, local, segment, signed, origin, own, step, anchor, scale, level, baseline, actual]
  }

  /** Adds copies of other rows; there must be room. */
  append(other: Rows): void {
    const from = other.#arrays()
    this.#arrays().forEach((into, a) => {
      into.set((from[a] as Float64Array).subarray(0, other.count), this.count)
    })
    this.count += other.count
  }

  /** Writes a copy of row `row` of other rows at a place. */
  copy(other: Rows, row: number, place: number): void {
    const from = other.#arrays()
    this.#arrays().forEach((into, a) => {
      into[place] = (from[a] as Float64Array)[row] as number
    })
  }
}

/** The series of a row: its place in the window and in the chunk, its segment, its first period. */
export interface RowPlace {
  readonly series: number
  readonly local: number
  readonly segment: number
  readonly start: Period
}

/** Adds a row of a series that is loaded as `past`. */
export function addRow(
  rows: Rows,
  settings: GlobalSettings,
  past: PastOf,
  place: RowPlace,
  origin: Period,
  own: Period,
  actual: number,
): void {
  const r = rows.count++
  const o = origin - place.start
  const t = own - place.start
  rows.series[r] = place.series
  rows.local[r] = place.local
  rows.segment[r] = place.segment
  rows.origin[r] = origin
  rows.own[r] = own
  rows.step[r] = own - origin
  rows.anchor[r] = anchorOf(settings.target, past, o, t)
  rows.scale[r] = scaleOf(settings.target, past, o, t)
  rows.level[r] = past.level(o)
  rows.baseline[r] = past.profile(o, t)
  rows.actual[r] = actual
}

/** The pairs of a selection that series `i` of a panel has, one after the other: `visit(origin, own, actual)`; `past` must be loaded with it. */
export function eachPair(
  panel: Panel,
  i: number,
  series: number,
  past: PastOf,
  selection: Selection,
  settings: GlobalSettings,
  visit: (origin: Period, own: Period, actual: number) => void,
): void {
  const start = panel.start[i] as number
  const from = panel.offsets[i] as number
  const { own, origin, steps, every, cutoff, share, together } = selection
  const first = Math.max(own[0], start + steps[0])
  const last = Math.min(own[1], start + past.length - 1)
  const scaled = settings.target.scale !== 'none'
  for (let t = first; t <= last; t++) {
    const y = learned(panel, from + t - start, settings)
    if (Number.isNaN(y)) continue
    for (let h = steps[0]; h <= steps[1]; h++) {
      const o = t - h
      if (o < origin || o < start) break
      if (every > 1 && (cutoff - o) % every !== 0) continue
      if (past.seen(o - start) < settings.minHistory) break
      if (scaled && !(past.level(o - start) > 0)) continue
      if (share < 1 && chance(series, o, together ? 0 : h) >= share) continue
      const raised = settings.censored === 'raise' && ((panel.mask[from + t - start] as number) & Mask.censored) !== 0
      visit(o, t, raised ? Math.max(y, past.profile(o - start, t - start)) : y)
    }
  }
}

/** The target of a cell as it may be learned; NaN where it may not. */
function learned(panel: Panel, cell: number, { censored }: GlobalSettings): number {
  const mask = panel.mask[cell] as number
  if ((mask & Mask.closed) !== 0) return Number.NaN
  if (censored === 'drop' && (mask & Mask.censored) !== 0) return Number.NaN
  return panel.target[cell] as number
}

/** A number from 0 to 1 that belongs to a row, whatever block it is read in (the finaliser of MurmurHash 3). */
function chance(series: number, origin: Period, step: number): number {
  let h = Math.imul(series, 0x9e3779b1) ^ Math.imul(origin, 0x85ebca6b) ^ Math.imul(step, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296
}
