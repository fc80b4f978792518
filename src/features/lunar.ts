import { Lunar, Solar } from 'lunar-typescript'
import { z } from 'zod'
import { DAY, dayOf, placeOf, type Span, yearsOf } from './days.ts'
import { type FeatureFamily, knownFeature } from './family.ts'

/** Festivals by lunar month and day. */
const LUNAR_FESTIVALS = {
  springFestival: [1, 1],
  lanternFestival: [1, 15],
  dragonBoat: [5, 5],
  qixi: [7, 7],
  midAutumn: [8, 15],
  doubleNinth: [9, 9],
  laba: [12, 8],
} as const
export type LunarFestival = keyof typeof LUNAR_FESTIVALS
const NAMES = Object.keys(LUNAR_FESTIVALS) as [LunarFestival, ...LunarFestival[]]

const schema = z.strictObject({
  /** Whether to add lunar month (1 … 12), day, and whether the month is a leap one. */
  dates: z.boolean().default(true),
  festivals: z.array(z.enum(NAMES)).default(['springFestival', 'dragonBoat', 'qixi', 'midAutumn']),
  /** Days beyond which distances no longer grow. */
  cap: z.int().min(1).default(30),
})

/** The Chinese lunar calendar: month and day, and the days to and since the festivals that follow it. */
export const lunar: FeatureFamily<z.infer<typeof schema>> = {
  name: 'lunar',
  knownAhead: true,
  schema,
  plan({ dates, festivals, cap }) {
    const names = [
      ...(dates ? ['lunarMonth', 'lunarDay', 'lunarLeap'] : []),
      ...festivals.flatMap((name) => [name, `${name}_until`, `${name}_since`]),
    ]
    return [
      {
        kind: 'period',
        features: names.map((name) => knownFeature('lunar', name)),
        fill(timeline, lines) {
          let f = 0
          if (dates) {
            const [month, day, leap] = lines as readonly Float32Array[]
            let today = Number.NaN
            let date = lunarDate(0)
            for (let p = 0; p < timeline.count; p++) {
              const now = Math.floor((timeline.starts[p] as number) / DAY)
              if (now !== today) date = lunarDate(now)
              today = now
              if (month) month[p] = date.month
              if (day) day[p] = date.day
              if (leap) leap[p] = date.leap ? 1 : 0
            }
            f = 3
          }
          const years = yearsOf(timeline)
          for (const name of festivals) {
            const [during, until, since] = lines.slice(f, f + 3)
            placeOf(
              timeline,
              years.map((year) => lunarFestival(name, year)),
              cap,
              { during, until, since },
            )
            f += 3
          }
        },
      },
    ]
  },
}

/** The lunar date of a day number. */
export function lunarDate(day: number): { readonly month: number; readonly day: number; readonly leap: boolean } {
  const date = new Date(day * DAY)
  const found = Solar.fromYmd(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()).getLunar()
  return { month: Math.abs(found.getMonth()), day: found.getDay(), leap: found.getMonth() < 0 }
}

/** The day of a festival in the lunar year that begins in a given year. */
export function lunarFestival(name: LunarFestival, year: number): Span {
  const [month, day] = LUNAR_FESTIVALS[name]
  const solar = Lunar.fromYmd(year, month, day).getSolar()
  const at = dayOf(solar.getYear(), solar.getMonth(), solar.getDay())
  return { name, from: at, to: at }
}
