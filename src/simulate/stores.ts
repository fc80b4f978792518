import { Random } from '../core/random.ts'
import type { Days } from './days.ts'
import type { Occasion } from './festivals.ts'
import type { Settings } from './options.ts'

/** What kind of place a shop is; it decides its week. */
const STORE_KINDS = ['mall', 'office', 'street', 'online'] as const
type StoreKind = (typeof STORE_KINDS)[number]

/** A shop and everything planted in it. */
export interface Store {
  readonly index: number
  readonly id: string
  readonly kind: StoreKind
  /** Index into the regions of the locale. */
  readonly region: number
  /** Multiplies the demand of every product. */
  readonly size: number
  /** First day of business; 0 or less when it was open all along. */
  readonly opened: number
  /** Monday 0 … Sunday 6, or undefined when it opens every day. */
  readonly closedWeekday: number | undefined
  /** Multiplies demand by weekday; mean 1. */
  readonly week: Float64Array
  /** 1 on days without business: weekly closing days and holidays; planned ahead over the horizon. */
  readonly closed: Uint8Array
  /** Days between two orders to the supplier, and on which of them it orders. */
  readonly review: number
  readonly phase: number
  /** Share of demand lost on the heaviest day of rain, times the product's own sensitivity. */
  readonly exposure: number
}

export const REGIONS = {
  CN: ['North', 'East', 'South', 'West'],
  US: ['Northeast', 'South', 'Midwest', 'West'],
} as const satisfies { readonly [L in Settings['locale']]: readonly string[] }

const WEEKS: { readonly [K in StoreKind]: readonly number[] } = {
  mall: [0.8, 0.78, 0.82, 0.88, 1.1, 1.4, 1.22],
  office: [1.15, 1.18, 1.2, 1.18, 1.2, 0.62, 0.47],
  street: [0.92, 0.92, 0.95, 0.98, 1.08, 1.15, 1],
  online: [1.08, 1.02, 1, 0.98, 0.92, 0.95, 1.05],
}

/** Draws the shop of an index; the same shop whatever the number of shops. */
export function drawStore(settings: Settings, days: Days, occasions: readonly Occasion[], index: number): Store {
  const random = Random.of(settings.seed, `store:${index}`)
  const kind = STORE_KINDS[index % STORE_KINDS.length] as StoreKind
  const week = new Float64Array(7)
  for (let w = 0; w < 7; w++) week[w] = (WEEKS[kind][w] as number) * Math.exp(0.05 * random.normal())
  const mean = week.reduce((a, b) => a + b, 0) / 7
  for (let w = 0; w < 7; w++) week[w] = (week[w] as number) / mean
  const closedWeekday = kind === 'office' ? 6 : kind === 'street' && random.uniform() < 0.5 ? 0 : undefined
  const review = random.uniform() < 0.5 ? 1 : 3
  return {
    index,
    id: `S${String(index + 1).padStart(Math.max(2, String(settings.stores).length), '0')}`,
    kind,
    region: Math.floor(index / 2) % REGIONS[settings.locale].length,
    size: (kind === 'online' ? 1.8 : 1) * Math.exp(0.35 * random.normal()),
    opened: kind === 'street' ? Math.round(days.history * (0.1 + 0.4 * random.uniform())) : 0,
    closedWeekday,
    week,
    closed: closedDays(kind, closedWeekday, days, occasions),
    review,
    phase: random.integer(review),
    exposure: kind === 'online' ? -0.3 : 1,
  }
}

function closedDays(
  kind: StoreKind,
  weekday: number | undefined,
  days: Days,
  occasions: readonly Occasion[],
): Uint8Array {
  const closed = new Uint8Array(days.total)
  if (weekday !== undefined) for (let t = 0; t < days.total; t++) if (days.weekday[t] === weekday) closed[t] = 1
  if (kind !== 'online')
    for (const { festival, day } of occasions)
      for (let t = Math.max(0, day); t < Math.min(days.total, day + festival.closes); t++) closed[t] = 1
  return closed
}
