import { at, Mask, type Panel } from '../../core/panel.ts'

/** What is known of the demand of a cell. */
export const Known = {
  /** Nothing to find: closed, or never observed and not out of stock. */
  none: 0,
  /** In stock throughout: sales are demand. */
  sales: 1,
  /** Out of stock for a part that is known. */
  share: 2,
  /** Out of stock at some time: demand was at least the sales. */
  bound: 3,
  /** Out of stock throughout as far as can be told: its sales say nothing. */
  nothing: 4,
} as const

/** The cells of a panel while demand is being found; one value a cell. */
export interface Ledger {
  readonly panel: Panel
  readonly season: number
  /** One of {@link Known}. */
  readonly known: Uint8Array
  /** Sales in units of the smallest scatter, not negative. */
  readonly sales: Float64Array
  /** Share of the usual demand that falls into the time in stock: 1 where in stock, NaN where not known. */
  readonly share: Float64Array
  /** How much the cell counts: 0 where it says nothing of demand. */
  readonly weight: Float64Array
  /** Demand as estimated so far. */
  readonly demand: Float64Array
  /** What the cell would be expected to be without looking at its own sales. */
  readonly usual: Float64Array
}

/** Cells in stock for less than this share say nothing. */
const LEAST_SAYING = 0.02

/** Opens a ledger: every cell begins as what was sold, over its share where that is known. */
export function openLedger(panel: Panel, share: Float64Array): Ledger {
  const cells = panel.target.length
  const ledger: Ledger = {
    panel,
    season: Math.max(1, Math.round(panel.calendar.season)),
    known: new Uint8Array(cells),
    sales: new Float64Array(cells),
    share,
    weight: new Float64Array(cells),
    demand: new Float64Array(cells),
    usual: new Float64Array(cells),
  }
  for (let k = 0; k < cells; k++) {
    const y = at(panel.target, k)
    const sold = Number.isNaN(y) ? 0 : Math.max(0, y)
    const known = knownOf(at(panel.mask, k), y, at(share, k))
    const p = known === Known.share ? at(share, k) : 1
    ledger.known[k] = known
    ledger.sales[k] = sold
    ledger.weight[k] = known === Known.none || known === Known.nothing ? 0 : p
    ledger.demand[k] = sold / Math.max(0.25, p)
  }
  return ledger
}

function knownOf(mask: number, sales: number, share: number): number {
  if ((mask & Mask.closed) !== 0) return Known.none
  if ((mask & Mask.censored) === 0) return Number.isNaN(sales) ? Known.none : Known.sales
  if (Number.isNaN(sales)) return Known.nothing
  if (!Number.isNaN(share)) return share < LEAST_SAYING ? (sales > 0 ? Known.bound : Known.nothing) : Known.share
  return sales > 0 ? Known.bound : Known.nothing
}
