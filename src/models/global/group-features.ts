import { at, Mask, type Panel } from '../../core/panel.ts'
import type { Derived, DerivedFeature } from './derived.ts'

/** Which groups of series are looked at, and how. */
export interface GroupOptions {
  /** Static columns whose values together name a group. */
  readonly columns: readonly string[]
  /** Known-ahead columns that a series is compared by. */
  readonly known: readonly string[]
  /** Difference of the group's mean of each of them at which two periods are no longer alike. */
  readonly widths: readonly number[]
  readonly season: number
  /** Periods of a group's usual level. */
  readonly window: number
}

/** Seasons that the mean of a phase takes in. */
const SEASONS = 4

/** Names of the columns that {@link GroupTable} makes: none is in units of the target. */
export function groupFeatures({ columns, known }: Pick<GroupOptions, 'columns' | 'known'>): DerivedFeature[] {
  const of = columns.join('_')
  return [
    ...['trend', 'last', 'season', 'season_last', 'censored'].map((what) => `${of}_${what}`),
    ...known.flatMap((name) => [`${of}_${name}_shift`, `${of}_${name}_similar`]),
    ...known.map((name) => `${of}_${name}_gap`),
  ].map((name) => ({ name: `group_${name}`, unit: false }))
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
    const lines = 2 + this.#options.known.length
    for (let i = 0; i < past.ids.length; i++) {
      const key = this.#key(past, i)
      let group = this.#found.get(key)
      if (!group) {
        group = Array.from({ length: lines }, () => ({ sum: new Map(), count: new Map() }))
        this.#found.set(key, group)
      }
      const [demand, censored, ...ahead] = group as [Sums, Sums, ...Sums[]]
      addCells(demand, past, i, (k) => ((at(past.mask, k) & Mask.closed) !== 0 ? Number.NaN : at(past.target, k)))
      addCells(censored, past, i, (k) => ((at(past.mask, k) & Mask.censored) !== 0 ? 1 : 0))
      this.#options.known.forEach((name, c) => {
        for (const panel of [past, known]) {
          const values = panel.columns.get(name)?.values
          if (values) addCells(ahead[c] as Sums, panel, i, (k) => at(values, k))
        }
      })
    }
  }

  #key(panel: Panel, i: number): string {
    return this.#options.columns.map((name) => panel.statics.get(name)?.values[i]).join()
  }

  /** The columns, from what was gathered. */
  done(): Derived {
    const { known } = this.#options
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
            ;(into[shared + c] as Float32Array)[r] = x - meanAt(group.lines[2 + c] as Line, own)
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
    const { season, window, known, widths } = this.#options
    const [demand, censored, ...ahead] = group.lines as [Line, Line, ...Line[]]
    const usual = meanOver(demand, origin - window + 1, origin)
    const newest = meanOver(demand, origin - season + 1, origin)
    const last = own - season * Math.ceil((own - origin) / season)
    let phase = 0
    let seen = 0
    for (let k = 0; k < SEASONS; k++) {
      const value = meanAt(demand, last - k * season)
      if (Number.isNaN(value)) continue
      phase += value
      seen++
    }
    const values = new Float64Array(count)
    values[0] = newest / usual
    values[1] = meanAt(demand, origin) / newest
    values[2] = phase / seen / usual
    values[3] = meanAt(demand, last) / newest
    values[4] = meanOver(censored, origin - season + 1, origin)
    for (let c = 0; c < known.length; c++) {
      const line = ahead[c] as Line
      values[5 + 2 * c] = meanAt(line, own) - meanOver(line, origin - window + 1, origin)
      values[6 + 2 * c] = alike(demand, line, origin, own, window, at(widths, c)) / usual
    }
    // 0 / 0 and the like say nothing.
    for (let f = 0; f < count; f++) if (!Number.isFinite(at(values, f))) values[f] = Number.NaN
    if (group.kept.size >= MOST_KEPT) group.kept.clear()
    group.kept.set(key, values)
    return values
  }
}

/** A group's lines: demand, being out of stock, and known-ahead columns; and what was worked out of them already. */
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
