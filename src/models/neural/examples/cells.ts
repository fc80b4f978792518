import type { Calendar } from '../../../core/calendar.ts'
import { ForetideError } from '../../../core/errors.ts'
import { sharedFloat32, sharedInt32 } from '../../../core/memory.ts'
import { at, type Panel } from '../../../core/panel.ts'
import type { Window } from '../../../core/window.ts'
import { keptWindow } from '../../global/kept-window.ts'
import { blocksOf } from '../../local-model.ts'
import { termCount, writeTerms } from './calendar-terms.ts'
import { moodsOf } from './moods.ts'
import { frameOf, type Preparation, widthOf } from './preparation.ts'
import { restored } from './target.ts'
import { sourceOf, textsOf } from './texts.ts'
import { writeBlock } from './write-block.ts'

/** Series of a window as networks see them, flat and on shared memory, before they are cut into examples. */
export interface Cells {
  readonly ids: readonly string[]
  readonly cutoff: number
  readonly arrays: CellArrays
}

/** The arrays; series `i` has the cells `offsets[i]` to `offsets[i + 1]`, and known columns for `horizon` cells more. */
export interface CellArrays {
  readonly start: Int32Array
  readonly offsets: Int32Array
  /** Cell of each series, counted from its first, that was observed first; its length where none was. */
  readonly born: Int32Array
  /** What a context shows and what may be learned, by cell, NaN where missing. */
  readonly seen: Float32Array
  readonly truth: Float32Array
  /** Mean size, mean and deviation of everything seen up to each cell; 0, NaN and 0 where there is nothing. */
  readonly everSize: Float32Array
  readonly everMean: Float32Array
  readonly everDeviation: Float32Array
  /** [cells, past], those in units of the target last and not scaled yet. */
  readonly past: Float32Array
  /** [cells and horizons, known] without the calendar. */
  readonly known: Float32Array
  /** [periods, terms] from `firstPeriod` on. */
  readonly terms: Float32Array
  readonly firstPeriod: number
  /** [series, statics] without age and size. */
  readonly statics: Float32Array
  /** [series, categories]. */
  readonly codes: Int32Array
}

/** Lays out all series of a window; refuses one that lacks a column, static or key that the preparation knows. */
export async function cellsOf(given: Window, preparation: Preparation): Promise<Cells> {
  const window = keptWindow(given)
  const { settings } = preparation
  const ids: string[] = []
  const starts: number[] = []
  const lengths: number[] = []
  let checked = false
  for await (const [past, known] of blocksOf(window)) {
    if (!checked) check(past, known, window.calendar, preparation)
    checked = true
    for (let i = 0; i < past.ids.length; i++) {
      ids.push(past.ids[i] as string)
      starts.push(at(past.start, i))
      lengths.push(at(past.offsets, i + 1) - at(past.offsets, i))
    }
  }
  const arrays = blank(preparation, window, starts, lengths)
  const groups = settings.groups.map((names) => new Grouping(names, ids.length))
  let series = 0
  for await (const [past, known] of blocksOf(window)) {
    writeBlock(preparation, arrays, series, past, known)
    for (const group of groups) group.add(past, series)
    series += past.ids.length
  }
  const units = unitsOf(preparation, arrays)
  const { clip } = settings
  groups.forEach(({ codes }, g) => {
    const moods = moodsOf({ ...arrays, units, context: settings.context }, codes)
    const { past: width } = frameOf(preparation)
    const column = widthOf(preparation.past) + (preparation.censored ? 1 : 0) + g
    for (let k = 0; k < moods.length; k++)
      arrays.past[k * width + column] = Math.max(-clip, Math.min(clip, at(moods, k)))
  })
  return { ids, cutoff: window.cutoff, arrays }
}

/** Units by cell that moods are of. */
function unitsOf(preparation: Preparation, { seen, past }: CellArrays): (cell: number) => number {
  const { settings, units } = preparation
  const { transform, groupsOf } = settings
  if (groupsOf === undefined) return (cell) => restored(transform, at(seen, cell))
  const { past: width } = frameOf(preparation)
  const column = width - units.length + units.findIndex(({ name }) => name === groupsOf)
  return (cell) => restored(transform, at(past, cell * width + column))
}

/** Numbers the groups that some static columns or keys name together. */
class Grouping {
  readonly codes: Int32Array
  readonly #names: readonly string[]
  readonly #known = new Map<string, number>()

  constructor(names: readonly string[], series: number) {
    this.#names = names
    this.codes = new Int32Array(series).fill(-1)
  }

  add(panel: Panel, series: number): void {
    const texts = this.#names.map((name) => textsOf(panel, sourceOf(panel, name) ?? { name, from: 'static' }))
    for (let i = 0; i < panel.ids.length; i++) {
      const values = texts.map((textOf) => textOf(i))
      if (values.includes(undefined)) continue
      const key = JSON.stringify(values)
      const code = this.#known.get(key) ?? this.#known.size
      this.#known.set(key, code)
      this.codes[series + i] = code
    }
  }
}

function check(past: Panel, known: Panel, { unit }: Calendar, preparation: Preparation): void {
  const { settings, statics, categories } = preparation
  const missing = [
    ...[...preparation.past, ...preparation.units, ...preparation.known].filter(({ name }) => !past.columns.has(name)),
    ...preparation.known.filter(({ name }) => !known.columns.has(name)),
    ...statics.filter(({ name }) => !past.statics.has(name)),
    ...categories.filter(({ name, from }) => from !== 'identity' && sourceOf(past, name)?.from !== from),
  ].map(({ name }) => name)
  for (const name of settings.groups.flat()) if (!sourceOf(past, name)) missing.push(name)
  if (missing.length > 0)
    throw new ForetideError('examples.columns', { missing: [...new Set(missing)].join(', ') }, { fault: 'badInput' })
  if (unit !== preparation.unit)
    throw new ForetideError('examples.unit', { fitted: preparation.unit, given: unit }, { fault: 'badInput' })
}

function blank(
  preparation: Preparation,
  window: Window,
  starts: readonly number[],
  lengths: readonly number[],
): CellArrays {
  const { settings, known, unit } = preparation
  const { past, statics } = frameOf(preparation)
  const { context, horizon } = settings
  const count = starts.length
  const offsets = sharedInt32(count + 1)
  const start = sharedInt32(count)
  let earliest = window.cutoff + 1
  lengths.forEach((length, i) => {
    start[i] = at(starts, i)
    offsets[i + 1] = at(offsets, i) + length
    earliest = Math.min(earliest, at(starts, i))
  })
  const cells = at(offsets, count)
  const firstPeriod = earliest - context
  const periods = settings.calendar ? window.cutoff + horizon + 1 - firstPeriod : 0
  const terms = sharedFloat32(periods * termCount(unit, preparation.cycles))
  writeTerms(window.calendar, preparation.cycles, firstPeriod, periods, terms)
  const standard = settings.scale === 'standard' ? cells : 0
  return {
    start,
    offsets,
    born: sharedInt32(count),
    seen: sharedFloat32(cells),
    truth: sharedFloat32(cells),
    everSize: sharedFloat32(cells),
    everMean: sharedFloat32(standard),
    everDeviation: sharedFloat32(standard),
    past: sharedFloat32(cells * past),
    known: sharedFloat32((cells + count * horizon) * widthOf(known)),
    terms,
    firstPeriod,
    statics: sharedFloat32(count * (statics - (settings.age ? 1 : 0) - (settings.size ? 1 : 0))),
    codes: sharedInt32(count * preparation.categories.length),
  }
}
