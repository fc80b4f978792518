import { type Ask, blankForecast, type Forecast, type Refused } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import type { Fitted, Model } from '../../models/model.ts'
import { drawPaths, type Outlook, writeAnswer } from './answer/answer.ts'
import { chancesOf, GRID, likelihoodOf, supportOf, together, widened } from './answer/belief.ts'
import { chanceAlive, hazardAt } from './ending.ts'
import { type Expectation, expectationOf } from './expectations.ts'
import { loadLearned, saveLearned } from './files.ts'
import { catalogueOf } from './history/catalogue.ts'
import { gather, type History } from './history/gather.ts'
import { type Lives, livesOf } from './history/lives.ts'
import { type Summing, type Sums, sumsOf } from './history/sums.ts'
import { type Learned, learn, summingOf } from './learned.ts'
import { traitsOf } from './likeness/references.ts'
import type { Traits } from './likeness/traits.ts'
import { type ColdStartOptions, periodsOf, settingsOf } from './options.ts'
import { SUCCESSION_DAYS } from './successors.ts'
import { placeTexts } from './text/text-space.ts'

const NAME = 'cold-start'
const BELOW = 28
const SUPPORT = 25

/**
 * A model of products with little or no history, and of those at the end of their lives; it refuses all others (`established`), so that it stands in a chain before or after the models of these.
 *
 * Level × launch curve × week, season and known columns. Levels and curves come from products alike in category, brand, price, season of launch and text, how much each counts being learned on past
 * launches; what the product itself has sold so far, in any place, moves the level (Bayes on a grid). Quantiles are those of the departures that products showed from their neighbours, and of
 * counts (negative binomial). A product that takes the place of another inherits its level. What has sold nothing for longer than chance explains is forecast to have ended as likely as it has.
 * Refuses series below zero (`notPositive`) and those of which nothing is known, neither sales nor what they are (`noValues`).
 *
 * @example
 * coldStart({ below: 14 }).name // → 'cold-start'
 */
export function coldStart(options: ColdStartOptions = {}): Model {
  const settings = settingsOf(options)
  const make = (learned: Learned): Fitted => ({
    forecast: async (window, ask, run) => forecastWith(learned, await gather(window), window, ask, run),
    save: (dir) => saveLearned(NAME, learned, dir),
  })
  return {
    name: NAME,
    needs: { minHistory: 0, knownAhead: 'used', crossSeries: true, missing: true },
    fit: async (window, run) => make(learn(await gather(window), settings, run)),
    load: async (dir) => make(await loadLearned(dir)),
  }
}

/** Everything that the answers of one window share. */
interface Scene {
  readonly learned: Learned
  readonly history: History
  readonly lives: Lives
  readonly summing: Summing
  readonly traits: Traits
  /** 1 where there is anything to compare a product by. */
  readonly known: Uint8Array
  readonly below: number
  readonly run: Run
}

function sceneOf(learned: Learned, history: History, run: Run): Scene {
  const { settings, factors } = learned
  const lives = livesOf(history)
  const catalogue = catalogueOf(history, lives, settings)
  const summing = summingOf(history, lives, catalogue, factors, settings)
  const traits = traitsOf(catalogue, history, placeTexts(catalogue.texts, learned.texts))
  return {
    learned,
    history,
    lives,
    summing,
    traits,
    known: knownProducts(summing, traits),
    below: settings.below ?? periodsOf(BELOW, history.calendar),
    run,
  }
}

function forecastWith(learned: Learned, history: History, window: Window, ask: Ask, run: Run): Forecast {
  const { calendar, digest, cutoff, horizon } = window
  const provenance = { model: NAME, window: digest, version: VERSION }
  const forecast = blankForecast({ calendar, ids: history.ids, start: cutoff + 1, horizon, provenance }, ask)
  const scene = sceneOf(learned, history, run)
  const { productOf, products } = scene.summing.catalogue
  const series: number[][] = products.map(() => [])
  for (let i = 0; i < productOf.length; i++) (series[at(productOf, i)] as number[]).push(i)
  for (const [p, places] of series.entries()) {
    const asked = places.filter((i) => {
      const refused = refusalOf(scene, i)
      if (refused) forecast.refused.set(i, [refused])
      return !refused
    })
    if (asked.length === 0) continue
    checkInterrupt(run)
    for (const [i, outlook] of outlooksOf(scene, p, places, asked)) {
      writeAnswer(forecast, i, outlook, history.closed, learned.factors, ask)
      drawPaths(forecast, i, outlook, history.closed, learned.factors, run)
      forecast.answeredBy[i] = NAME
    }
  }
  return forecast
}

