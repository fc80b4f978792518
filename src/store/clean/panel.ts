import { sharedFloat64, sharedUint8 } from '../../core/memory.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import { fillSeries, firstObserved, keepLongGaps } from './fill.ts'
import { fillFromNeighbours } from './neighbours.ts'
import { outliersOf } from './outliers.ts'
import type { CleaningPolicy } from './policy.ts'
import { leadingZeros } from './shape.ts'

/** What cleaning did, and to how many series. */
const CLEANINGS = ['leadingZeros', 'negatives', 'censored', 'closed', 'outliers', 'replaced', 'filled'] as const
type Cleaning = (typeof CLEANINGS)[number]
/** Cells and series touched by each step; `outliers` counts flags, `replaced` values changed because of one. */
export type CleaningReport = { readonly [C in Cleaning]: { readonly cells: number; readonly series: number } }

/** A cleaned copy of a panel, and what was done. */
export interface Cleaned {
  readonly panel: Panel
  readonly report: CleaningReport
}

/**
 * Cleans the target of every series of a panel by a policy, and leaves all columns as they are.
 *
 * Steps, in this order: leading zeros, negative values, values out of stock or closed, outliers, holes. A changed value is masked
 * `imputed`, a flagged one `outlier`. Everything in the panel may shape every value of the result, so a panel that reaches beyond
 * a cutoff must not be cleaned here: see `cleanedWindow`.
 */
export function cleanPanel(panel: Panel, policy: CleaningPolicy): Cleaned {
  const target = sharedFloat64(panel.target.length)
  target.set(panel.target)
  const mask = sharedUint8(panel.mask.length)
  mask.set(panel.mask)
  const cleaned: Panel = { ...panel, target, mask }
  const tally = new Tally()
  for (let i = 0; i < panel.ids.length; i++) {
    const from = at(panel.offsets, i)
    const to = at(panel.offsets, i + 1)
    const values = target.subarray(from, to)
    const bits = mask.subarray(from, to)
    if (policy.leadingZeros === 'missing') dropLeadingZeros(values, tally)
    if (policy.negatives !== 'keep') mendNegatives(values, bits, policy.negatives === 'zero' ? 0 : Number.NaN, tally)
    if (policy.censored !== 'keep')
      blank(values, bits, Mask.censored, 'censored', tally, policy.censored === 'zeroMissing')
    if (policy.closed === 'missing') blank(values, bits, Mask.closed, 'closed', tally)
    if (policy.outliers !== 'none') flagOutliers(values, bits, panel.calendar.season, policy, tally)
    tally.seriesDone()
  }
  if (policy.missing !== 'keep') fillHoles(cleaned, policy, tally)
  return { panel: cleaned, report: tally.report() }
}

function dropLeadingZeros(values: Float64Array, tally: Tally): void {
  let zeros = leadingZeros(values)
  tally.add('leadingZeros', zeros)
  for (let t = 0; zeros > 0; t++) {
    if (values[t] !== 0) continue
    values[t] = Number.NaN
    zeros--
  }
}

function mendNegatives(values: Float64Array, bits: Uint8Array, by: number, tally: Tally): void {
  for (let t = 0; t < values.length; t++) {
    if (!((values[t] as number) < 0)) continue
    values[t] = by
    if (by === 0) bits[t] = at(bits, t) | Mask.imputed
    tally.add('negatives', 1)
  }
}

function blank(
  values: Float64Array,
  bits: Uint8Array,
  bit: number,
  as: Cleaning,
  tally: Tally,
  zerosOnly = false,
): void {
  for (let t = 0; t < values.length; t++) {
    if ((at(bits, t) & bit) === 0 || Number.isNaN(values[t]) || (zerosOnly && values[t] !== 0)) continue
    values[t] = Number.NaN
    tally.add(as, 1)
  }
}

/** Values out of stock or closed are low for a known reason, and are neither judged nor counted as usual. */
function flagOutliers(
  values: Float64Array,
  bits: Uint8Array,
  season: number,
  policy: CleaningPolicy,
  tally: Tally,
): void {
  if (policy.outliers === 'none') return
  const seen = Float64Array.from(values)
  for (let t = 0; t < seen.length; t++) if (at(bits, t) & (Mask.censored | Mask.closed)) seen[t] = Number.NaN
  const { flags, expected } = outliersOf(seen, season, policy.outliers, policy.threshold)
  const floor = seen.some((v) => v < 0) ? Number.NEGATIVE_INFINITY : 0
  for (let t = 0; t < values.length; t++) {
    if (flags[t] === 0) continue
    bits[t] = at(bits, t) | Mask.outlier
    tally.add('outliers', 1)
    if (!policy.replaceOutliers) continue
    values[t] = Math.max(floor, at(expected, t))
    bits[t] = at(bits, t) | Mask.imputed
    tally.add('replaced', 1)
  }
}

function fillHoles(panel: Panel, policy: CleaningPolicy, tally: Tally): void {
  const { target, mask, calendar } = panel
  // Neighbours must be read as they were observed, whatever was filled before them.
  const observed: Panel = { ...panel, target: Float64Array.from(target) }
  for (let i = 0; i < panel.ids.length; i++) {
    const from = at(panel.offsets, i)
    const to = at(panel.offsets, i + 1)
    const values = observed.target.subarray(from, to)
    const begin = firstObserved(values)
    if (begin < values.length) {
      const filled = holesOf(observed, i, values, policy, calendar.season)
      keepLongGaps(values, filled, policy.longestGap)
      for (let t = begin; t < values.length; t++) {
        if (!Number.isNaN(values[t]) || Number.isNaN(filled[t])) continue
        target[from + t] = at(filled, t)
        mask[from + t] = at(mask, from + t) | Mask.imputed
        tally.add('filled', 1)
      }
    }
    tally.seriesDone()
  }
}

function holesOf(panel: Panel, i: number, values: Float64Array, policy: CleaningPolicy, season: number): Float64Array {
  if (policy.missing === 'keep') return values
  if (policy.missing !== 'neighbours') return fillSeries(values, policy.missing, season)
  const filled = fillFromNeighbours(panel, i, policy.neighbours)
  const straight = fillSeries(values, 'linear', 1)
  for (let t = 0; t < filled.length; t++) if (Number.isNaN(filled[t])) filled[t] = at(straight, t)
  return filled
}

class Tally {
  readonly #cells = new Map<Cleaning, number>()
  readonly #series = new Map<Cleaning, number>()
  readonly #now = new Set<Cleaning>()

  add(what: Cleaning, cells: number): void {
    if (cells === 0) return
    this.#cells.set(what, (this.#cells.get(what) ?? 0) + cells)
    this.#now.add(what)
  }

  seriesDone(): void {
    for (const what of this.#now) this.#series.set(what, (this.#series.get(what) ?? 0) + 1)
    this.#now.clear()
  }

  report(): CleaningReport {
    const entries = CLEANINGS.map((c) => [c, { cells: this.#cells.get(c) ?? 0, series: this.#series.get(c) ?? 0 }])
    return Object.fromEntries(entries) as CleaningReport
  }
}
