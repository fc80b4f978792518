import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { difference as differ } from './kernels/recent.ts'
import { statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('target'),
  /** Distances in periods: 1 is the ordinary difference. */
  periods: z.array(z.int().min(1)).default([]),
  /** Whether to add the difference over the calendar's main season. */
  seasonal: z.boolean().default(false),
  /** How often to difference. */
  order: z.int().min(1).max(4).default(1),
  lag: z.int().min(1).default(1),
})

/** By how much a value differs from the one so many periods, or a season, before it. */
export const difference: FeatureFamily<z.infer<typeof schema>> = {
  name: 'difference',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'difference', of),
  schema,
  plan({ of, periods, seasonal, order, lag }, context) {
    const all = new Set([...periods, ...(seasonal ? [context.calendar.season] : [])])
    const times = order > 1 ? `_order_${order}` : ''
    return [
      statisticsTask(
        context,
        { family: 'difference', of },
        [...all].map((period) => ({
          name: `${of}_diff_${period}${times}`,
          lag,
          kernel: (o, target) => differ(o, period, order, target),
        })),
      ),
    ]
  },
}
