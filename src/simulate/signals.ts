import { Random } from '../core/random.ts'
import type { Days } from './days.ts'
import type { Settings } from './options.ts'
import { REGIONS } from './stores.ts'

/** The weather of a region on each day. */
export interface Weather {
  /** Degrees Celsius. */
  readonly temperature: Float64Array
  /** How much warmer than normal for the day of the year. */
  readonly anomaly: Float64Array
  /** Millimetres. */
  readonly rain: Float64Array
}

const CLIMATE: { readonly [R in string]: readonly [mean: number, swing: number] } = {
  North: [12, 15],
  East: [17, 12],
  South: [22, 8],
  West: [16, 11],
  Northeast: [11, 13],
  Midwest: [10, 15],
}

/** Draws the weather of every region of the locale. */
export function drawWeather(settings: Settings, days: Days): Weather[] {
  return REGIONS[settings.locale].map((region) => {
    const random = Random.of(settings.seed, `weather:${region}`)
    const [mean, swing] = CLIMATE[region] ?? [15, 12]
    const weather = {
      temperature: new Float64Array(days.total),
      anomaly: new Float64Array(days.total),
      rain: new Float64Array(days.total),
    }
    let anomaly = 0
    let wet = false
    for (let t = 0; t < days.total; t++) {
      const normal = mean - swing * Math.cos((2 * Math.PI * ((days.dayOfYear[t] as number) - 20)) / 365.25)
      anomaly = 0.8 * anomaly + 1.8 * random.normal()
      wet = random.uniform() < (wet ? 0.55 : 0.2)
      const temperature = Math.round((normal + anomaly) * 10) / 10
      weather.temperature[t] = temperature
      weather.anomaly[t] = temperature - normal
      weather.rain[t] = wet ? Math.round(80 * random.gamma(0.9)) / 10 : 0
    }
    return weather
  })
}

/** How many days the search index runs ahead of demand. */
const SEARCH_LEAD = 3
/** Effect of one unit of interest on the logarithm of demand. */
export const SEARCH_EFFECT = 0.18

/** The public's interest in a family of products, with mean 0 and standard deviation 1, `SEARCH_LEAD` days longer than the rest. */
export function drawInterest(total: number, random: Random): Float64Array {
  const interest = new Float64Array(total + SEARCH_LEAD)
  let z = random.normal()
  const keep = 0.95
  for (let t = 0; t < interest.length; t++) {
    interest[t] = z
    z = keep * z + Math.sqrt(1 - keep * keep) * random.normal()
  }
  return interest
}

/** The search index that shows the interest of `SEARCH_LEAD` days later, with noise; around 50. */
export function searchIndex(interest: Float64Array, total: number, random: Random): Float64Array {
  const index = new Float64Array(total)
  for (let t = 0; t < total; t++)
    index[t] = Math.round(500 * Math.exp(0.3 * (interest[t + SEARCH_LEAD] as number) + 0.04 * random.normal())) / 10
  return index
}
