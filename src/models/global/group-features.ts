import { at, Mask, type Panel } from '../../core/panel.ts'
import type { Derived, DerivedFeature } from './derived.ts'

/** Which groups of series are looked at, and how. */
export interface GroupOptions {
  /** Static columns whose values together name a group. */
  readonly columns: readonly string[]
  /** Known-ahead columns that a series is compared by. */
  readonly known: readonly string[]
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
    ...['trend', 'last', 'season', 'season_last'].map((what) => `${of}_${what}`),
    ...known.flatMap((name) => [`${of}_${name}_gap`, `${of}_${name}_shift`]),
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
 * The group's newest season and newest period against its usual level; its mean of the row's phase against that level; and for known-ahead
 * columns how far the series stands from its group in the row's own period, and the group from its own usual value.
 */
export class GroupTable {
  readonly #options: GroupOptions
  readonly #found = new Map<string, Sums[]>()

  constructor(options: GroupOptions) {
    this.#options = options
  }

  add(past: Panel, known: Panel): void {
    const lines = 1 + this.#options.known.length
    for (let i = 0; i < past.ids.length; i++) {
      const key = this.#key(past, i)
      let group = this.#found.get(key)
      if (!group) {
        group = Array.from({ length: lines }, () => ({ sum: new Map(), count: new Map() }))
        this.#found.set(key, group)
      }
      addCells(group[0] as Sums, past, i, past.target, true)
      this.#options.known.forEach((name, c) => {
        for (const panel of [past, known])
          addCells((group as Sums[])[1 + c] as Sums, panel, i, panel.columns.get(name)?.values, false)
      })
    }
  }

  #key(panel: Panel, i: number): string {
    return this.#options.columns.map((name) => panel.statics.get(name)?.values[i]).join()
  }

  /** The columns, from what was gathered. */
  done(): Derived {
    const { known, season, window } = this.#options
    const groups = new Map<string, Line[]>()
    for (const [key, sums] of this.#found) groups.set(key, sums.map(lineOf))
    const features = groupFeatures(this.#options)
    return {
      features,
      fill: ({ past, known: ahead }, rows, into) => {
        const put = (f: number, r: number, value: number) => {
          ;(into[f] as Float32Array)[r] = value
        }
        const horizon = past.ids.length > 0 ? at(ahead.offsets, 1) - at(ahead.offsets, 0) : 0
        for (const column of into) column.fill(Number.NaN, 0, rows.count)
        let local = -1
        let lines: Line[] = []
        for (let r = 0; r < rows.count; r++) {
          const i = at(rows.local, r)
          if (i !== local) lines = groups.get(this.#key(past, i)) ?? []
          local = i
          const [line] = lines
          if (!line) continue
          const cutoff = at(past.start, i) + at(past.offsets, i + 1) - at(past.offsets, i) - 1
          const origin = Math.min(cutoff, at(rows.origin, r))
          const own = at(rows.own, r)
          const usual = meanOver(line, origin - window + 1, origin)
          const newest = meanOver(line, origin - season + 1, origin)
          let phase = 0
          let seen = 0
          const last = own - season * Math.ceil((own - origin) / season)
          for (let k = 0; k < SEASONS; k++) {
            const value = meanAt(line, last - k * season)
            if (Number.isNaN(value)) continue
            phase += value
            seen++
          }
          put(0, r, newest / usual)
          put(1, r, meanAt(line, origin) / newest)
          put(2, r, phase / seen / usual)
          put(3, r, meanAt(line, last) / newest)
          for (let c = 0; c < known.length; c++) {
            const name = known[c] as string
            const other = lines[1 + c] as Line
            const x =
              own <= cutoff
                ? at(past.columns.get(name)?.values as Float64Array, at(past.offsets, i) + own - at(past.start, i))
                : at(ahead.columns.get(name)?.values as Float64Array, i * horizon + own - cutoff - 1)
            put(4 + 2 * c, r, x - meanAt(other, own))
            put(5 + 2 * c, r, meanAt(other, own) - meanOver(other, origin - window + 1, origin))
          }
          // 0 / 0 and the like say nothing.
          for (let f = 0; f < 4; f++) if (!Number.isFinite(at(into[f] as Float32Array, r))) put(f, r, Number.NaN)
        }
      },
    }
  }
}

function addCells(sums: Sums, panel: Panel, i: number, values: Float64Array | undefined, target: boolean): void {
  if (!values) return
  const from = at(panel.offsets, i)
  for (let k = from; k < at(panel.offsets, i + 1); k++) {
    const x = at(values, k)
    if (Number.isNaN(x) || (target && (at(panel.mask, k) & Mask.closed) !== 0)) continue
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
