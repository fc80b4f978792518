import type { Unit } from '../../core/calendar.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import { groupsOf, type Static } from './groups.ts'

/** The shape of a window's data, by which candidates are chosen. */
export interface Profile {
  readonly unit: Unit
  readonly season: number
  readonly horizon: number
  readonly series: number
  /** Cells of the past, observed or not. */
  readonly cells: number
  /** Observed periods of the middle series, and of the longest. */
  readonly middleLength: number
  readonly longest: number
  /** Share of observed values that are zero. */
  readonly zeros: number
  /** Whether any value is below zero. */
  readonly signed: boolean
  /** Whether any period was out of stock. */
  readonly censored: boolean
  /** Names of numeric columns known ahead, of numeric columns of the past alone, and of static columns with how many values they take. */
  readonly known: readonly string[]
  readonly past: readonly string[]
  readonly statics: readonly { readonly name: string; readonly values: number }[]
  /** Columns of the past in units of the target: they go along with it at its own size. */
  readonly alike: readonly string[]
  /** The coarsest static column that makes families of some size, where there is one. */
  readonly family?: string
  /** Static columns, and pairs of them, whose values together make groups of series; see {@link groupsOf}. */
  readonly groups: readonly (readonly string[])[]
}

/** Correlation with the target, and how far apart their means may be, of a column in its units. */
const ALIKE = 0.7
const APART = 4

/** Series that a family has on average at the least. */
const FAMILY = 8

function familyOf(columns: readonly Static[], series: number): Pick<Profile, 'family'> {
  const [coarsest] = columns
    .filter(({ values }) => values > 1 && values <= series / FAMILY)
    .sort((a, b) => a.values - b.values)
  return coarsest ? { family: coarsest.name } : {}
}

/** Looks once through a window. */
export async function profileOf(window: Window): Promise<Profile> {
  const lengths: number[] = []
  let [cells, observed, zeros] = [0, 0, 0]
  let [signed, censored] = [false, false]
  const known = new Set<string>()
  const past = new Set<string>()
  const statics = new Map<string, number[]>()
  const along = new Map<string, Moments>()
  for await (const panel of window.past()) {
    for (const [name, column] of panel.columns) if (!column.categories) (column.knownAhead ? known : past).add(name)
    for (const [name, { values }] of panel.statics) {
      const found = statics.get(name) ?? []
      for (const value of values) found.push(value)
      statics.set(name, found)
    }
    for (const name of past) along.set(name, added(along.get(name) ?? NONE, panel, name))
    cells += panel.target.length
    for (let i = 0; i < panel.ids.length; i++) {
      let length = 0
      for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
        const y = at(panel.target, k)
        censored ||= (at(panel.mask, k) & Mask.censored) !== 0
        if (Number.isNaN(y)) continue
        length++
        zeros += y === 0 ? 1 : 0
        signed ||= y < 0
      }
      observed += length
      lengths.push(length)
    }
  }
  lengths.sort((a, b) => a - b)
  const columns = [...statics].map(([name, codes]) => ({ name, codes, values: new Set(codes).size }))
  return {
    unit: window.calendar.unit,
    season: window.calendar.season,
    horizon: window.horizon,
    series: lengths.length,
    ...{ cells, signed, censored },
    middleLength: lengths[Math.floor(lengths.length / 2)] ?? 0,
    longest: lengths.at(-1) ?? 0,
    zeros: observed > 0 ? zeros / observed : 0,
    known: [...known],
    past: [...past],
    statics: columns.map(({ name, values }) => ({ name, values })),
    alike: [...along].flatMap(([name, moments]) => (isAlike(moments) ? [name] : [])),
    groups: groupsOf(columns, lengths.length),
    ...familyOf(columns, lengths.length),
  }
}

/** Sums of a column beside the target. */
interface Moments {
  readonly count: number
  readonly x: number
  readonly y: number
  readonly xx: number
  readonly yy: number
  readonly xy: number
}
const NONE: Moments = { count: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }

function added(before: Moments, panel: Panel, name: string): Moments {
  const values = panel.columns.get(name)?.values
  if (!values) return before
  let { count, x, y, xx, yy, xy } = before
  for (let k = 0; k < values.length; k++) {
    const [a, b] = [at(values, k), at(panel.target, k)]
    if (Number.isNaN(a) || Number.isNaN(b)) continue
    count++
    x += a
    y += b
    xx += a * a
    yy += b * b
    xy += a * b
  }
  return { count, x, y, xx, yy, xy }
}

function isAlike({ count, x, y, xx, yy, xy }: Moments): boolean {
  if (count === 0 || x <= 0 || y <= 0) return false
  const spread = Math.sqrt((xx / count - (x / count) ** 2) * (yy / count - (y / count) ** 2))
  const correlation = spread > 0 ? (xy / count - (x * y) / count ** 2) / spread : 0
  return correlation > ALIKE && x / y < APART && y / x < APART
}
