import { type DrawJob, fillSlots, type RingShared } from '../../neural/examples/draw-worker.ts'
import { type Corpus, corpusDrawer } from './draw.ts'

/** What batches of a corpus are drawn from. */
export interface CorpusDrawing extends RingShared {
  readonly corpus: Corpus
  readonly context: number
  readonly horizon: number
  readonly size: number
}

/** Draws batches of a corpus into the slots of a ring. */
export function batchDrawer({ corpus, context, horizon, size, ...ring }: CorpusDrawing): (job: DrawJob) => void {
  const draw = corpusDrawer(corpus, { context, horizon })
  return fillSlots(ring, (step, into) => draw(step, size, into))
}
