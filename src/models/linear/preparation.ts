import { ForetideError } from '../../core/errors.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Table, TableBlock, TableFeature } from '../table.ts'
import { TILE, type Tile } from './algebra/gram.ts'
import type { PreparationOptions } from './options.ts'
import { addSpread, newSpread, type Spread } from './spread.ts'
import { targetsOf } from './target.ts'

/** What a column is centred by and divided by. */
interface Standard {
  readonly mean: number
  readonly scale: number
}

/** The columns that a feature becomes, as plain data; none where it is constant. */
type Encoding =
  | { readonly kind: 'number'; readonly value?: Standard; readonly missing?: Standard }
  | {
      readonly kind: 'category'
      /** Codes with a column of their own (−1: missing); after them, where `pooled`, one for all others. */
      readonly codes: readonly number[]
      readonly pooled: boolean
      readonly standards: readonly Standard[]
    }

/** How features become columns of weighted mean 0 and variance 1, and how the target is scaled; plain data. */
export interface Preparation {
  readonly encodings: readonly Encoding[]
  /** Columns of all encodings together. */
  readonly columns: number
  /** Number of the feature that each column belongs to. */
  readonly featureOf: readonly number[]
  readonly target: Standard & { readonly log: boolean; readonly most: number }
  /** Rows that the weights are worth, by their spread (Kish, 1965). */
  readonly effectiveRows: number
}

/**
 * Reads a table once to learn how its columns are made ready for a linear model.
 *
 * Numbers are standardised; missing ones (NaN, infinite) take the mean and raise an indicator column. Categories become one
 * column a level, rare ones share one. Constant columns vanish. Refuses tables without rows, weight or finite targets.
 */
export async function learnPreparation(table: Table, options: PreparationOptions, run: Run): Promise<Preparation> {
  const { log = false } = options
  const numbers = table.features.map(newSpread)
  const counts = table.features.map(() => new Map<number, number>())
  const target = newSpread()
  let most = Number.NEGATIVE_INFINITY
  let rows = 0
  let squaredWeights = 0
  for await (const block of table.blocks()) {
    checkInterrupt(run)
    checkColumns(block, table.features)
    const { target: t, weight } = targetsOf(block, log, rows)
    addSpread(target, t, weight, block.rows)
    for (let i = 0; i < block.rows; i++) {
      squaredWeights += (weight[i] as number) ** 2
      if ((weight[i] as number) > 0) most = Math.max(most, t[i] as number)
    }
    table.features.forEach((feature, f) => {
      const column = block.columns[f] as Float32Array
      if (feature.categorical) countCodes(column, weight, block.rows, counts[f] as Map<number, number>)
      else addSpread(numbers[f] as Spread, column, weight, block.rows)
    })
    rows += block.rows
  }
  if (rows !== table.rows) throw new ForetideError('linear.rows', { said: table.rows, found: rows })
  if (!(target.weight > 0)) throw new ForetideError('linear.noRows')
  const encodings = table.features.map((feature, f) =>
    feature.categorical
      ? categoryEncoding(counts[f] as Map<number, number>, target.weight, options)
      : numberEncoding(numbers[f] as Spread, target.weight),
  )
  const featureOf = encodings.flatMap((encoding, f) => new Array<number>(widthOf(encoding)).fill(f))
  return {
    encodings,
    columns: featureOf.length,
    featureOf,
    target: { ...(standardOf(target) ?? { mean: target.mean, scale: 1 }), log, most },
    effectiveRows: target.weight ** 2 / squaredWeights,
  }
}

/** Refuses a block with another number of columns than there are features. */
export function checkColumns(block: TableBlock, features: readonly TableFeature[]): void {
  if (block.columns.length !== features.length)
    throw new ForetideError('linear.columns', { has: block.columns.length, needs: features.length })
}

