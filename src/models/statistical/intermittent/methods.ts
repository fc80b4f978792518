import type { Answer, LocalMethod } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { type Distribution, draw, hurdle, NOTHING, quantileOf } from './distribution.ts'
import { blockSums, type Events, eventsOf, meanGap } from './events.ts'
import { bestAlpha, fadingWeights, smoothed } from './smoothing.ts'

const NEEDS: Needs = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true }

/** Smoothing constant where it is not estimated, as in Syntetos and Boylan (2005). */
const ALPHA = 0.1
/** Syntetos and Boylan's correction of Croston's bias, 1 − α / 2. */
const CORRECTION = 1 - ALPHA / 2

/** What an intermittent method makes of a history. */
interface Rule<Options extends object> {
  /** Smoothing constants, estimated once. */
  readonly fit?: (events: Events) => readonly number[]
  /** The mean demand of a period. */
  readonly mean: (events: Events, parameters: Float64Array, options: Options) => number
}

/**
 * Croston's method: sizes and gaps smoothed apart with 0.1, their ratio the mean (Croston, 1972).
 *
 * As with all methods here, quantiles are those of a hurdle with that mean: the sizes seen, later ones weighing more, come with the
 * chance that gives it. Values below zero are refused.
 */
const croston = () => method('croston', { mean: ({ sizes, gaps }) => ratio(sizes, gaps, ALPHA, ALPHA) }, {})

/** Croston's method with smoothing constants between 0.1 and 0.3 of least squared error. */
const crostonOptimised = () =>
  method(
    'croston-optimised',
    {
      fit: ({ sizes, gaps }) => [bestAlpha(sizes), bestAlpha(gaps)],
      mean: ({ sizes, gaps }, [a = ALPHA, b = ALPHA]) => ratio(sizes, gaps, a, b),
    },
    {},
  )

/** Croston's method less its bias, 0.95 of its mean (Syntetos and Boylan, 2005). */
const crostonSba = () =>
  method('croston-sba', { mean: ({ sizes, gaps }) => CORRECTION * ratio(sizes, gaps, ALPHA, ALPHA) }, {})

/** What can be chosen of {@link tsb}. */
export interface TsbOptions {
  /** Smoothing constant of the sizes; 0.1 unless given. */
  readonly sizes?: number
  /** Smoothing constant of the chance of a demand; 0.1 unless given. */
  readonly chance?: number
}

/** Size and chance of a demand smoothed apart, the chance in every period, so that what dies out is seen to (Teunter, Syntetos and Babai, 2011). */
const tsb = (options: TsbOptions = {}) =>
  method(
    'tsb',
    {
      mean: ({ observed, sizes }, _, given) =>
        smoothed(sizes, given.sizes ?? ALPHA) *
        smoothed(
          observed.map((y) => (y > 0 ? 1 : 0)),
          given.chance ?? ALPHA,
        ),
    },
    options,
  )

/** The demand of blocks as long as the mean gap, smoothed and split evenly (Nikolopoulos et al., 2011). */
const adida = () =>
  method(
    'adida',
    {
      fit: (events) => [bestAlpha(blockSums(events.observed, meanGap(events)))],
      mean: (events, [alpha = ALPHA]) => aggregated(events, meanGap(events), alpha),
    },
    {},
  )

/** The mean of what blocks of every length up to the mean gap say (Petropoulos and Kourentzes, 2015). */
export const imapa = () =>
  method(
    'imapa',
    {
      fit: (events) => {
        const most = meanGap(events)
        return Array.from({ length: most }, (_, k) => bestAlpha(blockSums(events.observed, k + 1)))
      },
      mean: (events, alphas) => {
        let sum = 0
        for (let k = 0; k < alphas.length; k++) sum += aggregated(events, k + 1, alphas[k] as number)
        return sum / alphas.length
      },
    },
    {},
  )

/** What can be chosen of {@link fadingHurdle}. */
export interface HurdleOptions {
  /** How fast the chance of a demand forgets, a period; 0.1 unless given. */
  readonly chance?: number
  /** How fast sizes are forgotten, a demand; 0.2 unless given. */
  readonly sizes?: number
}

/**
 * The distribution of demand itself: the share of periods with a demand and the sizes seen, both fading with age, weights
 * summing to 1 so that the first value counts no more than its age allows.
 */
export const fadingHurdle = (options: HurdleOptions = {}): LocalMethod<HurdleOptions> => ({
  name: 'hurdle',
  needs: NEEDS,
  options,
  fit(series) {
    eventsOf(series.values)
    return new Float64Array(0)
  },
  forecast({ values, integer }, _, answer) {
    const { observed, sizes } = eventsOf(values)
    const periods = fadingWeights(observed.length, options.chance ?? ALPHA)
    let chance = 0
    for (let t = 0; t < observed.length; t++) if ((observed[t] as number) > 0) chance += periods[t] as number
    const weights = fadingWeights(sizes.length, options.sizes ?? 0.2)
    writeDistribution(hurdle(chance, sizes, weights, integer), chance * weighted(sizes, weights), answer)
  },
})

function method<Options extends object>(name: string, rule: Rule<Options>, options: Options): LocalMethod<Options> {
  return {
    name,
    needs: NEEDS,
    options,
    fit(series) {
      const events = eventsOf(series.values)
      return Float64Array.from(events.sizes.length > 0 ? (rule.fit?.(events) ?? []) : [])
    },
    forecast({ values, integer }, parameters, answer) {
      const events = eventsOf(values)
      if (events.sizes.length === 0) return writeDistribution(NOTHING, 0, answer)
      const mean = rule.mean(events, parameters, options)
      const weights = fadingWeights(events.sizes.length, ALPHA)
      const chance = mean / weighted(events.sizes, weights)
      writeDistribution(hurdle(chance, events.sizes, weights, integer), mean, answer)
    },
  }
}

function ratio(sizes: Float64Array, gaps: Float64Array, sizeAlpha: number, gapAlpha: number): number {
  return smoothed(sizes, sizeAlpha) / smoothed(gaps, gapAlpha)
}

function aggregated({ observed }: Events, block: number, alpha: number): number {
  return smoothed(blockSums(observed, block), alpha) / block
}

function weighted(values: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let k = 0; k < values.length; k++) sum += (values[k] as number) * (weights[k] as number)
  return sum
}

function writeDistribution(distribution: Distribution, mean: number, answer: Answer): void {
  const { horizon, levels, quantiles, sample, random } = answer
  answer.mean.fill(mean)
  for (let l = 0; l < levels.length; l++) {
    const q = quantileOf(distribution, levels[l] as number)
    for (let h = 0; h < horizon; h++) quantiles[h * levels.length + l] = q
  }
  for (let k = 0; k < sample.length; k++) sample[k] = draw(distribution, random)
}

/** The methods for intermittent demand, by name. */
export const INTERMITTENT = {
  croston: () => croston(),
  'croston-optimised': () => crostonOptimised(),
  'croston-sba': () => crostonSba(),
  tsb: (options?: TsbOptions) => tsb(options),
  adida: () => adida(),
  imapa: () => imapa(),
  hurdle: (options?: HurdleOptions) => fadingHurdle(options),
} as const
