import { createHash } from 'node:crypto'
import type { Window } from '../../core/window.ts'
import { type CleaningReport, cleanPanel } from './panel.ts'
import { type CleaningPolicy, DEFAULT_CLEANING } from './policy.ts'

/**
 * A Window whose past is cleaned by a policy, from nothing but that past, so that no value after the cutoff shapes it.
 *
 * The known future passes as it is. Another policy makes another digest. `report` is called for each block of `past()`. See
 * docs/decisions/0003-cleaning-inside-the-window.md.
 *
 * @example
 * cleanedWindow(windowAt(source, cutoff, 14), { missing: 'seasonal' })
 */
export function cleanedWindow(
  window: Window,
  policy: Partial<CleaningPolicy>,
  report: (report: CleaningReport) => void = () => {},
): Window {
  const whole: CleaningPolicy = { ...DEFAULT_CLEANING, ...policy }
  const named = JSON.stringify(Object.entries(whole).map(([k, v]) => [k, String(v)]))
  return {
    ...window,
    digest: createHash('sha256').update(`${window.digest}:clean:${named}`).digest('hex').slice(0, 16),
    async *past() {
      for await (const block of window.past()) {
        const cleaned = cleanPanel(block, whole)
        report(cleaned.report)
        yield cleaned.panel
      }
    },
    known: () => window.known(),
  }
}
