import { createHash } from 'node:crypto'
import type { Panel } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import { type HiddenDemandOptions, hiddenDemandSettings } from './options.ts'
import { recoverDemand } from './recover.ts'

/**
 * A Window whose past shows demand in place of the sales that a stock-out cut short, found from nothing but that past; masks stay, so that models
 * see where it was found, and the known future passes as it is.
 *
 * Series alike are looked for within a block. Demand is found once for each block, however often the past is read. Other options make
 * another digest. Refuses what {@link recoverDemand} refuses.
 */
export function demandWindow(window: Window, options: HiddenDemandOptions = {}): Window {
  const named = JSON.stringify([hiddenDemandSettings(options), options.hourly !== undefined])
  const found: Float64Array[] = []
  return {
    ...window,
    digest: createHash('sha256').update(`${window.digest}:demand:${named}`).digest('hex').slice(0, 16),
    async *past() {
      let block = 0
      for await (const past of window.past()) {
        found[block] ??= recoverDemand(past, options).demand
        const shown: Panel = { ...past, target: found[block] as Float64Array }
        block++
        yield shown
      }
    },
    known: () => window.known(),
  }
}
