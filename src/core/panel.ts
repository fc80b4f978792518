import type { Calendar, Period } from './calendar.ts'
import { ForetideError } from './errors.ts'
import { sharedFloat64, sharedInt32, sharedUint8 } from './memory.ts'

/** What is known of a cell beside its value, as bits of {@link Panel.mask}. */
export const Mask = {
  /** Out of stock for some of the period: the value is a lower bound of demand. */
  censored: 1,
  /** The shop was closed: no demand could be met, and none is counted. */
  closed: 2,
  /** The value was filled in by cleaning and never observed. */
  imputed: 4,
  /** The value was flagged as an outlier. */
  outlier: 8,
} as const

/** A column with a value for every cell of the panel, aligned with its target. */
export interface Column {
  readonly name: string
  /** Whether the future values are known when a forecast is made (a price list, a promotion plan, a holiday). */
  readonly knownAhead: boolean
  /** One value a cell, NaN where missing; for a category the index into `categories`. */
  readonly values: Float64Array
  readonly categories?: readonly string[]
}

/** A column with one value for each series, aligned with `ids`. */
export interface StaticColumn {
  readonly name: string
  readonly values: Float64Array
  readonly categories?: readonly string[]
}

/**
 * Series of one frequency, ragged, stored flat and series-major.
 *
 * Series `i` fills the cells `offsets[i] … offsets[i + 1] − 1` of every array, one for each period from `start[i]` on, without
 * gaps: a period that was not observed holds NaN, never 0. Arrays lie on shared memory, so that a panel passes to a
 * worker thread without a copy.
 */
export interface Panel {
  readonly calendar: Calendar
  /** The columns that make up a series' identity, such as `['store', 'item']`. */
  readonly keys: readonly string[]
  /** One identity a series, its parts joined by `/` (see {@link seriesId}). */
  readonly ids: readonly string[]
  readonly start: Int32Array
  readonly offsets: Int32Array
  /** Units demanded; NaN where not observed. */
  readonly target: Float64Array
  /** Bits of {@link Mask}. */
  readonly mask: Uint8Array
  readonly columns: ReadonlyMap<string, Column>
  readonly statics: ReadonlyMap<string, StaticColumn>
}

/** Joins the parts of an identity with `/`; a `/` or `%` within a part is percent-encoded, so that no two collide. */
export function seriesId(parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[%/]/g, (c) => (c === '%' ? '%25' : '%2F'))).join('/')
}

/** The parts that {@link seriesId} joined. */
export function seriesParts(id: string): string[] {
  return id.split('/').map((part) => part.replace(/%2F/g, '/').replace(/%25/g, '%'))
}

/** One series as a user or a test writes it down. */
export interface SeriesInput {
  readonly id: string
  readonly start: Period
  readonly values: ArrayLike<number>
  readonly mask?: ArrayLike<number>
  /** Values of each column, as many as `values` has. */
  readonly columns?: Readonly<Record<string, ArrayLike<number>>>
}

/** What {@link panelOf} needs beside the series. */
export interface PanelOptions {
  readonly calendar: Calendar
  readonly keys?: readonly string[]
  /** Names of the columns known ahead of time; all others are past-only. */
  readonly knownAhead?: readonly string[]
  /** The texts behind the numbers of columns that are categories. */
  readonly categories?: Readonly<Record<string, readonly string[]>>
  /** One value a series for each static column, aligned with the order of the series. */
  readonly statics?: Readonly<Record<string, ArrayLike<number>>>
}

/**
 * Lays out series as a {@link Panel}; refuses columns, masks or statics of another length than what they describe.
 *
 * @example
 * const panel = panelOf([{ id: 'tea', start: 0, values: [3, NaN, 5] }], { calendar: new Calendar({ unit: 'day' }) })
 * panel.target.length // → 3
 */
export function panelOf(series: readonly SeriesInput[], options: PanelOptions): Panel {
  const { calendar, keys = ['item'], knownAhead = [], categories = {}, statics = {} } = options
  const offsets = sharedInt32(series.length + 1)
  series.forEach((s, i) => {
    offsets[i + 1] = at(offsets, i) + s.values.length
  })
  const cells = at(offsets, series.length)
  const target = sharedFloat64(cells)
  const mask = sharedUint8(cells)
  const start = sharedInt32(series.length)
  const names = new Set(series.flatMap((s) => Object.keys(s.columns ?? {})))
  const columns = new Map<string, Column>()
  for (const name of names) {
    const values = sharedFloat64(cells).fill(Number.NaN)
    const texts = categories[name]
    columns.set(name, { name, knownAhead: knownAhead.includes(name), values, ...(texts ? { categories: texts } : {}) })
  }
  series.forEach((s, i) => {
    const from = at(offsets, i)
    start[i] = s.start
    target.set(s.values, from)
    if (s.mask) mask.set(sameLength(s.mask, s, 'mask'), from)
    for (const [name, values] of Object.entries(s.columns ?? {}))
      columns.get(name)?.values.set(sameLength(values, s, name), from)
  })
  return {
    calendar,
    keys,
    ids: series.map((s) => s.id),
    start,
    offsets,
    target,
    mask,
    columns,
    statics: staticsOf(statics, categories, series.length),
  }
}

