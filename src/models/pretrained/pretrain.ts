import type { Run } from '../../core/run.ts'
import { type Trained, type TrainOptions, train } from '../../tensor/train/train.ts'
import { corpusBatches } from './corpus/source.ts'
import { taughtBy } from './distil.ts'
import type { Ground } from './ground.ts'
import { AHEAD, CONTEXT } from './shape.ts'
import { type Pretrained, swellForecaster } from './swell.ts'

/** How a model is trained on a corpus. */
export interface PretrainOptions extends Pick<TrainOptions, 'batch' | 'steps' | 'rate' | 'checkpoint' | 'tensorboard'> {
  readonly name: string
  /** Sizes of the network; see `swellNetwork`. */
  readonly network?: object
  /** Real series beside the synthetic ones, each with the share of examples that are windows of it. */
  readonly grounds?: readonly { readonly ground: Ground; readonly share: number }[]
  /** Periods seen and answered, whole patches. */
  readonly context?: number
  readonly horizon?: number
  /** What to go on from; fresh weights under the seed unless given. */
  readonly from?: Pretrained
  /** Models whose mean answers are learned beside what came (Hinton et al., 2015); none unless given. */
  readonly teachers?: readonly Pretrained[]
  /** Share of the loss that is of what came, where there are teachers; 0.5 unless given. */
  readonly truths?: number
}

/**
 * Share that the moving average of weights keeps at each of so many steps: what is far from the end must not linger in it when there are few.
 *
 * @example
 * averageOver(1000) // → 0.98
 * averageOver(20_000) // → 0.998
 */
export const averageOver = (steps: number): number => Math.max(0, Math.min(0.998, 1 - 20 / steps))

/**
 * Trains a model on series of all kinds, so that it forecasts others that it has never seen (as Ansari et al., 2024, and Das et al., 2024, do at a thousand times the size).
 *
 * With a checkpoint, a training that was cut off goes on from there bit for bit; each batch is drawn from the seed and its number alone.
 */
export async function pretrain(
  options: PretrainOptions,
  run: Run,
): Promise<{ readonly kept: Pretrained; readonly trained: Trained }> {
  const { name, grounds = [], context = CONTEXT, horizon = AHEAD, from, teachers = [], truths, ...rest } = options
  const { network = from?.options ?? {}, ...training } = rest
  const source = corpusBatches({ grounds, seed: run.seed }, { size: options.batch, context, horizon })
  const taught = await taughtBy(teachers, { context, horizon, batch: options.batch, truths }, run)
  try {
    const trained = await train(
      taught.network(swellForecaster(network, context, horizon)),
      taught.source(source),
      {
        ...(from && { from: from.weights }),
        ...training,
        ...{ clip: 1, average: averageOver(options.steps), lanes: 1, stage: `${name}: pretrain` },
        optimiser: { kind: 'adamw', decay: 0.01 },
        schedule: { kind: 'one-cycle', warm: 0.05 },
      },
      run,
    )
    return { kept: { name, options: network, weights: trained.weights }, trained }
  } finally {
    await taught.dispose()
    await source.close()
  }
}
