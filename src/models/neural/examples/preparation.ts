import type { Unit } from '../../../core/calendar.ts'
import { at, type Column, endOf, Mask, type Panel } from '../../../core/panel.ts'
import type { Window } from '../../../core/window.ts'
import { blocksOf } from '../../local-model.ts'
import type { Frame } from '../architecture.ts'
import { type Cycle, cyclesWithin, termCount } from './calendar-terms.ts'
import { Moments, type Standard } from './moments.ts'
import { type ExampleInput, type ExampleSettings, exampleSettings, refused } from './options.ts'
import { LEAST_SIZE } from './scale.ts'
import { seenAt, trailingSizes, transformed } from './target.ts'
import { type CategorySource, sourceOf, textsOf } from './texts.ts'

/** A column of the panel, and how it is seen. */
export interface PreparedColumn {
  readonly name: string
  readonly standard: Standard
  /** The values that have a column each, instead of its numbers. */
  readonly values?: readonly string[]
  /** Whether another column says where it is missing. */
  readonly gaps: boolean
}

/** A category of series: its values have the codes from 1 on, and 0 is for all others. */
export interface PreparedCategory extends CategorySource {
  readonly values: readonly string[]
}

/** What is learned once of a panel so that networks see all panels alike; plain data, saved with them. */
export interface Preparation {
  readonly settings: ExampleSettings
  readonly unit: Unit
  /** Cycles of the calendar that are seen. */
  readonly cycles: readonly Cycle[]
  readonly past: readonly PreparedColumn[]
  /** Past-only columns that are scaled as the target is. */
  readonly units: readonly PreparedColumn[]
  readonly known: readonly PreparedColumn[]
  readonly statics: readonly { readonly name: string; readonly standard: Standard }[]
  readonly categories: readonly PreparedCategory[]
  /** Whether a column says where demand was censored. */
  readonly censored: boolean
  /** Mean and mean size of all observed values, for series of which nothing is known. */
  readonly mean: number
  readonly size: number
  /** The least size of all observed values that are not 0, for series that were never seen to sell. */
  readonly least: number
  /** Of log(1 + periods since the first observed one), and of the logarithm of the size of a context. */
  readonly age: Standard
  readonly logSize: Standard
}

/** Values of a category by the period that have a column each. */
const MOST_VALUES = 12

/**
 * Learns from all series of a window how their columns, categories and scales are to be seen.
 *
 * Refuses options that are impossible and columns, statics or keys that the panel has not.
 */
export async function preparationOf(window: Window, input: ExampleInput = {}): Promise<Preparation> {
  const settings = exampleSettings(input, window.calendar.unit, window.horizon)
  let study: Study | undefined
  for await (const [past] of blocksOf(window)) {
    study ??= new Study(past, settings)
    study.add(past)
  }
  return (study ?? new Study(undefined, settings)).done(window.calendar.unit)
}

/** The sizes of what networks see and say of examples. */
export function frameOf({
  settings,
  past,
  units,
  known,
  statics,
  categories,
  censored,
  unit,
  cycles,
}: Preparation): Omit<Frame, 'batch'> {
  return {
    context: settings.context,
    horizon: settings.horizon,
    past: widthOf(past) + (censored ? 1 : 0) + settings.groups.length + widthOf(units),
    known: widthOf(known) + (settings.calendar ? termCount(unit, cycles) : 0),
    statics: statics.length + (settings.age ? 1 : 0) + (settings.size ? 1 : 0),
    categories: categories.map(({ values }) => values.length + 1),
  }
}

/** How many numbers columns are seen as. */
export const widthOf = (columns: readonly PreparedColumn[]): number =>
  columns.reduce((sum, { values, gaps }) => sum + (values ? values.length : 1) + (gaps ? 1 : 0), 0)

/** What is gathered of one column. */
class ColumnStudy {
  readonly moments = new Moments()
  readonly counts = new Map<string, number>()
  cells = 0
  readonly #first: Column

  constructor(column: Column) {
    this.#first = column
  }

  get name(): string {
    return this.#first.name
  }

  add({ values, categories }: Column): void {
    this.cells += values.length
    for (let k = 0; k < values.length; k++) {
      const x = at(values, k)
      this.moments.add(x)
      const text = categories?.[x]
      if (text !== undefined) this.counts.set(text, (this.counts.get(text) ?? 0) + 1)
    }
  }

  done({ gaps }: ExampleSettings): PreparedColumn {
    const missing = this.cells - this.moments.count
    const prepared = {
      name: this.name,
      standard: this.moments.standard(),
      gaps: gaps && missing > 0 && missing < this.cells && !this.#first.categories,
    }
    if (!this.#first.categories) return prepared
    const values = [...this.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([text]) => text)
    return { ...prepared, values: values.slice(0, MOST_VALUES) }
  }
}

class Study {
  readonly #settings: ExampleSettings
  readonly #columns: readonly { readonly role: 'past' | 'units' | 'known'; readonly study: ColumnStudy }[]
  readonly #statics: readonly { readonly name: string; readonly moments: Moments }[]
  readonly #categories: readonly { readonly source: CategorySource; readonly counts: Map<string, number> }[]
  readonly #target = new Moments()
  readonly #size = new Moments()
  readonly #age = new Moments()
  readonly #logSize = new Moments()
  #least = Number.POSITIVE_INFINITY
  #censored = false
  #first = Number.POSITIVE_INFINITY
  #end = Number.NEGATIVE_INFINITY
  #calendar: Panel['calendar'] | undefined
  #series = 0

