import { Calendar } from '../../core/calendar.ts'
import { type Panel, panelOf, type SeriesInput } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'

const CALENDAR = new Calendar({ unit: 'day' })
export const DAYS = 300
export const HORIZON = 14

/** A product as a test plants it. */
export interface Planted {
  readonly id: string
  readonly category: string
  readonly title: string
  readonly level: number
  /** Day of the launch; sold all along unless given. */
  readonly launch?: number
  /** First day not sold any more. */
  readonly end?: number
  /** Observed days after the launch, all unless given; those after are missing. */
  readonly seen?: number
  readonly price?: number
}

/** How a launch rises: from a fifth to all within a month. */
const riseAt = (age: number) => 1 - 0.8 * Math.exp(-age / 10)
const weekAt = (t: number) => (t % 7 >= 5 ? 1.6 : 0.76)

/** The planted mean of a product on a day. */
export function meanAt({ level, launch, end }: Planted, t: number): number {
  if (t < (launch ?? 0) || t >= (end ?? Number.POSITIVE_INFINITY)) return 0
  return level * weekAt(t) * (launch === undefined ? 1 : riseAt(t - launch))
}

/** Sales drawn of planted products, to the end of the horizon, so that what comes after a cutoff is there to be hidden. */
export function panelOfPlanted(
  products: readonly Planted[],
  change: (y: number, t: number) => number = (y) => y,
): Panel {
  const categories = [...new Set(products.map((p) => p.category))]
  const titles = products.map((p) => p.title)
  const series = products.map((product): SeriesInput => {
    const random = Random.of(9, product.id)
    const start = Math.max(0, product.launch ?? 0)
    const length = DAYS + HORIZON - start
    const values = Array.from({ length }, (_, k) => {
      const y = change(random.poisson(meanAt(product, start + k)), start + k)
      return k < (product.seen ?? length) ? y : Number.NaN
    })
    return { id: product.id, start, values, columns: { price: values.map(() => product.price ?? 10) } }
  })
  return panelOf(series, {
    calendar: CALENDAR,
    knownAhead: ['price'],
    categories: { category: categories, title: titles },
    statics: {
      category: products.map((p) => categories.indexOf(p.category)),
      title: products.map((_, i) => i),
    },
  })
}

export const windowOf = (panel: Panel, cutoff = DAYS - 1) => windowAt(memorySource(panel), cutoff, HORIZON)

const WORDS: Readonly<Record<string, readonly string[]>> = {
  tea: ['Green Tea 绿茶', 'Black Tea 红茶', 'Oolong Tea 乌龙茶'],
  chair: ['Garden Chair 花园椅', 'Folding Chair 折叠椅', 'Office Chair 办公椅'],
  phone: ['Smart Phone 智能手机', 'Folding Phone 折叠手机', 'Senior Phone 老人手机'],
}
/** Category levels: a new product can only be told from what it is. */
export const LEVEL: Readonly<Record<string, number>> = { tea: 40, chair: 4, phone: 12 }

/** Thirty products of three categories, a third of each launched on the way. */
export function market(): Planted[] {
  const random = Random.of(2, 'market')
  return Object.keys(LEVEL).flatMap((category) =>
    Array.from({ length: 10 }, (_, k): Planted => {
      const title = `${WORDS[category]?.[k % 3]} ${String.fromCharCode(65 + k)}${100 + k}`
      const level = (LEVEL[category] as number) * Math.exp(0.15 * random.normal())
      return { id: `${category}-${k}`, category, title, level, ...(k % 3 === 0 ? { launch: 60 + 20 * k } : {}) }
    }),
  )
}
