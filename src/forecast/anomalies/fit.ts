import { at } from '../../core/panel.ts'
import { type Measured, measure, type Priors } from './effects.ts'
import type { Event } from './events.ts'
import { hinged } from './hinge.ts'
import { movingLevel } from './level.ts'
import { partition, type Segment } from './partition.ts'
import { quantumOf } from './quantum.ts'
import { BELIEVED, clipped, medianOf, middleAndSpread } from './robust.ts'
import { scoreOf } from './score.ts'
import { seasonOf } from './season.ts'
import { type Sales, type Spread, spreadOf, varianceAt } from './spread.ts'

/** What is to be taken apart. */
export interface Course {
  /** Observed values; NaN where nothing was observed, or the shop was closed or out of stock. */
  readonly values: Float64Array
  /** The place of the first value in the cycle of `phases` periods. */
  readonly first: number
  readonly phases: number
  readonly events: readonly Event[]
  readonly priors: Priors
  /** Least length of a segment, and what a change must gain in multiples of the usual. */
  readonly lasting: number
  readonly penalty: number
}

/** A series taken apart: expected value = level × factor, or, where values can be negative, level + factor. */
export interface Fit {
  readonly signed: boolean
  readonly level: Float64Array
  /** Season and events together. */
  readonly factor: Float64Array
  readonly mean: Float64Array
  readonly spread: Spread
  readonly segments: readonly Segment[]
  /** 1 / variance of each observed value in units of the level, 0 where nothing was observed. */
  readonly weight: Float64Array
  /** By how much neighbours that resemble each other make means less certain than independent ones: ≥ 1. */
  readonly inflation: number
  readonly measured: readonly Measured[]
}

/** Times that level, season, events and spread are measured in turn. */
const ROUNDS = 3
/** A share of zeros from which a series is sparse. */
const SPARSE = 0.3
/** In sparse series single values above so many times the median sale are brought down to it, in logarithmic spreads. */
const SALE_REACH = 4
const LEAST_SALE_SPREAD = 0.25

/**
 * Takes a series apart into level, season, events and scatter, none of which a few wild values move: the level of the last rounds are the
 * straight segments of an optimal partition.
 *
 * With `quick` the level is only the moving one, which is enough to measure what events do.
 */
export function fitCourse(course: Course, quick = false): Fit {
  const { values, phases, events } = course
  const n = values.length
  const shape = shapeOf(values)
  const { signed, sparse, quantum } = shape
  const sales = sparse ? salesOf(values) : undefined
  const tamed = sales ? tame(values, Math.exp(sales.middle + SALE_REACH * sales.sd)) : values
  const neutral = signed ? 0 : 1
  const season = new Float64Array(phases).fill(neutral)
  let happening = new Float64Array(n).fill(neutral)
  const factor = new Float64Array(n).fill(neutral)
  const mean = new Float64Array(n)
  const half = Math.max(phases <= 31 ? phases : 7, course.lasting)
  let level = movingLevel(tamed, half, quantum, sparse)
  let kept = tamed
  const put = () => {
    for (let t = 0; t < n; t++) {
      const p = at(season, (course.first + t) % phases)
      factor[t] = signed ? p + at(happening, t) : p * at(happening, t)
      mean[t] = signed ? at(level, t) + at(factor, t) : at(level, t) * at(factor, t)
    }
  }
  put()
  let spread = spreadOf({ values: tamed, mean, quantum, signed, sparse, parameters: phases, sales })
  let segments: readonly Segment[] = []
  let measured: readonly Measured[] = []
  let inflation = 1
  for (let round = 0; round < (quick ? 2 : ROUNDS); round++) {
    if (phases > 1) {
      const rest = combine(level, happening, signed)
      season.set(seasonOf({ values: kept, first: course.first, phases, mean, rest, spread, sparse, signed }))
      put()
    }
    if (events.length > 0) {
      const base = Float64Array.from(mean, (m, t) => without(m, at(happening, t), signed))
      const found = effectsOf(events, values, base, spread, sparse, signed, course.priors)
      happening = found.happening
      measured = found.measured
      put()
    }
    spread = spreadOf({ values: kept, mean, quantum, signed, sparse, parameters: phases + 2 * segments.length, sales })
    const flat = flattened(tamed, mean, factor, spread, signed, sparse)
    if (round === 0 || quick) level = movingLevel(flat.values, half, quantum, sparse)
    else {
      inflation = inflationOf(tamed, mean, spread)
      const penalty = penaltyOf(flat.count, inflation * course.penalty)
      const parts = partition(flat.values, flat.weight, course.lasting, penalty)
      segments = hinged(parts, flat.values, flat.weight, course.lasting, penalty)
      level = courseOf(segments, n, signed, flat.usual)
    }
    put()
    kept = believable(tamed, mean, spread)
  }
  spread = spreadOf({ values: kept, mean, quantum, signed, sparse, parameters: phases + 2 * segments.length, sales })
  const { weight } = flattened(tamed, mean, factor, spread, signed, sparse)
  return { signed, level, factor, mean, spread, segments, weight, inflation, measured }
}

function shapeOf(values: Float64Array) {
  let zeros = 0
  let count = 0
  let signed = false
  for (let t = 0; t < values.length; t++) {
    const y = at(values, t)
    if (Number.isNaN(y)) continue
    count++
    if (y === 0) zeros++
    if (y < 0) signed = true
  }
  return { signed, sparse: !signed && zeros > SPARSE * count, quantum: quantumOf(values) }
}

/** Middle and spread of the logarithms of what is sold when something is. */
function salesOf(values: Float64Array): Sales | undefined {
  const logs = new Float64Array(values.length)
  let n = 0
  for (let t = 0; t < values.length; t++) if (at(values, t) > 0) logs[n++] = Math.log(at(values, t))
  if (n === 0) return undefined
  const { middle, sd } = middleAndSpread(logs, n)
  return { middle, sd: Math.max(LEAST_SALE_SPREAD, sd) }
}

