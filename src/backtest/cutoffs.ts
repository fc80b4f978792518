import { createHash } from 'node:crypto'
import type { Period } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { type Panel, slicePeriods } from '../core/panel.ts'
import type { Window } from '../core/window.ts'
import type { PanelSource } from '../store/source.ts'
import type { Settings } from './options.ts'

/**
 * The cutoffs of a backtest, the earliest first: those given, or `windows` of them, `step` apart, the last one followed by just as
 * many observed periods as are needed. Refuses cutoffs with too little past to learn from or too little truth to be scored by.
 */
export function cutoffsOf(source: PanelSource, settings: Settings): Period[] {
  const { horizon, gap, windows, step, minHistory } = settings
  const latest = source.lastObserved - gap - horizon
  const cutoffs = settings.cutoffs
    ? [...new Set(settings.cutoffs)].sort((a, b) => a - b)
    : Array.from({ length: windows }, (_, w) => latest - (windows - 1 - w) * step)
  cutoffs.forEach((cutoff, w) => {
    const which = { window: w + 1, windows: cutoffs.length }
    const has = Math.max(0, cutoff + 1 - source.first)
    if (!(has >= minHistory)) {
      const details = { ...which, has, needs: minHistory, cutoff: format(source, cutoff) }
      throw new ForetideError('backtest.tooLittlePast', details, { fault: 'badInput' })
    }
    if (cutoff > latest) {
      const [needed, last, last2] = [cutoff + gap + horizon, source.lastObserved, latest].map((p) => format(source, p))
      const details = { ...which, needed, last, latest: last2 }
      throw new ForetideError('backtest.tooLittleTruth', details, { fault: 'badInput' })
    }
  })
  return cutoffs
}

const format = ({ calendar }: PanelSource, period: Period) =>
  Number.isFinite(period) ? calendar.format(period) : String(period)

/** A source that forgets everything before a period: what a sliding window learns from. */
export function sourceSince(source: PanelSource, from: Period): PanelSource {
  return {
    ...source,
    first: Math.max(source.first, from),
    digest: createHash('sha256').update(`${source.digest}:since:${from}`).digest('hex').slice(0, 16),
    async *blocks() {
      for await (const block of source.blocks()) yield slicePeriods(block, from, Number.POSITIVE_INFINITY)
    },
  }
}

/**
 * The same window, cut once for all models where its source is a single block, which lies in memory as it is.
 *
 * A source of many blocks may be larger than memory, so its windows are cut anew each time.
 */
export function cutOnce(window: Window, count: number): Window {
  const keeping = (blocks: () => AsyncIterable<Panel>) => {
    let whole: Panel | undefined
    return async function* () {
      if (whole) {
        yield whole
        return
      }
      for await (const block of blocks()) {
        if (block.ids.length === count) whole = block
        yield block
      }
    }
  }
  return { ...window, past: keeping(window.past), known: keeping(window.known) }
}
