import type { Batches } from '../../neural/examples/batches.ts'
import { ringOf } from '../../neural/examples/worker.ts'
import { frameAt } from '../shape.ts'
import type { CorpusDrawing } from './corpus-worker.ts'
import type { Corpus } from './draw.ts'

const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './corpus-worker.ts' : './corpus-worker.js',
  import.meta.url,
)

/** How batches of a corpus are drawn. */
export interface CorpusOptions {
  readonly size: number
  readonly context: number
  readonly horizon: number
}

/** Batches of a corpus, drawn on a thread of their own while the ones before are learned from. */
export const corpusBatches = (corpus: Corpus, { size, context, horizon }: CorpusOptions): Batches =>
  ringOf<CorpusDrawing>({
    ...{ frame: frameAt(context, horizon), size, slots: 4, module: workerUrl, fn: 'batchDrawer' },
    shared: { corpus, context, horizon, size },
  })
