import { at, type Panel } from '../../core/panel.ts'
import { gammaBelow, inverted } from '../../models/neural/heads/special.ts'
import type { Recovered } from './recover.ts'

/**
 * A quantile of the demand of one cell: the sales where they are demand, and above the sales a gamma distribution with the mean and
 * deviation of what was lost elsewhere; NaN where there is no demand to find. The level lies between 0 and 1.
 *
 * @example
 * const panel = panelOf([{ id: 'tea', start: 0, values: [1], mask: [Mask.censored] }], { calendar: new Calendar({ unit: 'day' }) })
 * const recovered = { demand: [5], deviation: [4], usual: [4], share: [NaN], known: [3] }
 * demandQuantile(panel, recovered, 0, 0.5).toFixed(3) // → '3.773'
 */
export function demandQuantile(panel: Panel, recovered: Recovered, cell: number, level: number): number {
  const demand = at(recovered.demand, cell)
  const deviation = at(recovered.deviation, cell)
  const sales = at(panel.target, cell)
  const sold = Number.isNaN(sales) ? 0 : sales
  const lost = demand - sold
  if (!(deviation > 0) || !(lost > 0)) return demand
  const shape = (lost / deviation) ** 2
  return sold + (lost / shape) * inverted((x) => gammaBelow(shape, x), level, shape + 4 * Math.sqrt(shape))
}