  constructor(panel: Panel | undefined, settings: ExampleSettings) {
    this.#settings = settings
    const taken = (name: string) => !settings.without.includes(name)
    if (panel) check(panel, settings)
    const columns = [...(panel?.columns.values() ?? [])].filter(({ name }) => taken(name))
    this.#columns = columns.map((column) => ({
      role: column.knownAhead ? 'known' : settings.units.includes(column.name) ? 'units' : 'past',
      study: new ColumnStudy(column),
    }))
    const statics = [...(panel?.statics.values() ?? [])].filter(({ name }) => taken(name))
    this.#statics = statics
      .filter(({ categories }) => !categories)
      .map(({ name }) => ({ name, moments: new Moments() }))
    const named = statics.filter(({ categories }) => categories).map(({ name }) => ({ name, from: 'static' }) as const)
    // The only key is the identity, and a key that is a static, too, would be seen twice.
    const keys = (panel && panel.keys.length > 1 ? panel.keys : []).filter(
      (name) => taken(name) && !panel?.statics.has(name),
    )
    const sources: readonly CategorySource[] = [
      ...named,
      ...keys.map((name) => ({ name, from: 'key' }) as const),
      ...(settings.identity ? [{ name: 'identity', from: 'identity' } as const] : []),
    ]
    this.#categories = sources.map((source) => ({ source, counts: new Map() }))
  }

  add(panel: Panel): void {
    this.#series += panel.ids.length
    this.#calendar = panel.calendar
    for (let i = 0; i < panel.ids.length; i++) {
      this.#first = Math.min(this.#first, at(panel.start, i))
      this.#end = Math.max(this.#end, endOf(panel, i))
    }
    for (const { study } of this.#columns) {
      const column = panel.columns.get(study.name)
      if (column) study.add(column)
    }
    for (const { name, moments } of this.#statics) for (const x of panel.statics.get(name)?.values ?? []) moments.add(x)
    for (const { source, counts } of this.#categories) {
      const textOf = textsOf(panel, source)
      for (let i = 0; i < panel.ids.length; i++) {
        const text = textOf(i)
        if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1)
      }
    }
    this.#censored ||= panel.mask.some((bits) => (bits & Mask.censored) !== 0)
    this.#addTargets(panel)
  }

  #addTargets(panel: Panel): void {
    const { context, transform } = this.#settings
    let values = new Float64Array(0)
    let sizes = new Float64Array(0)
    for (let i = 0; i < panel.ids.length; i++) {
      const from = at(panel.offsets, i)
      const count = at(panel.offsets, i + 1) - from
      if (values.length < count) {
        values = new Float64Array(2 * count)
        sizes = new Float64Array(2 * count)
      }
      for (let k = 0; k < count; k++) values[k] = transformed(transform, seenAt(panel, from + k, this.#settings))
      trailingSizes(values, 0, count, context, sizes)
      let first = count
      for (let k = 0; k < count; k++) {
        const y = at(values, k)
        this.#target.add(y)
        this.#size.add(Math.abs(y))
        if (Math.abs(y) > LEAST_SIZE) this.#least = Math.min(this.#least, Math.abs(y))
        if (first === count && !Number.isNaN(y)) first = k
        if (first < count) this.#age.add(Math.log1p(k - first + 1))
        if (at(sizes, k) > 0) this.#logSize.add(Math.log(at(sizes, k)))
      }
    }
  }

  /** Days from the first period of all to the last. */
  #days(): number {
    const calendar = this.#calendar
    return calendar && this.#end > this.#first
      ? (calendar.startOf(this.#end) - calendar.startOf(this.#first)) / 86_400_000
      : 0
  }

  done(unit: Unit): Preparation {
    const settings = this.#settings
    const columns = (role: string) =>
      this.#columns.filter((column) => column.role === role).map(({ study }) => study.done(settings))
    return {
      settings,
      unit,
      cycles: settings.cycles ?? cyclesWithin(unit, this.#days()),
      past: columns('past'),
      units: columns('units'),
      known: columns('known'),
      statics: this.#statics.map(({ name, moments }) => ({ name, standard: moments.standard() })),
      categories: this.#categories
        .map(({ source, counts }) => ({ ...source, values: valuesOf(source, counts, settings.rare) }))
        // A part of the key that every series has another value of is an identity in disguise.
        .filter(({ from, values }) => from !== 'key' || values.length < this.#series),
      censored: this.#censored,
      mean: this.#target.mean,
      size: this.#size.mean > LEAST_SIZE ? this.#size.mean : 1,
      least: Number.isFinite(this.#least) ? this.#least : 1,
      age: this.#age.standard(),
      logSize: this.#logSize.standard(),
    }
  }
}

function valuesOf({ from }: CategorySource, counts: ReadonlyMap<string, number>, rare: number): string[] {
  const least = from === 'identity' ? 0 : rare
  return [...counts].filter(([, count]) => count > least).map(([text]) => text)
}

function check(panel: Panel, { units, groups, groupsOf }: ExampleSettings): void {
  if (groupsOf !== undefined && !units.includes(groupsOf)) throw refused('groupsOf', `'${groupsOf}' is none of 'units'`)
  for (const name of units) {
    const column = panel.columns.get(name)
    if (!column || column.knownAhead || column.categories)
      throw refused('units', `'${name}' is no past-only column of numbers`)
  }
  for (const name of groups.flat())
    if (!sourceOf(panel, name)) throw refused('groups', `'${name}' is neither a static column nor a key`)
}
