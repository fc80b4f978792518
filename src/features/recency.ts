import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { sinceActive } from './kernels/recent.ts'
import { statisticsTask } from './write.ts'

const schema = z.strictObject({ of: z.string().default('target'), lag: z.int().min(1).default(1) })

/** How many periods ago the last sale was, seen from the newest period that may be known. */
export const recency: FeatureFamily<z.infer<typeof schema>> = {
  name: 'recency',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'recency', of),
  schema,
  plan: ({ of, lag }, context) => [
    statisticsTask(context, { family: 'recency', of }, [{ name: `${of}_since_active`, lag, kernel: sinceActive }]),
  ],
}
