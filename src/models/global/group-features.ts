import { at, Mask, type Panel } from '../../core/panel.ts'
import type { Derived, DerivedFeature } from './derived.ts'

/** Which groups of series are looked at, and how. */
export interface GroupOptions {
  /** Static columns whose values together name a group. */
  readonly columns: readonly string[]
  /** Known-ahead columns that a series is compared by. */
  readonly known: readonly string[]
  /** Past-only columns whose trend in the group is looked at beside that of the target. */
  readonly of: readonly string[]
  /** Difference of the group's mean of each known-ahead column at which two periods are no longer alike. */
  readonly widths: readonly number[]
  readonly season: number
  /** Periods of a group's usual level. */
  readonly window: number
}

/** Seasons that the mean of a phase takes in. */
const SEASONS = 4

/** The columns that {@link GroupTable} makes: none is in units of the target. */
export function groupFeatures({
  columns,
  known,
  of,
}: Pick<GroupOptions, 'columns' | 'known' | 'of'>): DerivedFeature[] {
  const feature = (what: string) => ({ name: `group_${columns.join('_')}_${what}`, unit: false })
  return [
    ...['trend', 'last', 'season', 'season_last', 'censored'],
    ...of.flatMap((name) => [`${name}_trend`, `${name}_season`]),
    ...known.flatMap((name) => [`${name}_shift`, `${name}_similar`]),
    ...known.map((name) => `${name}_gap`),
  ].map(feature)
}

/** Sums and counts of one group by period. */
interface Sums {
  readonly sum: Map<number, number>
  readonly count: Map<number, number>
}

/** Means by period, from `first` on, and their running sums. */
interface Line {
  readonly first: number
  readonly mean: Float64Array
  readonly running: Float64Array
}

/**
 * What goes on in a series' group: gathered over all blocks of a window, then read row by row at the row's origin.
 *
 * The group's newest season and newest period against its usual level; its mean of the row's phase against either; its share of periods out of
 * stock; for known-ahead columns how far the group will be from its usual value, its mean on days that were alike against its usual
 * level, and how far the series stands from its group in the row's own period.
 */
export class GroupTable {
  readonly #options: GroupOptions
  readonly #found = new Map<string, Sums[]>()

  constructor(options: GroupOptions) {
    this.#options = options
  }

  add(past: Panel, known: Panel): void {
    const { known: knownNames, of } = this.#options
    const lines = 2 + of.length + knownNames.length
    for (let i = 0; i < past.ids.length; i++) {
      const key = this.#key(past, i)
      let group = this.#found.get(key)
      if (!group) {
        group = Array.from({ length: lines }, () => ({ sum: new Map(), count: new Map() }))
        this.#found.set(key, group)
      }
      const [demand, censored, ...others] = group as [Sums, Sums, ...Sums[]]
      addCells(demand, past, i, (k) => ((at(past.mask, k) & Mask.closed) !== 0 ? Number.NaN : at(past.target, k)))
      addCells(censored, past, i, (k) => ((at(past.mask, k) & Mask.censored) !== 0 ? 1 : 0))
      const addColumn = (name: string, sums: Sums, panels: readonly Panel[]) => {
        for (const panel of panels) {
          const values = panel.columns.get(name)?.values
          if (values) addCells(sums, panel, i, (k) => at(values, k))
        }
      }
      of.forEach((name, c) => {
        addColumn(name, others[c] as Sums, [past])
      })
      knownNames.forEach((name, c) => {
        addColumn(name, others[of.length + c] as Sums, [past, known])
      })
    }
  }

