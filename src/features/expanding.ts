import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { EXPANDING, expanding as expand } from './kernels/expanding.ts'
import { rollingQuantile } from './kernels/quantile.ts'
import { type Statistic, statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('target'),
  stats: z.array(z.enum(EXPANDING)).default(['mean', 'std']),
  /** Levels between 0 and 1; 0.5 is the median. */
  quantiles: z.array(z.number().min(0).max(1)).default([]),
  lag: z.int().min(1).default(1),
  atLeast: z.int().min(1).default(1),
})

/** Statistics of all values so far. */
export const expanding: FeatureFamily<z.infer<typeof schema>> = {
  name: 'expanding',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'expanding', of),
  schema,
  plan({ of, stats, quantiles, lag, atLeast }, context) {
    const statistics: Statistic[] = stats.map((stat) => ({
      name: `${of}_${stat}_all`,
      lag,
      kernel: (o, target) => expand(o, stat, target),
    }))
    for (const level of quantiles)
      statistics.push({
        name: `${of}_q${Math.round(level * 1000) / 10}_all`,
        lag,
        kernel: (o, target) => rollingQuantile(o, Number.POSITIVE_INFINITY, level, target),
      })
    return [statisticsTask(context, { family: 'expanding', of, atLeast }, statistics)]
  },
}
