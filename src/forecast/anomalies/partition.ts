import { at } from '../../core/panel.ts'
import { type Sums, sumOf, sumsOf, WIDTH } from './sums.ts'

/** A stretch of a series on one straight course. */
export interface Segment {
  /** First cell, and the one after the last. */
  readonly from: number
  readonly to: number
  /** The course: `value + slope · (t − from)`; the slope is 0 where a level does as well. */
  readonly value: number
  readonly slope: number
}

/** What a course must gain, in units of squared standard deviations. */
export interface Penalty {
  /** For beginning anew. */
  readonly change: number
  /** For not being level. */
  readonly slope: number
}

/**
 * Cuts a series into levels and straight lines so that weighted squared residuals and penalties together are least: exact optimal
 * partitioning, with the pruning of PELT (Killick, Fearnhead and Eckley, 2012).
 *
 * `weight` holds 1 / variance of each value, 0 where it is missing. Every segment has at least `least` observed values, so that no single one
 * makes a segment. Values should have been brought near to their usual course first, which makes the loss a robust one.
 *
 * @example
 * const stair = Float64Array.of(1, 1, 1, 1, 9, 9, 9, 9)
 * const found = partition(stair, new Float64Array(8).fill(1), 3, { change: 9, slope: 5 })
 * found.map((s) => [s.from, s.value]) // → [[0, 1], [4, 9]]
 */
export function partition(values: Float64Array, weight: Float64Array, least: number, penalty: Penalty): Segment[] {
  const n = values.length
  const sums = sumsOf(values, weight)
  const { count } = sums
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY)
  const cut = new Int32Array(n + 1)
  best[0] = -penalty.change
  // Where a segment may begin, by cell; and from how many observed values on it no longer pays to begin there.
  const begins = new Int32Array(n + 1)
  const until = new Int32Array(n + 1).fill(NEVER)
  let open = 1
  let next = 1
  for (let t = 1; t <= n; t++) {
    if (t < n && at(weight, t) === 0) continue
    const seen = at(count, t)
    // A cut lies before an observed value, and so late that each side holds enough.
    for (; next < t && at(count, next) <= seen - least; next++)
      if (at(weight, next) > 0 && at(best, next) !== Number.POSITIVE_INFINITY) begins[open++] = next
    open = extend(t, open, { sums, best, cut, begins, until }, least, penalty)
  }
  return segmentsOf(sums, cut, n, penalty.slope)
}

const NEVER = 2 ** 31 - 1

interface Work {
  readonly sums: Sums
  readonly best: Float64Array
  readonly cut: Int32Array
  readonly begins: Int32Array
  readonly until: Int32Array
}

/** Finds the best last segment up to a cell, and returns how many places are left at which later ones may begin. */
function extend(
  t: number,
  open: number,
  { sums: { count, of }, best, cut, begins, until }: Work,
  least: number,
  penalty: Penalty,
): number {
  const seen = count[t] as number
  let lowest = best[t] as number
  let left = 0
  for (let k = 0; k < open; k++) {
    const s = begins[k] as number
    if ((until[s] as number) <= seen) continue
    begins[left++] = s
    if (seen - (count[s] as number) < least) continue
    const cost = (best[s] as number) + costOf(of, s, t, penalty.slope)
    if (cost + penalty.change < lowest) {
      lowest = cost + penalty.change
      cut[t] = s
    }
    // Beginning at t instead is better from where a segment from t is long enough.
    if (cost > lowest + penalty.slope && until[s] === NEVER) until[s] = seen + least
  }
  best[t] = lowest
  return left
}

/** Squared residuals about a level, or about a line and its penalty, whichever is less. Half of all time is spent here: no calls. */
function costOf(of: Float64Array, s: number, t: number, slopePenalty: number): number {
  const a = WIDTH * s
  const b = WIDTH * t
  const w = (of[b] as number) - (of[a] as number)
  const wy = (of[b + 1] as number) - (of[a + 1] as number)
  const level = (of[b + 2] as number) - (of[a + 2] as number) - (wy * wy) / w
  if (level <= slopePenalty) return level
  const wt = (of[b + 3] as number) - (of[a + 3] as number)
  const stt = (of[b + 4] as number) - (of[a + 4] as number) - (wt * wt) / w
  const sty = (of[b + 5] as number) - (of[a + 5] as number) - (wt * wy) / w
  return stt > 1e-9 * w ? Math.min(level, level - (sty * sty) / stt + slopePenalty) : level
}

function segmentsOf(sums: Sums, cut: Int32Array, n: number, slopePenalty: number): Segment[] {
  const found: Segment[] = []
  for (let t = n; t > 0; t = at(cut, t)) {
    const from = at(cut, t)
    const [w, wy, , wt, wtt, wty] = sumOf(sums, from, t)
    const stt = wtt - (wt * wt) / w
    const sty = wty - (wt * wy) / w
    const slope = stt > 1e-9 * w && (sty * sty) / stt > slopePenalty ? sty / stt : 0
    found.push({ from, to: t, value: w > 0 ? (wy - slope * wt) / w + slope * from : Number.NaN, slope })
  }
  return found.reverse()
}
