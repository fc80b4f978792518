import type { Random } from '../core/random.ts'

/** One column of a table that a regressor learns from. */
export interface TableFeature {
  readonly name: string
  /** Whether its values are codes (0, 1, 2, …, fewer than 65,536) whose order means nothing; numbers otherwise. */
  readonly categorical: boolean
}

/** Rows of a table, column by column. */
export interface TableBlock {
  readonly rows: number
  /** One array a feature, at least `rows` long; NaN where missing. */
  readonly columns: readonly Float32Array[]
  /** What is to be learned, one value a row; absent where rows are only to be predicted. */
  readonly target?: Float32Array | Float64Array
  /** How much each row counts; 1 unless given. Negative or non-finite weights are refused. */
  readonly weight?: Float32Array | Float64Array
  /** What every row starts from in the scale of the raw score (an exposure, another model's answer); 0 unless given. */
  readonly offset?: Float64Array
  /** Number of the query that each row belongs to, ascending, for ranking. */
  readonly group?: Int32Array
}

/**
 * A table that may be larger than memory: read in blocks, and as often as needed, the same rows each time.
 *
 * A block is only good until the next one is asked for.
 */
export interface Table {
  readonly features: readonly TableFeature[]
  /** Rows of all blocks together. */
  readonly rows: number
  blocks(): AsyncIterable<TableBlock> | Iterable<TableBlock>
}

/** A table that lies in memory as one block. */
export function tableOf(features: readonly (TableFeature | string)[], block: TableBlock): Table {
  return {
    features: features.map((f) => (typeof f === 'string' ? { name: f, categorical: false } : f)),
    rows: block.rows,
    blocks: () => [block],
  }
}

/** The given rows of a block, in their order, copied. */
export function pickRows(block: TableBlock, rows: ArrayLike<number>): TableBlock {
  const pick = <A extends Float32Array | Float64Array | Int32Array>(from: A): A => {
    const picked = new (from.constructor as new (length: number) => A)(rows.length)
    for (let k = 0; k < rows.length; k++) picked[k] = from[rows[k] as number] as number
    return picked
  }
  return {
    rows: rows.length,
    columns: block.columns.map(pick),
    ...(block.target && { target: pick(block.target) }),
    ...(block.weight && { weight: pick(block.weight) }),
    ...(block.offset && { offset: pick(block.offset) }),
    ...(block.group && { group: pick(block.group) }),
  }
}

/** About `count` row numbers out of `rows`, ascending, each row as likely as any other. */
export function sampleRows(rows: number, count: number, random: Random): Int32Array {
  if (rows <= count) return Int32Array.from({ length: rows }, (_, i) => i)
  const chosen = new Int32Array(count)
  let taken = 0
  for (let i = 0; i < rows && taken < count; i++) if (random.uniform() * (rows - i) < count - taken) chosen[taken++] = i
  return chosen.subarray(0, taken)
}
