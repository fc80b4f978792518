import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { seasonalMean } from './kernels/seasonal.ts'
import { legalSeason, statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('target'),
  /** How many seasons each mean takes in. */
  counts: z.array(z.int().min(1)).min(1),
  /** Length of the season in periods; the calendar's main one unless given. */
  season: z.int().min(1).optional(),
  atLeast: z.int().min(1).default(1),
})

/** Mean of the last few values of the same place in the season: the last four Mondays, the last three Decembers. */
export const seasonal: FeatureFamily<z.infer<typeof schema>> = {
  name: 'seasonal',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'seasonal', of),
  schema,
  plan({ of, counts, atLeast, ...options }, context) {
    const season = options.season ?? context.calendar.season
    const ahead = columnKnownAhead(context, 'seasonal', of)
    const lag = legalSeason(ahead ? { beyond: 'missing', leastLag: 0 } : context, season, 1)
    return [
      statisticsTask(
        context,
        { family: 'seasonal', of, atLeast },
        counts.map((count) => ({
          name: `${of}_season_${season}_mean_${count}`,
          lag,
          kernel: (o, target) => seasonalMean(o, season, count, target),
        })),
      ),
    ]
  },
}
