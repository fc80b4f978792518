import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { exponentialMean } from './kernels/recent.ts'
import { type Statistic, statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('target'),
  /** Periods after which a value weighs half. */
  halfLives: z.array(z.number().positive()).default([]),
  /** Weight of the newest value against all before, between 0 and 1. */
  alphas: z.array(z.number().gt(0).max(1)).default([]),
  lag: z.int().min(1).default(1),
  atLeast: z.int().min(1).default(1),
})

/** Exponentially weighted means: recent values weigh most; gaps have no weight but let time pass. */
export const exponential: FeatureFamily<z.infer<typeof schema>> = {
  name: 'exponential',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'exponential', of),
  schema,
  plan({ of, halfLives, alphas, lag, atLeast }, context) {
    const statistic = (name: string, alpha: number): Statistic => ({
      name: `${of}_${name}`,
      lag,
      kernel: (o, target) => exponentialMean(o, alpha, target),
    })
    const statistics = [
      ...halfLives.map((half) => statistic(`ewm_half_${half}`, 1 - 0.5 ** (1 / half))),
      ...alphas.map((alpha) => statistic(`ewm_${alpha}`, alpha)),
    ]
    return [statisticsTask(context, { family: 'exponential', of, atLeast }, statistics)]
  },
}
