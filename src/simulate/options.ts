import { z } from 'zod'
import { Calendar } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'

const share = z.number().min(0).max(1)

const schema = z.strictObject({
  /** How many products. */
  items: z.int().min(1).max(5_000_000),
  /** How many shops; each may sell every product. */
  stores: z.int().min(1).max(100_000),
  /** How many days of history. */
  days: z.int().min(28).max(36_600),
  /** The first day, as 2024-01-01. */
  start: z.iso.date(),
  seed: z.int(),
  /** How many days of prices, promotions and true demand are laid out past the last sale. */
  horizon: z.int().min(0).max(730),
  /** Whose festivals, holidays and regions the shops have. */
  locale: z.enum(['CN', 'US']),
  /** Share of the products that sell on few days (compound Poisson demand). */
  intermittentShare: share,
  /** Share of the products that sell in clusters (negative binomial demand with quiet and busy spells). */
  burstyShare: share,
  /** Share of the open shop days that end with an empty shelf, on average. */
  stockoutShare: z.number().min(0).max(0.6),
  /** Share of the products launched during the history or the horizon. */
  launchShare: share,
  /** Share of the products that are phased out during the history. */
  endShare: share,
  /** Share of the products that are advertised. */
  adShare: share,
  /** Bulk orders a shop day. */
  outlierRate: z.number().min(0).max(0.1),
  /** Share of the sales rows that are dropped, doubled or given an unreadable cell. */
  dirtRate: z.number().min(0).max(0.5),
  /** How many customers there are whose clicks can be seen. */
  customers: z.int().min(1).max(50_000_000),
  /** Share of the units sold whose way from view to purchase is written to the events. */
  eventRate: share,
  /** What the tables are written as. */
  format: z.enum(['csv', 'parquet']),
  /** Whether the planted truth of every day is written beside the data. */
  truth: z.boolean(),
})

/** Everything that can be chosen of a simulated marketplace, filled in. */
export type Settings = Readonly<z.output<typeof schema>>

const DEMO: Settings = {
  items: 60,
  stores: 4,
  days: 731,
  start: '2024-01-01',
  seed: 0,
  horizon: 28,
  locale: 'CN',
  intermittentShare: 0.15,
  burstyShare: 0.1,
  stockoutShare: 0.05,
  launchShare: 0.2,
  endShare: 0.1,
  adShare: 0.5,
  outlierRate: 0.0003,
  dirtRate: 0.002,
  customers: 2000,
  eventRate: 0.03,
  format: 'csv',
  truth: true,
}

/** Sizes that come up again and again, as data. */
const PRESETS = {
  /** 6 products × 2 shops × 420 days without dirt: for tests. */
  tiny: { ...DEMO, items: 6, stores: 2, days: 420, customers: 100, dirtRate: 0 },
  /** 60 products × 4 shops × 2 years: a shop to look at, in seconds. */
  demo: DEMO,
  /** 2,000 products × 20 shops × 2 years: 22 million rows of sales. */
  large: { ...DEMO, items: 2000, stores: 20, customers: 200_000, eventRate: 0.01, format: 'parquet' },
} satisfies Record<string, Settings>

/** What a caller gives: a preset (demo where none is named) and whatever should differ from it. */
export type SimulateOptions = { readonly preset?: keyof typeof PRESETS } & {
  readonly [K in keyof Settings]?: Settings[K] | undefined
}

/**
 * Fills in the preset and checks every option; refuses unknown options and values out of range with `simulate.option`.
 *
 * @example
 * settingsOf({ preset: 'tiny', seed: 1 }).items // → 6
 */
export function settingsOf(options: SimulateOptions = {}, seed?: number): Settings {
  const { preset = 'demo', ...given } = options
  const base: Settings | undefined = (PRESETS as Partial<Record<string, Settings>>)[preset]
  if (!base) throw refused('preset', `'${preset}' is not one of ${Object.keys(PRESETS).join(', ')}`)
  const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const parsed = schema.safeParse({ ...base, ...(seed === undefined ? {} : { seed }), ...wanted })
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const option = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
    throw refused(option, issue?.message ?? '')
  }
  if (parsed.data.intermittentShare + parsed.data.burstyShare > 1)
    throw refused('burstyShare', 'together with intermittentShare it exceeds 1')
  return parsed.data
}

/** The calendar of every simulated table: days. */
export const DAYS = new Calendar({ unit: 'day' })

function refused(option: string, problem: string): ForetideError {
  return new ForetideError('simulate.option', { option, problem }, { fault: 'usage' })
}
