import { at } from '../../../core/panel.ts'
import type { Baseline } from './baseline.ts'
import type { Catalogue } from './catalogue.ts'
import { tells } from './cells.ts'
import type { History } from './gather.ts'
import type { Lives } from './lives.ts'

/** What a series sold beside what a level of 1 would have sold, the latest counting most. */
export interface Sums {
  /** Units sold, and units at a level of 1, weighted so that their scatter is that of counts. */
  readonly sold: number
  readonly base: number
  /** How many cells of equal weight tell as much. */
  readonly cells: number
}

const NOTHING: Sums = { sold: 0, base: 0, cells: 0 }

/** What is added up of a history, its age by age curve and the half-life of what was seen. */
export interface Summing {
  readonly history: History
  readonly lives: Lives
  readonly catalogue: Catalogue
  readonly baseline: Baseline
  readonly unit: number
  readonly halfLife: number
}

/** Adds up a series until a period, its product being of the ages that a curve is given for. */
export function sumsOf(summing: Summing, i: number, curve: ArrayLike<number>, until: number): Sums {
  const { history, lives, baseline, unit, halfLife } = summing
  const first = at(lives.first, i)
  if (Number.isNaN(first)) return NOTHING
  const from = at(history.offsets, i)
  const begin = at(history.start, i)
  const to = Math.min(at(history.offsets, i + 1), from + until - begin + 1)
  const ageOf = ageAt(summing, i)
  let [sold, base, square, spread] = [0, 0, 0, 0]
  for (let k = from + Math.max(0, first - begin); k < to; k++) {
    if (!tells(history, k)) continue
    const period = begin + k - from
    const weight = 0.5 ** ((until - period) / halfLife)
    const mean = baseline.past(i, k) * at(curve, ageOf(period))
    sold += (weight * at(history.target, k)) / unit
    base += weight * mean
    square += weight * weight * mean
    spread += (weight * mean) ** 2
  }
  if (!(base > 0)) return NOTHING
  const scale = square / base
  return { sold: Math.max(0, sold / scale), base: base / scale, cells: (base * base) / spread }
}

/** The bin of age of a series' product at a period; grown up where the launch was not seen. */
export function ageAt({ catalogue, baseline }: Summing, i: number): (period: number) => number {
  const p = at(catalogue.productOf, i)
  const { ageBin, ages } = baseline.phases
  if (at(catalogue.launched, p) === 0) return () => ages.length - 1
  const launch = at(catalogue.launch, p)
  return (period) => ageBin(period - launch)
}
