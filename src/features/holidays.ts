import Holidays from 'date-holidays'
import { z } from 'zod'
import { ForetideError } from '../core/errors.ts'
import { DAY, dayOfText, placeOf, type Span, yearsOf } from './days.ts'
import { type FeatureFamily, knownFeature } from './family.ts'

const TYPES = ['public', 'bank', 'school', 'optional', 'observance'] as const

const schema = z.strictObject({
  /** ISO 3166 code, such as `CN`. */
  country: z.string().length(2),
  state: z.string().optional(),
  region: z.string().optional(),
  types: z.array(z.enum(TYPES)).default(['public']),
  /** Holidays that get columns of their own, by any of their names in English or the country's language. */
  names: z.array(z.string()).default([]),
  /** Days beyond which distances no longer grow. */
  cap: z.int().min(1).default(30),
})
type Options = z.infer<typeof schema>

/**
 * Public holidays of a country: how many of a period's days are one, and the days to the next and since the last.
 *
 * From the rules of `date-holidays`; working days moved for long weekends (调休) are not in them, so give those as events.
 * Refuses a country that has no rules.
 */
export const holidays: FeatureFamily<Options> = {
  name: 'holidays',
  knownAhead: true,
  schema,
  plan(options) {
    const { country, names, cap } = options
    const own = (name: string) => `holiday_${country}_${name}`
    return [
      {
        kind: 'period',
        features: [own('days'), own('until'), own('since'), ...names.map(own)].map((name) =>
          knownFeature('holidays', name),
        ),
        fill(timeline, [during, until, since, ...flags]) {
          const spans = holidaysOf(options, yearsOf(timeline))
          placeOf(timeline, spans, cap, { during, until, since })
          names.forEach((name, f) => {
            const named = spans.filter((span) => span.name.toLowerCase().includes(name.toLowerCase()))
            placeOf(timeline, named, cap, { during: flags[f], until: undefined, since: undefined })
          })
        },
      },
    ]
  },
}

/** The holidays of some years, their English and local names joined by `|`. */
export function holidaysOf(options: Options, years: readonly number[]): Span[] {
  const { country, state, region, types } = options
  const code = country.toUpperCase()
  const rules = new Holidays()
  if (code in rules.getCountries()) rules.init(code, state ?? '', region ?? '')
  if (!rules.getRules()?.length)
    throw new ForetideError('features.country', { country: [country, state, region].filter(Boolean).join('-') })
  const spans: Span[] = []
  for (const year of years) {
    const local = rules.getHolidays(year)
    // Asking in another language changes the rules' language for good.
    const english = new Map(rules.getHolidays(year, 'en').map((h) => [`${h.rule}${h.date}`, h.name]))
    rules.setLanguages([])
    for (const { date, start, end, name, rule, type } of local) {
      if (!(types as readonly string[]).includes(type)) continue
      // The length comes from instants, which a change of clocks makes an hour longer or shorter.
      const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY))
      const from = dayOfText(date)
      spans.push({ name: `${english.get(`${rule}${date}`) ?? ''}|${name}`, from, to: from + length - 1 })
    }
  }
  return spans
}
