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

/** One holiday, its English and local names joined by `|`. */
interface Holiday extends Span {
  readonly type: string
}

/** Worked out once a place and year: the rules are slow, and every block of a panel asks again. */
const found = new Map<string, readonly Holiday[]>()

/** The holidays of some years, of the types wanted. */
export function holidaysOf(options: Options, years: readonly number[]): Span[] {
  const { country, state = '', region = '', types } = options
  const place = [country.toUpperCase(), state, region].filter(Boolean).join('-')
  let rules: Holidays | undefined
  return years.flatMap((year) => {
    let all = found.get(`${place} ${year}`)
    if (!all) {
      rules ??= rulesOf(country.toUpperCase(), state, region, place)
      all = holidaysIn(rules, year)
      found.set(`${place} ${year}`, all)
    }
    return all.filter(({ type }) => (types as readonly string[]).includes(type))
  })
}

function rulesOf(country: string, state: string, region: string, place: string): Holidays {
  const rules = new Holidays()
  if (country in rules.getCountries()) rules.init(country, state, region)
  if (!rules.getRules()?.length) throw new ForetideError('features.country', { country: place })
  return rules
}

function holidaysIn(rules: Holidays, year: number): Holiday[] {
  const local = rules.getHolidays(year)
  // Asking in another language changes the rules' language for good.
  const english = new Map(rules.getHolidays(year, 'en').map((h) => [`${h.rule}${h.date}`, h.name]))
  rules.setLanguages([])
  return local.map(({ date, start, end, name, rule, type }) => {
    // The length comes from instants, which a change of clocks makes an hour longer or shorter.
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY))
    const from = dayOfText(date)
    return { name: `${english.get(`${rule}${date}`) ?? ''}|${name}`, from, to: from + length - 1, type }
  })
}
