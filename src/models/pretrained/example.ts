import type { Batch } from '../neural/examples.ts'
import { type EffectsRoom, effectsRoom, ownEffects } from './effects.ts'
import { KNOWN, PAST, SEASONS, STATICS, UNITS } from './shape.ts'
import type { Told } from './told.ts'

/** Seasons back that a profile is the mean of. */
const RECENT = 4
/** Periods of the latest level. */
const LATEST = 7

/** What examples are laid out for, and room to do it in. */
export interface Writer {
  /** Writes what is told of a series as an example, truths after its origin included; refuses nothing: what is unknown is missing. */
  write(told: Told, row: number, into: Batch): void
}

/** Makes what writes series as examples of so many periods seen and answered, without making anything else. */
export function writerOf({ context, horizon }: { readonly context: number; readonly horizon: number }): Writer {
  const all = context + horizon
  const scaled = new Float64Array(all)
  const effects = new Float64Array(all)
  const room: EffectsRoom = effectsRoom(all)
  return {
    write(told, row, into) {
      const level = levelOf(told, context)
      into.level[row] = level
      into.offset[row] = 0
      const first = told.origin + 1 - context
      for (let t = 0; t < context; t++) scaled[t] = scaledAt(told, first + t, level)
      ownEffects(told, first, scaled, context, all, room, effects)
      writePast(told, scaled, row, context, into)
      writeKnown(told, level, scaled, effects, row, context, horizon, into)
      writeStatics(told, level, row, context, into)
      for (let h = 0; h < horizon; h++) {
        const y = told.values[told.origin + 1 + h]
        const there = y !== undefined && !Number.isNaN(y)
        into.truth[row * horizon + h] = there ? Math.asinh(y / level) : 0
        into.weight[row * horizon + h] = there ? 1 : 0
      }
    },
  }
}

const valueAt = ({ values, from, origin }: Told, t: number): number =>
  t < from || t > origin ? Number.NaN : (values[t] as number)

const scaledAt = (told: Told, t: number, level: number): number => Math.asinh(valueAt(told, t) / level)

/** The mean size of what was observed of the context, of all of the past where the context says nothing; 1 where that does not either. */
function levelOf(told: Told, context: number): number {
  const size = (from: number) => {
    let sum = 0
    let count = 0
    for (let t = Math.max(told.from, from); t <= told.origin; t++) {
      const y = Math.abs(told.values[t] as number)
      if (Number.isNaN(y)) continue
      sum += y
      count++
    }
    return count > 0 ? sum / count : 0
  }
  const near = size(told.origin + 1 - context)
  const level = near > 1e-30 ? near : size(told.from)
  return level > 1e-30 ? Math.fround(level) : 1
}

function writePast(told: Told, scaled: Float64Array, row: number, context: number, into: Batch): void {
  const first = told.origin + 1 - context
  const past = into.past as Float32Array
  const usual = moodOf(told, first)
  for (let t = 0; t < context; t++) {
    const place = row * context + t
    const z = scaled[t] as number
    const there = !Number.isNaN(z)
    into.target[place] = there ? z : 0
    into.observed[place] = there ? 1 : 0
    const mood = told.mood && first + t >= told.from ? (told.mood[first + t] as number) : Number.NaN
    past[place * PAST] = there && told.censored?.[first + t] === 1 ? 1 : 0
    past[place * PAST + 1] = Number.isNaN(mood) ? 0 : Math.asinh(mood / usual)
    past[place * PAST + 2] = Number.isNaN(mood) ? 0 : 1
  }
}

/** The mean of what the family did in the context: its own scale may know of what came after the origin. */
function moodOf({ mood, from, origin }: Told, first: number): number {
  let [sum, count] = [0, 0]
  for (let t = Math.max(from, first); mood && t <= origin; t++) {
    const x = mood[t] as number
    if (Number.isNaN(x)) continue
    sum += x
    count++
  }
  return sum > 0 ? sum / count : 1
}

/**
 * Twelve numbers of each period: the place in the main and in the longer season as points of a circle; what came a main season before and whether that is
 * known; means of the same phase over the last seasons and over the whole context; what came around a longer season before and whether that is
 * known; what the covariates do by the series' own past and by that of all.
 */
