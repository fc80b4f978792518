import { ForetideError } from '../../core/errors.ts'
import type { TableBlock } from '../table.ts'

/**
 * What is to be learned of a block, less the offset and as a logarithm where wanted, and the weights.
 *
 * Refuses rows without a finite target or weight; `before` rows came in earlier blocks, so that the row named is the table's.
 */
export function targetsOf(
  block: TableBlock,
  log: boolean,
  before: number,
): { target: Float64Array; weight: Float64Array } {
  const given = block.target
  if (!given) throw new ForetideError('linear.target', { row: before })
  const target = new Float64Array(block.rows)
  const weight = new Float64Array(block.rows).fill(1)
  for (let i = 0; i < block.rows; i++) {
    const y = given[i] as number
    if (!Number.isFinite(y)) throw new ForetideError('linear.targetValue', { row: before + i, value: String(y) })
    if (log && y <= -1) throw new ForetideError('linear.negative', { row: before + i, value: y })
    target[i] = (log ? Math.log1p(y) : y) - (block.offset ? (block.offset[i] as number) : 0)
    if (!block.weight) continue
    const w = block.weight[i] as number
    if (!(w >= 0 && Number.isFinite(w))) throw new ForetideError('linear.weight', { row: before + i, value: String(w) })
    weight[i] = w
  }
  return { target, weight }
}
