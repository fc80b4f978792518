import { sharedFloat64, sharedUint8 } from '../../core/memory.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'

/** A panel with stock-outs that were put into it, and what was sold before. */
export interface Planted {
  readonly panel: Panel
  /** The hours, cut likewise; given where hours were. */
  readonly hourly?: Panel
  /** The cells cut, ascending, and the demand of each. */
  readonly cells: Int32Array
  readonly truth: Float64Array
}

/** How stock-outs are put in. */
export interface PlantOptions {
  /** Share of the days in stock that are cut. */
  readonly share?: number
  /** Hours of the same series; a day cut loses those from some hour to its end. */
  readonly hourly?: Panel
  /** A column of hours out of stock to be kept true; the hours that count from `first` to before `end`. */
  readonly hoursOut?: { readonly column: string; readonly first: number; readonly end: number }
}

const HOURS = 24
/** Days that run out between these hours, and stay so into the evening, are taken as a pattern. */
const MORNING = 7
const EVENING = 20

/**
 * Cuts days in stock as stock-outs cut others, so that it can be seen how well their demand is found.
 *
 * With hours, a day chosen at random sells nothing from an hour on that is drawn from those at which the panel's own stock-outs began. Without, shelves
 * get a stock drawn from what was sold on the panel's own days out of stock, relative to their series, and a day is cut if it wanted
 * that much. Nothing is cut where the panel has no stock-outs to take as a pattern.
 */
export function plantStockOuts(panel: Panel, random: Random, options: PlantOptions = {}): Planted {
  const draft: Draft = {
    panel: { ...panel, target: copied(panel.target), mask: copiedMask(panel.mask), columns: new Map(panel.columns) },
    cells: [],
    truth: [],
  }
  const hourly = options.hourly
    ? cutHours(draft, panel, options.hourly, random, options)
    : cutDays(draft, panel, random, options.share ?? 0.1)
  return {
    panel: draft.panel,
    ...(hourly ? { hourly } : {}),
    cells: Int32Array.from(draft.cells),
    truth: Float64Array.from(draft.truth),
  }
}

interface Draft {
  readonly panel: Panel & {
    readonly columns: Map<string, Panel['columns'] extends ReadonlyMap<string, infer C> ? C : never>
  }
  readonly cells: number[]
  readonly truth: number[]
}

function copied(values: Float64Array): Float64Array {
  const made = sharedFloat64(values.length)
  made.set(values)
  return made
}

function copiedMask(values: Uint8Array): Uint8Array {
  const made = sharedUint8(values.length)
  made.set(values)
  return made
}

function cut({ panel, cells, truth }: Draft, k: number, sold: number): void {
  cells.push(k)
  truth.push(at(panel.target, k))
  panel.target[k] = sold
  panel.mask[k] = at(panel.mask, k) | Mask.censored
}

const inStock = (panel: Panel, k: number) => at(panel.mask, k) === 0 && !Number.isNaN(at(panel.target, k))

function cutDays(draft: Draft, panel: Panel, random: Random, share: number): undefined {
  const { ids, offsets, target, mask } = panel
  const means = Float64Array.from(ids, (_, i) => {
    const sold = target.subarray(at(offsets, i), at(offsets, i + 1)).filter((y) => !Number.isNaN(y))
    return sold.length > 0 ? sold.reduce((a, b) => a + b, 0) / sold.length : 0
  })
  const stocks: number[] = []
  for (let i = 0; i < ids.length; i++)
    for (let k = at(offsets, i); k < at(offsets, i + 1); k++)
      if (at(mask, k) === Mask.censored && at(means, i) > 0 && !Number.isNaN(at(target, k)))
        stocks.push(at(target, k) / at(means, i))
  if (stocks.length === 0) return undefined
  for (let i = 0; i < ids.length; i++)
    for (let k = at(offsets, i); k < at(offsets, i + 1); k++) {
      if (!inStock(panel, k) || random.uniform() >= share) continue
      const stock = Math.round((stocks[random.integer(stocks.length)] as number) * at(means, i))
      if (at(target, k) >= stock) cut(draft, k, stock)
    }
  return undefined
}

function cutHours(draft: Draft, panel: Panel, hourly: Panel, random: Random, options: PlantOptions): Panel {
  const { share = 0.1, hoursOut } = options
  const made = { ...hourly, target: copied(hourly.target), mask: copiedMask(hourly.mask) }
  const out = hoursOut && draft.panel.columns.get(hoursOut.column)
  const counts = out && copied(out.values)
  if (out && counts) draft.panel.columns.set(out.name, { ...out, values: counts })
  const starts = startsOf(hourly)
  if (starts.length === 0) return made
  const place = new Map(hourly.ids.map((id, i) => [id, i]))
  for (let i = 0; i < panel.ids.length; i++) {
    const j = place.get(panel.ids[i] as string)
    if (j === undefined) continue
    for (let k = at(panel.offsets, i), day = at(panel.start, i); k < at(panel.offsets, i + 1); k++, day++) {
      const from = at(hourly.offsets, j) + day * HOURS - at(hourly.start, j)
      if (from < at(hourly.offsets, j) || from + HOURS > at(hourly.offsets, j + 1)) continue
      if (!inStock(panel, k) || !(at(panel.target, k) > 0) || random.uniform() >= share) continue
      const hour = starts[random.integer(starts.length)] as number
      let kept = 0
      for (let h = 0; h < HOURS; h++)
        if (h < hour) kept += Math.max(0, at(hourly.target, from + h) || 0)
        else {
          made.target[from + h] = 0
          made.mask[from + h] = at(made.mask, from + h) | Mask.censored
        }
      if (counts && hoursOut) counts[k] = Math.max(0, hoursOut.end - Math.max(hour, hoursOut.first))
      cut(draft, k, Math.min(at(panel.target, k), kept))
    }
  }
  return made
}

/** The hours at which days ran out of stock: the first of the hours without that last into the evening. */
function startsOf({ ids, start, offsets, mask }: Panel): number[] {
  const starts: number[] = []
  for (let j = 0; j < ids.length; j++) {
    const lead = (HOURS - (((at(start, j) % HOURS) + HOURS) % HOURS)) % HOURS
    for (let from = at(offsets, j) + lead; from + HOURS <= at(offsets, j + 1); from += HOURS) {
      let hour = HOURS
      // Nights may not be marked: the evening is what counts.
      while (hour > EVENING && (at(mask, from + hour - 1) & Mask.censored) === 0) hour--
      if (hour === EVENING) continue
      while (hour > 0 && (at(mask, from + hour - 1) & Mask.censored) !== 0) hour--
      if (hour >= MORNING) starts.push(hour)
    }
  }
  return starts
}
