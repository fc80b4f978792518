import { z } from 'zod'
import type { Unit } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { FAMILIES, type FamilyName, familyOf } from './families.ts'
import { BEYOND, type Beyond } from './family.ts'

/** One family of a specification and its options, all on one level. */
type FamilySpec = { readonly family: FamilyName } & Readonly<Record<string, unknown>>

/** Which features to make, as plain data that can be written down as JSON; made by {@link featureSpec}. */
export interface FeatureSpec {
  /** The smallest lag that past-only features may have under `shift`; the horizon, so that every step has them, unless given. */
  readonly leastLag?: number
  readonly beyond: Beyond
  /** Whether sales of periods out of stock count as observed demand. */
  readonly censored: 'keep' | 'missing'
  readonly families: readonly FamilySpec[]
}

const names = Object.keys(FAMILIES) as [FamilyName, ...FamilyName[]]
const frame = z.strictObject({
  leastLag: z.int().min(1).optional(),
  beyond: z.enum(BEYOND).default('shift'),
  censored: z.enum(['keep', 'missing']).default('keep'),
  families: z.array(z.looseObject({ family: z.enum(names) })).min(1),
})

/**
 * Validates a specification and fills in what it leaves open; refuses unknown families and options, naming the place.
 *
 * @example
 * featureSpec({ families: [{ family: 'lags', lags: [1, 7] }, { family: 'calendar' }] }).beyond // → 'shift'
 */
export function featureSpec(input: unknown): FeatureSpec {
  const { leastLag, families, ...rest } = valid(frame, input, [])
  return {
    ...rest,
    ...(leastLag === undefined ? {} : { leastLag }),
    families: families.map(({ family, ...options }, i) => ({
      family,
      ...valid(familyOf(family).schema, options, ['families', i]),
    })),
  }
}

function valid<T>(schema: z.ZodType<T>, input: unknown, path: readonly (string | number)[]): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ForetideError(
    'features.spec',
    { where: [...path, ...(issue?.path ?? [])].join('.') || '.', what: issue?.message ?? '' },
    { fault: 'usage' },
  )
}

/** What the default specification depends on beside the length of period. */
export interface DefaultSpecOptions {
  /** Country of the public holidays; none without. */
  readonly country?: string
  /** Column of a price, and of a promotion plan known ahead; their families are left out without. */
  readonly price?: string
  readonly promotion?: string
  /** Whether the panel has static columns to encode. */
  readonly statics?: boolean
}

interface Default {
  readonly lags: readonly number[]
  readonly seasons: readonly number[]
  readonly windows: readonly number[]
  readonly seasonMeans: readonly number[]
  readonly halfLives: readonly number[]
  readonly fourier: readonly { readonly period: number; readonly order: number }[]
  readonly days: boolean
}

const DEFAULTS: { readonly [U in Unit]: Default } = {
  hour: {
    lags: [1, 2, 3, 24],
    seasons: [1, 2, 7],
    windows: [6, 24, 168],
    seasonMeans: [7],
    halfLives: [12, 72],
    fourier: [{ period: 168, order: 3 }],
    days: true,
  },
  day: {
    lags: [1, 2, 3],
    seasons: [1, 2, 4],
    windows: [7, 14, 28, 56],
    seasonMeans: [4, 8],
    halfLives: [3, 14],
    fourier: [{ period: 365.25, order: 3 }],
    days: true,
  },
  week: {
    lags: [1, 2, 3, 4],
    seasons: [1],
    windows: [4, 8, 13, 26],
    seasonMeans: [2],
    halfLives: [2, 8],
    fourier: [{ period: 52.18, order: 3 }],
    days: true,
  },
  month: {
    lags: [1, 2, 3],
    seasons: [1, 2],
    windows: [3, 6, 12],
    seasonMeans: [2],
    halfLives: [2, 6],
    fourier: [{ period: 12, order: 2 }],
    days: false,
  },
  quarter: {
    lags: [1, 2],
    seasons: [1, 2],
    windows: [4, 8],
    seasonMeans: [2],
    halfLives: [2],
    fourier: [{ period: 4, order: 1 }],
    days: false,
  },
  year: { lags: [1, 2], seasons: [], windows: [3], seasonMeans: [], halfLives: [2], fourier: [], days: false },
}

/** A specification that suits most shops at a length of period: history, calendar, and whatever columns are known ahead. */
export function defaultSpec(unit: Unit, options: DefaultSpecOptions = {}): FeatureSpec {
  const { lags, seasons, windows, seasonMeans, halfLives, fourier, days } = DEFAULTS[unit]
  const { country, price, promotion, statics = false } = options
  const when = (some: boolean, family: FamilyName, given: object = {}) => (some ? [{ family, ...given }] : [])
  return featureSpec({
    families: [
      { family: 'lags', lags, seasons },
      { family: 'rolling', windows, stats: ['mean', 'std', 'max', 'activeShare'] },
      ...when(seasonMeans.length > 0, 'seasonal', { counts: seasonMeans }),
      { family: 'exponential', halfLives },
      { family: 'recency' },
      { family: 'age' },
      { family: 'calendar' },
      ...when(fourier.length > 0, 'fourier', { seasons: fourier }),
      ...when(days && country !== undefined, 'holidays', { country }),
      ...when(days && country === 'CN', 'lunar', {}),
      ...when(days && country !== undefined, 'shopping'),
      { family: 'column' },
      ...when(price !== undefined, 'price', { of: price }),
      ...when(promotion !== undefined, 'promotion', { of: promotion }),
      ...when(statics, 'category'),
      ...when(statics, 'targetEncoding'),
    ],
  })
}
