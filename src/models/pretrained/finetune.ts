import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { adapted, merged } from '../../tensor/train/adapt.ts'
import type { Arrays } from '../../tensor/train/arrays.ts'
import type { CurveRow } from '../../tensor/train/curve.ts'
import { type Source, type TrainOptions, train } from '../../tensor/train/train.ts'
import { keptWindow } from '../global/kept-window.ts'
import { batchOf, copyBatch } from '../neural/examples/batches.ts'
import { corpusBatches } from './corpus/source.ts'
import { writerOf } from './example.ts'
import { type Ground, groundOf, toldOf } from './ground.ts'
import { maskedBatches, recaller } from './masked.ts'
import { AHEAD, CONTEXT, frameAt, PATCH, wholePatches } from './shape.ts'
import { type Pretrained, swellForecaster } from './swell.ts'

/** How a pretrained model learns on from a shop's own series. */
export interface FinetuneOptions {
  /** What learns: what comes last; low-rank adapters beside all matrices, too; or all weights. */
  readonly parts?: 'heads' | 'adapters' | 'all' | undefined
  /** Steps before that in which hidden patches of the past are told from the rest, no horizon being needed; none unless given. */
  readonly masked?: number | undefined
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly rate?: number | undefined
  /** Looks at the newest horizon, which is held out, without a new best after which it ends. */
  readonly patience?: number | undefined
  /** Windows of what it was first trained on, beside those of the shop, so that the rest is not forgotten: their share of the examples; none unless given. */
  readonly rehearse?: number | undefined
  /** Whether the newest horizon is learned from after all, for as many steps as were best without it; it is not unless given. */
  readonly refit?: boolean | undefined
}

/** Beginnings of the names of what comes last. */
const HEADS = ['out.', 'step.', 'norm.']
const RANK = 8
/** Batches of the newest horizon that are looked at. */
const LOOKS = 4

/** What came of it. */
export interface Finetuned {
  readonly kept: Pretrained
  /** The loss on the newest horizon, which was held out, before and after. */
  readonly before: number
  readonly after: number
  readonly steps: number
  readonly curve: readonly CurveRow[]
}

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
): Promise<Finetuned> {
  const { parts = 'all', steps = 400, rate = 3e-4, patience = 6 } = options
  // Two lanes of a thread each, so that threads do not change a digit.
  const batch = 2 * Math.ceil((options.batch ?? 128) / 2)
  const { masked = 0, rehearse = 0, refit = false } = options
  const ground = await groundOf(keptWindow(window))
  const ahead = Math.min(AHEAD, window.horizon)
  const unit = Math.max(PATCH, (kept.options as { patch?: number }).patch ?? PATCH)
  const horizon = wholePatches(ahead, AHEAD, unit)
  const context = wholePatches(longestOf(ground), CONTEXT, unit)
  const sizes = { context, horizon }
  const held = withoutNewest(ground, ahead)
  const whole = swellForecaster(kept.options, context, horizon)
  const plan = { batch, clip: 1, average: 0.98, lanes: 2, schedule: { kind: 'one-cycle', warm: 0.1 } } as const
  const began = masked > 0 ? await recalled(kept, held, context, { ...plan, steps: masked, rate }, run) : kept
  const taught = async (from: Ground, learning: Partial<TrainOptions> & { readonly steps: number }) => {
    const network =
      parts === 'all'
        ? whole
        : adapted(whole, began.weights, { whole: HEADS, ...(parts === 'adapters' && { rank: RANK }) })
    const source = corpusBatches(
      { grounds: [{ ground: from, share: 1 - rehearse }], seed: run.seed },
      { size: batch, ...sizes },
    )
    const start = parts === 'all' ? { from: began.weights } : {}
    try {
      const learned = await train(
        network,
        source,
        { ...plan, ...start, rate, stage: `${kept.name}: finetune`, ...learning },
        run,
      )
      return { ...learned, weights: parts === 'all' ? learned.weights : merged(began.weights, learned.weights) }
    } finally {
      await source.close()
    }
  }
  const looks = newest(ground, ahead, sizes, batch, run.seed)
  const validation = { ...looks, every: Math.max(5, Math.round(steps / 25)), patience }
  // What it begins with is validated as it is: a step at a rate of 0 changes nothing.
  const first = { batch, steps: 1, rate: 0, clip: 1, lanes: 2, validation: { ...looks, every: 1 }, from: kept.weights }
  const before = (await train(whole, looks, first, run)).validation as number
  const learned = await taught(held, { steps, validation })
  const better = (learned.validation as number) < before
  const after = better ? (learned.validation as number) : before
  const best = bestStep(learned.curve)
  if (!better) return { kept, before, after, steps: 0, curve: learned.curve }
  const weights = refit ? (await taught(ground, { steps: best })).weights : learned.weights
  return { kept: { ...kept, weights }, before, after, steps: best, curve: learned.curve }
}

/** Periods of the longest past. */
function longestOf({ offsets, horizon }: Ground): number {
  let longest = 1
  for (let i = 0; i + 1 < offsets.length; i++)
    longest = Math.max(longest, at(offsets, i + 1) - at(offsets, i) - horizon)
  return longest
}

/** Where the loss on what is held out was least. */
function bestStep(curve: readonly CurveRow[]): number {
  let best: CurveRow | undefined
  for (const row of curve)
    if ((row.validation ?? Number.NaN) < (best?.validation ?? Number.POSITIVE_INFINITY)) best = row
  return best?.step ?? 0
}

/** The model after it has told hidden patches of a ground from the rest for a while. */
async function recalled(
  kept: Pretrained,
  ground: Ground,
  context: number,
  plan: Pick<TrainOptions, 'batch' | 'steps' | 'rate' | 'schedule' | 'clip' | 'average' | 'lanes'>,
  run: Run,
): Promise<Pretrained> {
  const network = recaller(kept.options, context)
  const source = maskedBatches(ground, plan.batch, run.seed, context)
  const { weights } = await train(network, source, { ...plan, from: kept.weights, stage: `${kept.name}: recall` }, run)
  return { ...kept, weights }
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
