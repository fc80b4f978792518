import { at } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import { add, mean, mul, reshape, sub } from '../../tensor/graph/operators.ts'
import type { Float } from '../../tensor/graph/value.ts'
import type { Arrays } from '../../tensor/train/arrays.ts'
import type { Network } from '../../tensor/train/network.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import type { Source } from '../../tensor/train/train.ts'
import { LEVELS } from './shape.ts'
import { type Pretrained, swellForecaster } from './swell.ts'

/** What is taught, and how much of it counts. */
export interface TaughtOptions {
  readonly context: number
  readonly horizon: number
  readonly batch: number
  /** Share of the loss that is of what came; 0.5 unless given. */
  readonly truths?: number | undefined
}

/** What makes a training one that learns from teachers: labels and loss for its network, answers for its batches. */
export interface Taught {
  network(own: Network): Network
  source(own: Source): Source
  dispose(): Promise<void>
}

/** How much a squared distance from the teachers counts against a quantile loss of what came, both in inverse hyperbolic sines. */
const STRENGTH = 2

/**
 * Teachers of a student: labels are the means of what they say of each batch, quantile by quantile, and the loss is the squared distance from
 * those beside that of what came (Hinton et al., 2015). Teachers may be of other sizes than the student, for the same periods seen and answered.
 */
export async function taughtBy(
  teachers: readonly Pretrained[],
  { context, horizon, batch, truths = 0.5 }: TaughtOptions,
  run: Run,
): Promise<Taught> {
  if (teachers.length === 0) return { network: (own) => own, source: (own) => own, async dispose() {} }
  const predictors = await Promise.all(
    teachers.map(({ options, weights }) =>
      predictorOf(swellForecaster(options, context, horizon), weights, { batch, threads: run.threads }),
    ),
  )
  return {
    network: (own) => ({
      ...own,
      labels: { ...own.labels, taught: { shape: [horizon, LEVELS.length] } },
      loss(outputs, labels) {
        const { taught, weight } = labels as unknown as Record<'taught' | 'weight', Float>
        const off = sub(outputs.outputs as Float, taught)
        const far = mean(mul(mul(off, off), reshape(weight, [...weight.shape, 1])))
        return add(mul(own.loss(outputs, labels), truths), mul(far, STRENGTH * (1 - truths)))
      },
    }),
    source: (own) => ({
      async put(step, { taught, ...into }) {
        await own.put(step, into)
        const sum = taught as Float32Array
        sum.fill(0)
        for (const { inputs, outputs, run: through } of predictors) {
          for (const [name, array] of Object.entries(inputs)) (array as Float32Array).set(into[name] as Float32Array)
          await through()
          const said = (outputs as Arrays).outputs as Float32Array
          for (let k = 0; k < sum.length; k++) sum[k] = at(sum, k) + at(said, k) / predictors.length
        }
      },
    }),
    async dispose() {
      for (const predictor of predictors) await predictor.dispose()
    },
  }
}
