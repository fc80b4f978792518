import { ForetideError } from '../core/errors.ts'
import { at, Mask, type Panel, seriesParts } from '../core/panel.ts'
import type { Grouping } from './metrics/score.ts'

/** Segments that every backtest has; static columns and parts of the identity are added by name. */
const BUILT_IN = ['all', 'step', 'decile', 'abc', 'pattern', 'series'] as const

/** What the past alone says of series, gathered block by block. */
export interface Traits {
  /** Units sold in the past. */
  readonly volume: number[]
  /** Index into {@link PATTERNS}. */
  readonly pattern: number[]
  /** For each column segmented by, the label of each series. */
  readonly labels: ReadonlyMap<string, string[]>
}

/**
 * Kinds of demand by Syntetos, Boylan and Croston (2005): mean interval between demands (limit 1.32) by squared coefficient of
 * variation of the demand sizes (limit 0.49); `none` sold nothing.
 */
const PATTERNS = ['smooth', 'erratic', 'intermittent', 'lumpy', 'none'] as const
export type Pattern = (typeof PATTERNS)[number]

/** The kind of demand of some values; missing ones are skipped. */
export function patternOf(values: ArrayLike<number>): Pattern {
  let periods = 0
  let demands = 0
  let sum = 0
  let squares = 0
  for (let k = 0; k < values.length; k++) {
    const y = at(values, k)
    if (Number.isNaN(y)) continue
    periods++
    if (y <= 0) continue
    demands++
    sum += y
    squares += y * y
  }
  if (demands === 0) return 'none'
  const mean = sum / demands
  const variation = (squares / demands - mean * mean) / (mean * mean)
  const rare = periods / demands >= 1.32
  return variation >= 0.49 ? (rare ? 'lumpy' : 'erratic') : rare ? 'intermittent' : 'smooth'
}

/** Begins to gather; `by` names static columns or parts of the identity, or `series` for each series by itself. */
export function newTraits(by: readonly string[]): Traits {
  for (const name of by)
    if (name !== 'series' && (BUILT_IN as readonly string[]).includes(name))
      throw new ForetideError('backtest.reserved', { column: name }, { fault: 'usage' })
  return { volume: [], pattern: [], labels: new Map(by.map((name) => [name, []])) }
}

/** Adds a block of the past; refuses to segment by a column that it does not have. */
export function addTraits(traits: Traits, past: Panel): void {
  for (let i = 0; i < past.ids.length; i++) {
    const from = at(past.offsets, i)
    const values = past.target.slice(from, at(past.offsets, i + 1))
    let volume = 0
    for (let k = 0; k < values.length; k++) {
      if ((at(past.mask, from + k) & Mask.closed) !== 0) values[k] = Number.NaN
      if (at(values, k) > 0) volume += at(values, k)
    }
    traits.volume.push(volume)
    traits.pattern.push(PATTERNS.indexOf(patternOf(values)))
  }
  for (const [name, labels] of traits.labels) for (const label of labelsOf(past, name)) labels.push(label)
}

/** What a static column or a part of the identity says of each series, as text; empty where missing. */
export function labelsOf(panel: Panel, name: string): readonly string[] {
  if (name === 'series') return panel.ids
  const column = panel.statics.get(name)
  if (column)
    return Array.from(column.values, (value) =>
      Number.isNaN(value) ? '' : (column.categories?.[value] ?? String(value)),
    )
  const part = panel.keys.indexOf(name)
  if (part >= 0) return panel.ids.map((id) => seriesParts(id)[part] ?? '')
  const columns = [...panel.statics.keys(), ...panel.keys, 'series'].join(', ')
  throw new ForetideError('backtest.column', { column: name, columns }, { fault: 'usage' })
}

/**
 * Divides series into deciles of past volume (10 sells most), into A (the fewest series with 80 % of the volume), B (the next 15 %)
 * and C, into kinds of demand, and by the columns.
 */
export function groupingsOf({ volume, pattern, labels }: Traits): Grouping[] {
  const n = volume.length
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => at(volume, b) - at(volume, a) || a - b)
  const total = volume.reduce((a, b) => a + b, 0)
  const decile = new Int32Array(n)
  const abc = new Int32Array(n)
  let before = 0
  order.forEach((i, rank) => {
    decile[i] = 9 - Math.floor((rank * 10) / n)
    abc[i] = before < 0.8 * total ? 0 : before < 0.95 * total ? 1 : 2
    before += at(volume, i)
  })
  const deciles = Array.from({ length: 10 }, (_, k) => String(k + 1))
  return [
    { family: 'decile', labels: deciles, groupOf: decile },
    { family: 'abc', labels: ['A', 'B', 'C'], groupOf: abc },
    { family: 'pattern', labels: PATTERNS, groupOf: Int32Array.from(pattern) },
    ...[...labels].map(([family, texts]) => byText(family, texts)),
  ]
}

function byText(family: string, texts: readonly string[]): Grouping {
  const labels = [...new Set(texts)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const index = new Map(labels.map((label, k) => [label, k]))
  return { family, labels, groupOf: Int32Array.from(texts, (text) => index.get(text) as number) }
}
