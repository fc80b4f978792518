import { at } from '../../core/panel.ts'
import type { Penalty, Segment } from './partition.ts'
import { type Sums, sumOf, sumsOf } from './sums.ts'

/**
 * Joins neighbouring segments into courses that bend without a jump wherever that is told as well with fewer numbers: a trend that breaks
 * looks to a partition like a small jump, or a stair.
 *
 * All bends between the two are tried, with either side level or not.
 */
export function hinged(
  segments: readonly Segment[],
  values: Float64Array,
  weight: Float64Array,
  least: number,
  penalty: Penalty,
): Segment[] {
  const joined = [...segments]
  if (joined.length < 2) return joined
  const sums = sumsOf(values, weight)
  for (let k = 1; k < joined.length; k++) {
    const left = joined[k - 1] as Segment
    const right = joined[k] as Segment
    // A jump costs a number that a bend saves.
    const apart = costOf(sums, left, penalty) + costOf(sums, right, penalty) + penalty.slope / 2
    const best = bestBend(sums, left.from, right.to, least, penalty)
    if (!best || best.cost > apart) continue
    const { knot, level, before, after } = best
    joined[k - 1] = { from: left.from, to: knot, value: level - before * (knot - left.from), slope: before }
    joined[k] = { from: knot, to: right.to, value: level, slope: after }
  }
  return joined
}

/** Squared residuals of a segment about its course, and the price of its slope. */
function costOf(sums: Sums, { from, to, value, slope }: Segment, penalty: Penalty): number {
  const [w, wy, wyy, wt, wtt, wty] = sumOf(sums, from, to)
  const start = value - slope * from
  const squares =
    wyy - 2 * start * wy - 2 * slope * wty + start * start * w + 2 * start * slope * wt + slope * slope * wtt
  return squares + (slope === 0 ? 0 : penalty.slope)
}

interface Bend {
  readonly knot: number
  readonly level: number
  readonly before: number
  readonly after: number
  readonly cost: number
}

function bestBend(sums: Sums, from: number, to: number, least: number, penalty: Penalty): Bend | undefined {
  let best: Bend | undefined
  for (let knot = from + 1; knot < to; knot++) {
    const seen = at(sums.count, knot)
    if (seen - at(sums.count, from) < least || at(sums.count, to) - seen < least) continue
    for (const sides of SIDES) {
      const bend = bendAt(sums, from, to, knot, sides, penalty)
      if (!best || bend.cost < best.cost) best = bend
    }
  }
  return best
}

/** Which sides of a bend have a slope. */
const SIDES = [
  [true, true],
  [true, false],
  [false, true],
] as const

/** Least squares on 1, min(0, t − knot) and max(0, t − knot), whose last two do not overlap. */
function bendAt(
  sums: Sums,
  from: number,
  to: number,
  knot: number,
  [slopeBefore, slopeAfter]: readonly [boolean, boolean],
  penalty: Penalty,
): Bend {
  const [w, wy, wyy] = sumOf(sums, from, to)
  const left = slopeBefore ? side(sums, from, knot, knot) : NO_SIDE
  const right = slopeAfter ? side(sums, knot, to, knot) : NO_SIDE
  const reduced = w - left.x ** 2 / left.xx - right.x ** 2 / right.xx
  const level = (wy - (left.xy * left.x) / left.xx - (right.xy * right.x) / right.xx) / reduced
  const before = (left.xy - level * left.x) / left.xx
  const after = (right.xy - level * right.x) / right.xx
  const squares = wyy - level * wy - before * left.xy - after * right.xy
  return { knot, level, before, after, cost: squares + penalty.slope * (Number(slopeBefore) + Number(slopeAfter)) }
}

const NO_SIDE = { x: 0, xx: 1, xy: 0 }

/** Weighted sums of t − knot over some cells. */
function side(sums: Sums, from: number, to: number, knot: number) {
  const [w, wy, , wt, wtt, wty] = sumOf(sums, from, to)
  const xx = wtt - 2 * knot * wt + knot * knot * w
  return xx > 0 ? { x: wt - knot * w, xx, xy: wty - knot * wy } : NO_SIDE
}
