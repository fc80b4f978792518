import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { adapted, merged } from '../../tensor/train/adapt.ts'
import type { Arrays } from '../../tensor/train/arrays.ts'
import type { CurveRow } from '../../tensor/train/curve.ts'
import { type Source, train } from '../../tensor/train/train.ts'
import { batchOf, copyBatch } from '../neural/examples/batches.ts'
import { corpusBatches } from './corpus/source.ts'
import { writerOf } from './example.ts'
import { type Ground, groundOf, toldOf } from './ground.ts'
import { AHEAD, CONTEXT, frameAt, PATCH } from './shape.ts'
import { type Pretrained, swellForecaster } from './swell.ts'

/** How a pretrained model learns on from a shop's own series. */
export interface FinetuneOptions {
  /** What learns: what comes last; low-rank adapters beside all matrices, too; or all weights. */
  readonly parts?: 'heads' | 'adapters' | 'all'
  readonly steps?: number
  readonly batch?: number
  readonly rate?: number
  /** Looks at the newest horizon, which is held out, without a new best after which it ends. */
  readonly patience?: number
}

/** Beginnings of the names of what comes last. */
const HEADS = ['out.', 'step.', 'norm.']
const RANK = 8
/** Batches of the newest horizon that are looked at. */
const LOOKS = 4

/**
 * Goes on training a pretrained model on windows of a shop's own series, the newest horizon held out to end early by: what comes out is never worse there than what went in.
 *
 * Answers the model, and its loss on the held-out horizon before and after.
 */
export async function finetune(
  kept: Pretrained,
  window: Window,
  options: FinetuneOptions,
  run: Run,
): Promise<{
  readonly kept: Pretrained
  readonly before: number
  readonly after: number
  readonly curve: readonly CurveRow[]
}> {
  const { parts = 'all', steps = 400, batch = 128, rate = 3e-4, patience = 6 } = options
  const ground = await groundOf(window)
  const ahead = Math.min(AHEAD, window.horizon)
  const horizon = PATCH * Math.ceil(ahead / PATCH)
  const sizes = { context: CONTEXT, horizon }
  const whole = swellForecaster(kept.options, CONTEXT, horizon)
  const network =
    parts === 'all'
      ? whole
      : adapted(whole, kept.weights, { whole: HEADS, ...(parts === 'adapters' && { rank: RANK }) })
  const source = corpusBatches(
    { grounds: [{ ground: withoutNewest(ground, ahead), share: 1 }], seed: run.seed },
    { size: batch, ...sizes },
  )
  const validation = {
    ...newest(ground, ahead, sizes, batch, run.seed),
    every: Math.max(5, Math.round(steps / 25)),
    patience,
  }
  const plan = { batch, clip: 1, average: 0.98, lanes: 1, validation, stage: `${kept.name}: finetune` } as const
  const from = parts === 'all' ? { from: kept.weights } : {}
  try {
    // A single step at a rate of 0 says where it begins.
    const begun = await train(network, source, { ...plan, ...from, steps: 1, rate: 0 }, run)
    const schedule = { kind: 'one-cycle', warm: 0.1 } as const
    const learned = await train(network, source, { ...plan, ...from, steps, rate, schedule }, run)
    const before = begun.validation as number
    const after = Math.min(before, learned.validation as number)
    const weights =
      after === before ? kept.weights : parts === 'all' ? learned.weights : merged(kept.weights, learned.weights)
    return { kept: { ...kept, weights }, before, after, curve: learned.curve }
  } finally {
    await source.close()
  }
}

/** The same series as if their newest periods had not come yet. */
function withoutNewest(ground: Ground, periods: number): Ground {
  const { offsets, horizon } = ground
  const values = Float32Array.from(ground.values)
  const shared = new Float32Array(new SharedArrayBuffer(4 * values.length))
  shared.set(values)
  for (let i = 0; i + 1 < offsets.length; i++) {
    const end = at(offsets, i + 1) - horizon
    shared.fill(Number.NaN, Math.max(at(offsets, i), end - periods), end)
  }
  return { ...ground, values: shared, horizon: horizon + periods }
}

/** Batches of series whose horizon is their newest one, by chance and always the same. */
function newest(
  ground: Ground,
  ahead: number,
  sizes: { readonly context: number; readonly horizon: number },
  size: number,
  seed: number,
): Source & { readonly batches: number } {
  const { offsets, horizon } = ground
  const count = offsets.length - 1
  const order = Random.of(seed, 'newest').shuffle(Array.from({ length: count }, (_, i) => i))
  const room = batchOf(frameAt(sizes.context, sizes.horizon), size)
  const writer = writerOf(sizes)
  return {
    batches: Math.max(1, Math.min(LOOKS, Math.ceil(count / size))),
    put(k: number, into: Arrays) {
      for (let r = 0; r < size; r++) {
        const i = order[(k * size + r) % count] as number
        const length = at(offsets, i + 1) - at(offsets, i) - horizon
        writer.write(toldOf(ground, i, Math.max(0, length - 1 - ahead)), r, room)
      }
      copyBatch(room, into)
    },
  }
}
