import { Calendar } from '../../core/calendar.ts'
import { at, type Panel, panelOf, type SeriesInput } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'

/** Kinds of demand that anomalies are planted into. */
export const PLANTS = ['normal', 'weekly', 'large counts', 'small counts', 'rare', 'lumpy', 'promoted', 'alike'] as const
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
export function planted(kind: Plant, { series, days, seed, outliers = 0, sigmas = 6, shift = 0, bend = 0 }: Planting): Planted {
  const wild = new Set<number>()
  const changed = new Int32Array(series).fill(-1)
  const inputs: SeriesInput[] = []
  for (let i = 0; i < series; i++) {
    const random = Random.of(seed, `${kind}:${i}`)
    const base = levelOf(kind, random)
    const week = Array.from({ length: 7 }, (_, d) => (kind === 'normal' ? 1 : d > 4 ? 1.3 + 0.5 * random.uniform() : 0.7 + 0.3 * random.uniform()))
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
      const size = sigmas * deviation(kind, mean)
      const down = kind !== 'small counts' && kind !== 'rare' && kind !== 'lumpy' && mean > 1.2 * size && random.uniform() < 0.5
      values[t] = Math.max(0, whole(kind, at(values, t) + (down ? -size : size)))
      wild.add(i * days + t)
    }
    inputs.push({ id: `${kind}/${i}`, start: 700, values, ...(kind === 'promoted' && { columns: { promotion } }) })
  }
  const panel = panelOf(inputs, { calendar: new Calendar({ unit: 'day' }), keys: ['kind', 'item'], knownAhead: ['promotion'] })
  return { panel, wild, changed }
}

function levelOf(kind: Plant, random: Random): number {
  if (kind === 'small counts') return 1 + 4 * random.uniform()
  if (kind === 'rare') return 0.1 + 0.4 * random.uniform()
  if (kind === 'lumpy') return 2
  return 20 * 10 ** random.uniform()
}

const counted = (kind: Plant) => kind === 'large counts' || kind === 'small counts' || kind === 'rare' || kind === 'promoted'
const whole = (kind: Plant, value: number) => (counted(kind) || kind === 'lumpy' ? Math.round(value) : value)

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
  return kind === 'normal' || kind === 'alike' ? mean + sd * noise : mean * (1 + 0.15 * noise)
}
