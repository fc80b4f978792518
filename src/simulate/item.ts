import { Random } from '../core/random.ts'
import { KINDS, type Kind } from './catalogue.ts'
import type { Settings } from './options.ts'
import { BRANDS, PRAISE, type Word } from './vocabulary.ts'

/** How the units sold in a day scatter about their mean. */
export type Scatter = 'smooth' | 'intermittent' | 'bursty'

/** A product and every parameter planted in it; days are numbered from 0, the first of the history. */
export interface Item {
  readonly index: number
  readonly id: string
  /** Products of one family are substitutes. */
  readonly family: number
  readonly kind: Kind
  readonly brand: Word
  readonly attributes: Readonly<Record<string, Word>>
  readonly title: Word
  readonly description: Word
  readonly listPrice: number
  readonly cost: number
  readonly pack: number
  readonly leadTime: number
  /** Units a day in a shop of size 1 when every factor is 1. */
  readonly pace: number
  readonly scatter: Scatter
  /** Negative binomial r (variance = mean + mean² / r) of smooth and bursty products. */
  readonly dispersion: number
  /** Mean units of an order of an intermittent product, 1 + Poisson. */
  readonly orderSize: number
  /** Own price, siblings' price and competitor's price. */
  readonly elasticity: number
  readonly crossElasticity: number
  readonly competitorElasticity: number
  /** Scales the effect of being displayed, on the logarithm of demand (the display lift of a promotion). */
  readonly responsiveness: number
  /** Share of the units gained by a promotion that are missing afterwards, and how slowly the dip fades a day. */
  readonly pullForward: number
  readonly pullFade: number
  /** Effect on the logarithm of demand of siblings being promoted. */
  readonly cannibalisation: number
  /** Advertising: highest lift, share of the stock carried to the next day, spend of half the lift, Hill slope. */
  readonly channel: 'search' | 'social' | undefined
  readonly adLift: number
  readonly adCarry: number
  readonly adHalf: number
  readonly adSlope: number
  readonly returnRate: number
  readonly returnDelay: number
  /** First day sold (undefined: sold before the history), with the days of its rise and the bump of novelty. */
  readonly launch: number | undefined
  readonly rise: number
  readonly novelty: number
  /** First day of decline, days in which it falls to 1/e, and first day not sold any more. */
  readonly decline: number | undefined
  readonly fade: number
  readonly end: number | undefined
}

/** How many substitutes a family has. */
export const FAMILY_SIZE = 5

const GOLDEN = 0.6180339887498949
/** Spreads indices evenly over [0, 1), so that a share is met even by few products. */
const spread = (index: number, shift: number) => ((index + 1) * GOLDEN + shift) % 1

/** Draws the product of an index, the same under a seed whatever else is drawn. */
export function drawItem(settings: Settings, index: number, total: number): Item {
  const family = Math.floor(index / FAMILY_SIZE)
  const kind = KINDS[family % KINDS.length] as Kind
  const random = Random.of(settings.seed, `item:${index}`)
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  const scatter = scatterOf(settings, spread(index, 0.1))
  const words = describe(kind, index, random)
  const pace =
    scatter === 'intermittent' ? 0.12 * Math.exp(0.5 * random.normal()) : kind.pace * Math.exp(0.6 * random.normal())
  const listPrice = niceUp(kind.price * Math.exp(0.25 * random.normal()))
  const channel = spread(index, 0.4) < settings.adShare ? (random.uniform() < 0.5 ? 'search' : 'social') : undefined
  const packs = [1, 6, 12, 24]
  return {
    index,
    id: `P${String(index + 1).padStart(Math.max(4, String(settings.items).length), '0')}`,
    family,
    kind,
    ...words,
    listPrice,
    cost: Math.round(listPrice * between(0.45, 0.65) * 100) / 100,
    pack: packs.findLast((p) => p <= Math.max(1, pace * 4)) ?? 1,
    leadTime: 2 + random.integer(8),
    pace,
    scatter,
    dispersion: scatter === 'bursty' ? between(2, 5) : between(5, 30),
    orderSize: scatter === 'intermittent' ? 1 + between(0, 2.5) : 1,
    elasticity: Math.min(-0.5, Math.max(-4, kind.elasticity + 0.3 * random.normal())),
    crossElasticity: between(0.1, 0.5),
    competitorElasticity: between(0.1, 0.6),
    responsiveness: between(0.6, 1.4),
    pullForward: between(0.1, 0.3),
    pullFade: between(0.8, 0.9),
    cannibalisation: between(0.05, 0.25),
    channel,
    adLift: channel ? between(0.2, 0.8) : 0,
    adCarry: channel === 'social' ? between(0.7, 0.85) : between(0.3, 0.6),
    adHalf: Math.max(1, Math.round(listPrice * pace * settings.stores * between(0.05, 0.2))),
    adSlope: between(1, 2.2),
    returnRate: kind.returns * between(0.7, 1.3),
    returnDelay: between(4, 12),
    ...lifeOf(settings, index, total, random),
  }
}

