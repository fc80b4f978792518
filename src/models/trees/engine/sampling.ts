import { hash32, type Random } from '../../../core/random.ts'
import type { SamplingOptions } from '../options.ts'

/** What a draw of rows may read and change; the order gets the rows that were drawn, then the others. */
export interface Draw {
  readonly rows: number
  readonly order: Int32Array
  readonly queries: Int32Array | undefined
  readonly gradient: Float32Array
  readonly hessian: Float32Array
}

/** Whether rows are weighted by how they are drawn, so that gradients must be kept exactly. */
export const weighsRows = ({ goss, bootstrap }: SamplingOptions): boolean => goss !== undefined || bootstrap === true

/** Whether every row takes part in a tree, each once. */
export const takesAll = ({ goss, bootstrap, rowShare = 1 }: SamplingOptions): boolean =>
  !goss && !bootstrap && rowShare >= 1

/** Puts the rows of a tree at the front of the order and returns how many they are. */
export function drawRows(draw: Draw, options: SamplingOptions, round: number, seed: number, random: Random): number {
  if (options.goss) return oneSided(draw, options.goss, random)
  if (options.bootstrap) return withReplacement(draw, options.rowShare ?? 1, random)
  const share = options.rowShare ?? 1
  const era = hash32(`rows:${seed}:${Math.floor(round / (options.rowEvery ?? 1))}`)
  const chosen = (unit: number) => hashed(unit, era) < share
  return draw.queries ? byQuery(draw, draw.queries, chosen) : byRow(draw, chosen)
}

/** A number in [0, 1) that belongs to a row (or query) and a draw. */
function hashed(unit: number, era: number): number {
  let hash = Math.imul(unit ^ era, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
}

function byRow({ rows, order }: Draw, chosen: (row: number) => boolean): number {
  let front = 0
  let back = rows
  for (let i = 0; i < rows; i++) {
    if (chosen(i)) order[front++] = i
    else order[--back] = i
  }
  return front
}

function byQuery({ rows, order }: Draw, queries: Int32Array, chosen: (query: number) => boolean): number {
  let front = 0
  let back = rows
  for (let q = 0; q + 1 < queries.length; q++) {
    const taken = chosen(q)
    for (let i = queries[q] as number; i < (queries[q + 1] as number); i++) {
      if (taken) order[front++] = i
      else order[--back] = i
    }
  }
  return front
}

function withReplacement({ rows, order, gradient, hessian }: Draw, share: number, random: Random): number {
  const times = new Uint16Array(rows)
  for (let k = Math.round(rows * share); k > 0; k--) {
    const row = random.integer(rows)
    times[row] = (times[row] as number) + 1
  }
  for (let i = 0; i < rows; i++) {
    gradient[i] = (gradient[i] as number) * (times[i] as number)
    hessian[i] = (hessian[i] as number) * (times[i] as number)
  }
  return byRow({ rows, order, queries: undefined, gradient, hessian }, (row) => (times[row] as number) > 0)
}

/** All rows of large gradients, and some of the others counted for more (Ke et al., 2017). */
function oneSided(draw: Draw, { top, other }: { top: number; other: number }, random: Random): number {
  const { rows, gradient, hessian } = draw
  const size = new Float32Array(rows)
  for (let i = 0; i < rows; i++) size[i] = Math.abs((gradient[i] as number) * (hessian[i] as number))
  const border = size.slice().sort()[Math.max(0, rows - Math.max(1, Math.round(rows * top)))] as number
  const rate = other / Math.max(1e-9, 1 - top)
  const weight = 1 / rate
  return byRow(draw, (row) => {
    if ((size[row] as number) >= border) return true
    if (random.uniform() >= rate) return false
    gradient[row] = (gradient[row] as number) * weight
    hessian[row] = (hessian[row] as number) * weight
    return true
  })
}
