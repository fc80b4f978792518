import { type Days, daysOf } from './days.ts'
import { type Mood, moodCurves, type Occasion, occasionsOf } from './festivals.ts'
import { FAMILY_SIZE } from './item.ts'
import type { Settings } from './options.ts'
import { drawWeather, type Weather } from './signals.ts'
import { drawStore, type Store } from './stores.ts'

/** What all products of a marketplace share. */
export interface Market {
  readonly settings: Settings
  readonly days: Days
  readonly occasions: readonly Occasion[]
  readonly moods: { readonly [M in Mood]: Float64Array }
  readonly stores: readonly Store[]
  /** One a region. */
  readonly weather: readonly Weather[]
  /** What payday and the end of the month multiply demand by. */
  readonly payday: Float64Array
  /** 1 on paydays. */
  readonly paydays: Uint8Array
  readonly families: number
}

/** The days of the month on which wages come; 0 is the last. */
const PAYDAYS: { readonly [L in Settings['locale']]: readonly number[] } = { CN: [10], US: [15, 0] }

/** Lays out the shops, calendar and weather of a marketplace. */
export function openMarket(settings: Settings): Market {
  const days = daysOf(settings.start, settings.days, settings.horizon)
  const occasions = occasionsOf(settings.locale, days)
  const { payday, paydays } = paydayOf(days, settings.locale)
  return {
    settings,
    days,
    occasions,
    moods: moodCurves(occasions, days.total),
    stores: Array.from({ length: settings.stores }, (_, i) => drawStore(settings, days, occasions, i)),
    weather: drawWeather(settings, days),
    payday,
    paydays,
    families: Math.ceil(settings.items / FAMILY_SIZE),
  }
}

function paydayOf(days: Days, locale: Settings['locale']) {
  const payday = new Float64Array(days.total)
  const paydays = new Uint8Array(days.total)
  let felt = 0
  for (let t = 0; t < days.total; t++) {
    const day = days.dayOfMonth[t] as number
    const isPayday = PAYDAYS[locale].some((p) => day === (p || days.daysInMonth[t]))
    felt = isPayday ? 0.12 : felt * 0.7
    paydays[t] = isPayday ? 1 : 0
    payday[t] = Math.exp(felt)
  }
  return { payday, paydays }
}
