import { z } from 'zod'
import type { Unit } from '../../../core/calendar.ts'
import { ForetideError } from '../../../core/errors.ts'

/** Periods that a network sees where nothing else is said: a few of the main seasons. */
const CONTEXT: { readonly [U in Unit]: number } = { hour: 168, day: 28, week: 52, month: 24, quarter: 12, year: 10 }

const schema = z.strictObject({
  /** Periods seen up to the origin; chosen by the length of period unless given. */
  context: z.int().min(1),
  /** Steps answered; the window's unless given. */
  horizon: z.int().min(1),
  /** What numbers of an example are in units of: the mean size of its context; moved to its mean and divided by its deviation; or neither. */
  scale: z.enum(['mean', 'standard', 'none']).default('mean'),
  /** Applied to the target before anything else; `log1p` keeps the sign. */
  transform: z.enum(['none', 'log1p']).default('none'),
  /** Past-only columns in units of the target, scaled as it is. */
  units: z.array(z.string()).default([]),
  /** Static columns or keys that together name groups of series, whose mood is a past-only column each. */
  groups: z.array(z.array(z.string()).min(1)).default([]),
  /** One of `units` that moods are of instead of the target. */
  groupsOf: z.string().optional(),
  /** Periods out of stock: as observed; missing in what is seen and in what is learned; or only not learned. */
  censored: z.enum(['keep', 'missing', 'weightless']).default('keep'),
  /** Whether each series is a category of its own. */
  identity: z.boolean().default(false),
  /** Values of other categories that no more series than this have count as unknown, so that a network learns what that means. */
  rare: z.int().min(0).default(0),
  /** Whether terms of the calendar, the age of the series, and the logarithm of its size are seen. */
  calendar: z.boolean().default(true),
  /** Cycles of the calendar that are seen; those that the panel holds twice unless given. */
  cycles: z.array(z.enum(['day', 'week', 'month', 'year'])).optional(),
  age: z.boolean().default(true),
  size: z.boolean().default(true),
  /** Whether columns with gaps have another that says where. */
  gaps: z.boolean().default(true),
  /** Standardised columns are kept within so many deviations. */
  clip: z.number().positive().default(10),
  /** Columns, statics and keys that are not looked at. */
  without: z.array(z.string()).default([]),
  /** How many of the newest periods are learned from; all unless given. */
  recent: z.int().min(1).optional(),
  /** Periods from one origin to the next. */
  every: z.int().min(1).default(1),
  /** Examples learned from at most; a random share of all otherwise. */
  maxExamples: z.int().min(1).default(4_000_000),
  /** Observed values that a context must have. */
  minHistory: z.int().min(1).default(1),
  /** Power of its level that an example weighs by, the mean being 1: 0 all the same, 1 as absolute errors in units do. */
  weighting: z.number().min(0).max(2).default(0),
})

/** How a panel becomes examples, as plain data. */
export type ExampleSettings = z.infer<typeof schema>
export type ExampleInput = Partial<z.input<typeof schema>>

/** Fills in defaults; refuses unknown and impossible options, naming them. */
export function exampleSettings(input: ExampleInput, unit: Unit, horizon: number): ExampleSettings {
  const parsed = schema.safeParse({ context: CONTEXT[unit], horizon, ...input })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refused(issue?.path.join('.') ?? '', issue?.message ?? '')
}

/** The error of an option that will not do. */
export const refused = (option: string, problem: string) =>
  new ForetideError('examples.option', { option, problem }, { fault: 'usage' })
