import { at } from '../../../core/panel.ts'
import type { Catalogue } from '../history/catalogue.ts'
import { tells } from '../history/cells.ts'
import type { History } from '../history/gather.ts'
import type { Levels } from '../history/levels.ts'
import type { Lives } from '../history/lives.ts'
import { ageAt, type Summing } from '../history/sums.ts'
import type { PlacedTexts } from '../text/text-space.ts'
import type { Known } from './kernel.ts'
import type { Traits } from './traits.ts'

/** The products that were seen to sell, for new ones to be compared with; arrays have one entry a product. */
export interface References {
  readonly ids: readonly string[]
  readonly traits: Traits
  readonly known: Known
  /** Units sold and units expected at the product's own level, by bin of age: `[product · bins + bin]`; zeros where the launch was not seen. */
  readonly curveSold: Float64Array
  readonly curveBase: Float64Array
  /** First and last period in which each sold anywhere. */
  readonly launch: Float64Array
  readonly lastSale: Float64Array
}

/** Products that were seen this early tell how products begin. */
const EARLY_BINS = 9
const LEAN = 10
/** Levels of half the trust have an error of this variance. */
const TRUST = 0.15

/** The traits of the products of a catalogue. */
export function traitsOf(catalogue: Catalogue, { calendar }: History, texts: PlacedTexts): Traits {
  const { columns, labels, price, launch, launched } = catalogue
  const season = launch.map((period, p) => {
    if (at(launched, p) === 0) return Number.NaN
    const start = new Date(calendar.startOf(period))
    return (start.getTime() - Date.UTC(start.getUTCFullYear(), 0, 1)) / 86_400_000 / 366
  })
  return { columns, labels, price, season, texts }
}

/** Gathers what the products of a history teach. */
export function referencesOf(summing: Summing, levels: Levels, traits: Traits, seriesLevel: Float64Array): References {
  const { catalogue, lives, baseline } = summing
  const count = catalogue.products.length
  const bins = baseline.phases.ages.length
  const { sold, base } = curvesOf(summing, seriesLevel)
  const early = Float64Array.from({ length: count }, (_, p) => {
    if (at(catalogue.launched, p) === 0) return Number.NaN
    let [y, m] = [0, 0]
    for (let b = 0; b < Math.min(EARLY_BINS, bins - 1); b++) {
      y += at(sold, p * bins + b)
      m += at(base, p * bins + b)
    }
    return m > 0 ? Math.log((y + LEAN) / (m + LEAN)) : Number.NaN
  })
  return {
    ids: catalogue.products,
    traits,
    known: {
      level: levels.product.map((level) => (Number.isNaN(level) ? 0 : level)),
      trust: levels.noise.map((noise) => TRUST / (TRUST + noise)),
      price: catalogue.price,
      early,
    },
    curveSold: sold,
    curveBase: base,
    launch: catalogue.launch,
    lastSale: lastSales(catalogue, lives),
  }
}

/** What launched products sold by age, beside what their levels say. */
function curvesOf(summing: Summing, seriesLevel: Float64Array) {
  const { history, lives, catalogue, baseline, unit } = summing
  const bins = baseline.phases.ages.length
  const sold = new Float64Array(catalogue.products.length * bins)
  const base = new Float64Array(sold.length)
  for (let i = 0; i < history.ids.length; i++) {
    const p = at(catalogue.productOf, i)
    const level = at(seriesLevel, i)
    if (at(catalogue.launched, p) === 0 || Number.isNaN(at(lives.first, i)) || !(level > 0)) continue
    const from = at(history.offsets, i)
    const begin = at(history.start, i)
    const ageOf = ageAt(summing, i)
    for (let k = from + Math.max(0, at(lives.first, i) - begin); k < at(history.offsets, i + 1); k++) {
      if (!tells(history, k)) continue
      const bin = p * bins + ageOf(begin + k - from)
      sold[bin] = at(sold, bin) + at(history.target, k) / unit
      base[bin] = at(base, bin) + level * baseline.past(i, k)
    }
  }
  return { sold, base }
}

function lastSales({ products, productOf }: Catalogue, { lastSale }: Lives): Float64Array {
  const last = new Float64Array(products.length).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0; i < productOf.length; i++) {
    const p = at(productOf, i)
    if (at(lastSale, i) > at(last, p)) last[p] = at(lastSale, i)
  }
  return last
}
