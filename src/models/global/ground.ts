import type { Panel } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Learned } from '../../features/family.ts'
import { type FeatureBlock, features } from '../../features/features.ts'
import { learn, learns } from '../../features/plan.ts'
import { blocksOf } from '../local-model.ts'
import { chunkEnds, sliceSeries } from './chunks.ts'
import type { Derived } from './derived.ts'
import type { Layout } from './layout.ts'
import type { GlobalSettings } from './options.ts'
import type { PastOptions } from './past.ts'
import type { Segments } from './segments.ts'

/** What all tables of one window share. */
export interface Ground {
  readonly window: Window
  readonly settings: GlobalSettings
  readonly layout: Layout
  readonly past: PastOptions
  readonly segments: Segments
  readonly learned: readonly (Learned | undefined)[]
  readonly derived: readonly Derived[]
  readonly run: Run
}

/** Neighbouring series with their features. */
export interface Chunk {
  /** Place of the first of them in the window. */
  readonly first: number
  readonly past: Panel
  readonly known: Panel
  readonly main: FeatureBlock
  readonly phases: readonly FeatureBlock[]
}

/** Float32 numbers that the features of one chunk may take. */
const CHUNK_NUMBERS = 8_000_000

/** What the feature families of a layout learn across series; gathered in a pass of its own where one does. */
export async function learnedOn(window: Window, layout: Layout): Promise<Ground['learned']> {
  return learns(layout.main) ? await learn(layout.main, blocksOf(window)) : []
}

/** The series of a window in chunks, with the features of their newest `recent` periods and of the horizon. */
export async function* chunksOf(ground: Ground, recent: number): AsyncIterable<Chunk> {
  const { window, layout, learned, run } = ground
  const columns =
    layout.features.length + layout.phases.length * layout.sources.filter((s) => s.place === 'phase').length
  let before = 0
  let main: FeatureBlock | undefined
  const phases: FeatureBlock[] = []
  for await (const [wholePast, wholeKnown] of blocksOf(window)) {
    let from = 0
    for (const to of chunkEnds(wholePast, CHUNK_NUMBERS / columns, recent)) {
      checkInterrupt(run)
      const past = sliceSeries(wholePast, from, to)
      const known = sliceSeries(wholeKnown, from, to)
      main = await features(past, known, layout.main, run, { recent, learned, ...(main ? { into: main } : {}) })
      for (const [g, { spec }] of layout.phases.entries()) {
        const into = phases[g]
        phases[g] = await features(past, known, spec, run, { recent, learned: [], ...(into ? { into } : {}) })
      }
      yield { first: before + from, past, known, main, phases }
      from = to
    }
    before += wholePast.ids.length
  }
}
