import { at } from '../../core/panel.ts'
import type { Fit } from './fit.ts'
import type { Segment } from './partition.ts'

/** A confirmed change of course. */
export interface Change {
  readonly kind: 'levelShift' | 'trendBreak'
  /** First cell of the new course. */
  readonly cell: number
  /** Levels at that cell by the old and by the new course. */
  readonly old: number
  readonly new: number
  /** Change of the slope, in units a period. */
  readonly bend: number
  readonly strength: number
}

/** Changes weaker than this are none. */
const LEAST_STRENGTH = 4

/** The boundaries of a fit's segments at which the level jumped or, if not, the slope changed, by more than chance would have it. */
export function changesOf(fit: Fit): Change[] {
  const found: Change[] = []
  for (let k = 1; k < fit.segments.length; k++) {
    const left = fit.segments[k - 1] as Segment
    const right = fit.segments[k] as Segment
    const before = certaintyOf(fit, left, right.from)
    const after = certaintyOf(fit, right, right.from)
    const old = left.value + left.slope * (right.from - left.from)
    const jump = Math.abs(right.value - old) / Math.sqrt(fit.inflation * (before.place + after.place))
    const bend = right.slope - left.slope
    const turn = Math.abs(bend) / Math.sqrt(fit.inflation * (before.slope + after.slope))
    if (jump < LEAST_STRENGTH && !(turn >= LEAST_STRENGTH)) continue
    const kind = jump >= LEAST_STRENGTH ? 'levelShift' : 'trendBreak'
    const strength = kind === 'levelShift' ? jump : turn
    found.push({ kind, cell: right.from, old, new: right.value, bend, strength })
  }
  return found
}

/** Variances of the place of a segment's course at a cell, and of its slope (0 of a level one). */
function certaintyOf(fit: Fit, segment: Segment, cell: number) {
  let w = 0
  let wt = 0
  let wtt = 0
  for (let t = segment.from; t < segment.to; t++) {
    const weight = at(fit.weight, t)
    w += weight
    wt += weight * t
    wtt += weight * t * t
  }
  if (segment.slope === 0) return { place: 1 / w, slope: 0 }
  const about = wtt - (wt * wt) / w
  return { place: 1 / w + (cell - wt / w) ** 2 / about, slope: 1 / about }
}
