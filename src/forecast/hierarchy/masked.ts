import { at } from '../../core/panel.ts'
import { type Gram, gramOf } from './gram.ts'
import { chainPatternOf, iterated, placed } from './solver.ts'
import { factorOf, factorSolve, patternOf } from './sparse-cholesky.ts'
import type { Summing } from './summing.ts'

/** Solves for one column (uppers) with the system that is left when some bottoms are held at 0. */
export type MaskedSolver = (fixed: Uint8Array) => (b: Float64Array) => Float64Array

/** Up to so many multiplications the system is eliminated anew for every set of fixed bottoms; beyond, only its chains are. */
const MOST_WORK = 5e6
const MOST_ENTRIES = 1e6
/** Which side bottoms are on needs no more digits, and sums are exact whatever the multipliers are. */
const TOLERANCE = 1e-10

/**
 * The system of {@link gramOf} with the variances of some bottoms taken out, as often as asked for: the pattern stays, and where in it each
 * bottom counts is found once.
 */
export function maskedSolverOf(summing: Summing, variances: Float64Array, iterate = false): MaskedSolver {
  const gram = gramOf(summing, variances)
  const pairs = pairsOf(summing, gram)
  const whole = patternOf(gram, MOST_ENTRIES)
  const exact = whole && whole.work <= MOST_WORK && !iterate
  const pattern = exact ? whole : chainPatternOf(summing, gram)
  return (fixed) => {
    const left = without(summing, gram, pairs, variances, fixed)
    const factor = factorOf(left, pattern)
    return (b) =>
      placed(left, b, 1, (x) => (exact ? factorSolve(factor, x, 1) : iterated(left, factor, x, 1, TOLERANCE)))
  }
}

/** For each pair of levels the entry of the gram's lower triangle that a bottom adds to, −1 where it lies in but one of them. */
function pairsOf(summing: Summing, gram: Gram): Int32Array[] {
  const pairs: Int32Array[] = []
  for (const [l, one] of summing.above.entries())
    for (const other of summing.above.slice(0, l))
      pairs.push(
        Int32Array.from(one, (node, i) => (node < 0 || at(other, i) < 0 ? -1 : entryAt(gram, node, at(other, i)))),
      )
  return pairs
}

function entryAt({ position, offsets, columns }: Gram, one: number, other: number): number {
  const row = Math.max(at(position, one), at(position, other))
  const column = Math.min(at(position, one), at(position, other))
  let low = at(offsets, row)
  let high = at(offsets, row + 1) - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(columns, middle) < column) low = middle + 1
    else high = middle
  }
  return low
}

function without(
  { above, uppers, bottoms }: Summing,
  gram: Gram,
  pairs: readonly Int32Array[],
  variances: Float64Array,
  fixed: Uint8Array,
): Gram {
  const values = gram.values.slice()
  const diagonal = gram.diagonal.slice()
  for (let i = 0; i < bottoms; i++) {
    if (at(fixed, i) === 0) continue
    const variance = at(variances, uppers + i)
    for (const level of above) {
      const node = at(level, i)
      if (node < 0) continue
      const place = at(gram.position, node)
      // Rounding must not leave less than the node's own variance.
      diagonal[place] = Math.max(at(variances, node), at(diagonal, place) - variance)
    }
    for (const pair of pairs) {
      const entry = at(pair, i)
      if (entry >= 0) values[entry] = at(values, entry) - variance
    }
  }
  return { ...gram, values, diagonal }
}
