import { Calendar } from '../../core/calendar.ts'
import { at, type Panel, panelOf, type SeriesInput } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'

/** Kinds of demand that anomalies are planted into. */
export const PLANTS = [
  'normal',
  'weekly',
  'large counts',
  'small counts',
  'rare',
  'lumpy',
  'promoted',
  'alike',
] as const
export type Plant = (typeof PLANTS)[number]

/** What is planted into each series. */
export interface Planting {
  readonly series: number
  readonly days: number
  readonly seed: number
  /** Single wild values a series, of so many standard deviations of what was drawn there. */
  readonly outliers?: number
  readonly sigmas?: number
  /** A change of the level by so many standard deviations (of the mean of the series), somewhere in the middle half. */
  readonly shift?: number
  /** A change of the slope that adds up to so many standard deviations over the rest of the series. */
  readonly bend?: number
}

/** A panel, and what was planted: the cells of outliers and, a series each, the first cell after a change (−1 for none). */
export interface Planted {
  readonly panel: Panel
  readonly wild: ReadonlySet<number>
  readonly changed: Int32Array
}

const LUMP = 0.15

/** Draws series of one kind with planted anomalies, the same under the same seed. */
export function planted(
  kind: Plant,
  { series, days, seed, outliers = 0, sigmas = 6, shift = 0, bend = 0 }: Planting,
): Planted {
  const wild = new Set<number>()
  const changed = new Int32Array(series).fill(-1)
  const inputs: SeriesInput[] = []
  for (let i = 0; i < series; i++) {
    const random = Random.of(seed, `${kind}:${i}`)
    const base = levelOf(kind, random)
    const week = Array.from({ length: 7 }, (_, d) =>
      kind === 'normal' ? 1 : d > 4 ? 1.3 + 0.5 * random.uniform() : 0.7 + 0.3 * random.uniform(),
    )
    const promotion = Float64Array.from({ length: days }, () => 0)
    if (kind === 'promoted')
      for (let t = 5 + random.integer(10); t < days; t += 14 + random.integer(10)) promotion.fill(1, t, t + 3)
    const lift = 1.5 + random.uniform()
    const at_ = Math.floor(days / 4) + random.integer(Math.floor(days / 2))
    const sign = random.uniform() < 0.5 || (kind !== 'normal' && shift + bend > 0) ? 1 : -1
    if (shift > 0 || bend > 0) changed[i] = at_
    const sd = deviation(kind, base)
    let noise = 0
    const values = Float64Array.from({ length: days }, (_, t) => {
      const moved = t < at_ ? 0 : sign * sd * (shift + (bend * (t - at_)) / (days - at_))
      const mean = Math.max(0.02, (base + moved) * at(week, t % 7) * (at(promotion, t) > 0 ? lift : 1))
      noise = kind === 'alike' ? 0.4 * noise + Math.sqrt(1 - 0.16) * random.normal() : random.normal()
      return draw(kind, mean, noise, sd, random)
    })
    for (let k = 0; k < outliers; k++) {
      const t = 3 + random.integer(days - 6)
      const mean = (base + (t < at_ ? 0 : sign * sd * shift)) * at(week, t % 7) * (at(promotion, t) > 0 ? lift : 1)
      values[t] = wildValue(kind, mean, at(values, t), sigmas, isSteady(kind) ? sd : deviation(kind, mean), random)
      wild.add(i * days + t)
    }
    inputs.push({ id: `${kind}/${i}`, start: 700, values, ...(kind === 'promoted' && { columns: { promotion } }) })
  }
  const panel = panelOf(inputs, {
    calendar: new Calendar({ unit: 'day' }),
    keys: ['kind', 'item'],
    knownAhead: ['promotion'],
  })
  return { panel, wild, changed }
}

function levelOf(kind: Plant, random: Random): number {
  if (kind === 'small counts') return 1 + 4 * random.uniform()
  if (kind === 'rare') return 0.1 + 0.4 * random.uniform()
  if (kind === 'lumpy') return 2
  return 20 * 10 ** random.uniform()
}

/** Counts so large that more come as seldom as a normal number beyond so many standard deviations; lumps eight times as large for six; other values so much off. */
function wildValue(kind: Plant, mean: number, value: number, sigmas: number, sd: number, random: Random): number {
  if (kind === 'lumpy') return Math.round((mean / LUMP) * Math.exp(0.35 * sigmas))
  if (counted(kind)) return unlikelyCount(mean, kind === 'large counts' ? 20 : Number.POSITIVE_INFINITY, tailOf(sigmas))
  const size = sigmas * sd
  return value > 1.2 * size && random.uniform() < 0.5 ? value - size : value + size
}

/** The chance of a normal number beyond some standard deviations (asymptotic series). */
const tailOf = (z: number) =>
  (Math.exp((-z * z) / 2) / (z * Math.sqrt(2 * Math.PI))) * (1 - 1 / z ** 2 + 3 / z ** 4 - 15 / z ** 6)

/** The least count that a negative binomial (Poisson of infinite dispersion) reaches with no more than a chance, by adding up all chances. */
function unlikelyCount(mean: number, dispersion: number, chance: number): number {
  const most = Math.ceil(mean * 30 + 200)
  const chances = new Float64Array(most)
  const fixed = Number.isFinite(dispersion)
  const p = fixed ? mean / (mean + dispersion) : 0
  chances[0] = fixed ? (1 - p) ** dispersion : Math.exp(-mean)
  for (let y = 1; y < most; y++) chances[y] = at(chances, y - 1) * (fixed ? ((dispersion + y - 1) / y) * p : mean / y)
  let tail = 0
  let y = most
  while (y > 0 && tail + at(chances, y - 1) <= chance) tail += at(chances, --y)
  return y
}

const counted = (kind: Plant) =>
  kind === 'large counts' || kind === 'small counts' || kind === 'rare' || kind === 'promoted'

/** Whether values scatter alike on all days. */
const isSteady = (kind: Plant) => kind === 'normal' || kind === 'alike'

/** The standard deviation of what is drawn with a mean. */
function deviation(kind: Plant, mean: number): number {
  if (kind === 'large counts') return Math.sqrt(mean + mean ** 2 / 20)
  if (counted(kind)) return Math.sqrt(mean)
  if (kind === 'lumpy') return Math.sqrt(mean * (mean / LUMP) * 1.1)
  return 0.15 * mean
}

function draw(kind: Plant, mean: number, noise: number, sd: number, random: Random): number {
  if (kind === 'large counts') return random.negativeBinomial(mean, 20)
  if (counted(kind)) return random.poisson(mean)
  if (kind === 'lumpy') return random.uniform() < LUMP ? 1 + random.poisson(mean / LUMP) : 0
  return isSteady(kind) ? mean + sd * noise : mean * (1 + 0.15 * noise)
}