/** Why a series is left to other models, if it is. */
function refusalOf({ learned, history, lives, summing, known, below }: Scene, i: number): Refused | undefined {
  const has = at(lives.observed, i)
  if (at(lives.negative, i) === 1) return { model: NAME, reason: 'notPositive', details: {} }
  const p = at(summing.catalogue.productOf, i)
  if (has === 0 && at(known, p) === 0) return { model: NAME, reason: 'noValues', details: {} }
  if (has < below) return undefined
  const { settings, factors } = learned
  // Most series sold a moment ago: no need to ask further.
  const silent = history.cutoff - at(lives.lastSale, i)
  if (silent > 1 && 1 - aliveOf(learned, summing, i, factors.curve) >= settings.discontinued) return undefined
  return { model: NAME, reason: 'established', details: { has, needs: below } }
}

/** Whether there is anything to compare each product by: a label, a text or a price, or its own sales in another place. */
function knownProducts({ catalogue, lives }: Summing, { labels, price }: Traits): Uint8Array {
  const known = Uint8Array.from(catalogue.products, (_, p) =>
    labels.some((column) => column[p] !== undefined) || catalogue.texts[p] !== '' || !Number.isNaN(at(price, p))
      ? 1
      : 0,
  )
  catalogue.productOf.forEach((p, i) => {
    if (at(lives.observed, i) > 0) known[p] = 1
  })
  return known
}

function aliveOf(
  { factors, hazards, settings }: Learned,
  summing: Summing,
  i: number,
  curve: ArrayLike<number>,
): number {
  const hazard = hazardAt(hazards, factors.groups, summing.catalogue, at(summing.catalogue.productOf, i))
  return chanceAlive(summing, i, curve, factors.scatter, hazard, settings.drift)
}

/** What to say of the series of product `p` that are asked for, given all places where it is sold. */
function outlooksOf(scene: Scene, p: number, places: readonly number[], asked: readonly number[]): [number, Outlook][] {
  const { learned, history, summing } = scene
  const expectation = expectationOf(
    learned,
    summing.catalogue,
    scene.traits,
    p,
    periodsOf(SUCCESSION_DAYS, history.calendar),
  )
  const seen = places.map((i) => seenOf(scene, expectation, i))
  const alike = seen.map(({ likelihood, spread }) => widened(likelihood, spread))
  return asked.map((i) => {
    const own = places.indexOf(i)
    const elsewhere = alike.filter((_, k) => k !== own)
    const { likelihood, spread, alive } = seen[own] as Seen
    const before = widened(together([expectation.prior, ...elsewhere]), spread)
    const chances = chancesOf(together([before, likelihood]))
    return [i, outlookOf(scene, expectation, i, chances, alive)]
  })
}

interface Seen {
  readonly sums: Sums
  readonly likelihood: Float64Array
  /** Variance of this series' level beside that of the product. */
  readonly spread: number
  readonly alive: number
}

/** What one series has shown of its level, up to its last sale where it seems to have ended. */
function seenOf({ learned, history, lives, summing }: Scene, { level, curve }: Expectation, i: number): Seen {
  const { settings, factors, taste, places } = learned
  const place = placeOf(learned, summing, i)
  const alive = aliveOf(learned, summing, i, curve)
  const until = alive < 0.5 ? at(lives.lastSale, i) : history.cutoff
  const sums = sumsOf(summing, i, curve, until)
  const likelihood = likelihoodOf(sums, Math.exp(level + (place ?? 0)), factors.scatter, settings.drift)
  return { sums, likelihood, spread: taste + (place === undefined ? places : 0), alive }
}

/** The level of the place of a series; undefined where it is new. */
function placeOf({ factors, location }: Learned, { catalogue }: Summing, i: number): number | undefined {
  const l = factors.locations.indexOf(catalogue.locations[at(catalogue.locationOf, i)] as string)
  return l < 0 ? undefined : at(location, l)
}

function outlookOf(
  scene: Scene,
  { level, curve }: Expectation,
  i: number,
  chances: Float64Array,
  alive: number,
): Outlook {
  const { learned, history, summing } = scene
  const { catalogue, baseline } = summing
  const p = at(catalogue.productOf, i)
  const { ageBin, ages } = baseline.phases
  const told = Math.exp(level + (placeOf(learned, summing, i) ?? 0))
  const expected = Float64Array.from({ length: history.horizon }, (_, h) => {
    const age = history.cutoff + 1 + h - at(catalogue.launch, p)
    if (age < 0) return 0
    const bin = at(catalogue.launched, p) === 1 ? ageBin(age) : ages.length - 1
    return told * at(curve, bin) * baseline.future(i, h)
  })
  return {
    expected,
    support: supportOf(chances, SUPPORT),
    factor: GRID.reduce((sum, log, g) => sum + Math.exp(log) * at(chances, g), 0),
    alive,
    hazard: hazardAt(learned.hazards, learned.factors.groups, catalogue, p),
  }
}
