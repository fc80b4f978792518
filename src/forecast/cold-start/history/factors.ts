import { at } from '../../../core/panel.ts'
import { periodsOf } from '../options.ts'
import type { Catalogue } from './catalogue.ts'
import { type Cells, cellsOf } from './cells.ts'
import { type Effect, effectsOf, stepEffects } from './effects.ts'
import type { History } from './gather.ts'
import type { Lives } from './lives.ts'
import { type Phases, phasesOf } from './phases.ts'
import { levelled, scatterOf } from './scatter.ts'

/** The multiplicative picture of demand that all series share: tables of factors about 1, as plain data. */
export interface Factors {
  /** What targets are divided by, so that small numbers are counts. */
  readonly unit: number
  /** Whether targets are whole numbers of units. */
  readonly whole: boolean
  /** Groups of products that share a season: the labels of the first column. */
  readonly groups: readonly string[]
  readonly locations: readonly string[]
  readonly week: readonly number[]
  /** `weekAt[location · week + w]`, `weekOf[group · week + w]`: beside the week of all. */
  readonly weekAt: readonly number[]
  readonly weekOf: readonly number[]
  readonly year: readonly number[]
  readonly yearOf: readonly number[]
  /** The launch curve of all products, by bin of age; the last is 1. */
  readonly curve: readonly number[]
  readonly effects: readonly Effect[]
  /** Squared coefficient of variation beyond that of counts, by doubling of the mean (see {@link scatterOf}). */
  readonly scatter: readonly number[]
}

/** Counts that a factor of one location, group or age leans on 1 with. */
const LEAN = { week: 20, weekAt: 150, weekOf: 150, year: 300, yearOf: 300, curve: 30 } as const
const ROUNDS = 4
/** Days over which a level is taken for constant. */
const STRETCH = 56

/**
 * Fits series levels and factors of week, season, age and known columns to demand, by iterative proportional fitting (Poisson likelihood of a multiplicative model, Deming and
 * Stephan, 1940, with gamma priors about 1) and Newton steps for the columns.
 */
export function fitFactors(history: History, lives: Lives, catalogue: Catalogue): Factors {
  const phases = phasesOf(history.calendar.toJSON())
  const { unit, whole } = unitOf(history.target)
  const groups = groupsOf(catalogue)
  const group = groupIndex(catalogue, groups)
  const cells = cellsOf(history, lives, catalogue, phases, group, unit)
  const tables = tablesOf(cells, phases, groups.length, catalogue.locations.length, spansYear(history, lives))
  const effects = effectsOf(history, cells)
  const fit = { cells, mean: new Float64Array(cells.y.length), level: new Float64Array(history.ids.length).fill(1) }
  fit.mean.fill(1)
  for (let round = 0; round < ROUNDS; round++) {
    scaleLevels(fit)
    for (const table of tables) scaleTable(table, fit)
    scaleLevels(fit)
    stepEffects(effects, fit)
  }
  scaleLevels(fit)
  const values = (name: keyof typeof LEAN) => [...(tables.find((t) => t.name === name)?.values ?? [])]
  return {
    unit,
    whole,
    groups,
    locations: catalogue.locations,
    week: values('week'),
    weekAt: values('weekAt'),
    weekOf: values('weekOf'),
    year: values('year'),
    yearOf: values('yearOf'),
    curve: values('curve'),
    effects: effects.map(({ effect }) => effect),
    scatter: scatterOf(
      cells.y,
      levelled(cells.y, fit.mean, cells.series, Math.max(8, periodsOf(STRETCH, history.calendar))),
    ),
  }
}

/** Cells and what is fitted to them so far. */
export interface Fit {
  readonly cells: Cells
  readonly mean: Float64Array
  readonly level: Float64Array
}

interface FactorTable {
  readonly name: keyof typeof LEAN
  readonly values: Float64Array
  readonly index: ArrayLike<number>
  /** The last place stays at 1. */
  readonly anchored: boolean
}