/** Writes up to {@link TILE} rows of a block, from row `from` on, as the first columns of a tile. */
export function encodeRows({ encodings }: Preparation, block: TableBlock, from: number, tile: Tile): void {
  const rows = Math.min(TILE, block.rows - from)
  tile.rows = rows
  const out = tile.values
  let at = 0
  encodings.forEach((encoding, f) => {
    const column = block.columns[f] as Float32Array
    if (encoding.kind === 'number') {
      if (encoding.value) encodeNumbers(column, from, rows, encoding.value, out, at)
      if (encoding.value) at += TILE
      if (encoding.missing) encodeMissing(column, from, rows, encoding.missing, out, at)
      if (encoding.missing) at += TILE
      return
    }
    encodeCodes(column, from, rows, encoding, out, at)
    at += encoding.standards.length * TILE
  })
}

function encodeNumbers(x: Float32Array, from: number, rows: number, s: Standard, out: Float64Array, at: number): void {
  const { mean, scale } = s
  for (let r = 0; r < rows; r++) {
    const v = x[from + r] as number
    out[at + r] = v - v === 0 ? (v - mean) / scale : 0
  }
}

function encodeMissing(x: Float32Array, from: number, rows: number, s: Standard, out: Float64Array, at: number): void {
  const yes = (1 - s.mean) / s.scale
  const no = -s.mean / s.scale
  for (let r = 0; r < rows; r++) {
    const v = x[from + r] as number
    out[at + r] = v - v === 0 ? no : yes
  }
}

/** A level that was never seen and has no shared column stands at the mean of all. */
function encodeCodes(
  x: Float32Array,
  from: number,
  rows: number,
  { codes, pooled, standards }: Extract<Encoding, { kind: 'category' }>,
  out: Float64Array,
  at: number,
): void {
  for (let r = 0; r < rows; r++) {
    const v = x[from + r] as number
    const found = codes.indexOf(v - v === 0 ? v : -1)
    const column = found < 0 && pooled ? codes.length : found
    for (let k = 0; k < standards.length; k++) {
      const { mean, scale } = standards[k] as Standard
      out[at + k * TILE + r] = column < 0 ? 0 : ((k === column ? 1 : 0) - mean) / scale
    }
  }
}

const widthOf = (encoding: Encoding) =>
  encoding.kind === 'category' ? encoding.standards.length : (encoding.value ? 1 : 0) + (encoding.missing ? 1 : 0)

function countCodes(column: Float32Array, weight: Float64Array, rows: number, counts: Map<number, number>): void {
  for (let i = 0; i < rows; i++) {
    const v = column[i] as number
    const code = v - v === 0 ? v : -1
    counts.set(code, (counts.get(code) ?? 0) + (weight[i] as number))
  }
}

/** Missing values stand at the mean, which narrows the spread of the column: that is divided by. */
function numberEncoding(spread: Spread, total: number): Encoding {
  const share = 1 - spread.weight / total
  const value = standardOf({ ...spread, weight: total })
  const missing = share > 1e-12 && share < 1 - 1e-12 ? indicator(share) : undefined
  return { kind: 'number', ...(value && { value }), ...(missing && { missing }) }
}

function categoryEncoding(counts: Map<number, number>, total: number, options: PreparationOptions): Encoding {
  const { maxLevels = 32, minLevelRows = 10 } = options
  const levels = [...counts].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1] || a[0] - b[0])
  const own = levels.slice(0, maxLevels).filter(([, count]) => count >= minLevelRows)
  const rest = total - own.reduce((sum, [, count]) => sum + count, 0)
  const pooled = own.length < levels.length
  const shares = [...own.map(([, count]) => count / total), ...(pooled ? [rest / total] : [])]
  if (shares.length < 2) return { kind: 'category', codes: [], pooled: false, standards: [] }
  return { kind: 'category', codes: own.map(([code]) => code), pooled, standards: shares.map(indicator) }
}

const indicator = (share: number): Standard => ({ mean: share, scale: Math.sqrt(share * (1 - share)) })

/** Nothing where all values are the same but for rounding. */
function standardOf({ weight, mean, squares }: Spread): Standard | undefined {
  const variance = squares / weight
  return variance > 1e-18 * mean * mean && variance > 1e-60 ? { mean, scale: Math.sqrt(variance) } : undefined
}