function tame(values: Float64Array, most: number): Float64Array {
  const tamed = Float64Array.from(values)
  for (let t = 0; t < tamed.length; t++) if (at(tamed, t) > most) tamed[t] = most
  return tamed
}

/** Values farther off than this are left out once the course is roughly known: what was wild would still lean on everything if only clipped. */
const BELIEVABLE = 3

function believable(values: Float64Array, mean: Float64Array, spread: Spread): Float64Array {
  const kept = Float64Array.from(values)
  for (let t = 0; t < kept.length; t++)
    if (Math.abs(scoreOf(spread, at(kept, t), at(mean, t))) > BELIEVABLE) kept[t] = Number.NaN
  return kept
}

function combine(level: Float64Array, happening: Float64Array, signed: boolean): Float64Array {
  const rest = new Float64Array(level.length)
  for (let t = 0; t < rest.length; t++)
    rest[t] = signed ? at(level, t) + at(happening, t) : at(level, t) * at(happening, t)
  return rest
}

const without = (mean: number, part: number, signed: boolean) => (signed ? mean - part : mean / part)

function effectsOf(
  events: readonly Event[],
  values: Float64Array,
  base: Float64Array,
  spread: Spread,
  sparse: boolean,
  signed: boolean,
  priors: Priors,
) {
  const happening = new Float64Array(values.length).fill(signed ? 0 : 1)
  const measured: Measured[] = []
  for (const event of events) {
    if (signed) {
      addShift(event, values, base, happening)
      continue
    }
    const mean = combine(base, happening, false)
    const found = measure(event, { values, mean, spread, sparse }, priors[event.key])
    measured.push(found)
    for (const t of event.active) happening[t] = at(happening, t) * Math.exp(found.posterior * at(event.x, t))
  }
  return { happening, measured }
}

/** Where values can be negative an event adds the median of what it added before. */
function addShift({ x, active }: Event, values: Float64Array, base: Float64Array, happening: Float64Array): void {
  const shifts = new Float64Array(active.length)
  let n = 0
  for (const t of active)
    if (!Number.isNaN(at(values, t)) && Math.abs(at(x, t)) > 0.05)
      shifts[n++] = (at(values, t) - at(base, t) - at(happening, t)) / at(x, t)
  if (n === 0) return
  const shift = medianOf(shifts, n)
  for (const t of active) happening[t] = at(happening, t) + shift * at(x, t)
}

/** Values without season and events, wild ones clipped, and 1 / variance of each. */
function flattened(
  values: Float64Array,
  mean: Float64Array,
  factor: Float64Array,
  spread: Spread,
  signed: boolean,
  sparse: boolean,
) {
  const n = values.length
  const flat = new Float64Array(n).fill(Number.NaN)
  const weight = new Float64Array(n)
  let usual = 0
  let count = 0
  for (let t = 0; t < n; t++) {
    if (Number.isNaN(at(values, t))) continue
    usual += Math.abs(at(values, t))
    count++
  }
  usual /= Math.max(1, count)
  for (let t = 0; t < n; t++) {
    const y = at(values, t)
    if (Number.isNaN(y)) continue
    const mu = at(mean, t)
    const f = at(factor, t)
    const variance = varianceAt(spread, signed ? mu : Math.max(mu, (usual * f) / 4))
    const kept = sparse ? y : clipped(y, mu, BELIEVED * Math.sqrt(variance))
    flat[t] = signed ? kept - f : kept / f
    weight[t] = signed ? 1 / variance : (f * f) / variance
  }
  return { values: flat, weight, usual, count }
}

/** Penalties by the modified BIC of Zhang and Siegmund (2007), times how alike neighbours are. */
function penaltyOf(count: number, factor: number) {
  const logs = Math.log(Math.max(8, count))
  return { change: 3 * logs * factor, slope: 2 * logs * factor }
}

/** A level never falls under this share of the usual one, or nothing would be expected at all. */
const LEAST_LEVEL = 1e-3

function courseOf(segments: readonly Segment[], n: number, signed: boolean, usual: number): Float64Array {
  const level = new Float64Array(n)
  const floor = signed ? Number.NEGATIVE_INFINITY : LEAST_LEVEL * usual
  for (const { from, to, value, slope } of segments)
    for (let t = from; t < to; t++) level[t] = Math.max(floor, value + slope * (t - from))
  return level
}

/** Correlations of neighbours above this are taken for it. */
const MOST_ALIKE = 0.7

/**
 * (1 + ρ) / (1 − ρ) of an autoregressive scatter, ρ from differences of neighbours and of next neighbours, which no change of level moves
 * (Tecuapetla-Gómez and Munk, 2017).
 */
function inflationOf(values: Float64Array, mean: Float64Array, spread: Spread): number {
  let [one, two, ones, twos] = [0, 0, 0, 0]
  let before = Number.NaN
  let earlier = Number.NaN
  for (let t = 0; t < values.length; t++) {
    const y = at(values, t)
    const score = Number.isNaN(y) ? Number.NaN : clipped(scoreOf(spread, y, at(mean, t)), 0, BELIEVED)
    if (!Number.isNaN(score - before)) {
      one += (score - before) ** 2
      ones++
    }
    if (!Number.isNaN(score - earlier)) {
      two += (score - earlier) ** 2
      twos++
    }
    earlier = before
    before = score
  }
  if (ones < 8 || twos < 8 || one === 0) return 1
  const alike = Math.max(0, Math.min(MOST_ALIKE, two / twos / (one / ones) - 1))
  return (1 + alike) / (1 - alike)
}
