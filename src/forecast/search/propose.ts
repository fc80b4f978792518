import { Random } from '../../core/random.ts'
import { promising } from './parzen.ts'
import { chosenBy, valueAt, withDefaults } from './place.ts'
import type { ParameterValues, SearchSpace } from './space.ts'

/** Who thought of a candidate. */
export type ProposedBy = 'default' | 'spread' | 'model'

/** A candidate to be tried. */
export interface Proposal {
  readonly values: ParameterValues
  readonly by: ProposedBy
}

/** A candidate that was tried, and how much it cost; infinite where it failed, absent where it was not tried on the rung in question. */
export interface Tried {
  readonly values: ParameterValues
  readonly cost?: number
}

/** The share of candidates that counts as good. */
const GOOD = 0.2
/** Of candidates proposed by the model, every so manieth is spread out instead, lest a false trail be followed for ever. */
const SPREAD_EVERY = 4
/** Points looked through for one that was not tried before the space is taken for exhausted. */
const LOOKS = 500

/**
 * The candidate to try next: first the default, then points spread out evenly, then ones like those that were good.
 *
 * Depends on seed and what was tried alone. Never proposes values twice; undefined when there are no others.
 */
export function propose(
  space: SearchSpace,
  tried: readonly Tried[],
  startup: number,
  seed: number,
): Proposal | undefined {
  const number = tried.length
  if (number === 0) return { values: {}, by: 'default' }
  // What only spells the default out is the default.
  const keyIn = (values: ParameterValues) => keyOf(withDefaults(space, values))
  const seen = new Set(tried.map(({ values }) => keyIn(values)))
  const fresh = (values: ParameterValues) => !seen.has(keyIn(values))
  const told = tried.filter(({ cost }) => cost !== undefined)
  if (told.length >= startup && (number - startup) % SPREAD_EVERY !== SPREAD_EVERY - 1) {
    const values = told.sort((a, b) => compare(a.cost, b.cost)).map((one) => one.values)
    const good = Math.max(2, Math.ceil(GOOD * values.length))
    const found = promising(space, values.slice(0, good), values.slice(good), Random.of(seed, `search:${number}`)).find(
      fresh,
    )
    if (found) return { values: found, by: 'model' }
  }
  const points = spreadOut(Object.keys(space).length, seed)
  for (let look = 0; look < LOOKS; look++) {
    const point = points(number + look * look)
    const values = chosenBy(space, (parameter, _, index) => valueAt(parameter, point[index] as number))
    if (fresh(values)) return { values, by: 'spread' }
  }
  return undefined
}

const compare = (a = 0, b = 0) => (a === b ? 0 : a - b)

/** The same text for equal values, in the order of the space. */
export const keyOf = (values: ParameterValues): string => JSON.stringify(values)

/**
 * Points of a unit cube that fill it evenly, by number: the additive recurrence on the powers of the root of x^(d + 1) = x + 1 (Roberts,
 * 2018), shifted by the seed.
 */
function spreadOut(dimensions: number, seed: number): (number: number) => number[] {
  let root = 2
  for (let k = 0; k < 40; k++) root = (1 + root) ** (1 / (dimensions + 1))
  const random = Random.of(seed, 'search:shift')
  const axes = Array.from({ length: dimensions }, (_, k) => ({ shift: random.uniform(), stride: root ** -(k + 1) }))
  return (number) => axes.map(({ shift, stride }) => (shift + number * stride) % 1)
}
