import { z } from 'zod'
import type { Random } from '../../../core/random.ts'
import {
  add,
  concat,
  div,
  exp,
  less,
  log,
  maximum,
  mul,
  neg,
  sigmoid,
  slice,
  softplus,
  sqrt,
  sub,
  where,
} from '../../../tensor/graph/operators.ts'
import { logGamma } from '../../../tensor/graph/special.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { optionsOf } from '../architectures/options.ts'
import type { Head } from '../head.ts'
import { inOrder, partsOf } from './parts.ts'
import { betaBelow, gammaBelow, invertedCount } from './special.ts'

/** Least mean in units of the level, and least dispersion. */
const LEAST_MEAN = 1e-5
const LEAST_DISPERSION = 1e-3
/** Counts up to which chances are added one after the other. */
const ADDED = 2000

/** A distribution of counts by a mean in units, and a dispersion for those that have one. */
interface CountFamily {
  readonly width: number
  readonly transform: (raw: Float) => Float
  /** The logarithm of the chance of a count, and of none, from outputs and the mean in units. */
  readonly logChance: (parts: readonly Float[], mean: Float, truth: Float) => Float
  readonly logNone: (parts: readonly Float[], mean: Float) => Float
  /** The chance of none, and of a count relative to that of the one before. */
  readonly none: (mean: number, dispersion: number) => number
  readonly ratio: (k: number, mean: number, dispersion: number) => number
  /** The chance of a count or less, by an incomplete function. */
  readonly below: (k: number, mean: number, dispersion: number) => number
  readonly variance: (mean: number, dispersion: number) => number
  readonly draw: (mean: number, dispersion: number, random: Random) => number
}

/** Truths in units; returns count as no demand. */
const unitsOf = (truth: Float, level: Float) => maximum(mul(truth, level), 0)

const meanOf = (raw: Float) => add(softplus(slice(raw, -1, 0, 1)), LEAST_MEAN)

const FAMILIES = {
  poisson: {
    width: 1,
    transform: meanOf,
    logChance: (_, mean, truth) => sub(sub(mul(truth, log(mean)), mean), logGamma(add(truth, 1))),
    logNone: (_, mean) => neg(mean),
    none: (mean) => Math.exp(-mean),
    ratio: (k, mean) => mean / k,
    below: (k, mean) => 1 - gammaBelow(k + 1, mean),
    variance: (mean) => mean,
    draw: (mean, _, random) => random.poisson(mean),
  },
  negativeBinomial: {
    width: 2,
    transform: (raw) => concat([meanOf(raw), add(softplus(slice(raw, -1, 1, 2)), LEAST_DISPERSION)]),
    logChance([, dispersion], mean, truth) {
      const size = div(1, dispersion as Float)
      const all = log(add(size, mean))
      const ways = sub(sub(logGamma(add(truth, size)), logGamma(size)), logGamma(add(truth, 1)))
      return add(add(ways, mul(size, sub(log(size), all))), mul(truth, sub(log(mean), all)))
    },
    logNone([, dispersion], mean) {
      const size = div(1, dispersion as Float)
      return neg(mul(size, log(add(mul(mean, dispersion as Float), 1))))
    },
    none: (mean, dispersion) => (1 + mean * dispersion) ** (-1 / dispersion),
    ratio: (k, mean, dispersion) => (((k - 1 + 1 / dispersion) / k) * mean) / (mean + 1 / dispersion),
    below: (k, mean, dispersion) => betaBelow(1 / dispersion, k + 1, 1 / (1 + mean * dispersion)),
    variance: (mean, dispersion) => mean * (1 + mean * dispersion),
    draw: (mean, dispersion, random) => random.negativeBinomial(mean, 1 / dispersion),
  },
} as const satisfies Readonly<Record<string, CountFamily>>

/** The least count whose chance to be it or less reaches a level. */
function countAt(family: CountFamily, mean: number, dispersion: number, level: number): number {
  const deviation = Math.sqrt(family.variance(mean, dispersion))
  const chance = family.none(mean, dispersion)
  if (mean + 12 * deviation > ADDED || chance < 1e-290)
    return invertedCount((k) => family.below(k, mean, dispersion), level, mean + deviation)
  let term = chance
  let sum = chance
  let k = 0
  while (sum < level && k < 100 * ADDED) {
    k++
    term *= family.ratio(k, mean, dispersion)
    sum += term
    // What is left is below the precision of the sum.
    if (term < 1e-17 && k > mean) break
  }
  return k
}

