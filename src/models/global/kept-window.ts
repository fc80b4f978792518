import type { Panel } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'

/** Numbers (cells times columns) up to which blocks are kept in memory once read: 256 MiB. */
const KEPT_NUMBERS = 2 ** 25

/**
 * The same window for those who read it over and over: its blocks are cut, and cleaned, only once where they are small enough to be kept.
 */
export function keptWindow(window: Window): Window {
  return { ...window, past: keeping(() => window.past()), known: keeping(() => window.known()) }
}

function keeping(read: () => AsyncIterable<Panel>): () => AsyncIterable<Panel> {
  let kept: readonly Panel[] | undefined
  let tooLarge = false
  return async function* () {
    if (kept) {
      yield* kept
      return
    }
    let gathered: Panel[] = []
    let numbers = 0
    for await (const panel of read()) {
      numbers += panel.target.length * (2 + panel.columns.size)
      tooLarge ||= numbers > KEPT_NUMBERS
      if (tooLarge) gathered = []
      else gathered.push(panel)
      yield panel
    }
    if (!tooLarge) kept = gathered
  }
}
