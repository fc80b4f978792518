import { at } from '../../../core/panel.ts'
import type { Catalogue } from '../history/catalogue.ts'
import type { PlacedTexts } from '../text/text-space.ts'
import { likenessOf } from '../text/text-space.ts'

/** Products as they are compared; arrays have one entry a product. */
export interface Traits {
  readonly columns: readonly string[]
  readonly labels: Catalogue['labels']
  readonly price: Float64Array
  /** Share of the year at which it was launched, NaN where that was not seen. */
  readonly season: Float64Array
  readonly texts: PlacedTexts
}

/** How two products differ, part by part: a number from 0, alike, to about 1 each; ½ where either is not known. */
export function partsOf(columns: readonly string[]): string[] {
  return [...columns.map((name) => `column:${name}`), 'price', 'season', 'spelling', 'meaning']
}

/** How much each part counts before anything is learned: what multiplies its distance in the exponent. */
export function usualWeights(columns: readonly string[]): number[] {
  return [...columns.map(() => 1), 1, 0.5, 3, 1.5]
}

const UNKNOWN = 0.5

/** Writes the distances between product `p` of one table and `q` of another, in the order of {@link partsOf}. */
export function distances(a: Traits, p: number, b: Traits, q: number, into: Float64Array): void {
  const size = a.columns.length
  for (let c = 0; c < size; c++) {
    const own = a.labels[c]?.[p]
    const other = b.labels[c]?.[q]
    into[c] = own === undefined || other === undefined ? UNKNOWN : own === other ? 0 : 1
  }
  into[size] = orUnknown(Math.min(2, Math.abs(at(a.price, p) - at(b.price, q))))
  const apart = Math.abs(at(a.season, p) - at(b.season, q))
  into[size + 1] = orUnknown(2 * Math.min(apart, 1 - apart))
  const { spelling, meaning } = likenessOf(a.texts, p, b.texts, q)
  into[size + 2] = 1 - spelling
  into[size + 3] = 1 - meaning
}

const orUnknown = (x: number) => (Number.isNaN(x) ? UNKNOWN : x)