const schema = z.strictObject({})

/** How a family of counts is a head; what is lost by a series does not grow with its size. */
function countHead(name: string, family: CountFamily, options: Readonly<Record<string, unknown>>): Head {
  const { width } = family
  const read = (outputs: ArrayLike<number>, from: number, level: number) =>
    [level * (outputs[from] as number), width > 1 ? (outputs[from + 1] as number) : 0] as const
  return inOrder({
    ...{ name, options, width, outputs: width, counts: true },
    transform: family.transform,
    loss(outputs, truth, level) {
      const parts = partsOf(outputs)
      const lost = neg(family.logChance(parts, mul(parts[0] as Float, level), unitsOf(truth, level)))
      return width > 1 ? lost : div(lost, maximum(sqrt(level), 1))
    },
    mean: (outputs, from) => outputs[from] as number,
    quantile(outputs, from, level, at) {
      const [mean, dispersion] = read(outputs, from, level)
      return countAt(family, mean, dispersion, at) / level
    },
    sample(outputs, from, level, random) {
      const [mean, dispersion] = read(outputs, from, level)
      return family.draw(mean, dispersion, random) / level
    },
  })
}

/**
 * Counts that come by themselves (Poisson, 1837): one number, their mean. The loss of a series is divided by the root of its level, with which it grows.
 *
 * @example
 * poisson().counts // → true
 */
export const poisson = (options: object = {}): Head =>
  countHead('poisson', FAMILIES.poisson, optionsOf('poisson', schema, options))

/**
 * Counts that vary more than by themselves: mean, and a dispersion, the variance being mean + dispersion · mean² (as in DeepAR, Salinas et al., 2020).
 *
 * @example
 * negativeBinomial().width // → 2
 */
export const negativeBinomial = (options: object = {}): Head =>
  countHead('negativeBinomial', FAMILIES.negativeBinomial, optionsOf('negativeBinomial', schema, options))

const inflated = z.strictObject({
  /** What counts are where there can be any. */
  base: z.enum(['poisson', 'negativeBinomial']).default('negativeBinomial'),
})

/**
 * Counts that some periods cannot have: with some chance nothing, else a Poisson or negative binomial count, which may be 0, too (Lambert, 1992).
 *
 * @example
 * zeroInflated({ base: 'poisson' }).width // → 2
 */
export function zeroInflated(options: object = {}): Head {
  const chosen = optionsOf('zeroInflated', inflated, options)
  const family: CountFamily = FAMILIES[chosen.base]
  const { width: inner } = family
  const width = inner + 1
  const read = (outputs: ArrayLike<number>, from: number, level: number) =>
    [
      level * (outputs[from] as number),
      inner > 1 ? (outputs[from + 1] as number) : 0,
      outputs[from + inner] as number,
    ] as const
  return inOrder({
    ...{ name: 'zeroInflated', options: chosen, width, outputs: width, counts: true },
    transform: (raw) => concat([family.transform(raw), sigmoid(slice(raw, -1, inner))]),
    loss(outputs, truth, level) {
      const parts = partsOf(outputs)
      const never = parts[inner] as Float
      const mean = mul(parts[0] as Float, level)
      const open = maximum(sub(1, never), 1e-7)
      const units = unitsOf(truth, level)
      const isNone = less(units, 0.5)
      const some = add(log(open), family.logChance(parts, mean, units))
      const none = log(add(never, mul(open, exp(family.logNone(parts, mean)))))
      const lost = neg(where(isNone, none, some))
      return inner > 1 ? lost : div(lost, maximum(sqrt(level), 1))
    },
    mean: (outputs, from) => (outputs[from] as number) * (1 - (outputs[from + inner] as number)),
    quantile(outputs, from, level, at) {
      const [mean, dispersion, never] = read(outputs, from, level)
      const left = (at - never) / (1 - never)
      return left <= 0 ? 0 : countAt(family, mean, dispersion, left) / level
    },
    sample(outputs, from, level, random) {
      const [mean, dispersion, never] = read(outputs, from, level)
      return random.uniform() < never ? 0 : family.draw(mean, dispersion, random) / level
    },
  })
}
