import { at } from '../../core/panel.ts'
import type { Transform } from './transform.ts'

/** What one round of differencing took away: for each place in the period where and what its first value was, and its last. */
interface Round {
  /** Index of the first observed value of each place; −1 where it has none. */
  readonly at: readonly number[]
  readonly first: readonly number[]
  readonly last: readonly number[]
}

export interface DifferenceState {
  readonly period: number
  readonly length: number
  /** One a round. */
  readonly rounds: readonly Round[]
}

/**
 * Each value less the last observed one a whole number of periods before it, as often as `order` says: period 1 is the ordinary
 * difference, period 7 the weekly one.
 *
 * A gap stays a gap, and the value after it is measured from the one before. The first value of each place in the period becomes
 * NaN, kept in the state.
 */
export function difference({
  period = 1,
  order = 1,
}: {
  period?: number
  order?: number
} = {}): Transform<DifferenceState> {
  return {
    name: 'difference',
    pointwise: false,
    fit(values) {
      const rounds: Round[] = []
      let current = values
      for (let round = 0; round < order; round++) {
        rounds.push(roundOf(current, period))
        current = forward(current, period)
      }
      return { period, length: values.length, rounds }
    },
    apply(values, state) {
      return state.rounds.reduce((current) => forward(current, state.period), values)
    },
    invert(values, state) {
      return state.rounds.reduceRight((current, round) => back(current, state.period, round), values)
    },
    follow(values, state) {
      const { length, rounds } = state
      return rounds.reduceRight((current, round) => onwards(current, state.period, length, round), values)
    },
  }
}

function roundOf(values: Float64Array, period: number): Round {
  const places = { at: new Array(period).fill(-1), first: new Array(period).fill(0), last: new Array(period).fill(0) }
  values.forEach((x, k) => {
    if (Number.isNaN(x)) return
    const place = k % period
    if (places.at[place] < 0) {
      places.at[place] = k
      places.first[place] = x
    }
    places.last[place] = x
  })
  return places
}

function forward(values: Float64Array, period: number): Float64Array {
  const last = new Float64Array(period).fill(Number.NaN)
  return values.map((x, k) => {
    const place = k % period
    const before = at(last, place)
    if (!Number.isNaN(x)) last[place] = x
    return x - before
  })
}

function back(values: Float64Array, period: number, round: Round): Float64Array {
  const last = new Float64Array(period)
  return values.map((d, k) => {
    const place = k % period
    const x = at(round.at, place) === k ? at(round.first, place) : d + at(last, place)
    if (!Number.isNaN(x)) last[place] = x
    return x
  })
}

function onwards(values: Float64Array, period: number, length: number, round: Round): Float64Array {
  const last = Float64Array.from(round.last, (x, place) => (at(round.at, place) < 0 ? Number.NaN : x))
  return values.map((d, h) => {
    const place = (length + h) % period
    const x = d + at(last, place)
    if (!Number.isNaN(x)) last[place] = x
    return x
  })
}
