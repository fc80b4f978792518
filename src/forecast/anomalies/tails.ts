import { at } from '../../core/panel.ts'

/** One step of a forecast as a distribution: quantiles `of[from …]` at `levels`, and the mean. */
export interface Said {
  readonly levels: readonly number[]
  readonly of: Float64Array
  readonly from: number
  readonly mean: number
  /** Whether values are whole numbers of at least 0. */
  readonly counted: boolean
}

/** The slope of a tail is measured between the outermost level and one that is left this many times as often. */
const OUTWARDS = 4
/** Where the outermost quantiles say nothing of a tail, its scale is this share of the size of the values. */
const LEAST_SCALE = 0.02
/** Counts of a mean up to this have at least the tails of Poisson counts. */
const FEW = 50
/** Nobody can say that nothing will ever be sold: the least mean. */
const LEAST_MEAN = 0.01

/** The chances of a value or more, and of a value or less. */
export interface Tails {
  readonly above: number
  readonly below: number
}

/**
 * How likely a forecast held a value as large or larger, and as small or smaller.
 *
 * Between its quantiles a distribution lies on straight lines; beyond them it falls off exponentially, as fast as from the last but one to the
 * outermost, which errs on the side of fewer alarms. Counts take in half a unit to either side, and are at least as uncertain as Poisson counts.
 */
export function tailsOf(said: Said, value: number): Tails {
  const half = said.counted ? 0.5 : 0
  let above = 1 - shareBelow(said, value - half, false)
  let below = shareBelow(said, value + half, true)
  if (said.counted && said.mean <= FEW) {
    const poisson = poissonTails(Math.max(LEAST_MEAN, said.mean), Math.max(0, Math.round(value)))
    if (value > said.mean) above = Math.max(above, poisson.above)
    else below = Math.max(below, poisson.below)
  }
  return { above, below }
}

/** The quantile of any level, exponential beyond the outermost. */
export function edgeOf(said: Said, level: number): number {
  const { levels, of, from } = said
  const last = levels.length - 1
  if (level > at(levels, last)) {
    const { at: edge, scale } = upper(said)
    return edge + scale * Math.log((1 - at(levels, last)) / (1 - level))
  }
  if (level < at(levels, 0)) {
    const { at: edge, scale } = lower(said)
    const value = edge - scale * Math.log(at(levels, 0) / level)
    return said.counted ? Math.max(0, value) : value
  }
  let l = 1
  while (l < last && at(levels, l) < level) l++
  const share = (level - at(levels, l - 1)) / (at(levels, l) - at(levels, l - 1))
  return at(of, from + l - 1) + share * (at(of, from + l) - at(of, from + l - 1))
}

/** The chance of less than a value; of values that many levels share, all or none is counted. */
function shareBelow(said: Said, value: number, all: boolean): number {
  const { levels, of, from } = said
  const n = levels.length
  const reached = (l: number) => (all ? at(of, from + l) <= value : at(of, from + l) < value)
  let l = 0
  while (l < n && reached(l)) l++
  if (l === n) {
    const { at: edge, scale } = upper(said)
    return 1 - (1 - at(levels, n - 1)) * Math.exp(-(value - edge) / scale)
  }
  const right = at(of, from + l)
  if (l === 0) {
    const { at: edge, scale } = lower(said)
    return at(levels, 0) * Math.exp(-(edge - value) / scale)
  }
  const left = at(of, from + l - 1)
  const share = right > left ? (value - left) / (right - left) : 0
  return at(levels, l - 1) + share * (at(levels, l) - at(levels, l - 1))
}

function upper(said: Said) {
  const { levels, of, from } = said
  const n = levels.length
  const rest = 1 - at(levels, n - 1)
  let l = n - 1
  while (l > 0 && 1 - at(levels, l) < OUTWARDS * rest) l--
  const edge = at(of, from + n - 1)
  const scale = (edge - at(of, from + l)) / Math.log((1 - at(levels, l)) / rest)
  return { at: edge, scale: Math.max(scale, leastScale(said)) }
}

function lower(said: Said) {
  const { levels, of, from } = said
  const rest = at(levels, 0)
  let l = 0
  while (l < levels.length - 1 && at(levels, l) < OUTWARDS * rest) l++
  const edge = at(of, from)
  const scale = (at(of, from + l) - edge) / Math.log(at(levels, l) / rest)
  return { at: edge, scale: Math.max(scale, leastScale(said)) }
}

const leastScale = ({ of, from, levels, mean }: Said) =>
  Math.max(LEAST_SCALE * Math.max(Math.abs(mean), Math.abs(at(of, from + levels.length - 1))), 1e-300)

/** Both tails of a Poisson distribution at a count, by adding up. */
function poissonTails(mean: number, count: number): Tails {
  let log = -mean
  let below = Math.exp(log)
  for (let y = 1; y <= count; y++) {
    log += Math.log(mean / y)
    below += Math.exp(log)
  }
  let chance = Math.exp(log)
  let above = chance
  for (let y = count + 1; chance > 1e-17 * above; y++) {
    chance *= mean / y
    above += chance
  }
  return { above: Math.min(1, above), below: Math.min(1, below) }
}