function staticsOf(
  statics: Readonly<Record<string, ArrayLike<number>>>,
  categories: Readonly<Record<string, readonly string[]>>,
  count: number,
): Map<string, StaticColumn> {
  const made = new Map<string, StaticColumn>()
  for (const [name, given] of Object.entries(statics)) {
    if (given.length !== count)
      throw new ForetideError('panel.shape', {
        what: `static column '${name}' has ${given.length} values for ${count} series`,
      })
    const values = sharedFloat64(count)
    values.set(given)
    const texts = categories[name]
    made.set(name, { name, values, ...(texts ? { categories: texts } : {}) })
  }
  return made
}

function sameLength(values: ArrayLike<number>, series: SeriesInput, what: string): ArrayLike<number> {
  if (values.length !== series.values.length)
    throw new ForetideError('panel.shape', {
      what: `'${what}' of series '${series.id}' has ${values.length} values for ${series.values.length} periods`,
    })
  return values
}

/** The value at an index that the caller knows to be inside the array. */
export function at(array: ArrayLike<number>, index: number): number {
  return array[index] as number
}

/** The first period after the last cell of series `i`. */
export function endOf(panel: Panel, i: number): Period {
  return at(panel.start, i) + at(panel.offsets, i + 1) - at(panel.offsets, i)
}

/** The cells of series `i` of a panel's target, a view without a copy. */
export function valuesOf(panel: Panel, i: number): Float64Array {
  return panel.target.subarray(panel.offsets[i], panel.offsets[i + 1])
}

/**
 * The part of a panel between two periods (`from` inclusive, `to` exclusive), copied; every series keeps its place, those with
 * nothing in between become empty.
 *
 * With `pad`, every series that has begun by `to` is lengthened with NaN up to it, and empty ones start there; with
 * `padFront` every series is lengthened down to `from`.
 */
export function slicePeriods(panel: Panel, from: Period, to: Period, pad = false, padFront = false): Panel {
  const n = panel.ids.length
  const offsets = sharedInt32(n + 1)
  const start = sharedInt32(n)
  for (let i = 0; i < n; i++) {
    const begin = padFront ? from : Math.max(from, at(panel.start, i))
    const end = pad ? to : Math.min(to, endOf(panel, i))
    const length = Math.max(0, end - begin)
    start[i] = length > 0 ? begin : pad ? to : from
    offsets[i + 1] = at(offsets, i) + length
  }
  const cells = at(offsets, n)
  const copy = <A extends Float64Array | Uint8Array>(source: A, into: A): A => {
    for (let i = 0; i < n; i++) {
      const shift = at(start, i) - at(panel.start, i)
      const first = at(panel.offsets, i) + Math.max(0, shift)
      const lead = Math.max(0, -shift)
      const length = Math.min(at(offsets, i + 1) - at(offsets, i) - lead, at(panel.offsets, i + 1) - first)
      if (length > 0) into.set(source.subarray(first, first + length), at(offsets, i) + lead)
    }
    return into
  }
  const columns = new Map<string, Column>()
  for (const [name, column] of panel.columns)
    columns.set(name, { ...column, values: copy(column.values, sharedFloat64(cells).fill(Number.NaN)) })
  const target = copy(panel.target, sharedFloat64(cells).fill(Number.NaN))
  return { ...panel, start, offsets, target, mask: copy(panel.mask, sharedUint8(cells)), columns }
}

/** The series at the given indices as a panel of their own, in that order, copied. */
export function pickSeries(panel: Panel, indices: ArrayLike<number>): Panel {
  const n = indices.length
  const offsets = sharedInt32(n + 1)
  const start = sharedInt32(n)
  const ids: string[] = []
  for (let k = 0; k < n; k++) {
    const i = at(indices, k)
    ids.push(panel.ids[i] as string)
    start[k] = at(panel.start, i)
    offsets[k + 1] = at(offsets, k) + at(panel.offsets, i + 1) - at(panel.offsets, i)
  }
  const copy = <A extends Float64Array | Uint8Array>(source: A, into: A): A => {
    for (let k = 0; k < n; k++) {
      const i = at(indices, k)
      into.set(source.subarray(panel.offsets[i], panel.offsets[i + 1]), at(offsets, k))
    }
    return into
  }
  const cells = at(offsets, n)
  const columns = new Map<string, Column>()
  for (const [name, column] of panel.columns)
    columns.set(name, { ...column, values: copy(column.values, sharedFloat64(cells)) })
  const statics = new Map<string, StaticColumn>()
  for (const [name, column] of panel.statics) {
    const values = sharedFloat64(n)
    for (let k = 0; k < n; k++) values[k] = at(column.values, at(indices, k))
    statics.set(name, { ...column, values })
  }
  return {
    ...panel,
    ids,
    start,
    offsets,
    target: copy(panel.target, sharedFloat64(cells)),
    mask: copy(panel.mask, sharedUint8(cells)),
    columns,
    statics,
  }
}