function tablesOf(
  cells: Cells,
  { week, year, ages }: Phases,
  groups: number,
  locations: number,
  seasonal: boolean,
): FactorTable[] {
  const table = (name: FactorTable['name'], size: number, index: ArrayLike<number>): FactorTable => ({
    name,
    values: new Float64Array(size).fill(1),
    index,
    anchored: name === 'curve',
  })
  const pair = (major: ArrayLike<number>, size: number, minor: ArrayLike<number>) =>
    Int32Array.from({ length: minor.length }, (_, c) => at(major, at(cells.series, c)) * size + at(minor, c))
  const all = [table('curve', ages.length, cells.age)]
  if (week > 1) {
    all.push(table('week', week, cells.week))
    if (locations > 1) all.push(table('weekAt', locations * week, pair(cells.location, week, cells.week)))
    if (groups > 1) all.push(table('weekOf', groups * week, pair(cells.group, week, cells.week)))
  }
  if (year > 1 && seasonal) {
    all.push(table('year', year, cells.year))
    if (groups > 1) all.push(table('yearOf', groups * year, pair(cells.group, year, cells.year)))
  }
  return all
}

/** A season needs every phase of the year in sight, or it would be mistaken for the trend. */
function spansYear({ calendar }: History, { opening, latest }: Lives): boolean {
  return latest - opening + 1 >= calendar.perYear - 1
}

function scaleLevels({ cells, mean, level }: Fit): void {
  const sold = new Float64Array(level.length)
  const fitted = new Float64Array(level.length)
  for (let c = 0; c < mean.length; c++) {
    const s = at(cells.series, c)
    sold[s] = at(sold, s) + at(cells.y, c)
    fitted[s] = at(fitted, s) + at(mean, c)
  }
  // A series that never sold keeps a little, so that it can be fitted at all.
  const ratio = sold.map((y, s) => (at(fitted, s) > 0 ? Math.max(y, 0.1) / at(fitted, s) : 1))
  for (let s = 0; s < level.length; s++) level[s] = at(level, s) * at(ratio, s)
  for (let c = 0; c < mean.length; c++) mean[c] = at(mean, c) * at(ratio, at(cells.series, c))
}

function scaleTable({ name, values, index, anchored }: FactorTable, { cells, mean }: Fit): void {
  const sold = new Float64Array(values.length)
  const fitted = new Float64Array(values.length)
  for (let c = 0; c < mean.length; c++) {
    const k = at(index, c)
    sold[k] = at(sold, k) + at(cells.y, c)
    fitted[k] = at(fitted, k) + at(mean, c)
  }
  const lean = LEAN[name]
  const ratio = values.map((value, k) => {
    if (anchored && k === values.length - 1) return 1
    return (at(sold, k) + lean) / (at(fitted, k) / value + lean) / value
  })
  for (let k = 0; k < values.length; k++) values[k] = at(values, k) * at(ratio, k)
  for (let c = 0; c < mean.length; c++) mean[c] = at(mean, c) * at(ratio, at(index, c))
}

/** Counts are their own unit; numbers with fractions, and large ones, are measured in a fiftieth of their median. */
function unitOf(target: Float64Array): { readonly unit: number; readonly whole: boolean } {
  let whole = true
  const sample: number[] = []
  const stride = Math.max(1, Math.floor(target.length / 20_000))
  for (let k = 0; k < target.length; k++) {
    const y = at(target, k)
    if (!(y > 0)) continue
    if (whole && !Number.isInteger(y)) whole = false
    if (k % stride === 0) sample.push(y)
  }
  const median = sample.sort((a, b) => a - b)[sample.length >> 1] ?? 1
  return whole && median < 1000 ? { unit: 1, whole } : { unit: median / 50, whole: false }
}

function groupsOf({ labels }: Catalogue): string[] {
  return [...new Set((labels[0] ?? []).flatMap((label) => label ?? []))].sort()
}

/** The group of each product; −1 where it has none. */
export function groupIndex({ labels, products }: Catalogue, groups: readonly string[]): Int32Array {
  const place = new Map(groups.map((name, k) => [name, k]))
  return Int32Array.from(products, (_, p) => place.get(labels[0]?.[p] ?? '') ?? -1)
}
