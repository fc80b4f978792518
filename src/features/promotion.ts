import { z } from 'zod'
import { at } from '../core/panel.ts'
import { type FeatureFamily, knownFeature, requireKnownAhead } from './family.ts'

const schema = z.strictObject({
  of: z.string().default('promo'),
  /** Periods to look ahead. */
  leads: z.array(z.int().min(1)).default([1]),
  /** Periods to look back. */
  lags: z.array(z.int().min(1)).default([1]),
  /** Periods beyond which durations and distances no longer grow. */
  cap: z.int().min(1).default(28),
})

/**
 * A promotion plan around a row: its value some periods later and earlier, how long the promotion has been on, how long it
 * still is, and the periods until the next and since the last. A value above 0 is a promotion.
 *
 * The plan must be known ahead. What lies beyond its end is NaN, and never taken for no promotion.
 */
export const promotion: FeatureFamily<z.infer<typeof schema>> = {
  name: 'promotion',
  knownAhead: true,
  schema,
  plan({ of, leads, lags, cap }, context) {
    requireKnownAhead(context, 'promotion', of)
    const moves = [...leads.map((lead) => lead), ...lags.map((lag) => -lag)]
    const names = [
      ...moves.map((move) => (move > 0 ? `${of}_lead_${move}` : `${of}_lag_${-move}`)),
      ...['on_for', 'off_in', 'next_in', 'last_ago'].map((what) => `${of}_${what}`),
    ]
    return [
      {
        kind: 'series',
        features: names.map((name) => knownFeature('promotion', name)),
        write(view, lines) {
          const plan = view.whole(of)
          moves.forEach((move, f) => {
            const line = lines[f] as Float32Array
            for (let k = 0; k < plan.length; k++) line[k] = plan[k + move] ?? Number.NaN
          })
          const [onFor, offIn, nextIn, lastAgo] = lines.slice(moves.length) as [
            Float32Array,
            Float32Array,
            Float32Array,
            Float32Array,
          ]
          lookBack(plan, cap, onFor, lastAgo)
          lookAhead(plan, cap, offIn, nextIn)
        },
      },
    ]
  },
}

/** Periods that the promotion has been on, this one counted (0 when off); and since the last, 0 while on, NaN before the first. */
function lookBack(plan: Float64Array, cap: number, onFor: Float32Array, lastAgo: Float32Array): void {
  let on = 0
  let last = Number.NaN
  for (let k = 0; k < plan.length; k++) {
    const x = at(plan, k)
    on = x > 0 ? on + 1 : 0
    if (x > 0) last = k
    onFor[k] = Number.isNaN(x) ? Number.NaN : Math.min(cap, on)
    lastAgo[k] = Number.isNaN(x) ? Number.NaN : Math.min(cap, k - last)
  }
}

/**
 * Periods that the promotion still goes on after this one (NaN when off), and until the next one begins (0 while on).
 *
 * Where the plan ends first the answer is NaN, unless it is known to reach the cap.
 */
function lookAhead(plan: Float64Array, cap: number, offIn: Float32Array, nextIn: Float32Array): void {
  // How many periods after k are known to be on, or off, without a break, and whether the break itself is known.
  let same = 0
  let ended = false
  for (let k = plan.length - 1; k >= 0; k--) {
    const x = at(plan, k)
    const after = k + 1 < plan.length ? at(plan, k + 1) : Number.NaN
    const goesOn = x > 0 === after > 0 && !Number.isNaN(after)
    ended = goesOn ? ended : !Number.isNaN(after)
    same = goesOn ? same + 1 : 0
    offIn[k] = x > 0 ? leftOf(same, cap, ended) : Number.NaN
    nextIn[k] = x > 0 ? 0 : Number.isNaN(x) ? x : leftOf(same + 1, cap, ended)
  }
}

const leftOf = (periods: number, cap: number, ended: boolean) => (periods >= cap ? cap : ended ? periods : Number.NaN)
