import { z } from 'zod'
import { type DayNumber, dayOf, dayOfText, placeOf, type Span, yearsOf } from './days.ts'
import { type FeatureFamily, knownFeature } from './family.ts'
import { lunarFestival } from './lunar.ts'

/** The n-th (1 …) weekday (Monday = 0) of a month. */
function nthWeekday(year: number, month: number, weekday: number, n: number): DayNumber {
  const first = dayOf(year, month, 1)
  return first + ((weekday - ((first + 3) % 7) + 7) % 7) + 7 * (n - 1)
}
const between = (name: string, from: DayNumber, to = from): Span => ({ name, from, to })
const thanksgiving = (year: number) => nthWeekday(year, 11, 3, 4)

/** Shopping festivals by the days of a year on which their sales run. */
export const SHOPPING = {
  /** The two weeks before the lunar new year, when gifts and stores for it are bought. */
  springFestivalShopping: (y) => {
    const { from } = lunarFestival('springFestival', y)
    return between('springFestivalShopping', from - 14, from - 1)
  },
  midYear618: (y) => between('midYear618', dayOf(y, 6, 1), dayOf(y, 6, 18)),
  singlesDay: (y) => between('singlesDay', dayOf(y, 11, 11)),
  double11: (y) => between('double11', dayOf(y, 11, 1), dayOf(y, 11, 11)),
  double12: (y) => between('double12', dayOf(y, 12, 12)),
  blackFriday: (y) => between('blackFriday', thanksgiving(y) + 1),
  cyberMonday: (y) => between('cyberMonday', thanksgiving(y) + 4),
  cyberWeek: (y) => between('cyberWeek', thanksgiving(y), thanksgiving(y) + 4),
  valentine: (y) => between('valentine', dayOf(y, 2, 14)),
  christmasShopping: (y) => between('christmasShopping', dayOf(y, 12, 1), dayOf(y, 12, 24)),
} satisfies Record<string, (year: number) => Span>
type ShoppingFestival = keyof typeof SHOPPING
const NAMES = Object.keys(SHOPPING) as [ShoppingFestival, ...ShoppingFestival[]]

const date = z.iso.date()
const schema = z.strictObject({
  festivals: z
    .array(z.enum(NAMES))
    .default(['midYear618', 'double11', 'singlesDay', 'double12', 'blackFriday', 'cyberMonday']),
  /** The shop's own events, both days within them; events of one name are one column. */
  own: z.array(z.strictObject({ name: z.string().min(1), from: date, to: date })).default([]),
  /** Days of lead-up before an event that are told apart. */
  before: z.int().min(1).default(21),
  /** Days after an event over which its effect fades: half of it is left after a third of them. */
  after: z.int().min(1).default(14),
})

/**
 * Shopping festivals and the shop's own events: days of the period within, days until (at most `before`), days since (at most
 * `after`), and a share that fades from 1 at the end of an event towards 0.
 */
export const shopping: FeatureFamily<z.infer<typeof schema>> = {
  name: 'shopping',
  knownAhead: true,
  schema,
  plan({ festivals, own, before, after }) {
    const names = [...festivals, ...new Set(own.map(({ name }) => name))]
    return [
      {
        kind: 'period',
        features: names.flatMap((name) =>
          [name, `${name}_until`, `${name}_since`, `${name}_fading`].map((n) => knownFeature('shopping', n)),
        ),
        fill(timeline, lines) {
          const years = yearsOf(timeline)
          names.forEach((name, f) => {
            const spans =
              name in SHOPPING
                ? years.map(SHOPPING[name as ShoppingFestival])
                : own
                    .filter((event) => event.name === name)
                    .map(({ from, to }) => between(name, dayOfText(from), dayOfText(to)))
            const [during, until, since, fading] = lines.slice(4 * f, 4 * f + 4)
            const none = undefined
            placeOf(timeline, spans, before, { during, until, since: none })
            placeOf(timeline, spans, after, { during: none, until: none, since })
            for (let p = 0; p < timeline.count; p++) {
              const days = since?.[p] as number
              if (fading) fading[p] = days >= after ? 0 : 0.5 ** ((3 * days) / after)
            }
          })
        },
      },
    ]
  },
}
