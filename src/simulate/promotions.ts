import type { Random } from '../core/random.ts'
import type { Occasion } from './festivals.ts'
import type { Item } from './item.ts'

/** How a promotion is carried out, and how much being seen adds to the logarithm of demand beside the lower price. */
const MECHANICS = { discount: 0.1, display: 0.4, coupon: 0.2 } as const
type Mechanic = keyof typeof MECHANICS

/** One promotion of a product, in every shop that sells it. */
export interface Promotion {
  /** First and last day. */
  readonly start: number
  readonly end: number
  /** Share taken off the price. */
  readonly discount: number
  readonly mechanic: Mechanic
}

const DEPTHS = [0.1, 0.15, 0.2, 0.3, 0.4] as const
/** Days without promotion between two of a product, so that a dip can be seen. */
const PAUSE = 12

/** Plans the promotions of a product over history and horizon: about half of the shopping festivals, and some of its own. */
export function planPromotions(item: Item, occasions: readonly Occasion[], total: number, random: Random): Promotion[] {
  const planned: Promotion[] = []
  for (const { festival, day } of occasions)
    if (festival.mood === 'shopping' && random.uniform() < 0.5)
      planned.push(draw(day - random.integer(4), day + random.integer(3), random))
  for (let t = 10 + random.integer(60); t < total; t += 25 + random.integer(70))
    planned.push(draw(t, t + 2 + random.integer(9), random))
  const first = item.launch ?? 0
  const last = (item.end ?? total) - 1
  const kept: Promotion[] = []
  for (const p of planned)
    if (p.start >= first && p.end <= last && p.end < total && kept.every((k) => apart(k, p))) kept.push(p)
  return kept.sort((a, b) => a.start - b.start)
}

const apart = (a: Promotion, b: Promotion) => a.end + PAUSE < b.start || b.end + PAUSE < a.start

function draw(start: number, end: number, random: Random): Promotion {
  const mechanic = (Object.keys(MECHANICS) as Mechanic[])[random.integer(3)] as Mechanic
  const depth = DEPTHS[random.integer(DEPTHS.length)] as number
  return { start, end, mechanic, discount: mechanic === 'display' ? Math.min(depth, 0.15) : depth }
}

/** What being promoted adds to the logarithm of demand, beside the effect of the lower price. */
export function displayLift(item: Item, promotion: Promotion): number {
  return MECHANICS[promotion.mechanic] * item.responsiveness
}

/**
 * What multiplies demand after promotions because customers stocked up during them.
 *
 * Of the units that a promotion gained (in units of a normal day), the share `pullForward` is missing from the days after
 * its end, fading by `pullFade` a day; no day loses more than 60 %.
 *
 * @param lift what the promotion multiplies demand by, for each day (1 without)
 */
export function pullForward(item: Item, promotions: readonly Promotion[], lift: Float64Array): Float64Array {
  const factor = new Float64Array(lift.length).fill(1)
  for (const { start, end } of promotions) {
    let gained = 0
    for (let t = start; t <= end; t++) gained += (lift[t] as number) - 1
    let missing = item.pullForward * gained * (1 - item.pullFade)
    for (let t = end + 1; t < lift.length && missing > 1e-4; t++, missing *= item.pullFade)
      factor[t] = (factor[t] as number) - missing
  }
  for (let t = 0; t < factor.length; t++) factor[t] = Math.max(0.4, factor[t] as number)
  return factor
}
