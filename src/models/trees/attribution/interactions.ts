import { sharedFloat64 } from '../../../core/memory.ts'
import { type JobMaker, parallelMap } from '../../../core/parallel.ts'
import type { Run } from '../../../core/run.ts'
import type { TableBlock } from '../../table.ts'
import type { TreeEnsemble } from '../ensemble.ts'
import { firstOutput, outputScales, type RowRange } from './attribute.ts'
import { MOST_BITS } from './leaf-game.ts'
import { PathDependent } from './path-dependent.ts'
import { checkColumns, rowRanges, sharedColumns } from './shap.ts'
import { sweepLeaves } from './sweep.ts'

/** Rows that are gone through at once, at most. */
const JOB = 1024

interface InteractionsShared {
  readonly trees: TreeEnsemble
  readonly columns: readonly Float32Array[]
  readonly values: Float64Array
}

/**
 * Exact path-dependent SHAP interaction values of raw scores, `rows × outputs × features × features`: symmetric for each row and
 * output, each feature's line adding up to its SHAP value; the diagonal is what a feature does by itself.
 *
 * Refuses a block with another number of columns. Lundberg et al. (2018), section 3.2; Fujimoto et al. (2006).
 *
 * @example
 * const values = await shapInteractions(trees, { rows: 1, columns: [a, b] }, runOf()) // values[1] is half of what a and b do together
 */
export async function shapInteractions(trees: TreeEnsemble, block: TableBlock, run: Run): Promise<Float64Array> {
  checkColumns(trees, block)
  const values = sharedFloat64(block.rows * trees.outputs * trees.features.length ** 2)
  await parallelMap<InteractionsShared, RowRange, undefined>(run, {
    module: import.meta.url,
    fn: 'interactRows',
    shared: { trees, columns: sharedColumns(block), values },
    jobs: rowRanges(block.rows, run.threads, JOB),
    stage: 'shap',
  })
  return values
}

/** The job of {@link shapInteractions}: writes the values of a range of rows. @public */
export const interactRows: JobMaker<InteractionsShared, RowRange, undefined> = ({ trees, columns, values }) => {
  const { outputs, width, value } = trees
  const size = trees.features.length
  const scale = outputScales(trees)
  const game = new PathDependent()
  const pairsOf = new Int32Array(1 << MOST_BITS).fill(-1)
  let pairs = new Float64Array(0)
  return ([from, to]) => {
    const rows = to - from
    const placeOf = new Int32Array(rows)
    const here = columns.map((column) => column.subarray(from, to))
    sweepLeaves(trees, here, rows, (path) => {
      const m = path.length
      const tabled = m <= MOST_BITS
      if (pairs.length < rows * m * m) pairs = new Float64Array(rows * m * m)
      game.begin(path)
      let made = 0
      // Each pattern that is there is worked out once.
      for (let r = 0; r < rows; r++) {
        const pattern = path.masks[r] as number
        const known = tabled ? (pairsOf[pattern] as number) : -1
        placeOf[r] = known < 0 ? made : known
        if (known >= 0) continue
        game.pairs(path, rows, r, pairs.subarray(made * m * m, (made + 1) * m * m))
        if (tabled) pairsOf[pattern] = made
        made++
      }
      if (tabled) for (let r = 0; r < rows; r++) pairsOf[path.masks[r] as number] = -1
      const first = firstOutput(trees, path.tree)
      for (let k = 0; k < width; k++) {
        const answer = (value[path.leaf * width + k] as number) * (scale[first + k] as number)
        for (let r = 0; r < rows; r++) {
          const matrix = ((from + r) * outputs + first + k) * size * size
          let pair = (placeOf[r] as number) * m * m
          for (let i = 0; i < m; i++) {
            const line = matrix + (path.feature[i] as number) * size
            for (let j = 0; j < m; j++) {
              const cell = line + (path.feature[j] as number)
              values[cell] = (values[cell] as number) + answer * (pairs[pair++] as number)
            }
          }
        }
      }
    })
    return undefined
  }
}
