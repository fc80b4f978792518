import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { copyValues } from './kernels/recent.ts'
import { legalLags, legalSeason, statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('target'),
  /** Periods back. */
  lags: z.array(z.int().min(1)).default([]),
  /** Whole seasons back: 1 is the same weekday, hour or month one season ago. */
  seasons: z.array(z.int().min(1)).default([]),
  /** Length of the season in periods; the calendar's main one unless given. */
  season: z.int().min(1).optional(),
})

/**
 * Values so many periods, or whole seasons, before the row.
 *
 * A lag shorter than what the horizon allows moves back (a seasonal one by whole seasons, so that it keeps its phase), stays
 * and is missing at later steps, or is refused, as the specification says.
 */
export const lags: FeatureFamily<z.infer<typeof schema>> = {
  name: 'lags',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'lags', of),
  schema,
  plan(options, context) {
    const { of, season = context.calendar.season } = options
    const ahead = columnKnownAhead(context, 'lags', of)
    const rule = ahead ? { beyond: 'missing' as const, leastLag: 0 } : context
    const all = new Set([...legalLags(rule, options.lags), ...options.seasons.map((k) => legalSeason(rule, season, k))])
    const statistics = [...all].map((lag) => ({ name: of, lag, kernel: copyValues }))
    return [statisticsTask(context, { family: 'lags', of }, statistics)]
  },
}
