import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { sinceActive } from './kernels/recent.ts'
import { rollingActive } from './kernels/sum.ts'
import { type Statistic, statisticsTask } from './write.ts'

const schema = z.strictObject({
  /** Periods censored by the panel's mask, or a column that is above 0 when out of stock (such as hours without stock). */
  of: z.string().default('censored'),
  windows: z.array(z.int().min(1)).default([7, 28]),
  lag: z.int().min(1).default(1),
})

/** Being out of stock: the share of recent periods that were, and how long ago the last one was. */
export const stockOut: FeatureFamily<z.infer<typeof schema>> = {
  name: 'stockOut',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'stockOut', of),
  schema,
  plan({ of, windows, lag }, context) {
    const statistics: Statistic[] = [
      ...windows.map(
        (window): Statistic => ({
          name: `${of}_share_${window}`,
          lag,
          kernel: (o, target) => rollingActive(o, window, true, target),
        }),
      ),
      { name: `${of}_ago`, lag, kernel: sinceActive },
    ]
    return [statisticsTask(context, { family: 'stockOut', of }, statistics)]
  },
}
