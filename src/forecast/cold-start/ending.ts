import { at, Mask } from '../../core/panel.ts'
import type { Catalogue } from './history/catalogue.ts'
import { groupIndex } from './history/factors.ts'
import { scatterAt } from './history/scatter.ts'
import { type Summing, sumsOf } from './history/sums.ts'

/** Expected sales that a gap must have swallowed before an end is counted as one. */
const SURE = 12
/** Ends counted in so many years of series before any is seen. */
const PRIOR_ENDS = 0.5
const PRIOR_YEARS = 2
/** Years of series by which a group leans on all. */
const GROUP_YEARS = 20

/** Chance of a series to end, a period, by group; the last is that of all. */
export function hazardsOf(
  summing: Summing,
  curve: readonly number[],
  groups: readonly string[],
  scatter: readonly number[],
  drift: number,
): number[] {
  const { history, lives, catalogue } = summing
  const group = groupIndex(catalogue, groups)
  const ends = new Float64Array(groups.length + 1)
  const periods = new Float64Array(groups.length + 1)
  for (let i = 0; i < history.ids.length; i++) {
    const last = at(lives.lastSale, i)
    if (Number.isNaN(last)) continue
    const g = at(group, at(catalogue.productOf, i))
    const { expected } = gapOf(summing, i, curve, scatter, drift)
    for (const k of g < 0 ? [groups.length] : [g, groups.length]) {
      ends[k] = at(ends, k) + (expected > SURE ? 1 : 0)
      periods[k] = at(periods, k) + last - at(lives.first, i) + 1
    }
  }
  const year = history.calendar.perYear
  const all = (at(ends, groups.length) + PRIOR_ENDS) / (at(periods, groups.length) + PRIOR_YEARS * year)
  return groups
    .map((_, g) => (at(ends, g) + GROUP_YEARS * year * all) / (at(periods, g) + GROUP_YEARS * year))
    .concat(all)
}

/** The time since a series last sold: what it would have sold by its own level, and how well that level is known. */
interface Gap {
  /** Units expected to have been sold since, a unit a sale, by period of the gap, added up. */
  readonly upTo: Float64Array
  readonly expected: number
  /** Shape of the gamma that the level is known by. */
  readonly shape: number
}

function gapOf(summing: Summing, i: number, curve: ArrayLike<number>, scatter: readonly number[], drift: number): Gap {
  const { history, lives, baseline } = summing
  const last = at(lives.lastSale, i)
  const { sold, base } = sumsOf(summing, i, curve, last)
  const level = base > 0 ? sold / base : 0
  const from = at(history.offsets, i)
  const begin = at(history.start, i)
  const upTo = new Float64Array(Math.max(0, Math.min(history.cutoff, lives.latest) - last))
  let expected = 0
  for (let s = 0; s < upTo.length; s++) {
    const k = from + last + 1 + s - begin
    const silent = (at(history.mask, k) & (Mask.closed | Mask.censored)) !== 0
    if (!silent && k < at(history.offsets, i + 1)) {
      const mean = level * baseline.past(i, k)
      const iota = scatterAt(scatter, mean)
      expected += Math.log1p(iota * mean) / iota
    }
    upTo[s] = expected
  }
  return { upTo, expected, shape: 1 / (1 / (sold + 1) + drift) }
}

/**
 * The chance that a series still sells, from the gap since its last sale beside what it sold before: 1 where there is no gap or was no sale.
 *
 * As of Fader, Hardie and Shang (2010) for customers: it may have ended at any period of the gap, or the whole gap is chance. What a living series would have sold follows its own level (a
 * gamma, as well as it is known), season and scatter, so that a quiet season or a slow seller is not taken for an end; days closed or out of stock say nothing.
 */
export function chanceAlive(
  summing: Summing,
  i: number,
  curve: ArrayLike<number>,
  scatter: readonly number[],
  hazard: number,
  drift: number,
): number {
  if (Number.isNaN(at(summing.lives.lastSale, i))) return 1
  const { upTo, expected, shape } = gapOf(summing, i, curve, scatter, drift)
  const silence = (units: number) => (1 + units / shape) ** -shape
  const alive = (1 - hazard) ** upTo.length * silence(expected)
  let ended = 0
  for (let s = 0; s < upTo.length; s++) ended += hazard * (1 - hazard) ** s * silence(s === 0 ? 0 : at(upTo, s - 1))
  return alive / (alive + ended)
}

/** The hazard of the product of a series; that of all where its group is not known. */
export function hazardAt(
  hazards: readonly number[],
  groups: readonly string[],
  catalogue: Catalogue,
  p: number,
): number {
  const g = groups.indexOf(catalogue.labels[0]?.[p] ?? '')
  return hazards[g < 0 ? groups.length : g] as number
}
