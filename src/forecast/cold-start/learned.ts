import { at } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { hazardsOf } from './ending.ts'
import { baselineOf } from './history/baseline.ts'
import { type Catalogue, catalogueOf } from './history/catalogue.ts'
import { type Factors, fitFactors } from './history/factors.ts'
import type { History } from './history/gather.ts'
import { levelsOf } from './history/levels.ts'
import { type Lives, livesOf } from './history/lives.ts'
import { type Summing, sumsOf } from './history/sums.ts'
import { curveOf } from './likeness/curve.ts'
import { centreOf, type Kernel, opinionOf } from './likeness/kernel.ts'
import { learnKernel, usualKernel } from './likeness/learn.ts'
import { type Near, nearestTo } from './likeness/nearest.ts'
import { type References, referencesOf, traitsOf } from './likeness/references.ts'
import type { Traits } from './likeness/traits.ts'
import { type ColdStartSettings, periodsOf } from './options.ts'
import { learnTexts, placeTexts, type TextSpace } from './text/text-space.ts'

/** All that a cold start knows once it has seen a window. */
export interface Learned {
  readonly settings: ColdStartSettings
  readonly window: string
  readonly factors: Factors
  readonly texts: TextSpace
  readonly kernel: Kernel
  readonly references: References
  /** Texts of the references, by which they are placed again when it is loaded. */
  readonly written: readonly string[]
  /** How far each reference departs from what its neighbours say, on the logarithm; NaN where that was not worked out. */
  readonly surprise: Float64Array
  /** Level of each place of {@link Factors.locations}, on the logarithm. */
  readonly location: Float64Array
  readonly taste: number
  /** Variance of the levels of places. */
  readonly places: number
  /** Chance of an end, a period, by group and for all. */
  readonly hazards: readonly number[]
}

const HALF_LIFE = 42
/** References whose surprise is worked out at the most. */
const MOST_SURPRISES = 800

/** Learns factors, levels, curves and likenesses from all series of a history. */
export function learn(history: History, settings: ColdStartSettings, run: Run): Learned {
  const lives = livesOf(history)
  const catalogue = catalogueOf(history, lives, settings)
  const factors = fitFactors(history, lives, catalogue)
  checkInterrupt(run)
  const summing = summingOf(history, lives, catalogue, factors, settings)
  // A product that ended is known by its time, not by the silence after it.
  const until = (i: number) => (Number.isNaN(at(lives.lastSale, i)) ? history.cutoff : lastTold(history, lives, i))
  const sums = history.ids.map((_, i) => sumsOf(summing, i, factors.curve, until(i)))
  const levels = levelsOf(sums, catalogue)
  const seriesLevel = Float64Array.from(sums, ({ sold, base }) => (base > 0 ? sold / base : 0))
  const texts = learnTexts(catalogue.texts, run.seed)
  const traits = traitsOf(catalogue, history, placeTexts(catalogue.texts, texts))
  const references = referencesOf(summing, levels, traits, seriesLevel)
  checkInterrupt(run)
  const kernel = settings.learn
    ? learnKernel(traits, references.known, run.random('cold-start: likeness'))
    : usualKernel(catalogue.columns)
  const partial = { settings, factors, kernel, references }
  return {
    ...partial,
    window: history.digest,
    texts,
    written: catalogue.texts,
    surprise: surprisesOf(partial, run),
    location: levels.location,
    taste: levels.taste,
    places: varianceOf(levels.location),
    hazards: hazardsOf(summing, factors.curve, factors.groups, factors.scatter, settings.drift),
  }
}

/** What sums of a history need, by factors learned there or earlier. */
export function summingOf(
  history: History,
  lives: Lives,
  catalogue: Catalogue,
  factors: Factors,
  settings: ColdStartSettings,
): Summing {
  const halfLife = settings.halfLife ?? periodsOf(HALF_LIFE, history.calendar)
  const baseline = baselineOf(history, catalogue, factors)
  return { history, lives, catalogue, baseline, unit: factors.unit, halfLife }
}

/** The last period that tells of a series as it lived: the cutoff, or its last sale where it has been silent for long. */
function lastTold(history: History, lives: Lives, i: number): number {
  const last = at(lives.lastSale, i)
  const life = last - at(lives.first, i) + 1
  return history.cutoff - last > Math.max(periodsOf(HALF_LIFE, history.calendar), life / 4) ? last : history.cutoff
}

/** What the neighbours of a product say of it. */
export interface Told {
  readonly near: readonly Near[]
  /** Logarithm of its level, places and tastes apart. */
  readonly level: number
  /** Launch curve by bin of age. */
  readonly curve: Float64Array
}

/** Asks the neighbours of product `p` of a table of traits. */
export function tell(
  { settings, factors, kernel, references }: Pick<Learned, 'settings' | 'factors' | 'kernel' | 'references'>,
  traits: Traits,
  p: number,
  id: string,
): Told {
  const near = nearestTo(traits, p, id, references, kernel, settings.neighbours)
  const told = opinionOf(
    kernel,
    references.known,
    near.map(({ place }) => place),
    near.map(({ weight }) => weight),
    at(traits.price, p),
    centreOf(references.known),
  )
  return { near, level: told.level, curve: curveOf(near, references, factors.curve) }
}

function surprisesOf(learned: Pick<Learned, 'settings' | 'factors' | 'kernel' | 'references'>, run: Run): Float64Array {
  const { references } = learned
  const surprise = new Float64Array(references.ids.length).fill(Number.NaN)
  const known = references.ids.flatMap((_, p) => (at(references.known.trust, p) > 0.3 ? [p] : []))
  for (const p of run.random('cold-start: surprise').shuffle(known).slice(0, MOST_SURPRISES))
    surprise[p] = at(references.known.level, p) - tell(learned, references.traits, p, references.ids[p] as string).level
  return surprise
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
  return values.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, values.length - 1)
}
