import { at } from '../../core/panel.ts'

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
 * partition(Float64Array.of(1, 1, 1, 1, 9, 9, 9, 9), new Float64Array(8).fill(1), 3, { change: 9, slope: 5 }).map((s) => [s.from, s.value])
 * // → [[0, 1], [4, 9]]
 */
export function partition(values: Float64Array, weight: Float64Array, least: number, penalty: Penalty): Segment[] {
  const n = values.length
  const sums = sumsOf(values, weight)
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY)
  const cut = new Int32Array(n + 1)
  best[0] = -penalty.change
  let candidates = [0]
  const gone = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY)
  let next = 1
  for (let t = 1; t <= n; t++) {
    if (t < n && at(weight, t) === 0) continue
    const enough = at(sums.count, t) - least
    // A cut lies before an observed value, and so late that each side holds enough.
    for (; next < t && at(sums.count, next) <= enough; next++)
      if (at(weight, next) > 0 && best[next] !== Number.POSITIVE_INFINITY) candidates.push(next)
    let doomed = 0
    for (const s of candidates) {
      if (at(sums.count, t) - at(sums.count, s) < least) continue
      const cost = at(best, s) + costOf(sums, s, t, penalty.slope)
      if (cost + penalty.change < at(best, t)) {
        best[t] = cost + penalty.change
        cut[t] = s
      }
      if (cost > at(best, t) + penalty.slope && gone[s] === Number.POSITIVE_INFINITY)
        gone[s] = at(sums.count, t) + least
      if (at(gone, s) <= at(sums.count, t)) doomed++
    }
    if (doomed > 8) {
      const seen = at(sums.count, t)
      candidates = candidates.filter((s) => at(gone, s) > seen)
    }
  }
  return segmentsOf(sums, cut, n, penalty.slope)
}

/** Sums of everything up to a cell, from which the cost of any segment follows at once. */
interface Sums {
  readonly count: Int32Array
  readonly w: Float64Array
  readonly wy: Float64Array
  readonly wyy: Float64Array
  readonly wt: Float64Array
  readonly wtt: Float64Array
  readonly wty: Float64Array
}

function sumsOf(values: Float64Array, weight: Float64Array): Sums {
  const n = values.length
  const fresh = () => new Float64Array(n + 1)
  const sums = {
    count: new Int32Array(n + 1),
    w: fresh(),
    wy: fresh(),
    wyy: fresh(),
    wt: fresh(),
    wtt: fresh(),
    wty: fresh(),
  }
  for (let t = 0; t < n; t++) {
    const w = at(weight, t)
    const y = w > 0 ? at(values, t) : 0
    sums.count[t + 1] = at(sums.count, t) + (w > 0 ? 1 : 0)
    sums.w[t + 1] = at(sums.w, t) + w
    sums.wy[t + 1] = at(sums.wy, t) + w * y
    sums.wyy[t + 1] = at(sums.wyy, t) + w * y * y
    sums.wt[t + 1] = at(sums.wt, t) + w * t
    sums.wtt[t + 1] = at(sums.wtt, t) + w * t * t
    sums.wty[t + 1] = at(sums.wty, t) + w * t * y
  }
  return sums
}

function costOf(sums: Sums, s: number, t: number, slopePenalty: number): number {
  const w = at(sums.w, t) - at(sums.w, s)
  const wy = at(sums.wy, t) - at(sums.wy, s)
  const level = at(sums.wyy, t) - at(sums.wyy, s) - (wy * wy) / w
  if (level <= slopePenalty) return level
  const wt = at(sums.wt, t) - at(sums.wt, s)
  const stt = at(sums.wtt, t) - at(sums.wtt, s) - (wt * wt) / w
  const sty = at(sums.wty, t) - at(sums.wty, s) - (wt * wy) / w
  return stt > 1e-9 * w ? Math.min(level, level - (sty * sty) / stt + slopePenalty) : level
}

function segmentsOf(sums: Sums, cut: Int32Array, n: number, slopePenalty: number): Segment[] {
  const found: Segment[] = []
  for (let t = n; t > 0; t = at(cut, t)) {
    const s = at(cut, t)
    const w = at(sums.w, t) - at(sums.w, s)
    const wy = at(sums.wy, t) - at(sums.wy, s)
    const wt = at(sums.wt, t) - at(sums.wt, s)
    const stt = at(sums.wtt, t) - at(sums.wtt, s) - (wt * wt) / w
    const sty = at(sums.wty, t) - at(sums.wty, s) - (wt * wy) / w
    const sloped = stt > 1e-9 * w && (sty * sty) / stt > slopePenalty
    const slope = sloped ? sty / stt : 0
    found.push({ from: s, to: t, value: w > 0 ? (wy - slope * wt) / w + slope * s : Number.NaN, slope })
  }
  return found.reverse()
}
