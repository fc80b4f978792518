import { at } from '../../core/panel.ts'
import { BELIEVED, clipped, middleAndSpread } from './robust.ts'

/** Between places at which the level is measured it lies on straight lines. */
const STRIDE = 3

/**
 * A level that moves along: the mean over `half` cells to either side, values far off their median clipped, or, of sparse demand, the plain mean.
 *
 * Counts scatter at least as Poisson counts of `quantum` do, so that few sales among zeros are not clipped away.
 */
export function movingLevel(values: Float64Array, half: number, quantum: number, sparse: boolean): Float64Array {
  const n = values.length
  const level = new Float64Array(n)
  const scratch = new Float64Array(2 * half + 1)
  let before = 0
  let last = Number.NaN
  for (let t = 0; ; t = Math.min(n - 1, t + STRIDE)) {
    const here = meanAround(values, t, half, quantum, sparse, scratch)
    const from = Number.isNaN(last) ? here : last
    const to = Number.isNaN(here) ? from : here
    for (let k = before; k <= t; k++) level[k] = t > before ? from + ((to - from) * (k - before)) / (t - before) : to
    last = to
    before = t
    if (t === n - 1) break
  }
  let known = level.findIndex((l) => !Number.isNaN(l))
  if (known > 0) for (const value = at(level, known); known > 0; known--) level[known - 1] = value
  return level
}

function meanAround(
  values: Float64Array,
  t: number,
  half: number,
  quantum: number,
  sparse: boolean,
  scratch: Float64Array,
): number {
  // At either end the neighbourhood is as large as elsewhere, and one-sided.
  const width = Math.min(values.length, 2 * half + 1)
  const from = Math.max(0, Math.min(t - half, values.length - width))
  let n = 0
  let sum = 0
  for (let s = from; s < from + width; s++) {
    const y = at(values, s)
    if (Number.isNaN(y)) continue
    scratch[n++] = y
    sum += y
  }
  if (n === 0 || sparse) return n > 0 ? sum / n : Number.NaN
  const { middle, sd } = middleAndSpread(scratch, n)
  const reach = BELIEVED * Math.max(sd, Math.sqrt(quantum * Math.max(middle, quantum)))
  let mean = 0
  for (let s = from; s < from + width; s++) {
    const y = at(values, s)
    if (!Number.isNaN(y)) mean += clipped(y, middle, reach) / n
  }
  return mean
}
