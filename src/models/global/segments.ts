import { ForetideError } from '../../core/errors.ts'
import { at, type Panel } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import type { GlobalSettings } from './options.ts'
import { PastOf, type PastOptions } from './past.ts'

/** How series are told apart, as plain data; without `edges` and `column` they are all one. */
export interface Segments {
  readonly by?: GlobalSettings['segmentBy']
  /** Upper bounds of the groups by volume or by share of periods with demand, ascending, the last one left out. */
  readonly edges: readonly number[]
}

/** Groups by volume. */
const VOLUMES = 3
/** A demand every 1.32 periods or rarer is intermittent (Syntetos, Boylan and Croston, 2005). */
const REGULAR = 1 / 1.32

/** Finds the groups that a window's series fall into; refuses a static column that the panel does not have. */
export async function segmentsOf(
  window: Window,
  by: GlobalSettings['segmentBy'],
  options: PastOptions,
  model: string,
): Promise<Segments> {
  if (by === undefined) return { edges: [] }
  if (by === 'intermittency') return { by, edges: [REGULAR] }
  if (by !== 'volume') {
    for await (const { statics } of window.past())
      if (!statics.has(by.column))
        throw new ForetideError(
          'global.segment',
          { model, column: by.column, columns: [...statics.keys()].join(', ') },
          { fault: 'usage' },
        )
    return { by, edges: [] }
  }
  const levels: number[] = []
  const past = new PastOf(options)
  for await (const panel of window.past())
    for (let i = 0; i < panel.ids.length; i++) {
      past.load(panel, i)
      const level = past.level(past.length - 1)
      if (level > 0) levels.push(level)
    }
  levels.sort((a, b) => a - b)
  const edges = Array.from(
    { length: VOLUMES - 1 },
    (_, k) => levels[Math.floor(((k + 1) * levels.length) / VOLUMES)] ?? 0,
  )
  return { by, edges }
}

/** The segment of series `i` of a panel, a small whole number; `past` must be loaded with it. */
export function segmentOf({ by, edges }: Segments, panel: Panel, i: number, past: PastOf): number {
  if (by === undefined) return 0
  if (typeof by === 'object') {
    const code = panel.statics.get(by.column)?.values[i] ?? Number.NaN
    return Number.isNaN(code) ? -1 : code
  }
  const number = by === 'volume' ? past.level(past.length - 1) : shareActive(past)
  let group = 0
  while (group < edges.length && number > at(edges, group)) group++
  return group
}

function shareActive(past: PastOf): number {
  let active = 0
  let seen = 0
  for (let k = 0; k < past.length; k++) {
    const y = at(past.values, k)
    if (Number.isNaN(y)) continue
    seen++
    if (y !== 0) active++
  }
  return seen > 0 ? active / seen : 0
}
