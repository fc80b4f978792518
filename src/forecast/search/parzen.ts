import type { Random } from '../../core/random.ts'
import { chosenBy, placeOf, sizeOf, valueAt, withDefaults } from './place.ts'
import type { Parameter, ParameterValue, ParameterValues, SearchSpace } from './space.ts'

/** A kernel reaches this far where there is one candidate; less with more of them, by Scott's rule. */
const REACH = 0.2
/** How much of a choice's probability goes to the values that were not seen. */
const UNSEEN = 0.3
/** Candidates drawn from the good, of which the most promising is taken. */
const DRAWS = 24

/** A mixture of kernels, one around each candidate and an even one over the whole space, over all parameters together. */
interface Mixture {
  /** Candidates as places by name; a parameter that was not there is not in it. */
  readonly centres: readonly Readonly<Record<string, number>>[]
  readonly reach: number
}

/**
 * Draws candidates where good ones lie densely and bad ones do not: a tree-structured Parzen estimator (Bergstra et al., 2011), its
 * kernels over all parameters together as in BOHB (Falkner et al., 2018).
 *
 * `good` and `bad` are the values of candidates tried. Returns candidates, the most promising first.
 */
export function promising(
  space: SearchSpace,
  good: readonly ParameterValues[],
  bad: readonly ParameterValues[],
  random: Random,
): ParameterValues[] {
  const [near, far] = [mixtureOf(space, good), mixtureOf(space, bad)]
  const drawn = Array.from({ length: DRAWS }, () => {
    const values = drawFrom(space, near, random)
    const places = placesOf(space, values)
    return { values, gain: logDensity(space, near, places) - logDensity(space, far, places) }
  })
  return drawn.sort((a, b) => b.gain - a.gain).map(({ values }) => values)
}

function mixtureOf(space: SearchSpace, candidates: readonly ParameterValues[]): Mixture {
  const dimensions = Object.keys(space).length
  return {
    centres: candidates.map((values) => placesOf(space, withDefaults(space, values))),
    reach: REACH * Math.max(1, candidates.length) ** (-1 / (dimensions + 4)),
  }
}

function placesOf(space: SearchSpace, values: ParameterValues): Record<string, number> {
  const places: Record<string, number> = {}
  for (const [name, value] of Object.entries(values)) {
    const parameter = space[name]
    if (parameter) places[name] = placeOf(parameter, value)
  }
  return places
}

function drawFrom(space: SearchSpace, { centres, reach }: Mixture, random: Random): ParameterValues {
  // The last kernel is the even one.
  const centre = centres[random.integer(centres.length + 1)]
  return chosenBy(space, (parameter, name) => drawNear(parameter, centre?.[name], reach, random))
}

function drawNear(parameter: Parameter, centre: number | undefined, reach: number, random: Random): ParameterValue {
  if (centre === undefined) return valueAt(parameter, random.uniform())
  if (parameter.kind === 'choice')
    return random.uniform() < UNSEEN
      ? valueAt(parameter, random.uniform())
      : (parameter.values[centre] as ParameterValue)
  for (;;) {
    const place = centre + reach * random.normal()
    if (place >= 0 && place <= 1) return valueAt(parameter, place)
  }
}

function logDensity(space: SearchSpace, { centres, reach }: Mixture, places: Readonly<Record<string, number>>): number {
  let density = 1
  for (const centre of centres) {
    let product = 1
    for (const [name, place] of Object.entries(places))
      product *= kernel(space[name] as Parameter, centre[name], place, reach)
    density += product
  }
  return Math.log(density / (centres.length + 1))
}

/** The density of a place under a kernel, in units of the even one's. */
function kernel(parameter: Parameter, centre: number | undefined, place: number, reach: number): number {
  if (centre === undefined) return 1
  if (parameter.kind === 'choice') return UNSEEN + (place === centre ? (1 - UNSEEN) * sizeOf(parameter) : 0)
  const z = (place - centre) / reach
  const inside = normalShare((1 - centre) / reach) - normalShare(-centre / reach)
  return Math.exp(-0.5 * z * z) / (Math.sqrt(2 * Math.PI) * reach * inside)
}

/** The standard normal distribution function, by the logistic that comes within 0.0002 of it (Bowling et al., 2009). */
const normalShare = (z: number) => 1 / (1 + Math.exp(-0.07056 * z ** 3 - 1.5976 * z))
