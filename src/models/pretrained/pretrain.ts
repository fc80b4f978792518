import type { Run } from '../../core/run.ts'
import { type Trained, type TrainOptions, train } from '../../tensor/train/train.ts'
import { corpusBatches } from './corpus/source.ts'
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
}

/**
 * Trains a model on series of all kinds, so that it forecasts others that it has never seen (as Ansari et al., 2024, and Das et al., 2024, do at a thousand times the size).
 *
 * With a checkpoint, a training that was cut off goes on from there bit for bit; each batch is drawn from the seed and its number alone.
 */
export async function pretrain(
  options: PretrainOptions,
  run: Run,
): Promise<{ readonly kept: Pretrained; readonly trained: Trained }> {
  const { name, network = {}, grounds = [], context = CONTEXT, horizon = AHEAD, ...training } = options
  const source = corpusBatches({ grounds, seed: run.seed }, { size: options.batch, context, horizon })
  try {
    const trained = await train(
      swellForecaster(network, context, horizon),
      source,
      {
        ...training,
        ...{ clip: 1, average: 0.998, lanes: 1, stage: `${name}: pretrain` },
        optimiser: { kind: 'adamw', decay: 0.01 },
        schedule: { kind: 'one-cycle', warm: 0.05 },
      },
      run,
    )
    return { kept: { name, options: network, weights: trained.weights }, trained }
  } finally {
    await source.close()
  }
}
