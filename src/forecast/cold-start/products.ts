import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { gather } from './history/gather.ts'
import { learn } from './learned.ts'
import { nearestTo } from './likeness/nearest.ts'
import { distances, partsOf } from './likeness/traits.ts'
import { type ColdStartOptions, periodsOf, settingsOf } from './options.ts'
import { predecessorOf, SUCCESSION_DAYS } from './successors.ts'

/** A product beside another. */
export interface NearProduct {
  readonly product: string
  /** How alike they are, from 0 to 1. */
  readonly weight: number
  /** Distance in each part (`column:NAME`, price, season, spelling, meaning), 0 where alike. */
  readonly parts: Readonly<Record<string, number>>
}

/** One product that took the place of another. */
export interface Successor {
  readonly product: string
  readonly replaces: string
  /** How sure that is, from 0 to 1. */
  readonly chance: number
}

/**
 * The products of a window most like one of them, the most alike first, by category and brand, price, season of launch and text, each counting as past launches taught; refuses a product
 * that there is not with `coldStart.product`.
 *
 * @example
 * const near = await nearestProducts(window, 'P0042', run, { neighbours: 5 })
 */
export async function nearestProducts(
  window: Window,
  product: string,
  run: Run,
  options: ColdStartOptions = {},
): Promise<readonly NearProduct[]> {
  const { references, kernel, settings } = learn(await gather(window), settingsOf(options), run)
  const { ids, traits } = references
  const p = ids.indexOf(product)
  if (p < 0) throw new ForetideError('coldStart.product', { product }, { fault: 'usage' })
  const parts = partsOf(traits.columns)
  const distance = new Float64Array(parts.length)
  return nearestTo(traits, p, product, references, kernel, settings.neighbours).map(({ place, weight }) => {
    distances(traits, p, traits, place, distance)
    return {
      product: ids[place] as string,
      weight,
      parts: Object.fromEntries(parts.map((name, k) => [name, at(distance, k)])),
    }
  })
}

/**
 * The products of a window that took the place of another: of the same categories, their names spelt much the same, about as dear, begun about when the other last sold; the surest first.
 *
 * @example
 * const [{ product, replaces, chance }] = await successorsOf(window, run)
 */
export async function successorsOf(
  window: Window,
  run: Run,
  options: ColdStartOptions = {},
): Promise<readonly Successor[]> {
  const { references } = learn(await gather(window), settingsOf({ ...options, learn: false }), run)
  const { ids, traits, launch } = references
  const span = periodsOf(SUCCESSION_DAYS, window.calendar)
  return ids
    .flatMap((id, p) => {
      if (Number.isNaN(at(traits.season, p))) return []
      const found = predecessorOf(traits, p, id, at(launch, p), references, span)
      return found ? [{ product: id, replaces: ids[found.place] as string, chance: found.chance }] : []
    })
    .sort((a, b) => b.chance - a.chance)
}
