import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Batch } from '../../neural/examples.ts'
import { writerOf } from '../example.ts'
import { type Ground, toldOf } from '../ground.ts'
import { AHEAD, CONTEXT, SEASONS } from '../shape.ts'
import type { Told } from '../told.ts'
import { drawnSeries } from './synthetic.ts'

/** What a corpus is drawn from, as plain data. */
export interface Corpus {
  /** Real series, each ground with the share of examples that are windows of it; the rest are synthetic. */
  readonly grounds: readonly { readonly ground: Ground; readonly share: number }[]
  readonly seed: number
}

/** Periods of the past that a window of a real series has at least. */
const LEAST_PAST = 8
/** Truths, inverse hyperbolic sines of what came in units of the level, are learned up to this size: one launch is not to count as much as a batch. */
const MOST = Math.asinh(40)

/** Steps ahead after which a truth begins to count less: the first are asked for more often than the last. */
const NEAR = 8

/** Draws the examples of a step, the same whenever and wherever it is drawn. */
export function corpusDrawer({ grounds, seed }: Corpus, sizes = { context: CONTEXT, horizon: AHEAD }) {
  const writer = writerOf(sizes)
  return (step: number, size: number, into: Batch): void => {
    const random = Random.of(seed, `corpus ${step}`)
    for (let row = 0; row < size; row++) writer.write(example(random, grounds), row, into)
    for (let k = 0; k < into.truth.length; k++) {
      into.truth[k] = Math.min(MOST, Math.max(-MOST, at(into.truth, k)))
      into.weight[k] = at(into.weight, k) / Math.sqrt(1 + (k % sizes.horizon) / NEAR)
    }
  }
}

function example(random: Random, grounds: Corpus['grounds']): Told {
  let left = random.uniform()
  for (const { ground, share } of grounds) {
    left -= share
    if (left < 0) return windowOf(random, ground)
  }
  for (;;) {
    const told = drawnSeries(random)
    if (tells(told)) return told
  }
}

/** Whether something was seen to sell: nothing can be learned of the scale of what comes otherwise. */
function tells({ values, from, origin }: Told): boolean {
  for (let t = Math.max(from, origin + 1 - CONTEXT); t <= origin; t++)
    if (Math.abs(values[t] as number) > 0) return true
  return false
}

/** The place among the seasons of a unit whose length is about a year. */
const YEARLY = { hour: undefined, day: 1, week: 0, month: 0, quarter: 0, year: undefined } as const

/**
 * A window from which it cannot be told when it was: its year begins anywhere, its past begins anywhere, and it drifts in a way that never was. Series of one set share few dates, and what
 * went on at these would be learned by heart otherwise.
 */
function timeless(random: Random, told: Told): Told {
  const phases: [number, number] = [...told.phases]
  const yearly = YEARLY[told.unit]
  if (yearly !== undefined) phases[yearly] += random.integer(Math.max(1, SEASONS[told.unit][yearly]))
  const from = random.uniform() < CUT ? random.integer(Math.max(1, told.origin - LEAST_PAST)) : told.from
  return drifting(random, { ...told, phases, from })
}

/** Share of windows whose past is cut off somewhere. */
const CUT = 0.6
/** Size of the drift from one of its knots to the next, and periods between these. */
const DRIFT = 0.1
const KNOTS = [4, 24] as const

/** A window and its family that went another way in common. */
function drifting(random: Random, told: Told): Told {
  const size = DRIFT * Math.abs(random.normal())
  const apart = KNOTS[0] + random.integer(KNOTS[1] - KNOTS[0])
  const factor = new Float64Array(told.values.length)
  let [before, after] = [0, size * random.normal()]
  for (let t = 0; t < factor.length; t++) {
    const share = (t % apart) / apart
    if (t > 0 && t % apart === 0) [before, after] = [after, after + size * random.normal()]
    factor[t] = Math.exp(before + share * (after - before))
  }
  const { values, mood } = told
  let whole = true
  for (let t = 0; whole && t < values.length; t++) {
    const y = values[t] as number
    whole = Number.isNaN(y) || Number.isInteger(y)
  }
  const moved = Float32Array.from({ length: values.length }, (_, t) => {
    const y = (values[t] as number) * at(factor, t)
    return whole ? Math.floor(y + random.uniform()) : y
  })
  const along = mood && Float32Array.from({ length: values.length }, (_, t) => (mood[t] as number) * at(factor, t))
  return { ...told, values: moved, ...(along && { mood: along }) }
}

/** A window of a real series; of what is told beside it, now and then some is held back, so that the model can do without. */
function windowOf(random: Random, ground: Ground): Told {
  for (;;) {
    const series = random.integer(ground.offsets.length - 1)
    const length = at(ground.offsets, series + 1) - at(ground.offsets, series) - ground.horizon
    if (length < LEAST_PAST + 2) continue
    const origin = LEAST_PAST + random.integer(length - LEAST_PAST - 1)
    const told = timeless(random, toldOf(ground, series, origin))
    if (!tells(told)) continue
    const { mood, covariates, pooled, ...bare } = told
    const plain = random.uniform() < 0.4
    return {
      ...bare,
      ...(mood && random.uniform() < 0.6 && { mood }),
      ...(covariates && !plain && { covariates }),
      ...(pooled && !plain && random.uniform() < 0.85 && { pooled }),
    }
  }
}