function scatterOf(settings: Settings, u: number): Scatter {
  if (u < settings.intermittentShare) return 'intermittent'
  return u < settings.intermittentShare + settings.burstyShare ? 'bursty' : 'smooth'
}

function lifeOf(settings: Settings, index: number, total: number, random: Random) {
  const u = spread(index, 0.75)
  const launched = u < settings.launchShare
  const ended = !launched && u < settings.launchShare + settings.endShare
  const launch = launched
    ? Math.floor(settings.days * 0.1 + random.uniform() * (total - settings.days * 0.1))
    : undefined
  const decline = ended ? Math.floor(settings.days * (0.3 + 0.4 * random.uniform())) : undefined
  const fade = 30 + 60 * random.uniform()
  return {
    launch,
    rise: 7 + 40 * random.uniform(),
    novelty: random.uniform(),
    decline,
    fade,
    end: decline === undefined ? undefined : Math.floor(decline + 2.5 * fade),
  }
}

/** The launch curve and the decline of a product: what multiplies its demand at a day, 0 when it is not sold. */
export function lifeFactor(item: Item, day: number): number {
  const { launch, end, decline } = item
  if ((launch !== undefined && day < launch) || (end !== undefined && day >= end)) return 0
  let factor = 1
  if (launch !== undefined) {
    const age = day - launch
    factor = (1 - 0.9 * Math.exp(-age / item.rise)) * (1 + item.novelty * Math.exp(-age / 15))
  }
  return decline !== undefined && day > decline ? factor * Math.exp(-(day - decline) / item.fade) : factor
}

/** Prices as shops write them: 8.9, 68, 599. */
export function niceUp(price: number): number {
  return price < 20
    ? Math.max(0.9, Math.round(price) - 0.1)
    : price < 100
      ? Math.round(price)
      : Math.round(price / 10) * 10 - 1
}

function describe(
  kind: Kind,
  index: number,
  random: Random,
): Pick<Item, 'brand' | 'attributes' | 'title' | 'description'> {
  const pick = (words: readonly Word[]) => words[random.integer(words.length)] as Word
  const brand = pick(BRANDS)
  const attributes = Object.fromEntries(Object.entries(kind.attributes).map(([name, words]) => [name, pick(words)]))
  const chosen = Object.values(attributes)
  const praise = pick(PRAISE)
  const model = `${brand[0].slice(0, 2).toUpperCase()}${100 + (index % 900)}`
  return {
    brand,
    attributes,
    title: [
      `${brand[0]} ${kind.name[0]} ${chosen.map((w) => w[0]).join(' ')} ${model}`,
      `${brand[1]} ${chosen.map((w) => w[1]).join(' ')} ${kind.name[1]} ${model}`,
    ],
    description: [
      `${kind.name[0]} by ${brand[0]}, ${chosen.map((w) => w[0].toLowerCase()).join(', ')}: ${praise[0]}.`,
      `${brand[1]}${kind.name[1]}，${chosen.map((w) => w[1]).join('、')}，${praise[1]}。`,
    ],
  }
}
