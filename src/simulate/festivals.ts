import { Lunar } from 'lunar-typescript'
import type { Period } from '../core/calendar.ts'
import { type Days, yearsOf } from './days.ts'
import { DAYS, type Settings } from './options.ts'

/** What a festival does to people: they give presents, hunt bargains, or stay at home. */
export type Mood = 'gift' | 'shopping' | 'rest'

/** A festival and its planted effect on the logarithm of demand, for a product of sensitivity 1 to its mood. */
export interface Festival {
  readonly name: string
  readonly zh: string
  readonly mood: Mood
  readonly dateIn: (year: number) => Period
  /** Days of lead-up, over which the effect grows to `rise`. */
  readonly lead: number
  readonly rise: number
  /** Days that it lasts, with effect `during`. */
  readonly length: number
  readonly during: number
  /** Days of hangover after it, over which an effect of −`hangover` fades out. */
  readonly after: number
  readonly hangover: number
  /** Days from its first on which shops that keep holidays are closed. */
  readonly closes: number
}

const fixed = (month: number, day: number) => (year: number) => DAYS.of(Date.UTC(year, month - 1, day))
const lunar = (month: number, day: number) => (year: number) =>
  DAYS.parse(Lunar.fromYmd(year, month, day).getSolar().toYmd())
/** The n-th given weekday (Monday 0) of a month, plus some days. */
const nth =
  (n: number, weekday: number, month: number, plus = 0) =>
  (year: number) => {
    const first = DAYS.of(Date.UTC(year, month - 1, 1))
    return first + ((weekday - ((first + 3) % 7) + 7) % 7) + 7 * (n - 1) + plus
  }
const lastMonday = (month: number) => (year: number) => {
  const last = DAYS.of(Date.UTC(year, month, 0))
  return last - ((last + 3) % 7)
}

type Row = readonly [string, string, Mood, (year: number) => Period, number[], number]
const CN: readonly Row[] = [
  ['New Year', '元旦', 'shopping', fixed(1, 1), [3, 0.15, 1, 0.25, 2, 0.05], 0],
  ['Spring Festival', '春节', 'gift', lunar(1, 1), [21, 0.9, 7, -0.35, 10, 0.2], 2],
  ['Spring Festival', '春节', 'rest', lunar(1, 1), [2, -0.2, 7, -0.5, 7, 0.1], 0],
  ["Valentine's Day", '情人节', 'gift', fixed(2, 14), [5, 0.2, 1, 0.3, 2, 0.1], 0],
  ['Labour Day', '劳动节', 'shopping', fixed(5, 1), [3, 0.1, 3, 0.25, 3, 0.1], 0],
  ['Dragon Boat Festival', '端午节', 'gift', lunar(5, 5), [7, 0.35, 1, 0.2, 3, 0.1], 0],
  ['618', '618购物节', 'shopping', fixed(6, 18), [7, 0.4, 1, 1.1, 10, 0.3], 0],
  ['Mid-Autumn Festival', '中秋节', 'gift', lunar(8, 15), [10, 0.5, 1, 0.2, 4, 0.15], 0],
  ['National Day', '国庆节', 'shopping', fixed(10, 1), [2, 0.1, 7, 0.25, 4, 0.1], 0],
  ['Double 11', '双十一', 'shopping', fixed(11, 11), [5, -0.25, 1, 1.6, 14, 0.35], 0],
  ['Double 12', '双十二', 'shopping', fixed(12, 12), [3, 0.1, 1, 0.8, 6, 0.2], 0],
  ['Christmas', '圣诞节', 'gift', fixed(12, 25), [7, 0.15, 1, 0.15, 2, 0.05], 0],
]
const US: readonly Row[] = [
  ["New Year's Day", '元旦', 'rest', fixed(1, 1), [1, 0, 1, -0.4, 1, 0], 1],
  ["Valentine's Day", '情人节', 'gift', fixed(2, 14), [7, 0.3, 1, 0.4, 3, 0.15], 0],
  ['Memorial Day', '阵亡将士纪念日', 'shopping', lastMonday(5), [3, 0.25, 1, 0.2, 2, 0.1], 0],
  ['Independence Day', '美国独立日', 'rest', fixed(7, 4), [3, 0.2, 1, -0.4, 2, 0.1], 0],
  ['Labor Day', '美国劳动节', 'shopping', nth(1, 0, 9), [3, 0.25, 1, 0.2, 2, 0.1], 0],
  ['Thanksgiving', '感恩节', 'rest', nth(4, 3, 11), [5, 0.25, 1, -0.6, 1, 0], 1],
  ['Black Friday', '黑色星期五', 'shopping', nth(4, 3, 11, 1), [4, -0.15, 1, 1.5, 3, 0], 0],
  ['Cyber Monday', '网络星期一', 'shopping', nth(4, 3, 11, 4), [1, 0.3, 1, 1, 8, 0.3], 0],
  ['Christmas', '圣诞节', 'gift', fixed(12, 25), [24, 0.9, 1, -0.6, 12, 0.35], 1],
]

const festival = ([name, zh, mood, dateIn, shape, closes]: Row): Festival => {
  const [lead = 0, rise = 0, length = 0, during = 0, after = 0, hangover = 0] = shape
  return { name, zh, mood, dateIn, lead, rise, length, during, after, hangover, closes }
}

/** The festivals of each locale; one that moves two moods stands in it twice. */
export const FESTIVALS: { readonly [L in Settings['locale']]: readonly Festival[] } = {
  CN: CN.map(festival),
  US: US.map(festival),
}

/** The effect of a festival, on the logarithm of demand, `offset` days after its first day. */
export function festivalEffect(f: Festival, offset: number): number {
  if (offset < -f.lead || offset >= f.length + f.after) return 0
  if (offset < 0) return f.rise * (1 + offset / (f.lead + 1))
  if (offset < f.length) return f.during
  return -f.hangover * (1 - (offset - f.length) / f.after)
}

/** One festival in one year. */
export interface Occasion {
  readonly festival: Festival
  /** Its first day, numbered as in {@link Days}; may lie outside of them. */
  readonly day: number
}

/** Every festival that can be felt in the days. */
export function occasionsOf(locale: Settings['locale'], days: Days): Occasion[] {
  return yearsOf(days)
    .flatMap((year) => FESTIVALS[locale].map((festival) => ({ festival, day: festival.dateIn(year) - days.first })))
    .filter(({ festival: f, day }) => day - f.lead < days.total && day + f.length + f.after > 0)
    .sort((a, b) => a.day - b.day)
}

/** The summed effects of all festivals of each mood, on the logarithm of demand, for each day. */
export function moodCurves(occasions: readonly Occasion[], total: number): { readonly [M in Mood]: Float64Array } {
  const curves = { gift: new Float64Array(total), shopping: new Float64Array(total), rest: new Float64Array(total) }
  for (const { festival: f, day } of occasions) {
    const curve = curves[f.mood]
    for (let t = Math.max(0, day - f.lead); t < Math.min(total, day + f.length + f.after); t++)
      curve[t] = (curve[t] as number) + festivalEffect(f, t - day)
  }
  return curves
}
