import { z } from 'zod'
import { ForetideError } from '../../core/errors.ts'
import type { Panel } from '../../core/panel.ts'

/** The ways in which demand is recovered. */
const WAYS = ['combined', 'share', 'bound', 'similar'] as const
export type Way = (typeof WAYS)[number]

const schema = z.strictObject({
  /**
   * `combined` weighs all that is known of a day; the others show one source alone: `share` is sales over the share of the day in
   * stock, `bound` knows only that demand was at least the sales, `similar` is what was usual that day for the series and its like.
   */
  way: z.enum(WAYS).default('combined'),
  /** A past column with the hours (or another part) of a period that were out of stock, and how many hours there are to sell in. */
  hoursOut: z.strictObject({ column: z.string(), of: z.number().positive() }).optional(),
  /** A past column with the share of the usual demand that falls into the hours in stock, between 0 and 1. */
  share: z.string().optional(),
  /** Relative demand of each opening hour, the first first, for `hoursOut`: shelves are taken to empty towards the end of the day. */
  profile: z.array(z.number().min(0)).min(1).optional(),
  /** Shares below this say too little of demand: `share` alone divides by no less. */
  leastShare: z.number().min(0.01).max(1).default(0.25),
  /** How well shares are known: that of a day scatters about its profile like the mean of this many equal parts. Few were right on groceries. */
  trust: z.number().positive().default(2),
  /** Sets of keys or categorical statics whose series are alike day by day; all together, and each key and static, unless given. */
  groups: z.array(z.array(z.string())).optional(),
  /** Columns that move demand; all known-ahead numbers but `closed` unless given. */
  drivers: z.array(z.string()).optional(),
  /** How often demand and what is usual are estimated from each other. */
  rounds: z.int().min(1).max(50).default(6),
})

/** Everything that can be chosen, filled in. */
export type HiddenDemandSettings = Readonly<z.output<typeof schema>>

/** What a caller gives; `hourly` is a panel by the hour of the same series, the mask of which says when each was out of stock. */
export type HiddenDemandOptions = Readonly<z.input<typeof schema>> & { readonly hourly?: Panel }

/** Fills in the defaults; refuses unknown options and values out of range with `hiddenDemand.option`. */
export function hiddenDemandSettings({ hourly: _, ...given }: HiddenDemandOptions = {}): HiddenDemandSettings {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const option = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  throw new ForetideError('hiddenDemand.option', { option, problem: issue?.message ?? '' }, { fault: 'usage' })
}
