import { at, Mask } from '../../../core/panel.ts'
import { hash32 } from '../../../core/random.ts'
import type { Catalogue } from './catalogue.ts'
import type { History } from './gather.ts'
import type { Lives } from './lives.ts'
import type { Phases } from './phases.ts'

/** Cells at most; of more, whole series are left out. */
const MOST = 3_000_000

/** The cells that factors are fitted to, one entry each, and group and location of each series. */
export interface Cells {
  readonly y: Float64Array
  readonly series: Int32Array
  /** Where the cell lies in the history's arrays. */
  readonly place: Int32Array
  readonly week: Uint8Array
  readonly year: Uint8Array
  readonly age: Uint8Array
  readonly group: Int32Array
  readonly location: Int32Array
}

/** Whether a cell tells demand: it was observed, the shop was open and the shelf not empty. */
export function tells({ target, mask }: Pick<History, 'target' | 'mask'>, k: number): boolean {
  return !Number.isNaN(at(target, k)) && (at(mask, k) & (Mask.closed | Mask.censored)) === 0
}

/** Lists the cells of all lives, those of products whose launch was not seen as grown up. */
export function cellsOf(
  history: History,
  lives: Lives,
  catalogue: Catalogue,
  phases: Phases,
  groupOfProduct: Int32Array,
  unit: number,
): Cells {
  const chosen: number[] = []
  const share = MOST / history.target.length
  for (let i = 0; i < history.ids.length; i++) {
    // A stride could take one place of many and no other.
    if (share < 1 && hash32(history.ids[i] as string) / 2 ** 32 > share) continue
    if (Number.isNaN(at(lives.first, i)) || at(lives.negative, i) === 1) continue
    const from = at(history.offsets, i)
    const to = at(history.offsets, i + 1)
    for (let k = from + Math.max(0, at(lives.first, i) - at(history.start, i)); k < to; k++)
      if (tells(history, k)) chosen.push(k)
  }
  const n = chosen.length
  const cells = {
    y: new Float64Array(n),
    series: new Int32Array(n),
    place: Int32Array.from(chosen),
    week: new Uint8Array(n),
    year: new Uint8Array(n),
    age: new Uint8Array(n),
    group: Int32Array.from(catalogue.productOf, (p) => Math.max(0, at(groupOfProduct, p))),
    location: catalogue.locationOf,
  }
  const years = new Map<number, number>()
  let i = 0
  for (let c = 0; c < n; c++) {
    const k = at(chosen, c)
    while (at(history.offsets, i + 1) <= k) i++
    const period = at(history.start, i) + k - at(history.offsets, i)
    const p = at(catalogue.productOf, i)
    const year = years.get(period) ?? phases.yearOf(period)
    years.set(period, year)
    cells.y[c] = at(history.target, k) / unit
    cells.series[c] = i
    cells.week[c] = phases.weekOf(period)
    cells.year[c] = year
    cells.age[c] =
      at(catalogue.launched, p) === 1 ? phases.ageBin(period - at(catalogue.launch, p)) : phases.ages.length - 1
  }
  return cells
}
