import type { Period } from '../core/calendar.ts'
import { type Panel, slicePeriods } from '../core/panel.ts'
import type { PanelSource } from './source.ts'

/**
 * What really happened in the `horizon` periods after a cutoff, in the order of the Window's blocks.
 *
 * Only `backtest` and `monitor` may import this: everything else would be looking into the future.
 */
export async function* truthAfter(source: PanelSource, cutoff: Period, horizon: number): AsyncIterable<Panel> {
  for await (const block of source.blocks()) yield slicePeriods(block, cutoff + 1, cutoff + 1 + horizon, true, true)
}
