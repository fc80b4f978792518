import { ForetideError } from '../../../core/errors.ts'
import { sharedFloat32, sharedFloat64 } from '../../../core/memory.ts'
import { parallelMap } from '../../../core/parallel.ts'
import type { Run } from '../../../core/run.ts'
import type { TableBlock } from '../../table.ts'
import type { TreeEnsemble } from '../ensemble.ts'
import type { AttributeShared, RowRange } from './attribute.ts'

/** What features add to raw scores. */
export interface Attribution {
  /** `rows × outputs × features`: those of a row and an output add up to its raw score less the base. */
  readonly values: Float64Array
  /** The raw score when no feature is known, one an output. */
  readonly base: Float64Array
}

/** How values are computed; they are the same but for rounding. */
export interface ShapOptions {
  /** Leaf paths of up to so many features are answered from tables of all patterns; chosen by the number of rows unless given. */
  readonly tableBits?: number
}

/** Rows that are gone through at once, at most: bounds memory. */
const JOB = 8192

/**
 * Exact path-dependent SHAP values of raw scores (before the link): features not in a set are averaged over by the cover of the
 * training rows. Additive to rounding; refuses a block with another number of columns.
 *
 * Lundberg et al. (2018), Consistent individualized feature attribution for tree ensembles; see {@link PathDependent} for how.
 *
 * @example
 * const { values, base } = await shapValues(trees, { rows: 1, columns: [Float32Array.of(3)] }, runOf())
 */
export function shapValues(
  trees: TreeEnsemble,
  block: TableBlock,
  run: Run,
  options: ShapOptions = {},
): Promise<Attribution> {
  return attribute(trees, block, run, options)
}

/**
 * Exact interventional SHAP values of raw scores: features not in a set are taken from rows of a background sample, over which
 * the values are averaged (by `background.weight` where given). The base is the mean raw score of the background.
 *
 * Refuses blocks with another number of columns and an empty background. Lundberg et al. (2020), From local explanations to
 * global understanding with explainable AI for trees.
 *
 * @example
 * const { values } = await interventionalShap(trees, rows, sample, runOf())
 */
export async function interventionalShap(
  trees: TreeEnsemble,
  block: TableBlock,
  background: TableBlock,
  run: Run,
  options: ShapOptions = {},
): Promise<Attribution> {
  checkColumns(trees, background)
  const weights = Float64Array.from({ length: background.rows }, (_, z) => background.weight?.[z] ?? 1)
  const total = weights.reduce((a, b) => a + b, 0)
  if (!(total > 0 && weights.every((w) => w >= 0 && w < Number.POSITIVE_INFINITY)))
    throw new ForetideError('explain.background', { rows: background.rows }, { fault: 'badInput' })
  return attribute(trees, block, run, options, {
    columns: sharedColumns(background),
    weights: weights.map((w) => w / total),
  })
}

async function attribute(
  trees: TreeEnsemble,
  block: TableBlock,
  run: Run,
  options: ShapOptions,
  background?: AttributeShared['background'],
): Promise<Attribution> {
  checkColumns(trees, block)
  const { rows } = block
  const values = sharedFloat64(rows * trees.outputs * trees.features.length)
  const parts = await parallelMap<AttributeShared, RowRange, Float64Array>(run, {
    module: new URL(import.meta.url.endsWith('.ts') ? './attribute.ts' : './attribute.js', import.meta.url),
    fn: 'attributeRows',
    shared: {
      trees,
      columns: sharedColumns(block),
      values,
      // Never by the number of threads, or it would show in the last digits.
      bits: options.tableBits ?? Math.ceil(Math.log2(Math.max(1, Math.min(rows, JOB)))) + 1,
      ...(background && { background }),
    },
    jobs: rowRanges(rows, run.threads),
    stage: 'shap',
  })
  return { values, base: parts[0] as Float64Array }
}

/** Refuses a block that is not of the ensemble's features. */
export function checkColumns(trees: TreeEnsemble, block: TableBlock): void {
  const { length } = trees.features
  if (block.columns.length !== length)
    throw new ForetideError(
      'explain.columns',
      { columns: block.columns.length, features: length },
      { fault: 'badInput' },
    )
}

/** Rows in as many equal ranges as there are threads, or more where those would be too long; one empty range for no rows. */
export function rowRanges(rows: number, threads: number, most = JOB): RowRange[] {
  const count = Math.max(1, Math.ceil(rows / most / threads) * Math.min(threads, rows))
  return Array.from({ length: count }, (_, i) => [Math.floor((i * rows) / count), Math.floor(((i + 1) * rows) / count)])
}

/** The columns of a block on shared memory, copied where they are not. */
export function sharedColumns(block: TableBlock): Float32Array[] {
  return block.columns.map((column) => {
    if (column.buffer instanceof SharedArrayBuffer) return column.subarray(0, block.rows)
    const copy = sharedFloat32(block.rows)
    copy.set(column.subarray(0, block.rows))
    return copy
  })
}