  #key(panel: Panel, i: number): string {
    return this.#options.columns.map((name) => panel.statics.get(name)?.values[i]).join()
  }

  /** The columns, from what was gathered. */
  done(): Derived {
    const { known, of } = this.#options
    const groups = new Map<string, Group>()
    for (const [key, sums] of this.#found) groups.set(key, { lines: sums.map(lineOf), kept: new Map() })
    const features = groupFeatures(this.#options)
    const shared = features.length - known.length
    return {
      features,
      fill: ({ past, known: ahead }, rows, into) => {
        for (const column of into) column.fill(Number.NaN, 0, rows.count)
        const horizon = past.ids.length > 0 ? at(ahead.offsets, 1) - at(ahead.offsets, 0) : 0
        let local = -1
        let group: Group | undefined
        for (let r = 0; r < rows.count; r++) {
          const i = at(rows.local, r)
          if (i !== local) group = groups.get(this.#key(past, i))
          local = i
          if (!group) continue
          const cutoff = at(past.start, i) + at(past.offsets, i + 1) - at(past.offsets, i) - 1
          const origin = Math.min(cutoff, at(rows.origin, r))
          const own = at(rows.own, r)
          const values = this.#valuesOf(group, origin, own, shared)
          for (let f = 0; f < shared; f++) (into[f] as Float32Array)[r] = at(values, f)
          for (let c = 0; c < known.length; c++) {
            const name = known[c] as string
            const x =
              own <= cutoff
                ? at(past.columns.get(name)?.values as Float64Array, at(past.offsets, i) + own - at(past.start, i))
                : at(ahead.columns.get(name)?.values as Float64Array, i * horizon + own - cutoff - 1)
            ;(into[shared + c] as Float32Array)[r] = x - meanAt(group.lines[2 + of.length + c] as Line, own)
          }
        }
      },
    }
  }

  /** What all series of a group share at an origin and a period, worked out once. */
  #valuesOf(group: Group, origin: number, own: number, count: number): Float64Array {
    const key = origin * MOST_STEPS + own - origin
    const kept = group.kept.get(key)
    if (kept) return kept
    const { season, window, known, of, widths } = this.#options
    const [demand, censored, ...others] = group.lines as [Line, Line, ...Line[]]
    const usual = meanOver(demand, origin - window + 1, origin)
    const newest = meanOver(demand, origin - season + 1, origin)
    const last = own - season * Math.ceil((own - origin) / season)
    const values = new Float64Array(count)
    let f = 0
    const put = (value: number) => {
      // 0 / 0 and the like say nothing.
      values[f++] = Number.isFinite(value) ? value : Number.NaN
    }
    put(newest / usual)
    put(meanAt(demand, origin) / newest)
    put(phaseMean(demand, last, season) / usual)
    put(meanAt(demand, last) / newest)
    put(meanOver(censored, origin - season + 1, origin))
    for (let c = 0; c < of.length; c++) {
      const line = others[c] as Line
      const level = meanOver(line, origin - window + 1, origin)
      put(meanOver(line, origin - season + 1, origin) / level)
      put(phaseMean(line, last, season) / level)
    }
    for (let c = 0; c < known.length; c++) {
      const line = others[of.length + c] as Line
      put(meanAt(line, own) - meanOver(line, origin - window + 1, origin))
      put(alike(demand, line, origin, own, window, at(widths, c)) / usual)
    }
    if (group.kept.size >= MOST_KEPT) group.kept.clear()
    group.kept.set(key, values)
    return values
  }
}

/** Mean of the newest periods of the phase of `last`. */
function phaseMean(line: Line, last: number, season: number): number {
  let sum = 0
  let seen = 0
  for (let k = 0; k < SEASONS; k++) {
    const value = meanAt(line, last - k * season)
    if (Number.isNaN(value)) continue
    sum += value
    seen++
  }
  return sum / seen
}

/** A group's lines: demand, being out of stock, past-only and known-ahead columns; and what was worked out of them already. */
interface Group {
  readonly lines: readonly Line[]
  readonly kept: Map<number, Float64Array>
}

/** Pairs of an origin and a period that each group keeps at the most. */
const MOST_KEPT = 2000
/** Steps from an origin that a key can tell apart. */
const MOST_STEPS = 65_536

/** Mean demand over the window, periods weighing by how alike their value of a column was to that of the row's own period. */
function alike(demand: Line, line: Line, origin: number, own: number, window: number, width: number): number {
  const x = meanAt(line, own)
  let sum = 0
  let weights = 0
  for (let k = origin; k > origin - window; k--) {
    const y = meanAt(demand, k)
    const weight = Math.exp(-Math.abs(meanAt(line, k) - x) / width)
    if (Number.isNaN(y) || Number.isNaN(weight)) continue
    sum += weight * y
    weights += weight
  }
  return weights > 1e-9 ? sum / weights : Number.NaN
}

function addCells(sums: Sums, panel: Panel, i: number, value: (cell: number) => number): void {
  const from = at(panel.offsets, i)
  for (let k = from; k < at(panel.offsets, i + 1); k++) {
    const x = value(k)
    if (Number.isNaN(x)) continue
    const period = at(panel.start, i) + k - from
    sums.sum.set(period, (sums.sum.get(period) ?? 0) + x)
    sums.count.set(period, (sums.count.get(period) ?? 0) + 1)
  }
}

function lineOf({ sum, count }: Sums): Line {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const period of sum.keys()) {
    first = Math.min(first, period)
    last = Math.max(last, period)
  }
  const length = Math.max(0, last - first + 1)
  const mean = new Float64Array(length).fill(Number.NaN)
  for (const [period, s] of sum) mean[period - first] = s / (count.get(period) as number)
  const running = new Float64Array(length + 1)
  for (let k = 0; k < length; k++) running[k + 1] = at(running, k) + (at(mean, k) || 0)
  return { first, mean, running }
}

const meanAt = ({ first, mean }: Line, period: number) => mean[period - first] ?? Number.NaN

/** Mean over periods `from` to `to`, both inclusive, as far as the line reaches; periods without a value count as 0 demand. */
function meanOver({ first, mean, running }: Line, from: number, to: number): number {
  const low = Math.max(0, from - first)
  const high = Math.min(mean.length, to - first + 1)
  return high > low ? (at(running, high) - at(running, low)) / (high - low) : Number.NaN
}
