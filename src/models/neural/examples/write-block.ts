import { at, type Column, Mask, type Panel } from '../../../core/panel.ts'
import type { CellArrays } from './cells.ts'
import { Moments, standardised } from './moments.ts'
import { frameOf, type Preparation, type PreparedColumn, widthOf } from './preparation.ts'
import { seenAt, transformed, truthAt } from './target.ts'
import { textsOf } from './texts.ts'

/** Writes a block of series, whose first is number `series`, where they belong. */
export function writeBlock(
  preparation: Preparation,
  arrays: CellArrays,
  series: number,
  past: Panel,
  known: Panel,
): void {
  writeTargets(preparation, arrays, series, past)
  writePast(preparation, arrays, at(arrays.offsets, series), past)
  writeKnown(preparation, arrays, series, past, known)
  const { statics, categories, settings } = preparation
  statics.forEach(({ name, standard }, s) => {
    const values = past.statics.get(name)?.values as Float64Array
    for (let i = 0; i < values.length; i++)
      arrays.statics[(series + i) * statics.length + s] = standardised(at(values, i), standard, settings.clip)
  })
  categories.forEach((category, c) => {
    const codes = new Map(category.values.map((text, code) => [text, code + 1]))
    const textOf = textsOf(past, category)
    for (let i = 0; i < past.ids.length; i++) {
      const text = textOf(i)
      arrays.codes[(series + i) * categories.length + c] = text === undefined ? 0 : (codes.get(text) ?? 0)
    }
  })
}

function writeTargets({ settings }: Preparation, arrays: CellArrays, series: number, past: Panel): void {
  const { transform, scale } = settings
  const first = at(arrays.offsets, series)
  for (let i = 0; i < past.ids.length; i++) {
    const from = at(past.offsets, i)
    const count = at(past.offsets, i + 1) - from
    const ever = new Moments()
    const size = new Moments()
    let born = count
    for (let k = 0; k < count; k++) {
      const y = Math.fround(transformed(transform, seenAt(past, from + k, settings)))
      const cell = first + from + k
      arrays.seen[cell] = y
      arrays.truth[cell] = transformed(transform, truthAt(past, from + k, settings))
      if (born === count && !Number.isNaN(y)) born = k
      ever.add(y)
      size.add(Math.abs(y))
      arrays.everSize[cell] = size.mean
      if (scale !== 'standard') continue
      arrays.everMean[cell] = ever.count > 0 ? ever.mean : Number.NaN
      arrays.everDeviation[cell] = ever.deviation
    }
    arrays.born[series + i] = born
  }
}

function writePast(preparation: Preparation, { past: into }: CellArrays, first: number, past: Panel): void {
  const { settings, units, censored } = preparation
  const { past: width } = frameOf(preparation)
  const cells = past.target.length
  const of = (name: string) => past.columns.get(name) as Column
  const fill = (column: number, value: (cell: number) => number) => {
    for (let k = 0; k < cells; k++) into[(first + k) * width + column] = value(k)
  }
  let column = 0
  for (const prepared of preparation.past) {
    writeColumn(prepared, settings.clip, { of: of(prepared.name), from: 0, count: cells }, cells, {
      into,
      width,
      column,
      row: first,
    })
    column += widthOf([prepared])
  }
  if (censored) fill(column, (k) => ((at(past.mask, k) & Mask.censored) !== 0 ? 1 : 0))
  // Moods come between; where columns in units are missing is said before their numbers, which stand last.
  column = width - widthOf(units)
  for (const { name, gaps } of units) {
    const { values } = of(name)
    if (gaps) fill(column++, (k) => (Number.isNaN(at(values, k)) ? 1 : 0))
  }
  for (const { name } of units) {
    const { values } = of(name)
    fill(column++, (k) => transformed(settings.transform, at(values, k)))
  }
}

function writeKnown(preparation: Preparation, arrays: CellArrays, series: number, past: Panel, known: Panel): void {
  const { settings } = preparation
  const { horizon, clip } = settings
  const width = widthOf(preparation.known)
  let column = 0
  for (const prepared of preparation.known) {
    const before = past.columns.get(prepared.name) as Column
    const after = known.columns.get(prepared.name) as Column
    for (let i = 0; i < past.ids.length; i++) {
      const from = at(past.offsets, i)
      const length = at(past.offsets, i + 1) - from
      const ahead = at(known.offsets, i)
      const steps = Math.min(horizon, at(known.offsets, i + 1) - ahead)
      const row = at(arrays.offsets, series + i) + (series + i) * horizon
      const place = { into: arrays.known, width, column }
      writeColumn(prepared, clip, { of: before, from, count: length }, length, { ...place, row })
      writeColumn(prepared, clip, { of: after, from: ahead, count: steps }, horizon, { ...place, row: row + length })
    }
    column += widthOf([prepared])
  }
}

/** Cells of a column that follow one another. */
interface Run {
  readonly of: Column
  readonly from: number
  readonly count: number
}

/** Where numbers go: rows of a matrix, from a row and a column on. */
interface Place {
  readonly into: Float32Array
  readonly width: number
  readonly row: number
  readonly column: number
}

/** Writes so many rows of a column as it is seen; those that it has no cells for are missing. */
function writeColumn(
  { standard, values: texts, gaps }: PreparedColumn,
  clip: number,
  { of, from, count }: Run,
  rows: number,
  { into, width, row, column }: Place,
): void {
  const codes = texts && (of.categories ?? []).map((text) => texts.indexOf(text))
  for (let k = 0; k < rows; k++) {
    const x = k < count ? at(of.values, from + k) : Number.NaN
    const place = (row + k) * width + column
    if (!codes) into[place] = standardised(x, standard, clip)
    else {
      const code = codes[x] ?? -1
      if (code >= 0) into[place + code] = 1
    }
    if (gaps) into[place + 1] = Number.isNaN(x) ? 1 : 0
  }
}
