import type { Frame } from '../architecture.ts'
import type { Batch } from '../examples.ts'
import { termCount } from './calendar-terms.ts'
import type { CellArrays } from './cells.ts'
import { frameOf, type Preparation, widthOf } from './preparation.ts'
import { scaleOf } from './scale.ts'

/** Examples as plain data on shared memory, for whatever thread fills batches with them. */
export interface Laid {
  readonly preparation: Preparation
  readonly arrays: CellArrays
  /** Series of each example, and its origin as a cell of that series; −1 before the first. */
  readonly series: Int32Array
  readonly origin: Int32Array
  /** Truths after this period are not learned. */
  readonly last: number
  /** What all examples' weights are multiplied by; only with a weighting. */
  readonly weight: number
}

/** Makes what writes examples into batches, one a row, without making anything else. */
export function fillerOf(laid: Laid): (examples: ArrayLike<number>, into: Batch) => void {
  const { preparation, arrays, last, weight } = laid
  const { settings, age: ageStandard, logSize } = preparation
  const { context, horizon, weighting, clip } = settings
  const frame: Omit<Frame, 'batch'> = frameOf(preparation)
  const { start, offsets, born, seen, truth, past, known, terms, firstPeriod, statics, codes } = arrays
  const pastWidth = frame.past
  const unitsFrom = pastWidth - preparation.units.length
  const ownKnown = widthOf(preparation.known)
  const termWidth = settings.calendar ? termCount(preparation.unit, preparation.cycles) : 0
  const knownWidth = frame.known
  const ownStatics = preparation.statics.length
  const categories = preparation.categories.length
  const scale = { level: 1, offset: 0, size: 1 }
  const measure = scaleOf(preparation, arrays)

  const fillTarget = (row: number, into: Batch, first: number, origin: number) => {
    const { level, offset } = scale
    const { target, observed } = into
    const pad = Math.max(0, context - 1 - origin)
    let place = row * context
    for (let k = 0; k < pad; k++, place++) {
      target[place] = 0
      observed[place] = 0
    }
    for (let cell = first + origin + 1 - context + pad; cell <= first + origin; cell++, place++) {
      const y = seen[cell] as number
      const there = !Number.isNaN(y)
      target[place] = there ? (y - offset) / level : 0
      observed[place] = there ? 1 : 0
    }
  }

  const fillTruth = (row: number, into: Batch, first: number, origin: number, end: number) => {
    const { level, offset } = scale
    const own = weighting > 0 ? weight * level ** weighting : 1
    let place = row * horizon
    for (let k = origin + 1; k <= origin + horizon; k++, place++) {
      const y = k < end ? (truth[first + k] as number) : Number.NaN
      const there = !Number.isNaN(y)
      into.truth[place] = there ? (y - offset) / level : 0
      into.weight[place] = there ? own : 0
    }
  }

  const fillPast = (row: number, into: Float32Array, first: number, origin: number) => {
    const { level, offset } = scale
    const pad = Math.max(0, context - 1 - origin)
    let place = row * context * pastWidth
    const begin = place + pad * pastWidth
    while (place < begin) into[place++] = 0
    let k = (first + origin + 1 - context + pad) * pastWidth
    const end = (first + origin + 1) * pastWidth
    if (unitsFrom === pastWidth) {
      while (k < end) into[place++] = past[k++] as number
      return
    }
    while (k < end) {
      for (let c = 0; c < unitsFrom; c++) into[place++] = past[k++] as number
      for (let c = unitsFrom; c < pastWidth; c++) {
        const x = past[k++] as number
        into[place++] = Number.isNaN(x) ? 0 : (x - offset) / level
      }
    }
  }

  const fillKnown = (row: number, into: Float32Array, i: number, first: number, origin: number) => {
    const pad = Math.max(0, context - 1 - origin)
    const begin = origin + 1 - context
    let place = row * (context + horizon) * knownWidth
    let k = (first + i * horizon + begin + pad) * ownKnown
    let t = ((start[i] as number) + begin - firstPeriod) * termWidth
    for (let step = 0; step < context + horizon; step++) {
      if (step < pad) for (let c = 0; c < ownKnown; c++) into[place++] = 0
      else for (let c = 0; c < ownKnown; c++) into[place++] = known[k++] as number
      for (let c = 0; c < termWidth; c++) into[place++] = terms[t++] as number
    }
  }

  const fillStatics = (row: number, into: Float32Array, i: number, origin: number) => {
    let place = row * frame.statics
    for (let s = 0; s < ownStatics; s++) into[place++] = statics[i * ownStatics + s] as number
    if (settings.age) {
      const age = Math.log1p(Math.max(0, origin - (born[i] as number) + 1))
      into[place++] = within(clip, (age - ageStandard.mean) / ageStandard.deviation)
    }
    if (settings.size) into[place] = within(clip, (Math.log(scale.size) - logSize.mean) / logSize.deviation)
  }

  return (examples, into) => {
    const halves = into.categories && halvesOf(into.categories)
    for (let row = 0; row < examples.length; row++) {
      const example = examples[row] as number
      const i = laid.series[example] as number
      const origin = laid.origin[example] as number
      const first = offsets[i] as number
      measure(i, origin, scale)
      into.level[row] = scale.level
      into.offset[row] = scale.offset
      fillTarget(row, into, first, origin)
      const end = Math.min((offsets[i + 1] as number) - first, last + 1 - (start[i] as number))
      fillTruth(row, into, first, origin, end)
      if (into.past) fillPast(row, into.past, first, origin)
      if (into.known) fillKnown(row, into.known, i, first, origin)
      if (into.statics) fillStatics(row, into.statics, i, origin)
      if (halves)
        for (let c = 0; c < categories; c++) {
          const place = 2 * (row * categories + c)
          halves[place] = codes[i * categories + c] as number
          halves[place + 1] = 0
        }
    }
  }
}

/** Whole numbers of 64 bits as pairs of 32 bits, the lower first, so that writing them makes no BigInt. */
const halvesOf = (array: BigInt64Array) => new Int32Array(array.buffer, array.byteOffset, 2 * array.length)

const within = (clip: number, x: number) => Math.max(-clip, Math.min(clip, x))
