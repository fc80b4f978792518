import type { Period } from '../core/calendar.ts'
import type { Window } from '../core/window.ts'
import type { PanelSource } from '../store/source.ts'
import { truthAfter } from '../store/truth.ts'
import { seasonalScales } from './metrics/scale.ts'
import type { Truth } from './metrics/score.ts'
import { type Hierarchy, hierarchyAt } from './metrics/wrmsse.ts'
import type { Settings } from './options.ts'
import { addTraits, groupingsOf, newTraits } from './segments.ts'

/** All that is needed to score any model at one cutoff. */
export interface Evaluation {
  readonly truth: Truth
  readonly hierarchy: Hierarchy | undefined
}

/** Reads the truth after a cutoff once, and from the past before it the scales, classes and weights that scores need. */
export async function evaluationAt(source: PanelSource, window: Window, settings: Settings): Promise<Evaluation> {
  const { gap, season, by } = settings
  const steps = window.horizon
  const n = source.count
  const ids: string[] = []
  const values = new Float64Array(n * steps)
  const mask = new Uint8Array(n * steps)
  for await (const block of truthAfter(source, window.cutoff, steps)) {
    values.set(block.target, ids.length * steps)
    mask.set(block.mask, ids.length * steps)
    for (const id of block.ids) ids.push(id)
  }
  const absolute = new Float64Array(n)
  const squared = new Float64Array(n)
  const traits = newTraits(by)
  let series = 0
  for await (const past of window.past()) {
    const scales = seasonalScales(past, season)
    absolute.set(scales.absolute, series)
    squared.set(scales.squared, series)
    addTraits(traits, past)
    series += past.ids.length
  }
  const first = firstOf(source, window, settings)
  return {
    truth: { ids, steps, gap, values, mask, scales: { absolute, squared }, groupings: groupingsOf(traits) },
    hierarchy: settings.hierarchy && (await hierarchyAt(window.past(), first, window.cutoff, settings.hierarchy)),
  }
}

function firstOf(source: PanelSource, window: Window, { history }: Settings): Period {
  return history === undefined ? source.first : Math.max(source.first, window.cutoff + 1 - history)
}
