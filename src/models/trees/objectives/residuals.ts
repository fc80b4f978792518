import type { ObjectiveRows } from './objective.ts'
import { quantileOf } from './quantile-of.ts'

let values = new Float64Array(1024)
let weights = new Float64Array(1024)

function makeRoom(count: number): void {
  if (values.length >= count) return
  values = new Float64Array(2 * count)
  weights = new Float64Array(2 * count)
}

/** A quantile of target − score of output `k` over some rows. */
export function residualQuantile(rows: ObjectiveRows, chosen: Int32Array, k: number, level: number): number {
  const { target, weight, score } = rows
  const first = k * rows.rows
  makeRoom(chosen.length)
  for (let i = 0; i < chosen.length; i++) {
    const row = chosen[i] as number
    values[i] = (target[row] as number) - (score[first + row] as number)
  }
  if (weight) for (let i = 0; i < chosen.length; i++) weights[i] = weight[chosen[i] as number] as number
  return quantileOf(values, weight && weights, chosen.length, level)
}

/** A quantile of the targets of all rows. */
export function targetQuantile({ target, weight, rows }: ObjectiveRows, level: number): number {
  return quantileOf(Float64Array.from(target), weight && Float64Array.from(weight), rows, level)
}
