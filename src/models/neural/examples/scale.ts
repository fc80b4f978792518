import type { CellArrays } from './cells.ts'
import type { Preparation } from './preparation.ts'

/** units = offset + level · number, and the mean size of what the level is of. */
export interface Scale {
  level: number
  offset: number
  size: number
}

/** Sizes below this count as 0: in single precision one could not be divided by them. */
export const LEAST_SIZE = 1e-30
/** A deviation counts as none below this share of the size. */
const CONSTANT = 1e-6

/**
 * Measures scales: the scale of the context that ends at cell `origin` of a series, of everything before where the context says
 * nothing, of all series where that does not either; levels are never 0. `origin` is −1 before the first cell.
 */
export function scaleOf(
  preparation: Preparation,
  arrays: CellArrays,
): (series: number, origin: number, into: Scale) => void {
  const { settings, mean: meanOfAll, size: sizeOfAll } = preparation
  const { context, scale } = settings
  const { offsets, seen, everSize, everMean, everDeviation } = arrays
  const standard = scale === 'standard'
  const plain = scale === 'none'
  return (series, origin, into) => {
    const first = offsets[series] as number
    const from = first + Math.max(0, origin + 1 - context)
    const to = first + origin
    let count = 0
    let sum = 0
    let sizes = 0
    for (let k = from; k <= to; k++) {
      const y = seen[k] as number
      if (Number.isNaN(y)) continue
      count++
      sum += y
      sizes += Math.abs(y)
    }
    let size = count > 0 ? sizes / count : 0
    if (!(size > LEAST_SIZE) && origin >= 0) size = everSize[to] as number
    if (!(size > LEAST_SIZE)) size = sizeOfAll
    into.size = size
    into.level = plain ? 1 : Math.fround(size)
    into.offset = 0
    if (!standard) return
    let mean = count > 0 ? sum / count : origin >= 0 ? (everMean[to] as number) : meanOfAll
    if (Number.isNaN(mean)) mean = meanOfAll
    let squares = 0
    for (let k = from; k <= to; k++) {
      const y = seen[k] as number
      if (!Number.isNaN(y)) squares += (y - mean) * (y - mean)
    }
    let deviation = count > 0 ? Math.sqrt(squares / count) : 0
    if (!(deviation > CONSTANT * size) && origin >= 0) deviation = everDeviation[to] as number
    if (!(deviation > CONSTANT * size)) deviation = size
    into.level = Math.fround(deviation)
    into.offset = Math.fround(mean)
  }
}
