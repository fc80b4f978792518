import { at } from '../../core/panel.ts'
import type { References } from './likeness/references.ts'
import { distances, type Traits } from './likeness/traits.ts'

/** One product that takes the place of another. */
export interface Succession {
  /** Place of the product replaced among the references. */
  readonly place: number
  /** How sure that is, from 0 to 1. */
  readonly chance: number
}

/** Days between the last sale of one and the launch of the other, as a standard deviation. */
export const SUCCESSION_DAYS = 14
const LEAST_CHANCE = 0.15
/** How alike in spelling two names of one line are, and how soon that fades. */
const SPELLING = 0.35
const PRICE = 0.4

/**
 * The product that product `p` replaces, if any: of the same categories, its name spelt much the same, about as dear, and last sold about when `p` began. The chance is the product of how well
 * each holds; below 0.15 there is none.
 */
export function predecessorOf(
  traits: Traits,
  p: number,
  id: string,
  launch: number,
  references: References,
  span: number,
): Succession | undefined {
  const size = traits.columns.length
  const distance = new Float64Array(size + 4)
  let best: Succession | undefined
  for (let q = 0; q < references.ids.length; q++) {
    const apart = (launch - at(references.lastSale, q)) / span
    if (references.ids[q] === id || !(Math.abs(apart) < 3) || !(at(references.launch, q) < launch - span)) continue
    if (!(at(references.known.trust, q) > 0.3)) continue
    distances(traits, p, references.traits, q, distance)
    const chance = Math.exp(-0.5 * apart * apart) * alikeness(distance, size)
    if (chance > Math.max(LEAST_CHANCE, best?.chance ?? 0)) best = { place: q, chance }
  }
  return best
}

function alikeness(distance: Float64Array, size: number): number {
  let columns = 1
  for (let c = 0; c < size; c++) columns *= at(distance, c) === 1 ? 0 : at(distance, c) > 0 ? 0.8 : 1
  const price = Math.exp(-0.5 * (at(distance, size) / PRICE) ** 2)
  const spelling = Math.exp(-0.5 * (at(distance, size + 2) / SPELLING) ** 2)
  return columns * price * spelling
}
