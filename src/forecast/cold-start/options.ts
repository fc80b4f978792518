import { z } from 'zod'
import type { Calendar } from '../../core/calendar.ts'
import { ForetideError } from '../../core/errors.ts'

const share = z.number().min(0).max(1)

const schema = z.strictObject({
  /** Series with fewer observed periods than this are answered; about four weeks unless given. */
  below: z.int().min(1).optional(),
  /** The key that names products; found by its name, else the last one. */
  product: z.string().optional(),
  /** Static columns that set products apart (category, brand, …); all that are the same wherever a product is sold unless given. */
  categories: z.array(z.string()).optional(),
  /** Static columns that hold texts (name, attributes, …); found by what they hold unless given. */
  texts: z.array(z.string()).optional(),
  /** The column of prices, static or not; found by its name unless given. */
  price: z.string().optional(),
  /** Periods after which what was observed counts half for a level; about six weeks unless given. */
  halfLife: z.number().positive().optional(),
  /** How far the level of a product wanders in the long run, as the variance of its logarithm. */
  drift: z.number().min(0).default(0.05),
  /** How many neighbours a product has at the most. */
  neighbours: z.int().min(1).default(40),
  /** Series whose demand has died out with at least this chance are answered too; 1 answers none of them. */
  discontinued: share.default(0.9),
  /** Whether how much each likeness counts is learned from the catalogue. */
  learn: z.boolean().default(true),
})

/** How the cold start goes; everything has a default. */
export type ColdStartOptions = z.input<typeof schema>
export type ColdStartSettings = z.output<typeof schema>

/** Fills in the defaults; refuses unknown options and values out of range with `coldStart.option`. */
export function settingsOf(options: ColdStartOptions): ColdStartSettings {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const option = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  throw new ForetideError('coldStart.option', { option, problem: issue?.message ?? '' }, { fault: 'usage' })
}

/** As many periods as some days are, at least one. */
export function periodsOf(days: number, { perYear }: Pick<Calendar, 'perYear'>): number {
  return Math.max(1, Math.round((days * perYear) / 365.25))
}
