import { at } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Float } from '../../tensor/graph/value.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import { keptWindow } from '../global/kept-window.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { inputFields } from '../neural/forecaster.ts'
import { writerOf } from './example.ts'
import { type Ground, groundOf, toldOf } from './ground.ts'
import { embeddingNetwork, type SwellSizes } from './network.ts'
import { CONTEXT, frameAt, PATCH } from './shape.ts'
import type { Pretrained } from './swell.ts'
import { textVector } from './texts.ts'

const BATCH = 256

/** How series become vectors. */
export interface EmbedOptions {
  /** Words of each series, such as the title of its product, beside what it sold; none unless given. */
  readonly textOf?: (id: string) => string | undefined
  /** How much the words weigh beside what was sold, from 0 to 1; 0.5 unless given. */
  readonly weight?: number
}

/** Vectors of length 1, one for each series. */
export interface Embeddings {
  readonly ids: readonly string[]
  readonly width: number
  /** `vectors[i · width + k]`. */
  readonly vectors: Float32Array
}

/** What the network makes of each series of a ground as it stands, `vectors[i · width + k]`, and whether anything was observed of it. */
export async function rawVectors(
  { name, options, weights }: Pretrained,
  ground: Ground,
  run: Run,
): Promise<{ readonly width: number; readonly vectors: Float32Array; readonly seen: Uint8Array }> {
  const count = ground.offsets.length - 1
  const architecture = embeddingNetwork(options)
  const { width, patch } = architecture.options as unknown as SwellSizes
  const frame = frameAt(CONTEXT, Math.max(PATCH, patch))
  const batch = Math.max(1, Math.min(BATCH, count))
  const predictor = await predictorOf(
    {
      inputs: inputFields(frame),
      labels: {},
      forward: (parameters, inputs) => ({
        vectors: architecture.forward(parameters, inputs as never, { batch, ...frame }, 1).raw,
      }),
      loss: ({ vectors }) => vectors as Float,
    },
    weights,
    { batch, threads: run.threads },
  )
  const vectors = new Float32Array(count * width)
  const seen = new Uint8Array(count)
  const room = { ...batchOf(frame, batch), ...predictor.inputs }
  const writer = writerOf(frame)
  try {
    for (let from = 0; from < count; from += batch) {
      checkInterrupt(run)
      const rows = Math.min(batch, count - from)
      for (let r = 0; r < rows; r++) {
        const length = at(ground.offsets, from + r + 1) - at(ground.offsets, from + r) - ground.horizon
        const told = toldOf(ground, from + r, length - 1)
        writer.write(told, r, room)
        for (let t = 0; t < length && seen[from + r] === 0; t++)
          if (!Number.isNaN(at(told.values, t))) seen[from + r] = 1
      }
      await predictor.run()
      vectors.set((predictor.outputs.vectors as Float32Array).subarray(0, rows * width), from * width)
      run.progress({ stage: `${name}: embed`, done: from + rows, total: count })
    }
  } finally {
    await predictor.dispose()
  }
  return { width, vectors, seen }
}

/**
 * What the pretrained network makes of each series of a window, as a vector of length 1: series that sell alike lie close together, whatever their size. Words stand beside
 * it where they are given; what has no history has words alone, or zeros without any.
 *
 * @example
 * const { ids, vectors } = await embedSeries(kept, window, run, { textOf: (id) => titles.get(id) })
 */
export async function embedSeries(
  kept: Pretrained,
  asked: Window,
  run: Run,
  { textOf, weight = 0.5 }: EmbedOptions = {},
): Promise<Embeddings> {
  const ground = await groundOf(keptWindow(asked))
  const { width, vectors, seen } = await rawVectors(kept, ground, run)
  centred(vectors, seen, width)
  if (!textOf) return { ids: ground.ids, width, vectors }
  return withTexts(ground.ids, vectors, width, textOf, weight)
}

/** Takes off what all vectors have in common, and makes each of length 1: what is left tells them apart. */
function centred(vectors: Float32Array, seen: Uint8Array, width: number): void {
  const known = Math.max(
    1,
    seen.reduce((a, b) => a + b, 0),
  )
  for (let k = 0; k < width; k++) {
    let sum = 0
    let square = 0
    for (let i = 0; i < seen.length; i++) {
      if (seen[i] === 0) continue
      sum += at(vectors, i * width + k)
      square += at(vectors, i * width + k) ** 2
    }
    const mean = sum / known
    const deviation = Math.sqrt(Math.max(square / known - mean * mean, 0)) || 1
    for (let i = 0; i < seen.length; i++)
      vectors[i * width + k] = seen[i] === 0 ? 0 : (at(vectors, i * width + k) - mean) / deviation
  }
  for (let i = 0; i < seen.length; i++) unit(vectors.subarray(i * width, (i + 1) * width))
}

function unit(vector: Float32Array): void {
  const length = Math.hypot(...vector)
  if (length > 0) for (let k = 0; k < vector.length; k++) vector[k] = at(vector, k) / length
}

function withTexts(
  ids: readonly string[],
  own: Float32Array,
  size: number,
  textOf: (id: string) => string | undefined,
  weight: number,
): Embeddings {
  const words = ids.map((id) => textVector(textOf(id) ?? ''))
  const more = words[0]?.length ?? 0
  const width = size + more
  const vectors = new Float32Array(ids.length * width)
  for (const [i, word] of words.entries()) {
    const into = vectors.subarray(i * width, (i + 1) * width)
    into.set(own.subarray(i * size, (i + 1) * size).map((x) => x * Math.sqrt(1 - weight)))
    into.set(
      word.map((x) => x * Math.sqrt(weight)),
      size,
    )
    unit(into)
  }
  return { ids, width, vectors }
}

/** One series beside others, and how alike they are: the cosine of the angle between their vectors. */
export interface Neighbour {
  readonly id: string
  readonly likeness: number
}

/**
 * The series most like one of them, most alike first; refuses an id that there is not.
 *
 * @example
 * const all = { ids: ['a', 'b', 'c'], width: 2, vectors: Float32Array.of(1, 0, 0.8, 0.6, 0, 1) }
 * similarTo(all, 'a', 1) // → [{ id: 'b', likeness: 0.8 }]
 */
export function similarTo({ ids, width, vectors }: Embeddings, id: string, count = 10): Neighbour[] {
  const i = ids.indexOf(id)
  if (i < 0) throw new RangeError(`No series '${id}' among ${ids.length}.`)
  const all: Neighbour[] = []
  for (let j = 0; j < ids.length; j++) {
    if (j === i) continue
    let likeness = 0
    for (let k = 0; k < width; k++) likeness += at(vectors, i * width + k) * at(vectors, j * width + k)
    all.push({ id: ids[j] as string, likeness: Number(likeness.toFixed(6)) })
  }
  return all.sort((a, b) => b.likeness - a.likeness || (a.id < b.id ? -1 : 1)).slice(0, count)
}
