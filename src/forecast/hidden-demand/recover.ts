import { sharedFloat64, sharedUint8 } from '../../core/memory.ts'
import { at, type Panel } from '../../core/panel.ts'
import { Known, type Ledger, openLedger } from './ledger.ts'
import { learnMoods, openMoods, posteriorOf } from './moods.ts'
import { type HiddenDemandOptions, type HiddenDemandSettings, hiddenDemandSettings } from './options.ts'
import { inStockShares } from './shares.ts'
import { unitOf } from './unit.ts'
import { openUsual, updateUsual } from './usual.ts'

/** What demand was, by cell of a panel; see {@link recoverDemand}. */
export interface Recovered {
  /** Expected demand: the sales where they are demand, never less than the sales, NaN where there is none to find. */
  readonly demand: Float64Array
  /** Standard deviation of demand about it, 0 where it is known. */
  readonly deviation: Float64Array
  /** What was to be expected without looking at the cell's own sales. */
  readonly usual: Float64Array
  /** Share of the usual demand that falls into the time in stock; NaN where not known. */
  readonly share: Float64Array
  /** How demand was found, one of {@link Known}. */
  readonly known: Uint8Array
}

/**
 * Finds the demand behind sales that ended when the shelf was empty: for each cell with {@link Mask.censored} the mean and deviation of demand
 * given all that was sold, and the sales themselves elsewhere.
 *
 * What is usual for a cell (level, weekday, prices and promotions, and the same day of series alike) and what a day can be in multiples of it
 * (a mixture learned without assuming a shape) are estimated from demand, and demand from them, in turn (expectation–maximisation:
 * Dempster, Laird and Rubin, 1977; sales under stock-outs: Anupindi, Dada and Gupta, 1998). Where the share of the day in stock is
 * known, by `hourly`, `hoursOut` or `share`, sales are what that share brought; where it is not, demand was at least the sales; without
 * sales, it is the usual. Refuses unknown options and columns, and hours of other series.
 *
 * @example
 * const days = Array.from({ length: 70 }, (_, t) => 20 + ((t * 5) % 7))
 * const mask = days.map((_, t) => (t === 40 ? Mask.censored : 0))
 * const panel = panelOf([{ id: 'tea', start: 0, values: days.map((y, t) => (t === 40 ? 11 : y)), mask }],
 *   { calendar: new Calendar({ unit: 'day' }) })
 * const { demand } = recoverDemand(panel)
 * Math.abs(demand[40] - 23) < 3 // → true
 */
export function recoverDemand(panel: Panel, options: HiddenDemandOptions = {}): Recovered {
  const settings = hiddenDemandSettings(options)
  const share = settings.way === 'bound' ? blank(panel) : inStockShares(panel, settings, options.hourly)
  const ledger = openLedger(panel, share)
  if (!ledger.known.some((k) => k > Known.sales)) return recovered(ledger, new Float64Array(share.length))
  return settings.way === 'share' ? overShare(ledger, settings) : estimated(ledger, settings)
}

const blank = (panel: Panel) => sharedFloat64(panel.target.length).fill(Number.NaN)

/** Sales over the share of the day, and nothing else. */
function overShare(ledger: Ledger, { leastShare }: HiddenDemandSettings): Recovered {
  const { known, sales, share, demand } = ledger
  for (let k = 0; k < demand.length; k++)
    demand[k] = at(known, k) === Known.share ? at(sales, k) / Math.max(leastShare, at(share, k)) : at(sales, k)
  return recovered(ledger, new Float64Array(demand.length))
}

function estimated(ledger: Ledger, settings: HiddenDemandSettings): Recovered {
  const unit = unitOf(ledger)
  const usual = openUsual(ledger, settings, unit)
  updateUsual(ledger, usual)
  const moods = openMoods(ledger, unit, settings.trust)
  for (let round = 0; round < settings.rounds; round++) {
    learnMoods(ledger, moods)
    expect(ledger, posteriorOf(ledger, moods))
    updateUsual(ledger, usual)
  }
  learnMoods(ledger, moods)
  const deviation = expect(ledger, posteriorOf(ledger, moods))
  if (settings.way === 'similar') asUsual(ledger)
  return recovered(ledger, deviation)
}

/** Writes the expected demand of cells out of stock, and returns the standard deviations about it. */
function expect({ panel, known, demand }: Ledger, posterior: ReturnType<typeof posteriorOf>): Float64Array {
  const deviation = new Float64Array(demand.length)
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      if (at(known, k) <= Known.sales) continue
      const [mean, second] = posterior(i, k)
      demand[k] = mean
      deviation[k] = Math.sqrt(Math.max(0, second - mean * mean))
    }
  return deviation
}

/** What was usual that day, where it is more than what was sold. */
function asUsual({ known, demand, sales, usual }: Ledger): void {
  for (let k = 0; k < demand.length; k++)
    if (at(known, k) > Known.sales) demand[k] = Math.max(at(sales, k), at(usual, k) || 0)
}

function recovered({ panel, known, demand, usual, share }: Ledger, deviations: Float64Array): Recovered {
  const cells = demand.length
  const found = sharedFloat64(cells)
  const deviation = sharedFloat64(cells)
  const kinds = sharedUint8(cells)
  kinds.set(known)
  for (let k = 0; k < cells; k++) {
    const open = at(known, k) > Known.sales
    const sales = at(panel.target, k)
    found[k] = open ? Math.max(at(demand, k), Number.isNaN(sales) ? 0 : sales) : sales
    deviation[k] = open ? at(deviations, k) : 0
  }
  return { demand: found, deviation, usual, share, known: kinds }
}
