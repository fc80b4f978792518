import { at, type Panel } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import type { HiddenDemandOptions, Way } from './options.ts'
import { type PlantOptions, plantStockOuts } from './plant.ts'
import { recoverDemand } from './recover.ts'

/** How a way to find demand did on days that were in stock and cut for the purpose. */
export interface Judged {
  readonly way: Way | 'sales'
  /** Equal parts whose mean a known share was taken to scatter like. */
  readonly trust: number
  readonly cells: number
  /** Σ found / Σ demand − 1 over the cells cut. */
  readonly bias: number
  /** Σ|found − demand| / Σ demand. */
  readonly wape: number
}

/** What is compared: each way with each trust that it depends on. */
const CANDIDATES: readonly (readonly [Way, readonly number[]])[] = [
  ['combined', [2, 0.7, 6, 20]],
  ['share', [2]],
  ['bound', [2]],
  ['similar', [2]],
]

/**
 * Hides days in stock behind planted stock-outs, lets each way find their demand, and says which errs least: the first has the least WAPE; `sales`,
 * the sales as they are, is there for comparison.
 *
 * Days in stock had enough of it, so the busiest are missing among them: what is said of bias is a little kind. Empty where the panel
 * has no stock-outs to plant by.
 */
export function judgeWays(panel: Panel, options: HiddenDemandOptions, run: Run, plant: PlantOptions = {}): Judged[] {
  const { hourly, ...rest } = options
  const planted = plantStockOuts(panel, run.random('hidden-demand'), { ...(hourly ? { hourly } : {}), ...plant })
  const { cells, truth } = planted
  if (cells.length === 0) return []
  const scored = (way: Judged['way'], trust: number, demand: Float64Array): Judged => {
    let [found, wanted, error] = [0, 0, 0]
    cells.forEach((k, c) => {
      found += at(demand, k)
      wanted += at(truth, c)
      error += Math.abs(at(demand, k) - at(truth, c))
    })
    return { way, trust, cells: cells.length, bias: found / wanted - 1, wape: error / wanted }
  }
  const known = hourly !== undefined || rest.hoursOut !== undefined || rest.share !== undefined
  const judged = CANDIDATES.filter(([way]) => known || way !== 'share').flatMap(([way, trusts]) =>
    (known ? trusts : trusts.slice(0, 1)).map((trust) => {
      const settings = { ...rest, way, trust, ...(planted.hourly && hourly ? { hourly: planted.hourly } : {}) }
      return scored(way, trust, recoverDemand(planted.panel, settings).demand)
    }),
  )
  return [...judged, scored('sales', 0, planted.panel.target)].sort((a, b) => a.wape - b.wape)
}
