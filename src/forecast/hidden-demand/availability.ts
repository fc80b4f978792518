import { sharedFloat64 } from '../../core/memory.ts'
import { at, type Panel } from '../../core/panel.ts'
import { Known } from './ledger.ts'
import type { Recovered } from './recover.ts'

/** Days of the whole panel that count beside a series' own. */
const PRIOR_DAYS = 7

/**
 * The share of demand that each series will meet if its shelf is kept as it was lately, for every step of a horizon, as {@link expectedSales} takes
 * it: sales over recovered demand, exponentially weighted with a half-life in periods, shrunk towards the share of all series.
 */
export function usualAvailability(
  panel: Panel,
  recovered: Recovered,
  horizon: number,
  halfLife = 14,
): { share: Float64Array } {
  const n = panel.ids.length
  const met = new Float64Array(n)
  const wanted = new Float64Array(n)
  const keep = 0.5 ** (1 / halfLife)
  for (let i = 0; i < n; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      met[i] = at(met, i) * keep
      wanted[i] = at(wanted, i) * keep
      const demand = at(recovered.demand, k)
      if (at(recovered.known, k) === Known.none || !(demand > 0)) continue
      const sales = at(panel.target, k)
      met[i] = at(met, i) + (Number.isNaN(sales) ? 0 : Math.max(0, sales))
      wanted[i] = at(wanted, i) + demand
    }
  const total = wanted.reduce((a, b) => a + b, 0)
  const all = total > 0 ? met.reduce((a, b) => a + b, 0) / total : 1
  const share = sharedFloat64(n * horizon)
  for (let i = 0; i < n; i++) {
    const prior = (1 - keep) * PRIOR_DAYS * at(wanted, i) || 1
    share.fill((at(met, i) + prior * all) / (at(wanted, i) + prior), i * horizon, (i + 1) * horizon)
  }
  return { share }
}
