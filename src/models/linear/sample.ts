import { ForetideError } from '../../core/errors.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { sampleRows, type Table } from '../table.ts'
import { TILE, tileOf } from './algebra/gram.ts'
import { checkColumns, encodeRows, type Preparation } from './preparation.ts'
import type { Matrix } from './solvers/matrix.ts'
import { targetsOf } from './target.ts'

/** Rows of a table in memory, ready to be learned from: standardised columns, then a column of ones. */
export interface Sample {
  readonly x: Matrix
  /** Standardised target. */
  readonly y: Float64Array
  readonly weight: Float64Array
}

/** Rows of a table with weight above 0, all of them or a random choice of `most` with a notice. */
export async function sampleOf(
  table: Table,
  preparation: Preparation,
  most: number,
  model: string,
  run: Run,
): Promise<Sample> {
  const { columns: p, target } = preparation
  const chosen = sampleRows(table.rows, most, run.random(`${model}.sample`))
  if (chosen.length < table.rows)
    run.notice({ code: 'linear.sampled', details: { model, kept: chosen.length, rows: table.rows } })
  const columns = p + 1
  const values = new Float32Array(chosen.length * columns)
  const y = new Float64Array(chosen.length)
  const weights = new Float64Array(chosen.length)
  const tile = tileOf(p)
  let before = 0
  let next = 0
  let to = 0
  for await (const block of table.blocks()) {
    checkInterrupt(run)
    checkColumns(block, table.features)
    const { target: t, weight } = targetsOf(block, target.log, before)
    for (let from = 0; from < block.rows; from += TILE) {
      if (next >= chosen.length || (chosen[next] as number) >= before + from + TILE) continue
      encodeRows(preparation, block, from, tile)
      for (; next < chosen.length; next++) {
        const r = (chosen[next] as number) - before - from
        if (r >= tile.rows) break
        const w = weight[from + r] as number
        if (w === 0) continue
        for (let j = 0; j < p; j++) values[to * columns + j] = tile.values[j * TILE + r] as number
        values[to * columns + p] = 1
        y[to] = ((t[from + r] as number) - target.mean) / target.scale
        weights[to++] = w
      }
    }
    before += block.rows
  }
  if (to === 0) throw new ForetideError('linear.noRows')
  return {
    x: { rows: to, columns, values: values.subarray(0, to * columns) },
    y: y.subarray(0, to),
    weight: weights.subarray(0, to),
  }
}
