import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { at, endOf, Mask, type Panel } from '../../core/panel.ts'
import { type LostOptions, type LostSales, lostSales } from './lost.ts'
import type { Recovered } from './recover.ts'

/** How one forecast did on some of the cells. */
export interface StockScore {
  readonly forecast: 'demand' | 'sales'
  readonly rows: 'in stock' | 'out of stock' | 'all'
  readonly n: number
  /** Σ|forecast − sales| / Σ sales. */
  readonly wape: number
  /** Σ(forecast − sales) / Σ sales. */
  readonly bias: number
}

/** What {@link reportDemandAndSales} says. */
export interface DemandAndSales {
  readonly scores: readonly StockScore[]
  readonly lost: readonly LostSales[]
}

/** What is reported on; `panel` holds the sales of the periods forecast and of those before, `recovered` the demand behind them. */
export interface DemandAndSalesInput extends LostOptions {
  readonly panel: Panel
  readonly recovered: Recovered
  readonly demand: Forecast
  readonly sales?: Forecast
}

/**
 * Scores a forecast of demand and, if given, one of sales, each against what was sold on cells in stock, out of stock and all, and says what
 * stock-outs cost.
 *
 * Demand is to be judged in stock, where sales are demand; sales on all rows. Out of stock, a forecast of demand is expected to exceed
 * what was sold. Refuses forecasts of other series than the panel's.
 */
export function reportDemandAndSales({ panel, recovered, demand, sales, ...by }: DemandAndSalesInput): DemandAndSales {
  const scores = [...scoresOf('demand', panel, demand), ...(sales ? scoresOf('sales', panel, sales) : [])]
  return { scores, lost: lostSales(panel, recovered, by) }
}

function scoresOf(name: StockScore['forecast'], panel: Panel, forecast: Forecast): StockScore[] {
  if (forecast.ids.length !== panel.ids.length || forecast.ids.some((id, i) => id !== panel.ids[i]))
    throw new ForetideError('backtest.shape', { model: forecast.provenance.model })
  const sums = [new Float64Array(4), new Float64Array(4)] as const
  for (let i = 0; i < panel.ids.length; i++)
    for (let h = 0; h < forecast.horizon; h++) {
      const t = forecast.start + h
      if (t < at(panel.start, i) || t >= endOf(panel, i)) continue
      const k = at(panel.offsets, i) + t - at(panel.start, i)
      const f = at(forecast.mean, i * forecast.horizon + h)
      const y = at(panel.target, k)
      if (Number.isNaN(f) || Number.isNaN(y) || (at(panel.mask, k) & UNSCORED) !== 0) continue
      const sum = (at(panel.mask, k) & Mask.censored) !== 0 ? sums[1] : sums[0]
      add(sum, [1, Math.abs(f - y), f - y, y])
    }
  const all = sums[0].map((v, j) => v + at(sums[1], j))
  return [rowOf(name, 'in stock', sums[0]), rowOf(name, 'out of stock', sums[1]), rowOf(name, 'all', all)]
}

const UNSCORED = Mask.closed | Mask.imputed

function add(into: Float64Array, values: readonly number[]): void {
  values.forEach((v, j) => {
    into[j] = at(into, j) + v
  })
}

function rowOf(forecast: StockScore['forecast'], rows: StockScore['rows'], sum: Float64Array): StockScore {
  return { forecast, rows, n: at(sum, 0), wape: at(sum, 1) / at(sum, 3), bias: at(sum, 2) / at(sum, 3) }
}