function writeKnown(
  told: Told,
  level: number,
  scaled: Float64Array,
  effects: Float64Array,
  row: number,
  context: number,
  horizon: number,
  into: Batch,
): void {
  const known = into.known as Float32Array
  const [main, longer] = SEASONS[told.unit]
  const first = told.origin + 1 - context
  const z = (t: number) => (t >= first && t <= told.origin ? (scaled[t - first] as number) : scaledAt(told, t, level))
  let place = row * (context + horizon) * KNOWN
  for (let s = 0; s < context + horizon; s++, place += KNOWN) {
    const t = first + s
    known.fill(0, place, place + KNOWN)
    known[place + 11] = told.pooled && t >= told.from ? finite(told.pooled[t]) : 0
    if (t < told.from) continue
    if (main > 0) {
      const angle = (2 * Math.PI * (t + told.phases[0])) / main
      known[place] = Math.sin(angle)
      known[place + 1] = Math.cos(angle)
      // The latest season of which the period is past.
      let back = t - main
      while (back > told.origin) back -= main
      const before = z(back)
      if (!Number.isNaN(before)) {
        known[place + 4] = before
        known[place + 5] = 1
      }
      let sum = 0
      let count = 0
      for (let k = 0, u = back; k < RECENT; k++, u -= main) {
        const v = z(u)
        if (Number.isNaN(v)) continue
        sum += v
        count++
      }
      known[place + 6] = count > 0 ? sum / count : 0
      for (let u = back - RECENT * main; u > first - main && u >= told.from; u -= main) {
        const v = z(u)
        if (Number.isNaN(v)) continue
        sum += v
        count++
      }
      known[place + 7] = count > 0 ? sum / count : 0
    }
    if (longer > 0) {
      const angle = (2 * Math.PI * (t + told.phases[1])) / longer
      known[place + 2] = Math.sin(angle)
      known[place + 3] = Math.cos(angle)
      let back = t - longer
      while (back > told.origin) back -= longer
      let sum = 0
      let count = 0
      for (let u = back - 1; u <= back + 1; u++) {
        const v = z(u)
        if (Number.isNaN(v)) continue
        sum += v
        count++
      }
      if (count > 0) {
        known[place + 8] = sum / count
        known[place + 9] = 1
      }
    }
    known[place + 10] = effects[s] as number
  }
}

const finite = (x: number | undefined) => (x === undefined || Number.isNaN(x) ? 0 : x)

function writeStatics(told: Told, level: number, row: number, context: number, into: Batch): void {
  const statics = into.statics as Float32Array
  const place = row * STATICS
  const first = Math.max(told.from, told.origin + 1 - context)
  let [count, zeros, wholes, squares] = [0, 0, 0, 0]
  for (let t = first; t <= told.origin; t++) {
    const y = told.values[t] as number
    if (Number.isNaN(y)) continue
    count++
    if (y === 0) zeros++
    if (y === Math.round(y)) wholes++
    squares += (y / level) ** 2
  }
  const n = Math.max(1, count)
  statics.fill(0, place, place + STATICS)
  statics[place] = Math.log1p(count) / 5
  statics[place + 1] = zeros / n
  statics[place + 2] = wholes / n
  statics[place + 3] = Math.min(3, Math.log1p(squares / n))
  statics[place + 4] = Math.max(-3, Math.min(3, Math.log10(level) / 3))
  statics[place + 5] = level < 20 ? 1 - level / 20 : 0
  statics[place + 6] = latest(told, level, LATEST)
  statics[place + 7] = latest(told, level, 4 * LATEST)
  statics[place + 8 + UNITS.indexOf(told.unit)] = 1
}

/** The mean of the last periods, scaled. */
function latest(told: Told, level: number, periods: number): number {
  let sum = 0
  let count = 0
  for (let t = told.origin + 1 - periods; t <= told.origin; t++) {
    const y = valueAt(told, t)
    if (Number.isNaN(y)) continue
    sum += y
    count++
  }
  return count > 0 ? Math.asinh(sum / count / level) : 0
}
